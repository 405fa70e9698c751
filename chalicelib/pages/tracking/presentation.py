"""A tracking view in words: pure, in one language and in the stop's time zone.

Every sentence is made here, so that page, script and tests share one wording. Ages and days are
relative to the view's own ``server_now``; no clock is read.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.instants import Range
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.domain.tracking.tracking import Milestone, Outcome, TrackingView
from chalicelib.pages import times
from chalicelib.pages.languages import Locale
from chalicelib.pages.tracking.words import (
    Change,
    Ending,
    Headline,
    Line,
    MapWords,
    Picture,
    Seen,
    Words,
)

ANY_MINUTE: Final = timedelta(minutes=3)
"""When the range ends this soon we name no time: it would be wrong before it is read."""

LARGE_LETTERS: Final = 11
"""A main line of this length (14:10–14:40) fits a phone in the largest size."""
BEFORE_DEPARTURE: Final = frozenset({Status.CREATED, Status.ACCEPTED, Status.LOADED})

_PROGRESS: Final = {
    Status.CREATED: 0,
    Status.ACCEPTED: 1,
    Status.LOADED: 1,
    Status.OUT_FOR_DELIVERY: 2,
    Status.ARRIVING: 3,
    Status.ARRIVED: 3,
    Status.DELIVERED: 4,
}
_TONES: Final = {
    Status.OUT_FOR_DELIVERY: "moving",
    Status.ARRIVING: "moving",
    Status.ARRIVED: "here",
    Status.DELIVERED: "done",
    Status.ATTEMPT_FAILED: "problem",
    Status.CANCELLED: "problem",
}


def present(view: TrackingView, locale: Locale) -> Words:
    """All the words of the page."""
    zone = ZoneInfo(view.time_zone)
    headline = _headline(view, zone, locale)
    change = _change(view, zone, locale)
    nearness = _nearness(view, locale)
    is_late = change is not None and change.kind == "delayed"
    return Words(
        lang=locale.tag,
        tone="late" if is_late else _TONES.get(view.status, "waiting"),
        progress=_PROGRESS.get(view.status, 0),
        status=locale.say(f"status.{view.status}"),
        headline=headline,
        title=f"{headline.text} · {view.sender.name}",
        details=_details(view, zone, locale),
        nearness=nearness,
        seen=_seen(view, locale),
        change=change,
        story=story(view, locale),
        has_earlier=view.earlier_before is not None,
        ending=_ending(view, locale),
        map=_map(view, locale),
        announcement=". ".join([headline.text, *nearness[:1]]) + ".",
    )


def story(view: TrackingView, locale: Locale) -> tuple[Line, ...]:
    """The history, newest first; an event that we have no words for is not a reason to show none.

    The first promise is told with the departure that it belongs to, as one line.
    """
    zone = ZoneInfo(view.time_zone)
    lines: list[Line] = []
    before = None
    for entry in view.timeline:
        if f"event.{entry.type}" not in locale.phrases:
            continue
        line = _line(entry, view, zone, locale)
        if entry.type == "eta.promised" and before == "shipment.out_for_delivery":
            lines[-1] = replace(lines[-1], detail=line.detail)
        else:
            lines.append(line)
        before = entry.type
    if lines:
        lines[-1] = replace(lines[-1], current="step")
    return tuple(reversed(lines))


def _headline(view: TrackingView, zone: ZoneInfo, locale: Locale) -> Headline:
    now = view.server_now
    if view.status in {Status.OUT_FOR_DELIVERY, Status.ARRIVING}:
        return _arrival(view, zone, locale)
    if view.status is Status.DELIVERED and view.outcome is not None:
        day = times.day(view.outcome.at, now, zone, locale)
        clock = times.clock(view.outcome.at, zone, locale)
        return _timed("delivered", locale, day=day, clock=clock)
    if view.status is Status.ATTEMPT_FAILED:
        at = view.outcome.at if view.outcome else now
        return _worded("attempt_failed", locale, day=times.day(at, now, zone, locale))
    if view.window is not None and view.status in BEFORE_DEPARTURE and view.window.latest > now:
        day = times.day(view.window.earliest, now, zone, locale)
        return _timed("planned", locale, day=day, range=times.span(view.window, zone, locale))
    return _worded(view.status, locale)


def _arrival(view: TrackingView, zone: ZoneInfo, locale: Locale) -> Headline:
    """The live range, or the promise where that is hidden; only its end once it has begun."""
    now = view.server_now
    told = view.eta.range.widened_to(times.RANGE_STEP) if view.eta else view.promise
    if told is None:
        return _worded("on_the_way", locale)
    if told.latest <= now or (view.eta is not None and view.eta.latest <= now + ANY_MINUTE):
        return _worded("any_minute", locale)
    day = times.day(told.latest, now, zone, locale)
    if told.earliest <= now:
        return _timed("by", locale, day=day, clock=times.clock(told.latest, zone, locale))
    return _timed("range", locale, day=day, range=times.span(told, zone, locale))


def _worded(key: str, locale: Locale, **values: str) -> Headline:
    return Headline("", locale.say(f"headline.{key}", **values), "words")


def _timed(key: str, locale: Locale, **values: str) -> Headline:
    lead = locale.say(f"headline.{key}.lead", **values)
    main = locale.say(f"headline.{key}.main", **values)
    return Headline(lead, main, "large" if len(main) <= LARGE_LETTERS else "medium")


def _details(view: TrackingView, zone: ZoneInfo, locale: Locale) -> tuple[str, ...]:
    """Lines for all that the headline leaves open: reason, certainty, agreed window, next step."""
    details = []
    if view.status in BEFORE_DEPARTURE:
        details.append(locale.say(f"detail.{view.status}", sender=view.sender.name))
    if view.outcome is not None and view.outcome.reason is not None:
        details.append(locale.say(f"reason.{view.outcome.reason}"))
    if view.eta is not None and view.eta_age_s is not None and view.status is not Status.ARRIVED:
        details.append(times.age("detail.stale", view.eta_age_s, locale))
    if view.window is not None and view.status in ON_THE_WAY:
        agreed = _range(view.window, zone, locale)
        details.append(locale.say("detail.window", moment=agreed))
    if view.parcels_later:
        counts = {"later": str(view.parcels_later), "total": str(view.parcels_total)}
        details.append(locale.say("detail.parcels_later", **counts))
    return tuple(details)


def _nearness(view: TrackingView, locale: Locale) -> tuple[str, ...]:
    """How many stops and how far, as far as it may be known; nothing once the driver is there."""
    if view.status not in ON_THE_WAY or view.status is Status.ARRIVED:
        return ()
    near = []
    if view.stops_before is not None:
        near.append(_stops("stops", view.stops_before, locale))
    way_m = _way_m(view)
    if way_m is not None:
        written = times.distance(way_m, locale)
        near.append(_sentence_case(locale.say("distance", distance=written)))
    return tuple(near)


def _stops(key: str, stops_before: int, locale: Locale) -> str:
    return locale.count(key, stops_before) if stops_before else locale.say(f"{key}.next")


def _way_m(view: TrackingView) -> float | None:
    if view.position is None:
        return None
    van = Coordinates(view.position.lat_deg, view.position.lon_deg)
    return distance_m(van, view.destination)


def _seen(view: TrackingView, locale: Locale) -> Seen | None:
    """Ages are told only where a position is shown, or would be if it were fresh."""
    if view.last_seen_age_s is None or view.status not in ON_THE_WAY:
        return None
    key = "last_seen" if view.position is None else "seen"
    forms = {unit: locale.say(f"{key}.{unit}", n="{n}") for unit in ("s", "min", "h")}
    if f"{key}.now" in locale.phrases:
        forms["now"] = locale.say(f"{key}.now")
    return Seen(times.age(key, view.last_seen_age_s, locale), view.last_seen_age_s, forms)


def _change(view: TrackingView, zone: ZoneInfo, locale: Locale) -> Change | None:
    """The change since we last told: a delay with both ranges, or that it has been made up."""
    if view.status not in {Status.OUT_FOR_DELIVERY, Status.ARRIVING}:
        return None
    told = [entry for entry in view.timeline if "promise" in entry.data]
    ranges = [promise for entry in told if (promise := _promise(entry.data)) is not None]
    new = ranges[-1] if ranges else view.promise
    if view.delayed:
        old = ranges[-2] if len(ranges) > 1 else view.first_promise
        return _delay(None if old == new else old, new, zone, locale)
    if told and told[-1].type == "eta.back_on_time" and new is not None:
        text = locale.say("change.back_on_time.text", new=_range(new, zone, locale))
        return Change("back_on_time", locale.say("change.back_on_time.title"), text)
    return None


def _delay(old: Range | None, new: Range | None, zone: ZoneInfo, locale: Locale) -> Change:
    title = locale.say("change.delayed.title")
    if new is None:
        return Change("delayed", title, "")
    written = _range(new, zone, locale)
    if old is None:
        return Change("delayed", title, locale.say("change.delayed.to", new=written))
    text = locale.say("change.delayed.from_to", old=_range(old, zone, locale), new=written)
    return Change("delayed", title, text)


def _promise(data: Mapping[str, object]) -> Range | None:
    """The range that an event told; events from before there were ranges have none."""
    match data.get("promise"):
        case {"earliest": str(earliest), "latest": str(latest)}:
            return Range(datetime.fromisoformat(earliest), datetime.fromisoformat(latest))
        case _:
            return None


def _line(entry: Milestone, view: TrackingView, zone: ZoneInfo, locale: Locale) -> Line:
    promise = _promise(entry.data)
    reason = entry.data.get("reason")
    detail = None
    if promise is not None:
        detail = locale.say("story.expected", range=_range(promise, zone, locale))
    elif f"reason.{reason}" in locale.phrases:
        detail = locale.say(f"reason.{reason}")
    return Line(
        label=locale.say(f"event.{entry.type}", sender=view.sender.name),
        detail=detail,
        at=entry.at,
        moment=times.moment(entry.at, view.server_now, zone, locale),
    )


def _ending(view: TrackingView, locale: Locale) -> Ending | None:
    outcome = view.outcome
    if outcome is None:
        return None
    has_failed = outcome.status is Status.ATTEMPT_FAILED
    if not (has_failed or outcome.note or outcome.proofs or outcome.has_proofs_to_come):
        return None
    alt = locale.say("outcome.photo_failed" if has_failed else "outcome.photo")
    return Ending(
        title=locale.say("outcome.next" if has_failed else "outcome.proof"),
        text=_ending_text(view, outcome, locale),
        note=outcome.note,
        pictures=tuple(Picture(proof.id, alt) for proof in outcome.proofs),
    )


def _ending_text(view: TrackingView, outcome: Outcome, locale: Locale) -> str | None:
    if outcome.status is Status.ATTEMPT_FAILED:
        return locale.say("next.attempt_failed", sender=view.sender.name)
    return locale.say("outcome.photo_follows") if outcome.has_proofs_to_come else None


def _map(view: TrackingView, locale: Locale) -> MapWords:
    """There is a map while a van is on its way, whether or not it may be seen."""
    if view.status not in ON_THE_WAY:
        return MapWords(is_shown=False, text="")
    way_m = _way_m(view)
    if way_m is None:
        why = view.position_hidden_because
        key = why if why in {"not_yet_near", "stale"} else "unknown"
        return MapWords(is_shown=True, text=locale.say(f"map.{key}"))
    written = times.distance(way_m, locale)
    if view.stops_before is None or view.status is Status.ARRIVED:
        return MapWords(is_shown=True, text=locale.say("map.distance", distance=written))
    stops = _stops("map.stops", view.stops_before, locale)
    text = locale.say("map.distance_and_stops", distance=written, stops=stops)
    return MapWords(is_shown=True, text=text)


def _range(told: Range, zone: ZoneInfo, locale: Locale, *, key: str = "range") -> str:
    return locale.say(key, range=times.span(told, zone, locale))


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
