"""What Overland sends: a batch of GeoJSON features, the longitude first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, PlainValidator, RootModel

from chalicelib.api.schemas.measures import fix_of, number, place_at
from chalicelib.api.schemas.reports import OPEN, Report, time_of
from chalicelib.domain.accounts.devices import DeviceApp
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.screening import Reason, UnreadableFix
from chalicelib.edge.schemas import Out, Schema


class OverlandPoint(Schema):
    """Where."""

    model_config = OPEN

    type: Annotated[str, Field(description="`Point`.", examples=["Point"])]
    coordinates: Annotated[
        list[float],
        Field(description="Longitude, then latitude, in degrees.", examples=[[24.94, 60.17]]),
    ]


class OverlandProperties(Schema):
    """When, and what else was measured. −1 means unknown."""

    model_config = OPEN

    timestamp: Annotated[str, Field(description="ISO 8601.", examples=["2026-11-27T08:15:00Z"])]
    horizontal_accuracy: Annotated[float | None, Field(description="In metres.")] = None
    speed: Annotated[float | None, Field(description="In metres per second.")] = None
    course: Annotated[float | None, Field(description="In degrees.")] = None
    battery_level: Annotated[float | None, Field(description="From 0 to 1.")] = None


class OverlandFeature(Schema):
    """One position."""

    model_config = OPEN

    type: Annotated[str, Field(description="`Feature`.", examples=["Feature"])]
    geometry: Annotated[OverlandPoint, Field(description="Where.")]
    properties: Annotated[OverlandProperties, Field(description="When, and what else.")]


class OverlandBatch(Schema):
    """Up to a thousand positions. Visits and log entries among them are left out."""

    model_config = OPEN

    locations: Annotated[list[OverlandFeature], Field(description="The positions.")]


class OverlandIn(
    RootModel[
        Annotated[object, PlainValidator(lambda value: value, json_schema_input_type=OverlandBatch)]
    ]
):
    """A batch of Overland. Reading it never fails."""

    model_config = ConfigDict(defer_build=True)

    def report(self, received_at: datetime) -> Report:
        """What it says."""
        features = self.root.get("locations") if isinstance(self.root, dict) else None
        found = (_fix(each, received_at) for each in features or ()) if _is_list(features) else ()
        return Report(DeviceApp.OVERLAND, tuple(fix for fix in found if fix is not None))


class OverlandOut(Out):
    """With this answer the app drops the batch that it sent."""

    result: Annotated[Literal["ok"], Field(description="Always `ok`.")] = "ok"


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _fix(feature: object, received_at: datetime) -> Fix | UnreadableFix | None:
    """The fix of a feature; None for one that tells of something else."""
    said = feature if isinstance(feature, dict) else {}
    properties = said.get("properties")
    if not isinstance(properties, dict):
        return UnreadableFix((Reason.NO_PLACE, Reason.NO_TIME))
    if "action" in properties or properties.get("type") == "trip":
        return None
    lon_deg, lat_deg = _coordinates(said.get("geometry"))
    return fix_of(
        place_at(number(lat_deg), number(lon_deg)),
        time_of(properties.get("timestamp"), absent=received_at),
        accuracy_m=number(properties.get("horizontal_accuracy")),
        speed_mps=number(properties.get("speed")),
        heading_deg=number(properties.get("course")),
        battery_ratio=number(properties.get("battery_level")),
    )


def _coordinates(geometry: object) -> tuple[object, object]:
    found = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    if not isinstance(found, list) or len(found) < 2:  # noqa: PLR2004 - a place has two
        return None, None
    return found[0], found[1]
