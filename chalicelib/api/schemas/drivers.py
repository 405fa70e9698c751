"""Drivers, their invitations and their sessions on the wire."""

from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import AliasPath, Field, StringConstraints

from chalicelib.api.schemas.changes import changed
from chalicelib.api.schemas.values import Id, Line
from chalicelib.domain.accounts.drivers import Driver
from chalicelib.edge.qr_codes import qr_svg
from chalicelib.edge.schemas import Changes, Maybe, Out, Schema, Time, unsaid, written_as

_CODE: Final = r"^[A-Za-z0-9_-]{20,100}$"


class DriverIn(Schema):
    """A new driver."""

    name: Line
    team_id: Maybe[Id] = None


class DriverChanges(Changes):
    """What is to change of a driver."""

    name: Line = unsaid()
    team_id: Maybe[Id] = unsaid()
    is_active: bool = unsaid()

    def applied(self, driver: Driver, now: datetime) -> Driver:
        """The driver as it is wanted."""
        return changed(driver, self.said(), now)


class DriverOut(Out):
    """A driver."""

    id: str
    name: str
    team_id: str | None
    is_active: bool
    created_at: Time
    signed_out_at: Time | None
    deactivated_at: Time | None


class DriversOut(Out):
    """A page of drivers."""

    data: tuple[DriverOut, ...]
    next_cursor: str | None


class InvitationIn(Schema):
    """Nothing to say."""


class InvitationOut(Out):
    """A one-time code, shown this once: as it is, in a link, and in a QR code of the link (SVG)."""

    id: str = Field(validation_alias=AliasPath("invitation", "id"))
    code: str
    link: str
    qr_svg: str
    expires_at: Time = Field(validation_alias=AliasPath("invitation", "expires_at"))

    @classmethod
    def of(cls, value: Any) -> Self:  # noqa: ANN401 - as in Out
        """With the QR code of the link."""
        return cls.joined(value, qr_svg=qr_svg(value.link, title="Sign-in code"))


class OpenInvitationOut(Out):
    """An invitation that nobody has used yet. Its code is shown to nobody any more."""

    id: str
    driver_id: str
    expires_at: Time


class OpenInvitationsOut(Out):
    """All open invitations of a driver."""

    data: tuple[OpenInvitationOut, ...]
    next_cursor: None = None


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
    expires_at: Time
