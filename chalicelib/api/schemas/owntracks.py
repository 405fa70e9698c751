"""What OwnTracks sends in its HTTP mode: one message in JSON."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import ConfigDict, Field, PlainValidator, RootModel

from chalicelib.api.schemas.measures import fix_of, number_or_text, place_at
from chalicelib.api.schemas.reports import (
    KMH_PER_MPS,
    OPEN,
    PERCENT,
    Report,
    instant_of,
    scaled,
    time_of,
)
from chalicelib.domain.accounts.devices import DeviceApp
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.screening import UnreadableFix
from chalicelib.edge.schemas import Schema

LOCATION: Final = "location"
LAST_OF_APPLE_S: Final = 1_000_000_000
"""A smaller time (before September 2001) may be counted from 2001: Overland counts so in its
OwnTracks mode."""
APPLE_EPOCH_S: Final = 978_307_200
A_DAY: Final = timedelta(days=1)


class OwnTracksMessage(Schema):
    """A message. One of another type than `location` says that the device is there."""

    model_config = OPEN

    type: Annotated[str, Field(alias="_type")]
    tst: int | None = None
    lat: float | None = None
    lon: float | None = None
    acc: float | None = None
    vel: float | None = None
    cog: float | None = None
    batt: float | None = None


class OwnTracksIn(
    RootModel[
        Annotated[
            object,
            PlainValidator(lambda value: value, json_schema_input_type=OwnTracksMessage),
        ]
    ]
):
    """A message of OwnTracks. Reading it never fails."""

    model_config = ConfigDict(defer_build=True)

    def report(self, received_at: datetime) -> Report:
        """What it says."""
        said = self.root if isinstance(self.root, list) else [self.root]
        messages = (each for each in said if isinstance(each, dict))
        located = (each for each in messages if each.get("_type") == LOCATION)
        return Report(DeviceApp.OWNTRACKS, tuple(_fix(each, received_at) for each in located))


class OwnTracksOut(RootModel[Annotated[list[str], Field(max_length=0, examples=[[]])]]):
    """What the app is to show: nothing."""

    model_config = ConfigDict(defer_build=True)


def _fix(said: Mapping[str, object], received_at: datetime) -> Fix | UnreadableFix:
    return fix_of(
        place_at(number_or_text(said.get("lat")), number_or_text(said.get("lon"))),
        _time(said.get("tst"), received_at),
        accuracy_m=number_or_text(said.get("acc")),
        speed_mps=scaled(number_or_text(said.get("vel")), 1 / KMH_PER_MPS),
        heading_deg=number_or_text(said.get("cog")),
        battery_ratio=scaled(number_or_text(said.get("batt")), 1 / PERCENT),
    )


def _time(value: object, received_at: datetime) -> datetime | None:
    """When it was, also where it is counted from 2001 and so falls on about now."""
    seconds = number_or_text(value)
    if seconds is not None and seconds < LAST_OF_APPLE_S:
        moved = instant_of(seconds + APPLE_EPOCH_S)
        if moved is not None and abs(moved - received_at) <= A_DAY:
            return moved
    return time_of(value, absent=received_at)
