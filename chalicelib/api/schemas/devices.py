"""Drivers' phones with location apps, on the wire."""

from typing import Annotated, Any, Self

from pydantic import AliasPath, Field

from chalicelib.api.schemas.values import Line
from chalicelib.domain.accounts.devices import DeviceApp
from chalicelib.edge.qr_codes import qr_svg
from chalicelib.edge.schemas import Out, Schema, Time


class DeviceIn(Schema):
    """A phone that is to report where its driver is."""

    label: Line


class DeviceOut(Out):
    """A phone. ``last_seen_at`` is at most five minutes older than its last report.

    Both are null until it is heard from.
    """

    id: str
    driver_id: str
    label: str
    created_at: Time
    last_seen_at: Time | None
    app: DeviceApp | None


class DevicesOut(Out):
    """A page of a driver's phones that are not revoked."""

    data: tuple[DeviceOut, ...]
    next_cursor: str | None


class AddressesOut(Out):
    """Where each app reports to. Each address holds the key."""

    osmand: Annotated[str, Field(validation_alias="osmand_url")]
    owntracks: Annotated[str, Field(validation_alias="owntracks_url")]
    overland: Annotated[str, Field(validation_alias="overland_url")]
    gpslogger: Annotated[str, Field(validation_alias="gpslogger_url")]


class IssuedDeviceOut(Out):
    """A new phone, its key and its addresses, shown this once.

    ``link`` is the page that sets the phone up, and ``qr_svg`` a QR code of it. It works for a day,
    and until the phone is heard from.
    """

    id: str
    device: DeviceOut
    key: str
    addresses: Annotated[AddressesOut, Field(validation_alias="setup")]
    link: Annotated[str, Field(validation_alias=AliasPath("setup", "page_url"))]
    qr_svg: str

    @classmethod
    def of(cls, value: Any) -> Self:  # noqa: ANN401 - as in Out
        """With the QR code of the page."""
        drawn = qr_svg(value.setup.page_url, title="Add this phone")
        return cls.joined(value, qr_svg=drawn)
