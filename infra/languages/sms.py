"""The length of each SMS with a link, in each language: what an operator pays for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.catalogues import locale_of
from chalicelib.domain.instants import Range
from chalicelib.domain.notices.gsm7 import is_plain, segments
from chalicelib.domain.notices.kinds import Kind
from chalicelib.domain.notices.notices import worded
from chalicelib.domain.phrases.days import Form, day_of_date, moment_in_sentence
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.phrases.ranges import range_phrase
from chalicelib.domain.shipments.next_steps import NextStep
from chalicelib.domain.shipments.statuses import FailureReason

SENDER: Final = "Kirjakauppa"
LINK: Final = f"https://track.example.com/t/{'x' * 40}"
NOW: Final = datetime(2026, 11, 28, 10, tzinfo=UTC)
ZONE: Final = ZoneInfo("Europe/Helsinki")
TOLD: Final = Range(NOW + timedelta(days=4, hours=2), NOW + timedelta(days=4, hours=2, minutes=30))


@dataclass(frozen=True, slots=True)
class Length:
    """One SMS: its characters and segments. ``is_plain`` says that it is in the GSM-7 alphabet."""

    kind: Kind
    text: str
    segments: int
    is_plain: bool


def lengths(tag: str) -> Iterator[Length]:
    """The SMS of each kind, with a date, a link and the longest of all reasons."""
    locale = locale_of(tag)
    for kind in Kind:
        text = worded(kind, _values(locale), locale=locale, sms_name=SENDER, url=LINK).sms()
        yield Length(kind, text, segments(text), is_plain(text))


def _values(locale: Locale) -> dict[str, str]:
    reasons = (locale.say(f"notice.reason.{reason}") for reason in FailureReason)
    day = day_of_date(TOLD.earliest.date(), NOW.date(), locale.style, Form.BRIEF)
    nexts = (locale.say(f"notice.next.{step}", day=day) for step in NextStep)
    stops, minutes = locale.count("notice.near.stops", 12), locale.say("notice.near.minutes", n=25)
    return {
        "when": range_phrase(TOLD, NOW, ZONE, locale.style, Form.BRIEF).text,
        "near": locale.say("notice.near.both", stops=stops, minutes=minutes),
        "heard": moment_in_sentence(NOW - timedelta(days=1), NOW, ZONE, locale.style),
        "reason": max(reasons, key=len),
        "next": max(nexts, key=len),
    }
