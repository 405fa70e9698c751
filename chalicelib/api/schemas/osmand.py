"""What Traccar Client, GPSLogger and all others send that speak as OsmAnd does.

Three generations of Traccar Client are in use: all in the query of a POST (knots), nested JSON of
one position (m/s), and a form or a list in JSON (knots again).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Final

from pydantic import ConfigDict, PlainValidator, RootModel

from chalicelib.api.schemas.measures import fix_of, number_or_text, place_at
from chalicelib.api.schemas.reports import (
    MPS_PER_KNOT,
    OPEN,
    PERCENT,
    Report,
    scaled,
    text_of,
    time_of,
)
from chalicelib.domain.accounts.devices import DeviceApp
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.screening import UnreadableFix
from chalicelib.edge.bodies import FORM
from chalicelib.edge.reports import InQuery
from chalicelib.edge.schemas import Out, Query, Schema

TRUE: Final = (True, 1, "true", "1")
FALSE: Final = (False, 0, "false", "0")
IDS: Final = ("id", "deviceid")
PLACES: Final = ("lat", "lon", "location")


class OsmAndQuery(Query):
    """One position in a query. Other parameters are ignored."""

    model_config = OPEN

    id: str | None = None
    deviceid: str | None = None
    timestamp: str | None = None
    lat: str | None = None
    lon: str | None = None
    location: str | None = None
    speed: str | None = None
    spd: str | None = None
    bearing: str | None = None
    heading: str | None = None
    accuracy: str | None = None
    batt: str | None = None
    mock: str | None = None
    valid: str | None = None
    interval: str | None = None

    @property
    def is_setup(self) -> bool:
        """Whether it is what an app is set up with, opened as an address."""
        return self.interval is not None and not any((self.lat, self.lon, self.location))

    def report(self, received_at: datetime) -> Report:
        """What it says."""
        said = self.model_dump(exclude_none=True)
        app = DeviceApp.GPSLOGGER if "spd" in said else DeviceApp.OSMAND
        return Report(app, _flat(said, received_at), _has_id(said))


class OsmAndPosition(Schema):
    """One position; numbers may be texts. Without a place it says that the device is there."""

    model_config = OPEN

    id: str
    timestamp: int | None = None
    lat: float | None = None
    lon: float | None = None
    speed: float | None = None
    bearing: float | None = None
    accuracy: float | None = None
    batt: float | None = None
    mock: bool | None = None


class TraccarCoordinates(Schema):
    """Where, in the JSON of Traccar Client 9. −1 means unknown."""

    model_config = OPEN

    latitude: float
    longitude: float
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None


class TraccarBattery(Schema):
    """The battery, in the JSON of Traccar Client 9."""

    model_config = OPEN

    level: float | None = None


class TraccarLocation(Schema):
    """The position in the JSON of Traccar Client 9."""

    model_config = OPEN

    timestamp: str
    coords: TraccarCoordinates | None = None
    battery: TraccarBattery | None = None
    mock: bool | None = None


class TraccarReport(Schema):
    """What Traccar Client 9 sends."""

    model_config = OPEN

    device_id: str
    location: TraccarLocation


class OsmAndIn(
    RootModel[
        Annotated[
            object,
            PlainValidator(
                lambda value: value,
                json_schema_input_type=OsmAndPosition | TraccarReport | list[OsmAndPosition],
            ),
        ]
    ]
):
    """A position as a form or in JSON, or a list of them. Reading it never fails."""

    model_config = ConfigDict(defer_build=True)
    also_sent_as: ClassVar = (FORM,)

    def report(self, received_at: datetime) -> Report:
        """What it says."""
        return osmand_report(self.root, received_at)


class OsmAndOut(Out):
    """What came of the positions. No app reads it."""

    accepted: int
    duplicate: int
    ignored: int


def osmand_report(value: object, received_at: datetime) -> Report:
    """The report of a POST in any of the three forms."""
    if isinstance(value, list):
        items = [each for each in value if isinstance(each, dict)]
        fixes = tuple(fix for each in items for fix in _flat(each, received_at))
        return Report(DeviceApp.TRACCAR_10, fixes, any(_has_id(each) for each in items))
    if not isinstance(value, dict):
        return Report(DeviceApp.OSMAND, (), names_device=False)
    location = value.get("location")
    if isinstance(location, (dict, list)):
        has_id = value.get("device_id") is not None or _has_id(value)
        nested = location if isinstance(location, list) else [location]  # its library can batch
        each = [one for one in nested if isinstance(one, dict)]
        fixes = tuple(fix for one in each for fix in _nested(one, received_at))
        return Report(DeviceApp.TRACCAR_9, fixes, has_id)
    app = DeviceApp.TRACCAR_NATIVE if isinstance(value, InQuery) else DeviceApp.TRACCAR_10
    if "spd" in value:
        app = DeviceApp.GPSLOGGER
    return Report(app, _flat(value, received_at), _has_id(value))


def _has_id(flat: Mapping[str, object]) -> bool:
    return any(flat.get(name) not in (None, "") for name in IDS)


def _flat(said: Mapping[str, object], received_at: datetime) -> tuple[Fix | UnreadableFix, ...]:
    """The position of an object of single values; () where it has no place at all."""
    if not any(name in said for name in PLACES):
        return ()
    lat, lon = said.get("lat"), said.get("lon")
    if lat is None and lon is None:
        lat, _, lon = text_of(said.get("location")).partition(",")
    place = place_at(number_or_text(lat), number_or_text(lon))
    knots, mps = number_or_text(said.get("speed")), number_or_text(said.get("spd"))
    return (
        fix_of(
            None if said.get("valid") in FALSE else place,
            time_of(said.get("timestamp"), absent=received_at),
            accuracy_m=number_or_text(said.get("accuracy")),
            speed_mps=scaled(knots, MPS_PER_KNOT) if mps is None else mps,
            heading_deg=number_or_text(said.get("bearing", said.get("heading"))),
            battery_ratio=scaled(number_or_text(said.get("batt")), 1 / PERCENT),
            is_mock=said.get("mock") in TRUE,
        ),
    )


def _nested(said: Mapping[str, object], received_at: datetime) -> tuple[Fix | UnreadableFix, ...]:
    """The position of Traccar Client 9; () for a sign of life."""
    coords, battery = said.get("coords"), said.get("battery")
    if not isinstance(coords, dict):
        return ()
    level = battery.get("level") if isinstance(battery, dict) else None
    return (
        fix_of(
            place_at(
                number_or_text(coords.get("latitude")), number_or_text(coords.get("longitude"))
            ),
            time_of(said.get("timestamp"), absent=received_at),
            accuracy_m=number_or_text(coords.get("accuracy")),
            speed_mps=number_or_text(coords.get("speed")),
            heading_deg=number_or_text(coords.get("heading")),
            battery_ratio=number_or_text(level),
            is_mock=said.get("mock") in TRUE,
        ),
    )
