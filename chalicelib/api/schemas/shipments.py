"""Shipments on the wire."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.api.schemas.values import Instant, Latitude, Line, Longitude, RangeOut, Schema, Text
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import Range
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status, external_status
from chalicelib.services.shipments.create_shipment import NewShipment


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
    StringConstraints(
        max_length=254, pattern=r"^[^@\s<>\"',;:\\]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"
    ),
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
    """What must be brought back."""

    photo: Requirement = Requirement.OPTIONAL


class ShipmentIn(Schema):
    """A shipment as a shipper asks for it."""

    reference: Line
    recipient: RecipientIn
    address: AddressIn
    parcels: Annotated[tuple[ParcelIn, ...], Field(min_length=1, max_length=50)]
    window: WindowIn | None = None
    service_time_s: Annotated[float, Field(ge=0, le=14_400)] | None = None
    proof_requirements: ProofRequirementsIn = ProofRequirementsIn()

    @model_validator(mode="after")
    def _parcels_differ(self) -> Self:
        if len({parcel.barcode for parcel in self.parcels}) < len(self.parcels):
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


class ShipmentCreatedOut(Schema):
    """The answer to a creation: only what never changes, so a replay is the same to the byte."""

    id: str
    reference: str
    status: str
    created_at: datetime
    tracking_url: str

    @classmethod
    def of(cls, shipment: Shipment, tracking_url: str) -> "ShipmentCreatedOut":
        """From the domain."""
        return cls(
            id=shipment.id,
            reference=shipment.reference,
            status=Status.CREATED.value,
            created_at=shipment.created_at,
            tracking_url=tracking_url,
        )


class ExternalStatusOut(Schema):
    """AfterShip's words."""

    status: str
    sub_status: str


class AttemptOut(Schema):
    """How the last visit ended."""

    number: int
    status: str
    occurred_at: datetime
    reason: FailureReason | None
    note: str | None
    proof_ids: tuple[str, ...]


class ShipmentOut(Schema):
    """A shipment as its owner sees it."""

    id: str
    shipper_id: str
    reference: str
    status: str
    external_status: ExternalStatusOut
    recipient: dict[str, str | None]
    address: dict[str, Any]
    parcels: tuple[ParcelIn, ...]
    window: RangeOut | None
    service_time_s: float | None
    proof_requirements: ProofRequirementsIn
    time_zone: str
    route_id: str | None
    promise: RangeOut | None
    delayed: bool
    attempts: int
    last_attempt: AttemptOut | None
    created_at: datetime
    updated_at: datetime
    version: int
    tracking_url: str

    @classmethod
    def of(cls, shipment: Shipment, tracking_url: str) -> "ShipmentOut":
        """From the domain."""
        attempt, address = shipment.last_attempt, shipment.address
        reason = attempt.reason if attempt else None
        external = external_status(shipment.status, reason)
        return cls(
            id=shipment.id,
            shipper_id=shipment.shipper_id,
            reference=shipment.reference,
            status=shipment.status.value,
            external_status=ExternalStatusOut(
                status=external.status, sub_status=external.sub_status
            ),
            recipient={
                "name": shipment.recipient.name,
                "phone": shipment.recipient.phone,
                "email": shipment.recipient.email,
                "locale": shipment.recipient.locale,
            },
            address={
                "lines": list(address.lines),
                "city": address.city,
                "postal_code": address.postal_code,
                "country": address.country,
                "lat_deg": address.coordinates.lat_deg,
                "lon_deg": address.coordinates.lon_deg,
                "time_zone": address.time_zone,
                "instructions": address.instructions,
            },
            parcels=tuple(
                ParcelIn(barcode=p.barcode, description=p.description) for p in shipment.parcels
            ),
            window=RangeOut.of(shipment.window),
            service_time_s=shipment.service_time_s,
            proof_requirements=ProofRequirementsIn(photo=shipment.proof_requirements.photo),
            time_zone=address.time_zone,
            route_id=shipment.assignment.route_id if shipment.assignment else None,
            promise=RangeOut.of(shipment.promise),
            delayed=shipment.is_delayed,
            attempts=shipment.attempts,
            last_attempt=None
            if attempt is None
            else AttemptOut(
                number=attempt.number,
                status=attempt.status.value,
                occurred_at=attempt.occurred_at,
                reason=attempt.reason,
                note=attempt.note,
                proof_ids=tuple(proof.id for proof in attempt.proofs),
            ),
            created_at=shipment.created_at,
            updated_at=shipment.updated_at,
            version=shipment.version,
            tracking_url=tracking_url,
        )


class ShipmentsOut(Schema):
    """A page of shipments."""

    data: tuple[ShipmentOut, ...]
    next_cursor: str | None


class EventOut(Schema):
    """One line of history."""

    id: str
    shipment_id: str
    sequence: int
    type: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "EventOut":
        """From the domain; of the actor only the role is told."""
        return cls(
            id=event.id,
            shipment_id=event.shipment_id,
            sequence=event.seq,
            type=event.type.value,
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
            actor=event.actor_role.value,
            data=dict(event.data),
        )


class EventsOut(Schema):
    """A page of events."""

    data: tuple[EventOut, ...]
    next_cursor: str | None
