"""What Traccar Client, GPSLogger and all others send that speak as OsmAnd does.

Three generations of Traccar Client are in use: all in the query of a POST (knots), nested JSON of
one position (m/s), and a form or a list in JSON (knots again).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

from pydantic import ConfigDict, Field, PlainValidator, RootModel

from chalicelib.api.schemas.measures import fix_of, number, number_or_text, place_at
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
from chalicelib.edge.reports import InQuery
from chalicelib.edge.schemas import Out, Query, Schema

TRUE: Final = (True, 1, "true", "1")
FALSE: Final = (False, 0, "false", "0")
IDS: Final = ("id", "deviceid")
PLACES: Final = ("lat", "lon", "location")


class OsmAndQuery(Query):
    """One position in a query. Other parameters are ignored."""

    model_config = OPEN

    id: Annotated[str | None, Field(description="The device. Needed, but the key decides.")] = None
    deviceid: Annotated[str | None, Field(description="The same as `id`.")] = None
    timestamp: Annotated[
        str | None,
        Field(description="Seconds or milliseconds since 1970, or ISO 8601. Without it: now."),
    ] = None
    lat: Annotated[str | None, Field(description="The latitude in degrees.")] = None
    lon: Annotated[str | None, Field(description="The longitude in degrees.")] = None
    location: Annotated[str | None, Field(description="Both: latitude, comma, longitude.")] = None
    speed: Annotated[str | None, Field(description="In knots.")] = None
    spd: Annotated[str | None, Field(description="In metres per second.")] = None
    bearing: Annotated[str | None, Field(description="In degrees.")] = None
    heading: Annotated[str | None, Field(description="The same as `bearing`.")] = None
    accuracy: Annotated[str | None, Field(description="In metres.")] = None
    batt: Annotated[str | None, Field(description="The battery in percent.")] = None
    mock: Annotated[str | None, Field(description="`true`: an app made the place up.")] = None
    valid: Annotated[str | None, Field(description="`false`: no place after all.")] = None

    def report(self, received_at: datetime) -> Report:
        """What it says."""
        said = self.model_dump(exclude_none=True)
        app = DeviceApp.GPSLOGGER if "spd" in said else DeviceApp.OSMAND
        return Report(app, _flat(said, received_at), _has_id(said))


class OsmAndPosition(Schema):
    """One position; numbers may be texts. Without a place it says that the device is there."""

    model_config = OPEN

    id: Annotated[str, Field(description="The device.", examples=["phone-7"])]
    timestamp: Annotated[int | None, Field(description="Seconds since 1970.")] = None
    lat: Annotated[float | None, Field(description="The latitude in degrees.")] = None
    lon: Annotated[float | None, Field(description="The longitude in degrees.")] = None
    speed: Annotated[float | None, Field(description="In knots.")] = None
    bearing: Annotated[float | None, Field(description="In degrees.")] = None
    accuracy: Annotated[float | None, Field(description="In metres.")] = None
    batt: Annotated[float | None, Field(description="The battery in percent.")] = None
    mock: Annotated[bool | None, Field(description="Whether an app made the place up.")] = None


class TraccarCoordinates(Schema):
    """Where, in the JSON of Traccar Client 9. −1 means unknown."""

    model_config = OPEN

    latitude: Annotated[float, Field(description="In degrees.")]
    longitude: Annotated[float, Field(description="In degrees.")]
    accuracy: Annotated[float | None, Field(description="In metres.")] = None
    speed: Annotated[float | None, Field(description="In metres per second.")] = None
    heading: Annotated[float | None, Field(description="In degrees.")] = None


class TraccarBattery(Schema):
    """The battery, in the JSON of Traccar Client 9."""

    model_config = OPEN

    level: Annotated[float | None, Field(description="From 0 to 1; −1: unknown.")] = None


class TraccarLocation(Schema):
    """The position in the JSON of Traccar Client 9."""

    model_config = OPEN

    timestamp: Annotated[str, Field(description="ISO 8601.", examples=["2026-11-27T08:15:00Z"])]
    coords: Annotated[TraccarCoordinates | None, Field(description="Null: a sign of life.")] = None
    battery: Annotated[TraccarBattery | None, Field(description="The battery.")] = None
    mock: Annotated[bool | None, Field(description="Whether an app made the place up.")] = None


class TraccarReport(Schema):
    """What Traccar Client 9 sends."""

    model_config = OPEN

    device_id: Annotated[str, Field(description="The device.", examples=["phone-7"])]
    location: Annotated[TraccarLocation, Field(description="The position.")]


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

    def report(self, received_at: datetime) -> Report:
        """What it says."""
        return osmand_report(self.root, received_at)


class OsmAndOut(Out):
    """What came of the positions. No app reads it."""

    accepted: Annotated[int, Field(description="How many are new.", examples=[1])]
    duplicate: Annotated[int, Field(description="How many were there already.", examples=[0])]
    ignored: Annotated[int, Field(description="How many were not kept.", examples=[0])]


def osmand_report(value: object, received_at: datetime) -> Report:
    """The report of a POST in any of the three forms."""
    if isinstance(value, list):
        items = [each for each in value if isinstance(each, dict)]
        fixes = tuple(fix for each in items for fix in _flat(each, received_at))
        return Report(DeviceApp.TRACCAR_10, fixes, any(_has_id(each) for each in items))
    if not isinstance(value, dict):
        return Report(DeviceApp.OSMAND, (), names_device=False)
    location = value.get("location")
    if isinstance(location, dict):
        has_id = value.get("device_id") is not None
        return Report(DeviceApp.TRACCAR_9, _nested(location, received_at), has_id)
    app = DeviceApp.TRACCAR_NATIVE if isinstance(value, InQuery) else DeviceApp.TRACCAR_10
    if "spd" in value:
        app = DeviceApp.GPSLOGGER
    return Report(app, _flat(value, received_at), _has_id(value))


def _has_id(flat: Mapping[str, object]) -> bool:
    return any(flat.get(name) not in {None, ""} for name in IDS)


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
            place_at(number(coords.get("latitude")), number(coords.get("longitude"))),
            time_of(said.get("timestamp"), absent=received_at),
            accuracy_m=number(coords.get("accuracy")),
            speed_mps=number(coords.get("speed")),
            heading_deg=number(coords.get("heading")),
            battery_ratio=number(level),
            is_mock=said.get("mock") in TRUE,
        ),
    )
