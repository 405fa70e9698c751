"""Cases of the tracking page: a view, and what its headline and details may say."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.catalogues import locale_of
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.instants import Range
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.pages.tracking.presentation import present
from tests.cases.reading import Case
from tests.support.tracking_views import make_view, make_waiting


def page(case: Case) -> None:
    """Present the view and read it."""
    said, expect = case.said, case.said["expect"]
    text = told(view_of(said), said["lang"])
    for part in expect.get("contains", ()):
        assert part in text, text
    options = expect.get("contains_one_of", ())
    assert not options or any(part in text for part in options), text
    if expect.get("says_later_than_told"):
        assert any(word in text.lower() for word in ("later than", "past", "should have")), text
        return
    for part in expect.get("lacks", ()):
        assert part not in text, text


def told(view: TrackingView, lang: str) -> str:
    """Headline and details in one text."""
    words = present(view, locale_of(lang))
    return " · ".join([words.headline.text, *words.details])


def view_of(said: dict[str, Any]) -> TrackingView:
    """The view that a case describes."""
    zone = ZoneInfo(said.get("zone", "Europe/Helsinki"))

    def at(text: str) -> datetime:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)

    status = Status(said["status"])
    now = at(said["now_local"])
    changes: dict[str, Any] = {"server_now": now, "time_zone": str(zone)}
    window = said.get("window_local") or said.get("window_utc")
    if window:
        changes["window"] = Range(at(window[0]), at(window[1]))
    if status in {Status.CREATED, Status.LOADED, Status.ACCEPTED}:
        return make_waiting(status, timeline=(), **changes)
    changes |= {"timeline": (), "promise": None}
    if "eta_local" in said:
        first, last = map(at, said["eta_local"])
        changes["eta"] = Eta(first + (last - first) / 2, first, last)
    if "promise_local" in said:
        first, last = map(at, said["promise_local"])
        age_s = int((now - at(said["last_fix_local"])).total_seconds())
        changes |= {
            "promise": Range(first, last),
            "eta": Eta(first + (last - first) / 2, first, last),
            "eta_age_s": age_s,
            "last_seen_age_s": age_s,
            "position": None,
            "position_hidden_because": "stale",
        }
    return make_view(status, **changes)
