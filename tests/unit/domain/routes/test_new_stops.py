from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.routes.new_stops import ONE_PLACE_M, StopShare, make_stop
from chalicelib.domain.routes.routes import Consignment, Stop
from tests.support.builders import HELSINKI, NOON, minutes, north_of


def share(number: int, *, north_m: float = 0.0, **changes: Any) -> StopShare:
    given: dict[str, Any] = {
        "consignment": Consignment(ShipmentId(f"shp_{number}"), (f"B{number}",)),
        "coordinates": north_of(HELSINKI, north_m),
        "time_zone": "Europe/Helsinki",
        "window": None,
        "service_time_s": None,
    }
    return StopShare(**given | changes)


def window(start_min: int, end_min: int) -> Range:
    return Range(NOON + minutes(start_min), NOON + minutes(end_min))


def made(*shares: StopShare, service_time_s: float | None = None) -> Stop:
    return make_stop(
        StopId("stp_1"), shares, number=0, service_time_s=service_time_s, pointer=lambda i: f"/{i}"
    )


def refused(*shares: StopShare) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        made(*shares)
    errors: Any = refusal.value.data["errors"]
    return dict(errors[0])


def test_shipments_for_one_house_are_one_stop_at_the_first_ones_place() -> None:
    stop = made(share(1), share(2, north_m=ONE_PLACE_M - 5), share(3, north_m=-40))

    assert stop.coordinates == HELSINKI
    assert stop.shipment_ids == ("shp_1", "shp_2", "shp_3")


@pytest.mark.parametrize(("north_m", "said"), [(ONE_PLACE_M + 5, "155 m"), (9_000, "9.0 km")])
def test_a_shipment_for_another_house_is_pointed_at(north_m: float, said: str) -> None:
    error = refused(share(1), share(2), share(3, north_m=north_m))

    assert (error["pointer"], error["code"]) == ("/2", "another_place")
    assert said in error["detail"]


@pytest.mark.parametrize(
    ("windows", "common"),
    [
        ([None, None], None),
        ([None, window(0, 60), None], window(0, 60)),
        ([window(0, 60), window(30, 90)], window(30, 60)),
        ([window(0, 240), window(60, 180), window(90, 300)], window(90, 180)),
        ([window(0, 60), window(60, 90)], window(60, 60)),
    ],
)
def test_the_window_is_what_all_windows_have_in_common(
    windows: list[Range | None], common: Range | None
) -> None:
    shares = [share(i, window=each) for i, each in enumerate(windows)]

    assert made(*shares).window == common
    assert made(*reversed(shares)).window == common


def test_windows_without_a_common_time_are_pointed_at() -> None:
    error = refused(share(1, window=window(0, 60)), share(2), share(3, window=window(61, 90)))

    assert (error["pointer"], error["code"]) == ("/2", "windows_apart")


def test_service_times_add_up_unless_the_dispatcher_says_one() -> None:
    shares = share(1, service_time_s=60.0), share(2), share(3, service_time_s=30.0)

    assert made(*shares).service_time_s == 90.0
    assert made(*shares, service_time_s=0.0).service_time_s == 0.0
    assert made(share(1)).service_time_s is None


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 600)), min_size=1, max_size=6))
def test_a_stop_is_within_each_of_its_windows(spans: list[tuple[int, int]]) -> None:
    windows = [window(min(span), max(span)) for span in spans]
    shares = [share(i, window=each) for i, each in enumerate(windows)]
    try:
        common = made(*shares).window
    except Invalid:
        assert max(w.earliest for w in windows) > min(w.latest for w in windows)
        return

    assert common is not None
    assert all(w.earliest <= common.earliest <= common.latest <= w.latest for w in windows)
