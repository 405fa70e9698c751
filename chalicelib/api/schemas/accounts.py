"""Accounts on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AliasPath, Field, StringConstraints

from chalicelib.api.schemas.shipments import TimeZone
from chalicelib.api.schemas.values import Id, Instant, Latitude, Line, Longitude
from chalicelib.domain.actors import Role
from chalicelib.edge.schemas import Out, Schema


class ShipperIn(Schema):
    """A new shipper. ``sms_name``: what an SMS calls it, at most 24 letters, digits and blanks."""

    name: Line
    sms_name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 ]{1,24}$")] | None = None
    support_contact: Line | None = None


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
    shipper_id: Id | None = None
    expires_at: Instant | None = None


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


class HubOut(Out):
    """A hub."""

    id: str
    name: str
    lat_deg: float = Field(validation_alias=AliasPath("coordinates", "lat_deg"))
    lon_deg: float = Field(validation_alias=AliasPath("coordinates", "lon_deg"))
    time_zone: str
    created_at: datetime


class DriverIn(Schema):
    """A new driver."""

    name: Line
    team: Line | None = None


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

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,100}$")]


class SessionOut(Out):
    """A driver's token for one shift."""

    token: str
    driver_id: str
    expires_at: datetime
