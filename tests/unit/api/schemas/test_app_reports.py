"""Each vector of an app becomes the fixes that it says; nothing that an app may send fails."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.api.schemas.osmand import OsmAndIn, OsmAndQuery
from chalicelib.api.schemas.overland import OverlandIn
from chalicelib.api.schemas.owntracks import OwnTracksIn
from chalicelib.api.schemas.reports import Report, time_of
from chalicelib.domain.accounts.devices import DeviceApp
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.screening import Reason, UnreadableFix
from tests.support.app_reports import (
    OSMAND,
    RECEIVED,
    VECTORS,
    WITHOUT_AN_ID,
    Vector,
    nested,
)

READERS: Final[dict[str, Any]] = {
    "osmand": OsmAndIn,
    "owntracks": OwnTracksIn,
    "overland": OverlandIn,
}


def read(app: str, value: Any, received_at: datetime = RECEIVED) -> Report:
    report: Report = READERS[app].model_validate(value).report(received_at)
    return report


def assert_same(found: Fix | UnreadableFix, wanted: Fix) -> None:
    assert isinstance(found, Fix)
    assert found.coordinates == wanted.coordinates
    assert abs(found.recorded_at - wanted.recorded_at) < timedelta(milliseconds=1)
    for name in ("accuracy_m", "speed_mps", "heading_deg", "battery_ratio"):
        value, expected = getattr(found, name), getattr(wanted, name)
        assert value == (None if expected is None else pytest.approx(expected, abs=0.001)), name
    assert found.is_mock is wanted.is_mock


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_a_vector_becomes_its_fixes(vector: Vector) -> None:
    report = read(vector.app, vector.value, vector.received_at)

    assert len(report.fixes) == len(vector.fixes)
    for found, wanted in zip(report.fixes, vector.fixes, strict=True):
        assert_same(found, wanted)
    assert report.names_device or vector.id == "O11"


@pytest.mark.parametrize(
    "vector", [each for each in OSMAND if each.query], ids=lambda vector: vector.id
)
def test_a_get_says_the_same_as_a_post_with_the_same_query(vector: Vector) -> None:
    by_get = OsmAndQuery.model_validate(vector.value).report(RECEIVED)

    assert by_get.fixes == read("osmand", vector.value).fixes
    assert by_get.names_device


def test_t11_only_a_report_of_osmand_needs_an_id() -> None:
    pairs = dict(pair.split("=") for pair in WITHOUT_AN_ID.split("&"))

    assert not read("osmand", pairs).names_device
    assert not OsmAndQuery.model_validate(pairs).report(RECEIVED).names_device
    assert not read("osmand", {}).names_device
    assert read("overland", {}).names_device


@pytest.mark.parametrize(
    ("vector_id", "app"),
    [
        ("T5", DeviceApp.TRACCAR_NATIVE),
        ("T12", DeviceApp.TRACCAR_9),
        ("T18", DeviceApp.TRACCAR_10),
        ("T19", DeviceApp.TRACCAR_10),
        ("G1", DeviceApp.GPSLOGGER),
        ("O1", DeviceApp.OWNTRACKS),
        ("V1", DeviceApp.OVERLAND),
    ],
)
def test_a_report_tells_its_app(vector_id: str, app: DeviceApp) -> None:
    (vector,) = (each for each in VECTORS if each.id == vector_id)

    assert read(vector.app, vector.value).app is app


def test_the_same_position_is_the_same_fix_from_every_app() -> None:
    seconds, recorded = 1_700_000_000, "2023-11-14T22:13:20Z"
    place = {"lat": 60.17, "lon": 24.94}
    flat = place | {"id": "1", "timestamp": seconds, "accuracy": 8, "batt": 83, "bearing": 90}
    coords = {"latitude": 60.17, "longitude": 24.94, "accuracy": 8, "speed": 10.0, "heading": 90}
    feature = {
        "geometry": {"coordinates": [24.94, 60.17]},
        "properties": {
            "timestamp": recorded,
            "horizontal_accuracy": 8,
            "speed": 10.0,
            "course": 90,
            "battery_level": 0.83,
        },
    }
    reports = [
        read("osmand", flat | {"speed": 19.4384}),
        read("osmand", [flat | {"spd": 10.0}]),
        read(
            "osmand",
            nested(coords, device_id="1", timestamp=recorded, battery={"level": 0.83}),
        ),
        read(
            "owntracks",
            place | {"_type": "location", "tst": seconds, "acc": 8, "vel": 36, "cog": 90,
                     "batt": 83},
        ),
        read("overland", {"locations": [feature]}),
    ]  # fmt: skip

    first, *others = (fix for report in reports for fix in report.fixes)

    assert isinstance(first, Fix)
    assert len(others) == 4
    for other in others:
        assert_same(other, first)


@pytest.mark.parametrize("value", ["91", "NaN", "north", "", "%LAT", "1e999"])
def test_a_place_that_is_none_is_a_verdict(value: str) -> None:
    (found,) = read("osmand", {"id": "1", "lat": value, "lon": "24.9", "timestamp": "1"}).fixes

    assert found == UnreadableFix((Reason.NO_PLACE,))


def test_a_fix_that_the_app_calls_invalid_is_none() -> None:
    said = {"id": "1", "lat": "60", "lon": "24.9", "timestamp": "1", "valid": "false"}

    assert read("osmand", said).fixes == (UnreadableFix((Reason.NO_PLACE,)),)


@pytest.mark.parametrize("value", ["yesterday", "2026-13-40T00:00:00Z", 1e300, True, [1]])
def test_a_time_that_is_none_is_a_verdict(value: object) -> None:
    (found,) = read("owntracks", {"_type": "location", "lat": 60, "lon": 25, "tst": value}).fixes

    assert found == UnreadableFix((Reason.NO_TIME,))


@pytest.mark.parametrize("value", [None, ""])
def test_a_fix_without_a_time_was_recorded_when_it_came(value: object) -> None:
    assert time_of(value, absent=RECEIVED) == RECEIVED


@given(st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)))  # noqa: DTZ001 - made aware below
def test_seconds_milliseconds_and_text_say_the_same_time(moment: datetime) -> None:
    instant = moment.replace(microsecond=0, tzinfo=UTC)
    seconds = int(instant.timestamp())

    assert time_of(seconds, absent=RECEIVED) == instant
    assert time_of(str(seconds * 1000), absent=RECEIVED) == instant
    assert time_of(instant.isoformat(), absent=RECEIVED) == instant
    assert time_of(instant.strftime("%Y-%m-%d %H:%M:%S"), absent=RECEIVED) == instant


def test_overland_tells_of_visits_and_trips_too() -> None:
    visit = {"geometry": {"coordinates": [24.9, 60.1]}, "properties": {"action": "visit"}}
    trip = {"geometry": {"coordinates": [24.9, 60.1]}, "properties": {"type": "trip"}}
    broken = {"type": "Feature"}

    report = read("overland", {"locations": [visit, trip, broken, 7]})

    assert report.fixes == (UnreadableFix((Reason.NO_PLACE, Reason.NO_TIME)),) * 2


JSON_VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["_type", "lat", "lon", "tst", "timestamp", "location", "locations", "coords",
                 "geometry", "coordinates", "properties", "battery", "level", "id", "speed"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.sampled_from(sorted(READERS)), JSON_VALUES)
@example("owntracks", [{"_type": "location", "tst": 10**400}])
@example("overland", {"locations": [{"properties": {}, "geometry": {"coordinates": [{}, []]}}]})
@example("osmand", {"id": [], "lat": {}, "mock": []})
def test_reading_never_fails(app: str, value: Any) -> None:
    report = read(app, value)

    assert all(isinstance(fix, Fix | UnreadableFix) for fix in report.fixes)
