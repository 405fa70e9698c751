"""The one-line answer of a page, and the lines for all that it leaves open."""

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.phrases.days import Form, day, day_of_date, moment_in_sentence, worded_clock
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.phrases.ranges import TimePhrase, deadline_phrase, range_phrase
from chalicelib.domain.shipments.statuses import BEFORE_DEPARTURE, ON_THE_WAY, Status
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.pages import times
from chalicelib.pages.tracking.nearness import stops_in_words
from chalicelib.pages.tracking.words import Headline

ANY_MINUTE: Final = timedelta(minutes=3)
"""When the range ends this soon we name no time: it would be wrong before it is read."""

LARGE_LETTERS: Final = 11
"""A main line of this length (14:10–14:40) fits a phone in the largest size."""
MEDIUM_LETTERS: Final = 15
"""A main line of this length (14:10–14:40 Uhr) fits a phone in the next size."""
SMALL_LETTERS: Final = 24
"""A main line of this length (03:30 EEST–03:30 EET) fits a phone in the smallest size."""
GOES_BACK: Final = frozenset({Status.CANCELLED, Status.RETURNING, Status.RETURNED})


def headline_of(view: TrackingView, zone: ZoneInfo, locale: Locale) -> Headline:
    now = view.server_now
    if view.status in {Status.OUT_FOR_DELIVERY, Status.ARRIVING}:
        return _arrival(view, zone, locale)
    if view.status is Status.DELIVERED and view.outcome is not None:
        lead = locale.say(
            "headline.delivered.lead", day=day(view.outcome.at, now, zone, locale.style)
        )
        return _timed(lead, worded_clock(view.outcome.at, zone, locale.style))
    if view.status is Status.ATTEMPT_FAILED:
        at_day = day(view.outcome.at if view.outcome else now, now, zone, locale.style)
        return _worded("attempt_failed", locale, day=at_day)
    if view.window is not None and view.status in BEFORE_DEPARTURE and view.window.latest > now:
        return _planned(range_phrase(view.window, now, zone, locale.style), locale)
    if view.service_day is not None:
        return _worded("planned", locale, day=_named(view.service_day, view, zone, locale))
    return _worded(view.status, locale)


def _planned(window: TimePhrase, locale: Locale) -> Headline:
    """The agreed window; a whole day has no times."""
    if not window.times:
        return _worded("planned", locale, day=window.day)
    return _timed(locale.say("headline.planned", day=window.before).strip(), window.times)


def _named(day_to_come: date, view: TrackingView, zone: ZoneInfo, locale: Locale) -> str:
    today = view.server_now.astimezone(zone).date()
    return day_of_date(day_to_come, today, locale.style, Form.BARE)


def _arrival(view: TrackingView, zone: ZoneInfo, locale: Locale) -> Headline:
    """The range that holds now; only its end once it has begun.

    It is any minute for the next stop alone: nobody is there in a minute with another door before.
    When what we told is past and nothing is heard, we name no new time: we do not know one.
    """
    now = view.server_now
    if view.is_overdue:
        return _worded("overdue", locale)
    told = view.expected or view.promise
    if told is None:
        return _worded("on_the_way", locale)
    soon = ANY_MINUTE if view.expected is not None else timedelta(0)
    if not view.stops_before and told.latest <= now + soon:
        return _worded("any_minute", locale)
    if told.latest <= now:
        return _worded("on_the_way", locale)
    if told.earliest <= now:
        by = deadline_phrase(told.latest, now, zone, locale.style)
        lead = locale.say("headline.by.lead", day=by.day)
        return _timed(lead, locale.say("headline.by.main", clock=by.times))
    arriving = range_phrase(told, now, zone, locale.style, Form.ON)
    lead = locale.say("headline.arriving", day=arriving.before)
    return _timed(lead.strip(), arriving.times)


def _worded(key: str, locale: Locale, **values: str) -> Headline:
    return Headline("", locale.say(f"headline.{key}", **values), "words")


def _timed(lead: str, main: str) -> Headline:
    sizes = ((LARGE_LETTERS, "large"), (MEDIUM_LETTERS, "medium"), (SMALL_LETTERS, "small"))
    size = next((size for letters, size in sizes if len(main) <= letters), "days")
    return Headline(lead, main, size)


def details_of(view: TrackingView, zone: ZoneInfo, locale: Locale) -> tuple[str, ...]:
    """Lines for all that the headline leaves open: reason, certainty, agreed window, next step."""
    details = []
    if view.status in BEFORE_DEPARTURE | GOES_BACK:
        details.append(locale.say(f"detail.{view.status}", sender=view.sender.name))
    window = view.window
    if window is not None and view.status in BEFORE_DEPARTURE and window.latest <= view.server_now:
        old = range_phrase(window, view.server_now, zone, locale.style).unless_today
        details.append(locale.say("overdue.told", old=old))
    if view.position_hidden_because == "not_yet_near" and view.status in ON_THE_WAY:
        details.append(locale.say("map.not_yet_near"))
    if view.outcome is not None and view.outcome.reason is not None:
        details.append(locale.say(f"reason.{view.outcome.reason}"))
    if view.status is Status.ATTEMPT_FAILED and view.service_day is not None:
        next_day = _named(view.service_day, view, zone, locale)
        details.append(locale.say("detail.next_day", day=next_day))
    if view.is_overdue:
        details += _owning_up(view, zone, locale)
    elif view.eta is not None and view.eta_age_s is not None and view.status is not Status.ARRIVED:
        details.append(times.age("detail.stale", view.eta_age_s, locale))
    if view.window is not None and view.status in ON_THE_WAY:
        agreed = range_phrase(view.window, view.server_now, zone, locale.style).text
        details.append(locale.say("detail.window", agreed=agreed))
    if view.parcels_later:
        counts = {"later": str(view.parcels_later), "total": str(view.parcels_total)}
        details.append(locale.say("detail.parcels_later", **counts))
    return tuple(details)


def _owning_up(view: TrackingView, zone: ZoneInfo, locale: Locale) -> list[str]:
    """That what we told is past, when the last news came, and what was known then."""
    now, said = view.server_now, []
    if view.promise is not None:
        old = range_phrase(view.promise, now, zone, locale.style).unless_today
        said.append(locale.say("overdue.told", old=old))
    age_s = view.silent_s
    if age_s is not None:
        heard = moment_in_sentence(now - timedelta(seconds=age_s), now, zone, locale.style)
        known = [locale.say("overdue.heard", moment=heard)]
        if view.stops_before is not None:
            known.append(stops_in_words("overdue.stops", view.stops_before, locale))
        said += [" ".join(known), locale.say("overdue.more")]
    elif view.position is None and view.position_hidden_because is None:
        said.append(locale.say("overdue.unheard"))
    return said
