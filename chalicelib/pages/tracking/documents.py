"""The tracking view as the JSON of ``/t/{token}/state``, and the ETag that says whether it changed.

The structure is public API. A hidden element is null because the domain left it out; nothing is
added here but words.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final

from chalicelib.domain.instants import Range, written
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.pages.tracking.words import Words

_HALF_A_MINUTE: Final = timedelta(seconds=30)

Json = dict[str, Any]
INTERNAL: Final = (
    "version",
    "locale",
    "first_promise",
    "earlier_before",
    "live_version",
    "country",
    "offers",
    "choices",
    "last_report",
    "agreed",
    "next_step",
    "uid",
    "wanted_day",
    "proof_check",
    "may_redirect",
    "details_version",
    "share_token",
    "share_generation",
    "is_stopped",
)


def state_document(view: TrackingView, words: Words) -> Json:
    """All that the page's script knows: plain JSON values, times in RFC 3339."""
    document = asdict(view)
    for internal in INTERNAL:
        del document[internal]
    document["window"] = _window(view.window)
    document["words"] = asdict(words)
    plain: Json = _plain(document)
    return plain


def dumps(document: Mapping[str, object]) -> str:
    """Compact JSON; NaN is refused, as no reader of JSON takes it."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest_of(view: TrackingView, document: Mapping[str, Any]) -> str:
    """A digest of everything that a reader would call a change.

    Ages grow all the time and are left out, ETAs count by the minute. The words are part of it, so
    that another language, a new day or a crossed threshold is a change too.
    """
    stable = {**document, "version": view.version}
    del stable["server_now"]
    stable["last_seen_age_s"] = view.last_seen_age_s is not None
    stable["eta_age_s"] = view.eta_age_s is not None
    stable["position"] = {**(document["position"] or {}), "age_s": None}
    stable["words"] = {**document["words"], "seen": None}
    if view.eta is not None:
        stable["eta"] = [
            _to_minute(at) for at in (view.eta.point, view.eta.earliest, view.eta.latest)
        ]
    return hashlib.sha256(dumps(stable).encode()).hexdigest()[:24]


def _window(window: Range | None) -> Json | None:
    """The agreed window has a start and an end; promises and ETAs have an earliest and a latest."""
    return None if window is None else {"start": window.earliest, "end": window.latest}


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON is what it is
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return written(value)
        case date():
            return value.isoformat()
        case str():
            return str(value)
        case _:
            return value


def _to_minute(instant: datetime) -> str:
    return (instant + _HALF_A_MINUTE).strftime("%Y-%m-%dT%H:%MZ")
