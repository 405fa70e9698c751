"""Accounts on the wire."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import AliasPath, Field, StringConstraints, model_validator

from chalicelib.api.schemas.codes import TimeZone, countries_of
from chalicelib.api.schemas.values import Id, Instant, Latitude, Line, Longitude, require_place
from chalicelib.domain.actors import Role
from chalicelib.domain.geography import Coordinates
from chalicelib.edge.schemas import Maybe, Out, Schema, written_as

_SMS_NAME: Final = r"^[A-Za-z0-9 ]{1,24}$"
_CODE: Final = r"^[A-Za-z0-9_-]{20,100}$"


class ShipperIn(Schema):
    """A new shipper. ``sms_name``: what an SMS calls it, at most 24 letters, digits and blanks."""

    name: Line
    sms_name: Maybe[
        Annotated[
            str,
            StringConstraints(pattern=_SMS_NAME),
            written_as(
                _SMS_NAME,
                "invalid_sms_name",
                "A name for SMS has 1 to 24 letters from A to Z, digits and blanks, like Kirja 24.",
            ),
        ]
    ] = None
    support_contact: Maybe[Line] = None


class ShipperOut(Out):
    """A shipper."""

    id: str
    name: str
    sms_name: str | None
    support_contact: str | None
    created_at: datetime


class KeyIn(Schema):
    """A new key."""

    role: Literal["shipper", "dispatcher", "manager", "admin"]
    label: Line
    shipper_id: Maybe[Id] = None
    expires_at: Maybe[Instant] = None


class KeyOut(Out):
    """A new key, shown this once."""

    id: str = Field(validation_alias=AliasPath("key", "id"))
    key: str = Field(validation_alias="text")
    role: Role = Field(validation_alias=AliasPath("key", "role"))
    label: str = Field(validation_alias=AliasPath("key", "label"))
    shipper_id: str | None = Field(validation_alias=AliasPath("key", "shipper_id"))
    created_at: datetime = Field(validation_alias=AliasPath("key", "created_at"))
    expires_at: datetime | None = Field(validation_alias=AliasPath("key", "expires_at"))


class RevokedKeyOut(Out):
    """A key that has ended."""

    id: str
    revoked_at: datetime


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


class HubOut(Out):
    """A hub."""

    id: str
    name: str
    lat_deg: float = Field(validation_alias=AliasPath("coordinates", "lat_deg"))
    lon_deg: float = Field(validation_alias=AliasPath("coordinates", "lon_deg"))
    time_zone: str
    created_at: datetime


class HubsOut(Out):
    """A page of hubs."""

    data: tuple[HubOut, ...]
    next_cursor: str | None


class DriverIn(Schema):
    """A new driver."""

    name: Line
    team: Maybe[Line] = None


class DriverOut(Out):
    """A driver."""

    id: str
    name: str
    team: str | None
    created_at: datetime


class DriversOut(Out):
    """A page of drivers."""

    data: tuple[DriverOut, ...]
    next_cursor: str | None


class InvitationIn(Schema):
    """Nothing to say."""


class InvitationOut(Out):
    """A one-time code, shown this once."""

    code: str
    expires_at: datetime = Field(validation_alias=AliasPath("invitation", "expires_at"))


class SessionIn(Schema):
    """A one-time code."""

    code: Annotated[
        str,
        StringConstraints(pattern=_CODE),
        written_as(
            _CODE,
            "invalid_code",
            "Write the one-time code as it was given to you: 20 to 100 letters and digits.",
        ),
    ]


class SessionOut(Out):
    """A driver's token for one shift."""

    token: str
    driver_id: str
    expires_at: datetime
