"""What location apps send, word for word, and the fixes that it must become.

T1–T17 are from the tests of Traccar's server and of its Android client, O1–O9 from those of Traccar
and OwnTracks, G1–G2 from GPSLogger's. T18–T20, O12 and V1–V3 are made from the formats.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.geography import Coordinates
from chalicelib.edge.reports import InQuery

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


RECEIVED: Final = at("2026-11-27T12:00:00Z")


@dataclass(frozen=True)
class Vector:
    """One request to one address, and what it says. ``fixes`` are in its order."""

    id: str
    app: str
    fixes: tuple[Fix, ...] = ()
    query: str = ""
    form: str = ""
    json: Any = None
    received_at: datetime = RECEIVED

    @property
    def value(self) -> Any:
        """What the edge makes of the request."""
        if self.query:
            return InQuery(parse_qsl(self.query, keep_blank_values=True))
        return dict(parse_qsl(self.form)) if self.form else self.json


def fix(lat_deg: float, lon_deg: float, recorded: str | datetime, **measures: Any) -> Fix:
    recorded_at = at(recorded) if isinstance(recorded, str) else recorded
    return Fix(recorded_at, Coordinates(lat_deg, lon_deg), **measures)


def nested(coords: Mapping[str, Any], *, device_id: str, **location: Any) -> dict[str, Any]:
    return {"location": {"coords": coords, **location}, "device_id": device_id}


CHICAGO: Final = fix(42.06288, -88.23412, "2016-01-27T18:55:47Z", speed_mps=0.0)
LENINGRAD: Final = fix(60.0, 30.0, "2013-08-22T13:14:27Z")
ANDROID: Final = fix(
    37.4219983, -122.084, "2025-06-15T13:45:12.862Z", accuracy_m=5.0, speed_mps=0.0,
    battery_ratio=1.0,
)  # fmt: skip
EMULATOR: Final = nested(
    {"latitude": 37.4219983, "longitude": -122.084, "accuracy": 5, "speed": 0, "heading": -1,
     "altitude": 5},
    device_id="48241179",
    timestamp="2025-06-15T13:45:12.862Z",
    is_moving=False,
    odometer=0,
    event="motionchange",
    battery={"level": 1, "is_charging": False},
    activity={"type": "still"},
    extras={},
    _="&id=48241179&lat=37.4219983&lon=-122.084&timestamp=2025-06-15T13:45:12.862Z&",
)  # fmt: skip
EXTRAS: Final = {
    "device_string_test": "long_device_id",
    "device_bool_test": True,
    "device_bool_false_test": False,
    "device_integer_test": 1,
    "device_double_test": 1.345,
    "device_very_long_double_test": 1763636.3442,
}
SIMULATOR: Final = nested(
    {"speed_accuracy": -1, "speed": -1, "longitude": -122.406417, "ellipsoidal_altitude": 0,
     "floor": None, "heading_accuracy": -1, "latitude": 37.785834000000001, "accuracy": 5,
     "altitude_accuracy": -1, "altitude": 0, "heading": -1},
    device_id="658765",
    extras={},
    mock=True,
    is_moving=False,
    age=188,
    odometer=0,
    uuid="2FB04C65-99CF-42AB-8DD3-EBCB4B108BF8",
    event="motionchange",
    battery={"level": -1, "is_charging": False},
    activity={"type": "unknown", "confidence": 100},
    timestamp="2025-05-09T04:11:30.579Z",
)  # fmt: skip
JAKARTA: Final = nested(
    {"latitude": -6.1148096, "longitude": 106.6837015, "accuracy": 3.8, "speed": 18.67,
     "speed_accuracy": 0.26, "heading": 63, "heading_accuracy": 0.28, "altitude": 35.7,
     "altitude_accuracy": 3.8},
    device_id="8737767034",
    event="motionchange",
    is_moving=False,
    uuid="0e9a2473-a9a7-4c00-997b-fb97d2154e75",
    timestamp="2021-07-21T08:06:34.444Z",
    odometer=0,
    activity={"type": "still", "confidence": 100},
    battery={"is_charging": False, "level": 0.79},
    extras={},
)  # fmt: skip
IN_A_FORM: Final = (
    "id=658765&lat=60.17&lon=24.94&timestamp=1700000000&accuracy=8&altitude=12&speed=10.80"
    "&bearing=90&batt=83&charge=false"
)
FROM_A_FORM: Final = fix(
    60.17, 24.94, "2023-11-14T22:13:20Z", accuracy_m=8.0, speed_mps=10.80 * 1852 / 3600,
    heading_deg=90.0, battery_ratio=0.83,
)  # fmt: skip
PARIS: Final = fix(48.85833, 2.29513, "2017-06-13T10:21:56Z")

OSMAND: Final = [
    Vector(
        "T1",
        "osmand",
        (CHICAGO,),
        query="id=902064&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0"
        "&altitude=224.0&speed=0.0",
    ),
    Vector(
        "T2",
        "osmand",
        (replace(CHICAGO, recorded_at=at("2015-09-12T14:38:06.579Z")),),
        query="id=902064&lat=42.06288&lon=-88.23412&timestamp=1442068686579&hdop=6.0"
        "&altitude=224.0&speed=0.0",
    ),
    Vector(
        "T3",
        "osmand",
        (fix(49.60688, 6.15788, "2014-06-04T09:10:11Z", speed_mps=0.0),),
        query="lat=49.60688&lon=6.15788&timestamp=2014-06-04+09%3A10%3A11&altitude=384.7"
        "&speed=0.0&id=353861053849681",
    ),
    Vector(
        "T4",
        "osmand",
        (replace(LENINGRAD, speed_mps=0.0, heading_deg=0.0),),
        query="id=123456&timestamp=1377177267&lat=60.0&lon=30.0&speed=0.0&bearing=0.0&altitude=0"
        "&hdop=0.0",
    ),
    Vector("T5", "osmand", (LENINGRAD,), query="id=123456&timestamp=1377177267&lat=60.0&lon=30.0"),
    Vector("T6", "osmand", (LENINGRAD,), query="id=123456&timestamp=1377177267&location=60.0,30.0"),
    Vector(
        "T7",
        "osmand",
        (fix(60.0, 30.0, RECEIVED, speed_mps=0.0, heading_deg=0.0),),
        query="lat=60.0&lon=30.0&speed=0.0&heading=0.0&vacc=0&hacc=0&altitude=0&deviceid=123456",
    ),
    Vector(
        "T8",
        "osmand",
        (fix(41.666667, -0.883333, RECEIVED, speed_mps=0.0, battery_ratio=0.87),),
        query="id=861001000719969&lat=41.666667&lon=-0.883333&altitude=350.059479&speed=0.000000"
        "&batt=87",
    ),
    Vector(
        "T9",
        "osmand",
        (
            fix(
                40.7232948571,
                -74.0061408571,
                "2017-09-07T05:56:50Z",
                speed_mps=20.578,
                heading_deg=7.19889788244,
            ),
        ),
        query="id=123456789012345&timestamp=1504763810&lat=40.7232948571&lon=-74.0061408571"
        "&bearing=7.19889788244&speed=40&ignition=true&rpm=933&fuel=24",
    ),
    Vector(
        "T10",
        "osmand",
        query="id=123456&timestamp=1377177267&cell=257,02,16,2224&cell=257,02,16,2223,-90"
        "&wifi=00-14-22-01-23-45,-80&wifi=00-1C-B3-09-85-15,-70",
    ),
    Vector("T12", "osmand", (ANDROID,), json=EMULATOR),
    Vector(
        "T13",
        "osmand",
        (ANDROID,),
        json=EMULATOR | {"location": EMULATOR["location"] | {"extras": EXTRAS}},
    ),
    Vector(
        "T14",
        "osmand",
        (fix(37.785834, -122.406417, "2025-05-09T04:11:30.579Z", accuracy_m=5.0, is_mock=True),),
        json=SIMULATOR,
    ),
    Vector(
        "T15",
        "osmand",
        (
            fix(
                -6.1148096,
                106.6837015,
                "2021-07-21T08:06:34.444Z",
                accuracy_m=3.8,
                speed_mps=18.67,
                heading_deg=63.0,
                battery_ratio=0.79,
            ),
        ),
        json=JAKARTA,
    ),
    Vector(
        "T16",
        "osmand",
        (
            fix(
                0.0,
                0.0,
                "1989-08-17T00:00:00Z",
                accuracy_m=0.0,
                speed_mps=0.0,
                heading_deg=0.0,
                battery_ratio=0.0,
            ),
        ),
        query="id=123456789012345&timestamp=619315200&lat=0.0&lon=0.0&speed=0.0&bearing=0.0"
        "&altitude=0.0&accuracy=0.0&batt=0.0",
    ),
    Vector(
        "T17",
        "osmand",
        (
            fix(
                0.0,
                0.0,
                "1989-08-17T00:00:00Z",
                accuracy_m=0.0,
                speed_mps=0.0,
                heading_deg=0.0,
                battery_ratio=0.0,
            ),
        ),
        query="id=123456789012345&timestamp=619315200&lat=0.0&lon=0.0&speed=0.0&bearing=0.0"
        "&altitude=0.0&accuracy=0.0&batt=0.0&alarm=alert%20message",
    ),
    Vector("T18", "osmand", (FROM_A_FORM,), form=IN_A_FORM),
    Vector(
        "T19",
        "osmand",
        (FROM_A_FORM, replace(FROM_A_FORM, recorded_at=at("2023-11-14T22:13:35Z"))),
        json=[
            dict(parse_qsl(IN_A_FORM)),
            dict(parse_qsl(IN_A_FORM))
            | {"timestamp": 1700000015, "lat": 60.17, "lon": 24.94, "speed": 10.8},
        ],
    ),
    Vector(
        "T20",
        "osmand",
        json={
            "location": {"timestamp": "2025-06-15T13:45:12.862Z", "event": "heartbeat"},
            "device_id": "48241179",
        },
    ),
    Vector(
        "G1",
        "osmand",
        (
            fix(
                12.193,
                19.111,
                "2016-03-05T19:24:29.949Z",
                accuracy_m=8.0,
                heading_deg=359.0,
                speed_mps=9005.0,
                battery_ratio=0.91,
            ),
        ),
        query="id=1&lat=12.193&lon=19.111&timestamp=2016-03-05T19%3A24%3A29.949Z&accuracy=8.0"
        "&altitude=45.0&bearing=359.0&batt=91.0&spd=9005.0",
    ),
    Vector(
        "G2",
        "osmand",
        (fix(12.193, 19.111, "2016-03-05T19:24:29.949Z"),),
        query="id=1&lat=12.193&lon=19.111&timestamp=2016-03-05T21:24:29.949%2B02:00",
    ),
]
WITHOUT_AN_ID: Final = "timestamp=1377177267&lat=60.0&lon=30.0"
"""T11: the one report of Traccar's that its server refuses, too."""

OWNTRACKS: Final = [
    Vector(
        "O1",
        "owntracks",
        (
            fix(
                46.0681247,
                11.1512805,
                "2019-03-06T12:21:18Z",
                accuracy_m=15.0,
                speed_mps=0.0,
                battery_ratio=0.46,
            ),
        ),
        json={"_type": "location", "acc": 15, "alt": 440, "batt": 46, "conn": "w",
              "lat": 46.0681247, "lon": 11.1512805, "t": "u", "tid": "5t", "tst": 1551874878,
              "vac": 2, "vel": 0},
    ),
    Vector(
        "O2",
        "owntracks",
        (PARIS,),
        json={"lon": 2.29513, "lat": 48.85833, "tst": 1497349316, "_type": "location",
              "tid": "JJ"},
    ),
    Vector(
        "O3",
        "owntracks",
        (
            replace(
                PARIS, accuracy_m=5.0, heading_deg=271.0, speed_mps=61 / 3.6, battery_ratio=0.67
            ),
        ),
        json={"cog": 271, "lon": 2.29513, "acc": 5, "vel": 61, "vac": 21, "lat": 48.85833,
              "tst": 1497349316, "alt": 167, "_type": "location", "tid": "JJ", "t": "u",
              "batt": 67},
    ),
    Vector(
        "O4",
        "owntracks",
        (fix(48.85, 2.295, "2017-06-14T21:40:56Z"),),
        json={"lat": 48.85, "lon": 2.295, "_type": "location", "tid": "JJ", "tst": 1497476456},
    ),
    Vector(
        "O5",
        "owntracks",
        (fix(37.0, -122.0, "2025-01-06T10:59:29Z", accuracy_m=5.0),),
        json={"lon": -122, "acc": 5, "created_at": 1736161415, "lat": 37,
              "topic": "owntracks/ckrey/22A67880-15C3-41A6-9157-25545C7993AC", "t": "u", "m": 1,
              "tst": 1736161169, "conn": "w", "alt": 0, "_type": "location", "tid": "AC"},
    ),
    Vector(
        "O6",
        "owntracks",
        (
            fix(
                47.420051,
                13.654704,
                "2025-01-10T14:26:07Z",
                accuracy_m=10.0,
                heading_deg=113.0,
                speed_mps=0.0,
            ),
        ),
        json={"topic": "owntracks/qtripp/865284041968706", "lat": 47.420051, "lon": 13.654704,
              "vel": 0, "cog": 113, "tst": 1736519167, "mcc": 232, "mnc": 1, "lac": "4F4D",
              "cid": "673A", "_type": "location", "acc": 10, "alt": 1113, "t": "I", "don": 105,
              "tid": "CS"},
    ),
    Vector(
        "O7",
        "owntracks",
        (
            fix(
                52.3153748,
                5.0408462,
                "2017-12-28T10:06:15Z",
                accuracy_m=1600.0,
                heading_deg=56.0,
                battery_ratio=0.99,
            ),
        ),
        json={"_type": "location", "tid": "s5", "acc": 1600, "alt": 0.0, "batt": 99, "bs": 3,
              "cog": 56, "conn": "w", "_id": "inputTestId", "lat": 52.3153748, "lon": 5.0408462,
              "t": "p", "tst": 1514455575, "vac": 0,
              "inregions": ["Testregion1", "Testregion2"]},
    ),
    Vector(
        "O9",
        "owntracks",
        json={"_type": "transition", "acc": 3, "desc": "myregion", "event": "leave",
              "lat": 52.71234, "lon": -1.61234123, "t": "l", "tid": "ce", "tst": 1603209966,
              "wtst": 1558351273},
    ),
    Vector("O11", "owntracks"),
    Vector(
        "O12",
        "owntracks",
        (fix(60.17, 24.94, "2025-05-27T00:53:20Z"),),
        json={"_type": "location", "lat": 60.17, "lon": 24.94, "tst": 770000000},
        received_at=at("2025-05-27T01:00:00Z"),
    ),
]  # fmt: skip

ONE_FEATURE: Final[dict[str, Any]] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [24.94, 60.17]},
    "properties": {
        "timestamp": "2015-10-01T08:00:00-0700",
        "altitude": 5,
        "speed": -1,
        "course": -1,
        "horizontal_accuracy": 10,
        "battery_level": 0.5,
        "battery_state": "charging",
        "device_id": "d1",
    },
}
FROM_A_FEATURE: Final = fix(
    60.17, 24.94, "2015-10-01T15:00:00Z", accuracy_m=10.0, battery_ratio=0.5
)
OVERLAND: Final = [
    Vector("V1", "overland", (FROM_A_FEATURE,), json={"locations": [ONE_FEATURE]}),
    Vector("V2", "overland", json={"locations": []}),
    Vector(
        "V3",
        "overland",
        (FROM_A_FEATURE, FROM_A_FEATURE),
        json={"locations": [ONE_FEATURE, ONE_FEATURE]},
    ),
]
VECTORS: Final = [*OSMAND, *OWNTRACKS, *OVERLAND]
