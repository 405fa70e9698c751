"""Notices: the message that an event sends to a recipient, and whether it is still true.

A notice consists of our own phrases, times and one link. No text that a user typed gets into it.
Only the sender's name does, in the safe form of ``gsm7.sender_name``.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Role
from chalicelib.domain.instants import Range
from chalicelib.domain.notices.gsm7 import segments, sender_name, written
from chalicelib.domain.notices.kinds import SIZES, SUBJECT, Kind
from chalicelib.domain.phrases.days import Form, day_of_date, moment_in_sentence
from chalicelib.domain.phrases.locales import Direction, Locale
from chalicelib.domain.phrases.ranges import range_phrase
from chalicelib.domain.ratings.ratings import MOST_STARS
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.next_steps import day_to_come, next_step
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, FailureReason, Status

KINDS: Final[Mapping[EventType, Kind]] = {
    EventType.OUT_FOR_DELIVERY: Kind.OUT_FOR_DELIVERY,
    EventType.ARRIVING: Kind.ARRIVING,
    EventType.DELAYED: Kind.DELAYED,
    EventType.BACK_ON_TIME: Kind.BACK_ON_TIME,
    EventType.DRIVER_BACK: Kind.HEARD_AGAIN,
    EventType.PROMISED: Kind.NEW_TIME,
    EventType.UNASSIGNED: Kind.PUT_OFF,
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.ATTEMPT_FAILED: Kind.FAILED,
    EventType.CANCELLED: Kind.CANCELLED,
    EventType.RESCHEDULED: Kind.RESCHEDULED,
    EventType.RETURNING: Kind.RETURNING,
    EventType.CORRECTED: Kind.CORRECTED,
    EventType.MESSAGE_SENT: Kind.MESSAGE,
}
"""The events that we send to recipients. They find all others on their tracking page."""

TOLD_WITH: Final[Mapping[EventType, tuple[str, ...]]] = {
    EventType.RESCHEDULED: ("window", "service_day"),
    EventType.DRIVER_BACK: ("promise",),
    EventType.MESSAGE_SENT: ("notice",),
}
"""The facts, of which one at least is there where recipients are told of such an event."""

STILL_TRUE: Final[Mapping[Kind, frozenset[Status]]] = {
    Kind.OUT_FOR_DELIVERY: frozenset({Status.OUT_FOR_DELIVERY, Status.ARRIVING}),
    Kind.ARRIVING: frozenset({Status.ARRIVING}),
    Kind.DELAYED: frozenset({Status.OUT_FOR_DELIVERY, Status.ARRIVING}),
    Kind.BACK_ON_TIME: frozenset({Status.OUT_FOR_DELIVERY, Status.ARRIVING}),
    Kind.SILENT: frozenset({Status.OUT_FOR_DELIVERY, Status.ARRIVING}),
    Kind.HEARD_AGAIN: frozenset({Status.OUT_FOR_DELIVERY, Status.ARRIVING}),
    Kind.NEW_TIME: frozenset({Status.OUT_FOR_DELIVERY, Status.ARRIVING}),
    Kind.EARLIER: frozenset({Status.OUT_FOR_DELIVERY, Status.ARRIVING}),
    Kind.PUT_OFF: frozenset({Status.ACCEPTED, Status.LOADED}),
    Kind.DELIVERED: frozenset({Status.DELIVERED}),
    Kind.FAILED: frozenset(
        {Status.ATTEMPT_FAILED, Status.ACCEPTED, Status.LOADED, Status.RETURNING}
    ),
    Kind.CANCELLED: frozenset({Status.CANCELLED}),
    Kind.RESCHEDULED: frozenset(
        {Status.CREATED, Status.ACCEPTED, Status.LOADED, Status.ATTEMPT_FAILED, Status.DELIVERED}
    ),
    Kind.RETURNING: frozenset({Status.RETURNING, Status.RETURNED}),
    Kind.CORRECTED: frozenset({Status.ACCEPTED, Status.LOADED}) | ON_THE_WAY,
    Kind.MESSAGE: frozenset(Status) - {Status.CREATED, Status.CANCELLED},
}
"""The statuses of the shipment in which a late notice is still true."""

_OF_A_PROMISE: Final = frozenset(
    {Kind.DELAYED, Kind.BACK_ON_TIME, Kind.SILENT, Kind.HEARD_AGAIN, Kind.NEW_TIME, Kind.EARLIER}
)
_ON_TIME: Final = frozenset({Kind.BACK_ON_TIME, Kind.NEW_TIME})

_OF_AN_OUTCOME: Final = {"delivered": Kind.DELIVERED, "attempt_failed": Kind.FAILED}


@dataclass(frozen=True, slots=True)
class Email:
    """One e-mail, ready to send."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The content of a message in one language, before it becomes an SMS or an e-mail.

    ``sentences`` run from the fullest to the shortest. They are as a page would say them; an SMS
    has them as ``gsm7.written`` does.
    """

    kind: Kind
    language: str
    direction: Direction
    sender: str | None
    subject: str
    sentences: tuple[str, ...]
    link_text: str
    url: str
    rate_text: str | None = None
    settings_text: str = ""

    def sms(self) -> str:
        """The fullest text that takes as few messages as the shortest does.

        That is one, unless our host has some 80 characters or more, or the script is not that of
        the alphabet of an SMS.
        """
        sentences = [written(sentence) for sentence in self.sentences]
        named = [f"{self.sender}: {sentence}" for sentence in sentences] if self.sender else []
        texts = [f"{sentence} {self.url}" for sentence in (*named, *sentences)]
        return min(texts, key=segments)

    def email(self) -> Email:
        """Subject, text and HTML. The subject never has the link.

        Where the recipient is asked to rate, a link leads to the form of the page, and in HTML one
        more for each number of stars, which are then ticked there. A link alone rates nothing.
        """
        subject = f"{self.sender}: {self.subject}" if self.sender else self.subject
        sentence, link, url = (
            html.escape(part) for part in (self.sentences[0], self.link_text, self.url)
        )
        direction = ' dir="rtl"' if self.direction == "rtl" else ""
        return Email(
            subject=subject,
            text=f"{self.sentences[0]}\n\n{self.link_text}: {self.url}\n{self._rate_in_text()}"
            f"\n{self.settings_text}: {self.url}/settings\n",
            html=(
                f'<!doctype html><html lang="{self.language}"{direction}><meta charset="utf-8">'
                f"<title>{html.escape(subject)}</title>"
                f'<body><p>{sentence}</p><p><a href="{url}">{link}</a></p>'
                f'{self._rate_in_html(url)}<p><small><a href="{url}/settings">'
                f"{html.escape(self.settings_text)}</a></small></p></body></html>"
            ),
        )

    def _rate_in_text(self) -> str:
        return "" if self.rate_text is None else f"\n{self.rate_text}: {self.url}#rating\n"

    def _rate_in_html(self, url: str) -> str:
        if self.rate_text is None:
            return ""
        stars = " · ".join(
            f'<a href="{url}?stars={n}#rating">{n}&nbsp;★</a>' for n in range(1, MOST_STARS + 1)
        )
        return f"<p>{html.escape(self.rate_text)}: {stars}</p>"


def kind_of(event: Event) -> Kind | None:
    """The kind of notice for an event; None when recipients are not told.

    A correction is told as the outcome that it says. They were told of a silent van only if it
    broke its promise, so they hear that it is back only with a new one. Not every message has a
    notice: the thread has all of them. Who took it off the van by another wish knows of that.
    """
    is_own_wish = event.type is EventType.UNASSIGNED and event.actor_role is Role.RECIPIENT
    if event.audience != "public" or is_own_wish:
        return None
    if event.type is EventType.DELAYED and event.data.get("heard_at"):
        return Kind.SILENT
    if event.type is EventType.CORRECTED:
        return _OF_AN_OUTCOME.get(str(event.data.get("outcome")), Kind.CORRECTED)
    if event.type is EventType.PROMISED and _is_brought_forward(event):
        return Kind.EARLIER
    facts = TOLD_WITH.get(event.type)
    if facts is not None and not any(event.data.get(fact) for fact in facts):
        return None
    return KINDS.get(event.type)


def _is_brought_forward(event: Event) -> bool:
    """Whether the new range begins before the one that was told last."""
    told, before = (_range(event.data.get(name)) for name in ("promise", "previous_promise"))
    return told is not None and before is not None and told.earliest < before.earliest


def is_stale(event: Event, shipment: Shipment) -> bool:
    """Whether the shipment has moved on, so that the notice would be untrue.

    A range that was replaced since is stale too. The event that replaced it tells the new range.
    """
    kind = kind_of(event)
    if kind is None or shipment.status not in STILL_TRUE[kind]:
        return True
    if kind is Kind.RESCHEDULED:
        return not _still_wants(shipment, event)
    if kind not in _OF_A_PROMISE:
        return False
    promise = _range(event.data.get("previous_promise" if kind is Kind.SILENT else "promise"))
    was_replaced = promise is not None and promise != shipment.promise
    if kind is Kind.EARLIER:  # also of a time that is still later than the first one
        return was_replaced
    return was_replaced or shipment.is_delayed != (kind not in _ON_TIME)


def compose(
    event: Event,
    shipment: Shipment,
    *,
    locale: Locale,
    sms_name: str | None,
    url: str,
    now: datetime,
    shipper: Shipper | None = None,
) -> Notice:
    """The notice of an event for the recipient, about the shipment as it is now.

    What its ``shipper`` offers decides what the recipient can do after a failed attempt.
    Times are local at the stop. Raises ValueError for an event without a notice.
    """
    kind = kind_of(event)
    if kind is None:
        msg = f"Recipients are not told of {event.type}."
        raise ValueError(msg)
    reason = _reason(event)
    values = {
        "when": _when(kind, shipment, now, locale),
        "near": _near(event, now, locale),
        "heard": _heard(event, shipment, now, locale),
        "reason": locale.say(f"notice.reason.{reason}"),
        "next": _next(shipment, shipper, reason, now, locale),
    }
    return worded(kind, values, locale=locale, sms_name=sms_name, url=url)


def worded(
    kind: Kind, values: Mapping[str, str], *, locale: Locale, sms_name: str | None, url: str
) -> Notice:
    """A kind of notice in one language, with the values that its sentences may have."""
    said = [
        _sentence(locale.say(name, **values))
        for name in (f"notice.{kind}.{part}" for part in (SUBJECT, *SIZES))
        if name in locale.phrases
    ]
    return Notice(
        kind=kind,
        language=locale.language,
        direction=locale.direction,
        sender=sender_name(sms_name),
        subject=said[0],
        sentences=tuple(said[1:]),
        link_text=locale.say("notice.link"),
        url=url,
        rate_text=locale.say("notice.rate") if kind is Kind.DELIVERED else None,
        settings_text=locale.say("notice.settings"),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _still_wants(shipment: Shipment, event: Event) -> bool:
    """Whether the time that was agreed then is the one that holds now."""
    day = shipment.wanted_day
    told_day = event.data.get("service_day")
    is_same_day = told_day is None or (day is not None and told_day == day.isoformat())
    return is_same_day and _range(event.data.get("window")) == shipment.window


def _when(kind: Kind, shipment: Shipment, now: datetime, locale: Locale) -> str:
    """The range in the stop's local time: ``today 14:10–14:40``, ``Tue 24 Nov 09:00–09:30``.

    Of a new time that is only a day, the day: ``tomorrow``.
    """
    style, zone = locale.style, ZoneInfo(shipment.address.time_zone)
    is_agreed = kind is Kind.RESCHEDULED
    told = shipment.window if is_agreed else shipment.promise
    if told is not None:
        return range_phrase(told, now, zone, style, Form.BRIEF).text
    if is_agreed and shipment.service_day is not None:
        today = now.astimezone(zone).date()
        return day_of_date(shipment.service_day, today, style, Form.BRIEF)
    return style.words.today


def _next(
    shipment: Shipment,
    shipper: Shipper | None,
    reason: FailureReason,
    now: datetime,
    locale: Locale,
) -> str:
    """What happens after a failed attempt, or what the recipient can do on the page."""
    step, day = next_step(shipment, shipper, reason, now), day_to_come(shipment, now)
    if day is None:
        return locale.say(f"notice.next.{step}")
    today = now.astimezone(ZoneInfo(shipment.address.time_zone)).date()
    return locale.say("notice.next.planned", day=day_of_date(day, today, locale.style, Form.BRIEF))


def _near(event: Event, now: datetime, locale: Locale) -> str:
    """The distance of the van in stops and in minutes, as far as the event has them."""
    stops, minutes = _stops(event.data.get("stops_before"), locale), _minutes(event, now, locale)
    if stops and minutes:
        return locale.say("notice.near.both", stops=stops, minutes=minutes)
    return stops or minutes or locale.say("notice.near.soon")


def _stops(stops_before: object, locale: Locale) -> str:
    match stops_before:
        case bool():
            return ""
        case 0:
            return locale.say("notice.near.next")
        case int():
            return locale.count("notice.near.stops", stops_before)
        case _:
            return ""


def _minutes(event: Event, now: datetime, locale: Locale) -> str:
    eta = event.data.get("eta")
    point = _instant(eta.get("point")) if isinstance(eta, Mapping) else None
    if point is None or point <= now:
        return ""
    minutes = max(1, round((point - now).total_seconds() / 60))
    return locale.say("notice.near.minutes", n=minutes)


def _heard(event: Event, shipment: Shipment, now: datetime, locale: Locale) -> str:
    """When a silent van was last heard of, as a local time; with its day when that is another."""
    heard_at = _instant(event.data.get("heard_at"))
    if heard_at is None:
        return ""
    zone = ZoneInfo(shipment.address.time_zone)
    return moment_in_sentence(heard_at, now, zone, locale.style)


def _reason(event: Event) -> FailureReason:
    try:
        return FailureReason(str(event.data.get("reason")))
    except ValueError:
        return FailureReason.OTHER


def _range(value: object) -> Range | None:
    if not isinstance(value, Mapping):
        return None
    earliest, latest = _instant(value.get("earliest")), _instant(value.get("latest"))
    return Range(earliest, latest) if earliest and latest else None


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
