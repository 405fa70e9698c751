"""Choices: other days and windows that a recipient may choose, out of those the shipper offers.

The rule of change is that of all else (``wished``). What is on a plan leaves it with the choice,
and everybody else on it is expected anew. After a failed attempt the choice says when it is to be
tried again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid, Outdated
from chalicelib.domain.ids import EventId
from chalicelib.domain.instants import Range
from chalicelib.domain.shipments.amendments import amended
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.wished import Open, may_change, require_may_change


@dataclass(frozen=True, slots=True)
class Choice:
    """A day at the address, whole or with a window. ``name`` says it in a form."""

    day: date
    window: Range | None = None
    span: str = ""

    @property
    def whole_day(self) -> date | None:
        """The day, where no window of it was chosen."""
        return None if self.window is not None else self.day

    @property
    def name(self) -> str:
        """Like 2026-11-30 or 2026-11-30 08:00-12:00."""
        return f"{self.day.isoformat()} {self.span}".strip()


def may_choose(shipment: Shipment, shipper: Shipper, stops_before: int | None) -> bool:
    """Whether its recipient may still choose."""
    return may_change(shipment, shipper, stops_before) is Open.YES


def choices(
    shipment: Shipment, shipper: Shipper, now: datetime, *, stops_before: int | None = None
) -> tuple[Choice, ...]:
    """What is offered now, the nearest day first; nothing where there is nothing to choose.

    Days begin tomorrow, by the clocks at the address. A window that does not exist on a day on
    which the clocks change is left out.
    """
    if not may_choose(shipment, shipper, stops_before):
        return ()
    zone = ZoneInfo(shipment.address.time_zone)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(1, shipper.offered_days + 1))
    found: list[Choice] = []
    for day in days:
        if day.isoweekday() not in shipper.offered_weekdays:
            continue
        found.append(Choice(day))
        for span in shipper.offered_windows:
            window = _window(day, span, zone)
            if window is not None:
                found.append(Choice(day, window, span))
    return tuple(found)


def agreed(shipment: Shipment) -> str:
    """What holds now, so that a page can say what it has shown."""
    if shipment.window is not None:
        return f"{shipment.window.earliest.isoformat()} {shipment.window.latest.isoformat()}"
    return "" if shipment.service_day is None else shipment.service_day.isoformat()


def chosen(
    shipment: Shipment,
    name: str,
    shipper: Shipper,
    *,
    seen: str,
    now: datetime,
    stops_before: int | None = None,
) -> Choice | None:
    """The choice with this name; None where it holds already.

    Raises TooLateToChange, Invalid for what is not offered any more, and Outdated where another
    time was agreed since the page was read.
    """
    require_may_change(shipment, shipper, stops_before)
    offered = choices(shipment, shipper, now, stops_before=stops_before)
    wanted = next((each for each in offered if each.name == name), None)
    if wanted is None:
        text = "This time is not offered any more. Choose another one."
        raise Invalid(text, pointer="/choice", code="not_offered")
    if (wanted.window, wanted.whole_day) == (shipment.window, shipment.service_day):
        return None
    if agreed(shipment) != seen:
        raise Outdated
    return wanted


def moved_to(
    shipment: Shipment,
    choice: Choice,
    *,
    actor: Actor,
    event_id: Callable[[], EventId],
    now: datetime,
) -> tuple[Shipment, tuple[Event, ...]]:
    """The shipment on this day or in this window, and the event that tells it."""
    after = replace(shipment, window=choice.window, service_day=choice.whole_day)
    return amended(shipment, after, actor=actor, event_id=event_id, now=now)


def _window(day: date, span: str, zone: ZoneInfo) -> Range | None:
    first, last = (
        datetime.combine(day, time.fromisoformat(each), tzinfo=zone) for each in span.split("-")
    )
    is_real = all(
        each.astimezone(ZoneInfo("UTC")).astimezone(zone).time() == each.time()
        for each in (first, last)
    )
    return Range(first, last) if is_real else None
