"""The thread of a shipment in words: who said what when, what has been seen, what can be tapped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.messages.quick_replies import AFTER_AN_ATTEMPT, AFTER_DELIVERY, OF_RECIPIENT
from chalicelib.domain.messages.threads import Author, Message, Thread
from chalicelib.domain.phrases.days import moment
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.tracking.tracking import TrackingView

SAID: Final = frozenset({"sent", "too_many", "unfit", "closed", "full", "wait"})
"""What became of a message that was just sent: a word in the address of the page."""
TAPS: Final = {Status.DELIVERED: AFTER_DELIVERY, Status.ATTEMPT_FAILED: AFTER_AN_ATTEMPT}
"""What can be tapped once the driver has been there."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message. ``is_own`` is one of the reader; ``seen`` says that the driver has read it."""

    who: str
    text: str
    at: datetime
    moment: str
    is_own: bool
    seen: str | None


@dataclass(frozen=True, slots=True)
class Talk:
    """All of the thread that a page shows. ``quick`` are pairs of a code and its words."""

    lines: tuple[Said, ...]
    is_open: bool
    quick: tuple[tuple[str, str], ...]
    newest_id: str | None
    notice: str | None


def talk_of(
    view: TrackingView,
    thread: Thread | None,
    messages: Sequence[Message],
    locale: Locale,
    *,
    said: str,
) -> Talk:
    """The thread for its recipient, in the zone of the address."""
    zone = ZoneInfo(view.time_zone)
    read_by_driver = thread.read.get(Author.DRIVER, "") if thread else ""
    return Talk(
        lines=tuple(
            Said(
                who=locale.say(f"talk.{each.author}", sender=view.sender.name),
                text=_words(each, locale),
                at=each.written_at,
                moment=moment(each.written_at, view.server_now, zone, locale.style),
                is_own=each.author is Author.RECIPIENT,
                seen=_seen(each, read_by_driver, locale),
            )
            for each in messages
        ),
        is_open=view.may_write,
        quick=tuple(
            (code.value, locale.say(f"quick.{code}"))
            for code in TAPS.get(view.status, OF_RECIPIENT)
        ),
        newest_id=messages[-1].id if messages else None,
        notice=locale.say(f"talk.said.{said}") if said in SAID else None,
    )


def _words(message: Message, locale: Locale) -> str:
    if message.quick_reply is None:
        return message.text or ""
    return locale.say(f"quick.{message.quick_reply}")


def _seen(message: Message, read_by_driver: str, locale: Locale) -> str | None:
    is_read = message.author is Author.RECIPIENT and message.id <= read_by_driver
    return locale.say("talk.seen") if is_read else None
