"""Shippers and hubs on the wire."""

from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import AfterValidator, AliasPath, Field, StringConstraints, model_validator

from chalicelib.api.schemas.changes import changed
from chalicelib.api.schemas.codes import TimeZone, countries_of
from chalicelib.api.schemas.values import (
    Latitude,
    Line,
    Longitude,
    require_place,
    require_place_of_change,
)
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.wishes.wishes import SafePlace
from chalicelib.edge.schemas import Changes, Maybe, Out, Schema, Time, unsaid, written_as
from chalicelib.edge.sentences import refused


def _forwards(span: str) -> str:
    first, last = span.split("-")
    if first >= last:
        raise refused(code="invalid_span", words="The first time comes before the second.")
    return span


_SMS_NAME: Final = r"^[A-Za-z0-9 ]{1,24}$"
SmsName = Annotated[
    str,
    StringConstraints(pattern=_SMS_NAME),
    written_as(
        _SMS_NAME,
        "invalid_sms_name",
        "A name for SMS has 1 to 24 letters from A to Z, digits and blanks, like Kirja 24.",
    ),
]


Weekday = Annotated[int, Field(ge=1, le=7)]
_SPAN: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
TimeSpan = Annotated[
    str,
    StringConstraints(pattern=_SPAN),
    written_as(_SPAN, "invalid_span", "Write two times of a day, like 08:00-12:00."),
    AfterValidator(_forwards),
]


class ShipperIn(Schema):
    """A new shipper. ``sms_name``: what an SMS calls it, at most 24 letters, digits and blanks."""

    name: Line
    sms_name: Maybe[SmsName] = None
    support_contact: Maybe[Line] = None


class ShipperChanges(Changes):
    """What is to change of a shipper; from changes_until_stops on it is what recipients may do."""

    name: Line = unsaid()
    sms_name: Maybe[SmsName] = unsaid()
    support_contact: Maybe[Line] = unsaid()
    is_active: bool = unsaid()
    changes_until_stops: Annotated[int, Field(ge=1, le=50)] = unsaid()
    safe_places: Annotated[tuple[SafePlace, ...], Field(max_length=len(SafePlace))] = unsaid()
    allows_neighbour: bool = unsaid()
    allows_contact_free: bool = unsaid()
    offered_days: Annotated[int, Field(ge=0, le=14)] = unsaid()
    offered_weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)] = unsaid()
    offered_windows: Annotated[tuple[TimeSpan, ...], Field(max_length=6)] = unsaid()
    proof_needs_address: bool = unsaid()
    allows_redirect: bool = unsaid()
    shares_visits: bool = unsaid()

    def applied(self, shipper: Shipper, now: datetime) -> Shipper:
        """The shipper as it is wanted."""
        return changed(shipper, self.said(), now)


class ShipperOut(Out):
    """A shipper."""

    id: str
    name: str
    sms_name: str | None
    support_contact: str | None
    changes_until_stops: int
    safe_places: tuple[SafePlace, ...]
    allows_neighbour: bool
    allows_contact_free: bool
    offered_days: int
    offered_weekdays: tuple[int, ...]
    offered_windows: tuple[str, ...]
    proof_needs_address: bool
    allows_redirect: bool
    shares_visits: bool
    is_active: bool
    created_at: Time
    deactivated_at: Time | None


class ShippersOut(Out):
    """A page of shippers."""

    data: tuple[ShipperOut, ...]
    next_cursor: str | None


class HubIn(Schema):
    """A new hub."""

    name: Line
    lat_deg: Latitude
    lon_deg: Longitude
    time_zone: TimeZone

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        require_place(Coordinates(self.lat_deg, self.lon_deg), countries_of(self.time_zone))
        return self


class HubChanges(Changes):
    """What is to change of a hub. Its place and its time zone must fit each other afterwards."""

    name: Line = unsaid()
    lat_deg: Latitude = unsaid()
    lon_deg: Longitude = unsaid()
    time_zone: TimeZone = unsaid()
    is_active: bool = unsaid()

    def applied(self, hub: Hub, now: datetime) -> Hub:
        """The hub as it is wanted. Raises Unfit for a place where no hub is."""
        said = self.said()
        place = Coordinates(
            said.pop("lat_deg", hub.coordinates.lat_deg),
            said.pop("lon_deg", hub.coordinates.lon_deg),
        )
        after = changed(hub, said | {"coordinates": place}, now)
        require_place_of_change(after.coordinates, countries_of(after.time_zone))
        return after


class HubOut(Out):
    """A hub."""

    id: str
    name: str
    lat_deg: float = Field(validation_alias=AliasPath("coordinates", "lat_deg"))
    lon_deg: float = Field(validation_alias=AliasPath("coordinates", "lon_deg"))
    time_zone: str
    is_active: bool
    created_at: Time
    deactivated_at: Time | None


class HubsOut(Out):
    """A page of hubs."""

    data: tuple[HubOut, ...]
    next_cursor: str | None
