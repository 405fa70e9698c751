"""Other days and windows: only what is offered, as long as the rule of change allows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Invalid, Outdated, TooLateToChange
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.choices import agreed, choices, chosen, may_choose, moved_to
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.shipments.wished import Open, may_change
from tests.support.builders import (
    NOON,
    make_actor,
    make_address,
    make_assignment,
    make_shipment,
    make_shipper,
)

OFFERING = make_shipper(offered_days=5, offered_windows=("08:00-12:00", "17:00-21:00"))
ZONES = ("Europe/Helsinki", "America/New_York", "Pacific/Apia", "Asia/Kathmandu")


def choose(
    shipment: Shipment, name: str, seen: str = "", now: datetime = NOON
) -> tuple[Shipment, tuple[Event, ...]] | None:
    found = chosen(shipment, name, OFFERING, seen=seen, now=now)
    if found is None:
        return None
    return moved_to(
        shipment,
        found,
        actor=make_actor(Role.RECIPIENT),
        event_id=lambda: EventId("evt_9"),
        now=now,
    )


@given(
    st.integers(0, 366 * 24).map(lambda hours: NOON + timedelta(hours=hours)),
    st.sampled_from(ZONES),
    st.integers(0, 14),
    st.frozensets(st.integers(1, 7)),
)
def test_every_choice_is_a_day_to_come_that_is_offered(
    now: datetime, time_zone: str, days: int, weekdays: frozenset[int]
) -> None:
    zone = ZoneInfo(time_zone)
    shipper = replace(OFFERING, offered_days=days, offered_weekdays=tuple(weekdays))
    shipment = make_shipment(address=make_address(time_zone=time_zone))

    found = choices(shipment, shipper, now)

    today = now.astimezone(zone).date()
    assert len({each.name for each in found}) == len(found)
    for each in found:
        assert today < each.day <= today + timedelta(days=days)
        assert each.day.isoweekday() in weekdays
        if each.window is not None:
            local = each.window.earliest.astimezone(zone)
            assert (local.date(), local.strftime("%H:%M")) == (each.day, each.span[:5])


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("stops_before", [None, 0, 1, 2, 9])
def test_the_rule_of_change_is_that_of_all_else(status: Status, stops_before: int | None) -> None:
    shipment = make_shipment(status=status, assignment=make_assignment())
    is_open = may_change(shipment, OFFERING, stops_before) is Open.YES

    found = choices(shipment, OFFERING, NOON, stops_before=stops_before)

    assert may_choose(shipment, OFFERING, stops_before) == bool(found) == is_open
    if not is_open:
        with pytest.raises(TooLateToChange):
            chosen(shipment, "2026-11-24", OFFERING, seen="", now=NOON, stops_before=stops_before)


def test_a_choice_is_agreed_once_and_told_as_a_new_time() -> None:
    found = choose(make_shipment(), "2026-11-24 08:00-12:00")
    assert found is not None
    after, (event,) = found

    assert event.type is EventType.RESCHEDULED
    assert event.data["service_day"] == "2026-11-24"
    assert after.window is not None
    assert after.window.earliest == datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert choose(after, "2026-11-24 08:00-12:00", seen="anything") is None
    with pytest.raises(Outdated):
        choose(after, "2026-11-25", seen="")
    moved = choose(after, "2026-11-25", seen=agreed(after))
    assert moved is not None
    assert (moved[0].window, str(moved[0].service_day)) == (None, "2026-11-25")


@pytest.mark.parametrize("name", ["", "2026-11-23", "2026-11-29", "2026-11-24 09:00-10:00", "x"])
def test_what_is_not_offered_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        choose(make_shipment(), name)
