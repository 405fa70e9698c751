import math
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.errors import Invalid
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.eta.estimates import Duration
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.routes.new_routes import (
    NewRoute,
    PlannedVisit,
    require_breaks,
    require_drivable,
    require_start,
    require_windows,
    service_day_of,
)
from chalicelib.domain.routes.routes import Break
from tests.support.builders import make_driver, make_hub, make_stop


def route(starts_at: datetime, day: date | None, *breaks: Break) -> NewRoute:
    return NewRoute(
        driver_id=make_driver().id,
        hub_id=make_hub().id,
        service_day=day,
        starts_at=starts_at,
        visits=(PlannedVisit((ShipmentId("shp_1"),)),),
        breaks=breaks,
    )


@pytest.mark.parametrize(
    ("starts_at", "is_that_day"),
    [
        (datetime(2026, 6, 9, 7, tzinfo=UTC), True),
        (datetime(2026, 6, 8, 15, tzinfo=UTC), True),  # 18:00 at the hub, the evening before
        (datetime(2026, 6, 8, 14, tzinfo=UTC), False),
        (datetime(2026, 6, 10, 3, tzinfo=UTC), True),  # 06:00 at the hub, the morning after
        (datetime(2026, 6, 10, 4, tzinfo=UTC), False),
        (datetime(2026, 9, 6, 7, tzinfo=UTC), False),  # day and month exchanged
        (datetime(2027, 6, 9, 7, tzinfo=UTC), False),
    ],
)
def test_a_route_starts_on_its_service_day_or_in_the_night_beside_it(
    starts_at: datetime, *, is_that_day: bool
) -> None:
    wanted, hub = route(starts_at, date(2026, 6, 9)), make_hub()

    if is_that_day:
        assert service_day_of(wanted, hub) == date(2026, 6, 9)
    else:
        with pytest.raises(Invalid) as refusal:
            service_day_of(wanted, hub)
        assert "'/service_day'" in str(refusal.value.data)


@pytest.mark.parametrize(
    ("starts_at", "day"),
    [
        (datetime(2026, 6, 9, 20, 59, tzinfo=UTC), date(2026, 6, 9)),  # 23:59 at the hub
        (datetime(2026, 6, 9, 21, tzinfo=UTC), date(2026, 6, 10)),
    ],
)
def test_without_a_service_day_it_is_that_of_the_start_at_the_hub(
    starts_at: datetime, day: date
) -> None:
    assert service_day_of(route(starts_at, None), make_hub()) == day


def test_a_night_shift_rests_after_midnight() -> None:
    evening = datetime(2026, 6, 9, 18, tzinfo=UTC)
    rest = Break(evening.replace(hour=22), evening.replace(day=10, hour=1), 1_800)

    require_breaks(route(evening, date(2026, 6, 9), rest))


def test_a_break_of_another_day_is_refused() -> None:
    morning = datetime(2026, 6, 9, 6, tzinfo=UTC)
    rest = Break(morning.replace(day=10, hour=9), morning.replace(day=10, hour=10), 1_800)

    with pytest.raises(Invalid) as refusal:
        require_breaks(route(morning, date(2026, 6, 9), rest))

    assert "'/breaks/0/latest'" in str(refusal.value.data)


@pytest.mark.parametrize(
    ("opens_after_h", "closes_after_h", "code"),
    [
        (-2, 0, "window_over"),
        (-2, 1, None),
        (23, 25, None),
        (24, 26, "window_later"),  # the van would wait until tomorrow, and all behind it
    ],
)
def test_a_window_that_this_route_cannot_meet_is_refused(
    opens_after_h: int, closes_after_h: int, code: str | None
) -> None:
    morning = datetime(2026, 6, 9, 6, tzinfo=UTC)
    window = Range(*(morning + timedelta(hours=h) for h in (opens_after_h, closes_after_h)))
    wanted, stops = route(morning, None), [make_stop(window=window)]

    if code is None:
        require_windows(wanted, stops)
    else:
        with pytest.raises(Invalid) as refusal:
            require_windows(wanted, stops)
        assert "'/stops/0'" in str(refusal.value.data)
        assert code in str(refusal.value.data)
        assert "2026-06-09 09:00" in str(refusal.value.data)  # as the clocks at the stop say it


@pytest.mark.parametrize(
    ("leg", "is_drivable"), [(timedelta(hours=9), True), (timedelta(hours=11), False)]
)
def test_nobody_drives_longer_than_a_day_to_a_stop(leg: timedelta, *, is_drivable: bool) -> None:
    wanted = route(datetime(2026, 6, 9, 6, tzinfo=UTC), None)
    times = [StopTimes(Duration(math.log(leg.total_seconds()), 0.0), Duration(4.0, 0.0))]

    if is_drivable:
        require_drivable(wanted, times)
    else:
        with pytest.raises(Invalid, match="longer than anybody drives"):
            require_drivable(wanted, times)


def test_a_route_that_would_be_over_by_now_is_refused() -> None:
    morning = datetime(2026, 6, 9, 6, tzinfo=UTC)
    require_start(route(morning, None), morning + timedelta(hours=23))  # planned late

    with pytest.raises(Invalid) as refusal:
        require_start(route(morning, None), morning + timedelta(days=3))

    assert "'/starts_at'" in str(refusal.value.data)
