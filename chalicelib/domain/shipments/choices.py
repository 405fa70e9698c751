"""Choices: other days and windows that a recipient may choose, out of those the shipper offers.

What is on a plan or on a van is not moved by its recipient: the plan is made of it, and the office
changes it. After a failed attempt the choice says when it is to be tried again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid, Outdated, TooLateToChange
from chalicelib.domain.ids import EventId
from chalicelib.domain.instants import Range
from chalicelib.domain.shipments.amendments import amended
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status


@dataclass(frozen=True, slots=True)
class Choice:
    """A day at the address, whole or with a window. ``name`` says it in a form."""

    day: date
    window: Range | None = None
    span: str = ""

    @property
    def name(self) -> str:
        """Like 2026-11-30 or 2026-11-30 08:00-12:00."""
        return f"{self.day.isoformat()} {self.span}".strip()


def may_choose(shipment: Shipment) -> bool:
    """Whether its recipient may choose: it is on no plan, or waits for another attempt."""
    if shipment.status is Status.ATTEMPT_FAILED:
        return True
    return shipment.status in {Status.CREATED, Status.ACCEPTED} and shipment.assignment is None


def choices(shipment: Shipment, shipper: Shipper, now: datetime) -> tuple[Choice, ...]:
    """What is offered now, the nearest day first; nothing where there is nothing to choose.

    Days begin tomorrow, by the clocks at the address. A window that does not exist on a day on
    which the clocks change is left out.
    """
    if not may_choose(shipment):
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
    actor: Actor,
    event_id: Callable[[], EventId],
    now: datetime,
) -> tuple[Shipment, tuple[Event, ...]] | None:
    """The shipment with this choice, and its events; None where it holds already.

    Raises TooLateToChange, Invalid for what is not offered any more, and Outdated where another
    time was agreed since the page was read.
    """
    if not may_choose(shipment):
        text = "The delivery is planned already, so its day cannot be changed here."
        raise TooLateToChange(text, current=shipment.status.value)
    wanted = next((each for each in choices(shipment, shipper, now) if each.name == name), None)
    if wanted is None:
        text = "This time is not offered any more. Choose another one."
        raise Invalid(text, pointer="/choice", code="not_offered")
    day = None if wanted.window is not None else wanted.day
    after = replace(shipment, window=wanted.window, service_day=day)
    if (after.window, after.service_day) == (shipment.window, shipment.service_day):
        return None
    if agreed(shipment) != seen:
        raise Outdated
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
