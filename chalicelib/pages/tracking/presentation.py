"""A tracking view in words: pure, in one language and in the stop's time zone.

Every sentence is made here, so that page, script and tests share one wording. Ages and days are
relative to the view's own ``server_now``; no clock is read.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.instants import Range
from chalicelib.domain.phrases.days import Form, day_of_date, moment, moment_in_sentence
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.phrases.ranges import range_phrase
from chalicelib.domain.shipments.next_steps import NextStep
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.domain.shipments.wished import Open
from chalicelib.domain.tracking.tracking import Milestone, Outcome, ShownCompanion, TrackingView
from chalicelib.pages import times
from chalicelib.pages.tracking.headlines import details_of, headline_of
from chalicelib.pages.tracking.nearness import map_words, nearness_of, proof_facts
from chalicelib.pages.tracking.visit_times import has_time
from chalicelib.pages.tracking.words import (
    Change,
    CompanyLine,
    CompanyWords,
    Ending,
    Line,
    Picture,
    PinWords,
    RatingWords,
    Seen,
    WishesWords,
    Words,
)

_PROGRESS: Final = {
    Status.CREATED: 0,
    Status.ACCEPTED: 1,
    Status.LOADED: 1,
    Status.OUT_FOR_DELIVERY: 2,
    Status.ARRIVING: 3,
    Status.ARRIVED: 3,
    Status.DELIVERED: 4,
}
ALMOST: Final = 1
"""With so many stops before, the van is almost there."""
_NO_STEPS: Final = frozenset(
    {
        "proof.added",
        "proof.rejected",
        "proof.missing",
        "shipment.instructions_changed",
        "shipment.updated",
    }
)
"""What is told in the history and leaves the parcel where it is."""
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
    headline = headline_of(view, zone, locale)
    change = _change(view, zone, locale)
    nearness = nearness_of(view, locale)
    is_late = change is not None and change.kind == "delayed"
    return Words(
        lang=locale.tag,
        tone="late" if is_late or view.is_overdue else _TONES.get(view.status, "waiting"),
        progress=_PROGRESS.get(view.status, 0),
        has_road=view.status in _PROGRESS,
        has_time=has_time(view),
        status=locale.say(f"status.{_status(view)}"),
        headline=headline,
        title=" · ".join(filter(None, [headline.text, view.sender.name])),
        details=details_of(view, zone, locale),
        nearness=nearness,
        seen=_seen(view, locale),
        change=change,
        story=story(view, locale),
        has_earlier=view.earlier_before is not None,
        ending=_ending(view, locale),
        rating=_rating(view, zone, locale),
        wishes=_wishes(view, locale),
        map=map_words(view, locale),
        pin=_pin(view, locale),
        company=_company(view, locale),
        announcement=". ".join([headline.text, *nearness[:1]]) + ".",
    )


def _status(view: TrackingView) -> Status:
    """Nobody is almost there with two stops before."""
    is_far = view.stops_before is not None and view.stops_before > ALMOST
    if view.status is Status.ARRIVING and is_far:
        return Status.OUT_FOR_DELIVERY
    return view.status


def story(view: TrackingView, locale: Locale) -> tuple[Line, ...]:
    """The history, newest first; an event that we have no words for is not a reason to show none.

    The first promise is told with the departure that it belongs to, as one line, and so is a photo
    with its delivery. The step that the parcel is at is never a photo or a wish.
    """
    zone = ZoneInfo(view.time_zone)
    lines: list[Line] = []
    before, current = None, 0
    for entry in view.timeline:
        if f"event.{entry.type}" not in locale.phrases:
            continue
        line = _line(entry, view, zone, locale)
        if entry.type == "eta.promised" and before == "shipment.out_for_delivery":
            lines[-1] = replace(lines[-1], detail=line.detail)
        elif entry.type == "proof.added" and before == "shipment.delivered":
            lines[-1] = replace(lines[-1], detail=line.label)
            continue
        else:
            lines.append(line)
            current = current if entry.type in _NO_STEPS else len(lines) - 1
        before = entry.type
    if lines:
        lines[current] = replace(lines[current], current="step")
    return tuple(reversed(lines))


def _seen(view: TrackingView, locale: Locale) -> Seen | None:
    """Ages are told only where a position is shown, or would be if it were fresh."""
    if view.last_seen_age_s is None or view.status not in ON_THE_WAY:
        return None
    key = "last_seen" if view.position is None else "seen"
    forms = {unit: locale.form(f"{key}.{unit}") for unit in ("s", "min", "h")}
    if f"{key}.now" in locale.phrases:
        forms["now"] = locale.say(f"{key}.now")
    return Seen(times.age(key, view.last_seen_age_s, locale), view.last_seen_age_s, forms)


def _change(view: TrackingView, zone: ZoneInfo, locale: Locale) -> Change | None:
    """The change since we last told: a delay or an earlier time with both ranges, or all-clear."""
    if view.status not in {Status.OUT_FOR_DELIVERY, Status.ARRIVING} or view.is_overdue:
        return None
    told = [entry for entry in view.timeline if "promise" in entry.data]
    ranges = [promise for entry in told if (promise := _promise(entry.data)) is not None]
    new = ranges[-1] if ranges else view.promise
    if told and told[-1].type == "eta.promised" and len(ranges) > 1:
        earlier = _earlier(ranges[-2], ranges[-1], view, zone, locale)
        if earlier is not None:
            return earlier
    if view.delayed:
        old = ranges[-2] if len(ranges) > 1 else view.first_promise
        return _delay(None if old == new else old, new, view, zone, locale)
    if told and told[-1].type == "eta.back_on_time" and new is not None:
        expected = _in_a_sentence(new, view, zone, locale, Form.ON)
        text = locale.say("change.back_on_time.text", new=expected)
        return Change("back_on_time", locale.say("change.back_on_time.title"), text)
    return None


def _earlier(
    old: Range, new: Range, view: TrackingView, zone: ZoneInfo, locale: Locale
) -> Change | None:
    if new.earliest >= old.earliest:
        return None
    said = {
        key: _in_a_sentence(each, view, zone, locale) for key, each in (("old", old), ("new", new))
    }
    text = locale.say("change.delayed.from_to", **said)
    return Change("earlier", locale.say("change.earlier.title"), text)


def _delay(
    old: Range | None, new: Range | None, view: TrackingView, zone: ZoneInfo, locale: Locale
) -> Change:
    title = locale.say("change.delayed.title")
    if new is None:
        return Change("delayed", title, "")
    if old is None:
        expected = _in_a_sentence(new, view, zone, locale, Form.ON)
        return Change("delayed", title, locale.say("change.delayed.to", new=expected))
    both = {"old": old, "new": new}
    said = {key: _in_a_sentence(told, view, zone, locale) for key, told in both.items()}
    return Change("delayed", title, locale.say("change.delayed.from_to", **said))


def _promise(data: Mapping[str, object]) -> Range | None:
    """The range that an event told; events from before there were ranges have none."""
    return _range(data.get("promise"))


def _range(fact: object) -> Range | None:
    match fact:
        case {"earliest": str(earliest), "latest": str(latest)}:
            return Range(datetime.fromisoformat(earliest), datetime.fromisoformat(latest))
        case _:
            return None


def _line(entry: Milestone, view: TrackingView, zone: ZoneInfo, locale: Locale) -> Line:
    promise, window = _promise(entry.data), _range(entry.data.get("window"))
    agreed_day, key = entry.data.get("service_day"), f"event.{entry.type}"
    reason = entry.data.get("reason")
    detail = None
    if promise is not None:
        expected = _in_a_sentence(promise, view, zone, locale, Form.ON)
        detail = locale.say("story.expected", range=expected)
    elif window is not None:
        agreed = range_phrase(window, view.server_now, zone, locale.style).text
        detail = locale.say("detail.window", agreed=agreed)
    elif isinstance(agreed_day, str):
        today = view.server_now.astimezone(zone).date()
        named = day_of_date(date.fromisoformat(agreed_day), today, locale.style, Form.BARE)
        detail = locale.say("detail.window", agreed=named)
    elif entry.type == "shipment.rescheduled":
        key = "story.time_open"
    elif entry.type == "shipment.corrected":
        detail = locale.say(f"status.{entry.data['status']}")
    elif f"reason.{reason}" in locale.phrases:
        detail = locale.say(f"reason.{reason}")
    return Line(
        label=locale.say(key, sender=view.sender.name),
        detail=detail,
        at=entry.at,
        moment=moment(entry.at, view.server_now, zone, locale.style),
    )


def _ending(view: TrackingView, locale: Locale) -> Ending | None:
    outcome = view.outcome
    if outcome is None:
        return None
    has_failed = outcome.status is Status.ATTEMPT_FAILED
    has_proof = outcome.note or outcome.proofs or outcome.has_proofs_to_come or outcome.received_by
    if not (has_failed or has_proof or outcome.has_hidden_proofs):
        return None
    alt = locale.say("outcome.photo_failed" if has_failed else "outcome.photo")
    signature = locale.say("outcome.signature")
    return Ending(
        title=locale.say("outcome.next" if has_failed else "outcome.proof"),
        text=_ending_text(view, outcome, locale),
        note=outcome.note,
        pictures=tuple(
            Picture(proof.id, signature if proof.kind == "signature" else alt)
            for proof in outcome.proofs
        ),
        facts=proof_facts(view, locale),
    )


def _wishes(view: TrackingView, locale: Locale) -> WishesWords | None:
    wishes = view.wishes
    if wishes is None:
        return None
    said = []
    if wishes.has_instructions:
        said.append(locale.say("wishes.instructions"))
    if wishes.safe_place is not None:
        place = locale.say(f"wishes.place.{wishes.safe_place}")
        said.append(locale.say("wishes.safe_place", place=place))
    if wishes.has_neighbour:
        said.append(locale.say("wishes.neighbour"))
    if wishes.is_contact_free:
        said.append(locale.say("wishes.contact_free"))
    is_open = wishes.may_change is Open.YES
    if is_open:
        until = locale.count("wishes.until", view.offers.until_stops)
    else:
        until = locale.say(f"wishes.{wishes.may_change}")
    return WishesWords(tuple(said) or (locale.say("wishes.none"),), until, is_open)


def _rating(view: TrackingView, zone: ZoneInfo, locale: Locale) -> RatingWords | None:
    """There is one where something was given, or can be."""
    given, until = view.rating, None
    if given is None and not view.may_rate:
        return None
    if given is not None and view.may_rate and view.rating_until is not None:
        moment = moment_in_sentence(view.rating_until, view.server_now, zone, locale.style)
        until = locale.say("rating.until", moment=moment)
    return RatingWords(
        title=locale.say("rating.title" if given is None else "rating.title_given"),
        given=None if given is None else locale.say("rating.given", stars=given.stars),
        until=until,
    )


def _company(view: TrackingView, locale: Locale) -> CompanyWords | None:
    """There are such words where others share the visit."""
    if not view.companions:
        return None
    count = view.parcels_total - view.parcels_later + sum(each.parcels for each in view.companions)
    own = CompanyLine(view.sender.name, locale.say(f"status.{_status(view)}"))
    others = (
        CompanyLine(each.sender, locale.say(f"status.{_of_visit(view, each)}"))
        for each in view.companions
    )
    return CompanyWords(locale.count("company.title", count), (own, *others))


def _of_visit(view: TrackingView, companion: ShownCompanion) -> Status:
    """What is in the same van is as near."""
    is_with_it = companion.status is Status.ARRIVING and view.status is Status.ARRIVING
    return _status(view) if is_with_it else companion.status


def _pin(view: TrackingView, locale: Locale) -> PinWords | None:
    if view.pin is None:
        return None
    digits = f"{view.pin[:3]}\N{NO-BREAK SPACE}{view.pin[3:]}"  # one number from right to left, too
    return PinWords(digits, locale.say("pin.text"))


def _ending_text(view: TrackingView, outcome: Outcome, locale: Locale) -> str | None:
    if outcome.status is Status.ATTEMPT_FAILED:
        return _next_step(view, locale)
    return locale.say("outcome.photo_follows") if outcome.has_proofs_to_come else None


def _next_step(view: TrackingView, locale: Locale) -> str:
    """What comes next, where the parcel is until then, and whether the recipient has to act."""
    if view.service_day is not None:
        today = view.server_now.astimezone(ZoneInfo(view.time_zone)).date()
        day = day_of_date(view.service_day, today, locale.style, Form.BARE)
        return locale.say("next.planned", day=day)
    return locale.say(f"next.{view.next_step or NextStep.OPEN}", sender=view.sender.name)


def _in_a_sentence(
    told: Range, view: TrackingView, zone: ZoneInfo, locale: Locale, form: Form = Form.BARE
) -> str:
    return range_phrase(told, view.server_now, zone, locale.style, form).unless_today
