"""What Overland sends: a batch of GeoJSON features, the longitude first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, PlainValidator, RootModel

from chalicelib.api.schemas.measures import fix_of, number, place_at
from chalicelib.api.schemas.reports import OPEN, Report, time_of
from chalicelib.domain.accounts.devices import DeviceApp
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.screening import Reason, UnreadableFix
from chalicelib.edge.schemas import Out, Schema


class OverlandPoint(Schema):
    """Where."""

    model_config = OPEN

    type: str
    coordinates: list[float]


class OverlandProperties(Schema):
    """When, and what else was measured. −1 means unknown."""

    model_config = OPEN

    timestamp: str
    horizontal_accuracy: float | None = None
    speed: float | None = None
    course: float | None = None
    battery_level: float | None = None


class OverlandFeature(Schema):
    """One position."""

    model_config = OPEN

    type: str
    geometry: OverlandPoint
    properties: OverlandProperties


class OverlandBatch(Schema):
    """Up to a thousand positions. Visits and log entries among them are left out."""

    model_config = OPEN

    locations: list[OverlandFeature]


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

    result: Literal["ok"] = "ok"


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
