"""Shipments on the wire."""

from datetime import datetime
from functools import cache
from typing import Annotated, Final, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, AliasPath, Field, StringConstraints, model_validator

from chalicelib.api.schemas.values import Instant, Latitude, Line, Longitude, RangeOut, Text
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import Range
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.barcodes import normal_form
from chalicelib.domain.shipments.custody import ParcelState
from chalicelib.domain.shipments.shipments import Parcel
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.edge.schemas import Out, Schema
from chalicelib.services.shipments.create_shipment import NewShipment

MAX_EMAIL_CHARS: Final = 254
"""RFC 5321 §4.5.3.1.3: a path has 256 characters with its angle brackets."""


def _e164(phone: str) -> str:
    import phonenumbers  # noqa: PLC0415 - only who takes shipments pays for its tables

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException as exc:
        msg = "a phone number with its country code, like +358401234567"
        raise ValueError(msg) from exc
    if not phonenumbers.is_possible_number(number):
        msg = "not a possible phone number"
        raise ValueError(msg)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _mailbox(text: str) -> str:
    """The address as mail servers read it: ASCII, as SES demands, the domain in lower case."""
    import email_validator  # noqa: PLC0415 - only who takes shipments pays for its tables

    try:
        found = email_validator.validate_email(
            text, allow_smtputf8=False, check_deliverability=False, strict=True
        )
    except email_validator.EmailNotValidError as exc:
        msg = "an e-mail address, like aino@example.com"
        raise ValueError(msg) from exc
    return found.ascii_email or text


@cache
def _zones() -> frozenset[str]:
    """Every IANA name; finding them reads a folder of hundreds of files."""
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    if name not in _zones():
        msg = "an IANA time zone, like Europe/Helsinki"
        raise ValueError(msg)
    return name


Phone = Annotated[
    str,
    StringConstraints(pattern=r"^\+[0-9 ()./-]{4,31}$"),  # no letters: they would count as digits
    AfterValidator(_e164),
]
Email = Annotated[
    str,
    StringConstraints(max_length=MAX_EMAIL_CHARS),
    AfterValidator(_mailbox),
    Field(json_schema_extra={"format": "email"}),
]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_zone)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Barcode = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,64}$")]


class RecipientIn(Schema):
    """The customer."""

    name: Line
    phone: Phone | None = None
    email: Email | None = None
    locale: Language = "en"


class AddressIn(Schema):
    """A door: its coordinates are the sender's, its zone an IANA name."""

    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=5)]
    city: Line
    postal_code: Annotated[Line, StringConstraints(max_length=16)] | None = None
    country: Country
    lat_deg: Latitude
    lon_deg: Longitude
    time_zone: TimeZone
    instructions: Text | None = None


class ParcelIn(Schema):
    """One piece."""

    barcode: Barcode
    description: Line | None = None


class WindowIn(Schema):
    """When the recipient expects it."""

    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            msg = "a window must not end before it starts"
            raise ValueError(msg)
        return self


class ProofRequirementsIn(Schema):
    """The proof that must be brought back."""

    photo: Requirement = Requirement.OPTIONAL


class ShipmentIn(Schema):
    """A shipment as a shipper asks for it."""

    reference: Line
    recipient: RecipientIn
    address: AddressIn
    parcels: Annotated[tuple[ParcelIn, ...], Field(min_length=1, max_length=50)]
    window: WindowIn | None = None
    service_time_s: Annotated[float, Field(ge=0, le=14_400)] | None = None
    proof_requirements: ProofRequirementsIn = Field(default_factory=ProofRequirementsIn)

    @model_validator(mode="after")
    def _parcels_differ(self) -> Self:
        if len({normal_form(parcel.barcode) for parcel in self.parcels}) < len(self.parcels):
            msg = "each parcel needs a barcode of its own"
            raise ValueError(msg)
        return self

    def to_domain(self) -> NewShipment:
        """The order."""
        address = self.address
        return NewShipment(
            reference=self.reference,
            recipient=Recipient(**self.recipient.model_dump()),
            address=Address(
                lines=address.lines,
                city=address.city,
                country=address.country,
                coordinates=Coordinates(address.lat_deg, address.lon_deg),
                time_zone=address.time_zone,
                postal_code=address.postal_code,
                instructions=address.instructions,
            ),
            parcels=tuple(Parcel(p.barcode, p.description) for p in self.parcels),
            window=Range(self.window.start, self.window.end) if self.window else None,
            service_time_s=self.service_time_s,
            proof_requirements=ProofRequirements(photo=self.proof_requirements.photo),
        )


class ShipmentCreatedOut(Out):
    """The answer to a creation: only what never changes, so a replay is the same to the byte."""

    id: str
    reference: str
    status: Literal[Status.CREATED]
    created_at: datetime
    tracking_url: str


class ExternalStatusOut(Out):
    """AfterShip's words."""

    status: str
    sub_status: str


class RecipientOut(Out):
    """The customer; ``phone`` is E.164, ``locale`` a BCP 47 tag."""

    name: str
    phone: str | None
    email: str | None
    locale: str


class AddressOut(Out):
    """A door, with its coordinates and its IANA time zone."""

    lines: tuple[str, ...]
    city: str
    postal_code: str | None
    country: str
    lat_deg: float = Field(validation_alias=AliasPath("coordinates", "lat_deg"))
    lon_deg: float = Field(validation_alias=AliasPath("coordinates", "lon_deg"))
    time_zone: str
    instructions: str | None


class ParcelOut(Out):
    """One piece, and where it is."""

    barcode: str
    description: str | None
    state: ParcelState


class ProofRequirementsOut(Out):
    """The proof that must be brought back."""

    photo: Requirement


class AttemptOut(Out):
    """How a visit ended; ``barcodes`` names its parcels where it was not about all of them."""

    number: int
    status: Status
    occurred_at: datetime
    reason: FailureReason | None
    note: str | None
    proof_ids: tuple[str, ...]
    barcodes: tuple[str, ...]


class ShipmentOut(Out):
    """A shipment as its owner sees it."""

    id: str
    shipper_id: str
    reference: str
    status: Status
    external_status: ExternalStatusOut
    recipient: RecipientOut
    address: AddressOut
    parcels: tuple[ParcelOut, ...]
    window: RangeOut | None
    service_time_s: float | None
    proof_requirements: ProofRequirementsOut
    time_zone: str = Field(validation_alias=AliasPath("address", "time_zone"))
    route_id: str | None = Field(None, validation_alias=AliasPath("assignment", "route_id"))
    promise: RangeOut | None
    delayed: bool = Field(validation_alias="is_delayed")
    attempts: int
    last_attempt: AttemptOut | None
    earlier_attempts: tuple[AttemptOut, ...]
    created_at: datetime
    updated_at: datetime
    version: int
    tracking_url: str


class ShipmentsOut(Out):
    """A page of shipments."""

    data: tuple[ShipmentOut, ...]
    next_cursor: str | None
