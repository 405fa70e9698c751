"""Shipments on the wire."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final, Self

from pydantic import (
    AfterValidator,
    AliasPath,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from chalicelib.api.schemas.codes import Country, Language, TimeZone, zones_of
from chalicelib.api.schemas.contacts import Email, Phone, e164, extension_of
from chalicelib.api.schemas.problem_reports import ReportOut
from chalicelib.api.schemas.ratings import RatingOut
from chalicelib.api.schemas.values import (
    MAX_LINE_CHARS,
    Day,
    ExternalStatusOut,
    Latitude,
    Line,
    Longitude,
    Moment,
    RangeOut,
    Text,
    TextOrNothing,
    require_place,
)
from chalicelib.api.schemas.windows import TwoEnds
from chalicelib.api.schemas.wishes import WishesSaid
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import TimeSource
from chalicelib.domain.proofs.pins import PinCheck
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.shipments.addresses import Placement, Recipient
from chalicelib.domain.shipments.barcodes import as_stored, normal_form, right_check_digit
from chalicelib.domain.shipments.creation import Outcome
from chalicelib.domain.shipments.custody import ParcelState, parcel_state
from chalicelib.domain.shipments.delivery_days import WantedWindow, WrongEnd
from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.domain.shipments.orders import IfExists, Order
from chalicelib.domain.shipments.places import CITY_STATES, can_be_in, has_clocks_of
from chalicelib.domain.shipments.placing import WantedAddress
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.edge.cleaning import is_blank
from chalicelib.edge.schemas import LONGEST_CODE, Maybe, Out, Query, Schema, Time, written_as
from chalicelib.edge.sentences import misfit, refused

MAX_LINES: Final = 5
MAX_METADATA: Final = 20
_METADATA_NAME: Final = re.compile(r"[A-Za-z0-9_.:-]{1,40}", re.ASCII)
DEFAULT_LOCALE: Final = "en"
_BARCODE: Final = r"^[\x21-\x7e]{1,64}$"


def _as_stored(text: object) -> object:
    return as_stored(text) if isinstance(text, str) and len(text) <= LONGEST_CODE else text


Barcode = Annotated[
    str,
    StringConstraints(pattern=_BARCODE),
    written_as(
        _BARCODE,
        "invalid_barcode",
        "A barcode has 1 to 64 ASCII letters, digits and signs, like 00340434161094042557.",
    ),
    BeforeValidator(_as_stored),
]


def _each_on_its_own(lines: tuple[str | None, ...]) -> tuple[str, ...]:
    """One line an entry, where one entry may come with line ends in it or with nothing."""
    split = [line for entry in lines for line in (entry or "").split("\n")]
    found = tuple(line.strip() for line in split if not is_blank(line))
    if not 1 <= len(found) <= MAX_LINES:
        words = f'An address has 1 to {MAX_LINES} lines, like ["Mannerheimintie 12 B 34"].'
        raise refused(code="wrong_number_of_lines", words=words)
    for line in found:
        if len(line) > MAX_LINE_CHARS:
            words = f"A line of an address has at most {MAX_LINE_CHARS} characters."
            raise refused(code="line_too_long", words=words)
    return found


Lines = Annotated[
    tuple[TextOrNothing | None, ...],
    Field(min_length=1, max_length=4 * MAX_LINES),
    AfterValidator(_each_on_its_own),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": ["string", "null"], "maxLength": MAX_LINE_CHARS},
            "minItems": 1,
            "maxItems": MAX_LINES,
        }
    ),
]
"""The lines of an address above its city."""


def _named_plainly(said: dict[str, str | None]) -> dict[str, str]:
    """Few words by short names, as they may come back in lists and in files; no empty ones."""
    metadata = {name: words for name, words in said.items() if words is not None}
    if len(metadata) > MAX_METADATA:
        words = f"metadata has at most {MAX_METADATA} names."
        raise refused(code="too_many_names", words=words)
    if not all(map(_METADATA_NAME.fullmatch, metadata)):
        words = (
            "A name in metadata has 1 to 40 letters (a to z), digits, dots, colons, hyphens and "
            "underscores, like order_source."
        )
        raise refused(code="invalid_name", words=words)
    return metadata


Metadata = Annotated[
    dict[str, Maybe[Line]],
    AfterValidator(_named_plainly),
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": f"^{_METADATA_NAME.pattern}$"},
            "additionalProperties": {"type": ["string", "null"], "maxLength": MAX_LINE_CHARS},
            "maxProperties": MAX_METADATA,
        }
    ),
]
"""The shipper's own words by their names. We keep them and give them back, and nobody else."""


class RecipientIn(Schema):
    """The customer. A phone number may be written as in the country of the address."""

    name: Line
    phone: Maybe[Phone] = None
    email: Maybe[Email] = None
    locale: Maybe[Language] = None


class AddressIn(Schema):
    """A door. Its place and its zone (an IANA name) may be left out.

    Without coordinates the operator's address search is asked, if there is one. The zone is the
    only one of the country, or that of the place.
    """

    lines: Lines
    city: Maybe[Line] = None
    postal_code: Maybe[Annotated[Line, StringConstraints(max_length=16)]] = None
    country: Country
    lat_deg: Maybe[Latitude] = None
    lon_deg: Maybe[Longitude] = None
    time_zone: Maybe[TimeZone] = None
    instructions: Maybe[Text] = None

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.city is None and self.country not in CITY_STATES:
            words = f"An address in {self.country} needs its city, like Helsinki in FI."
            raise misfit(("city",), "missing", words)
        if (self.lat_deg is None) != (self.lon_deg is None):
            name = "lat_deg" if self.lat_deg is None else "lon_deg"
            raise misfit((name,), "missing", "Write both lat_deg and lon_deg, or none of them.")
        if self.coordinates is not None:
            require_place(self.coordinates, {self.country})
        return self

    @property
    def coordinates(self) -> Coordinates | None:
        """Where it is, if that was said."""
        if self.lat_deg is None or self.lon_deg is None:
            return None
        return Coordinates(self.lat_deg, self.lon_deg)

    @property
    def zone(self) -> str | None:
        """Its time zone, as far as it follows from what was said."""
        zones = zones_of(self.country)
        return self.time_zone or (next(iter(zones)) if len(zones) == 1 else None)

    def to_domain(self) -> WantedAddress:
        """The address. In a city state the name of the country is its city."""
        return WantedAddress(
            lines=self.lines,
            city=self.city or CITY_STATES[self.country],
            country=self.country,
            coordinates=self.coordinates,
            time_zone=self.zone,
            postal_code=self.postal_code,
            instructions=self.instructions,
        )

    def doubts(self) -> Iterator[InputWarning]:
        """The values that are taken though they may be mistakes."""
        if self.coordinates is not None and not can_be_in(self.coordinates, self.country):
            detail = f"These coordinates do not lie in {self.country}. Check them and the country."
            yield InputWarning("/address/country", detail)
        if self.time_zone and not has_clocks_of(self.time_zone, zones_of(self.country)):
            detail = f"The clocks of {self.time_zone} differ from those of {self.country}."
            yield InputWarning("/address/time_zone", detail)


class ParcelIn(Schema):
    """One piece."""

    barcode: Barcode
    description: Maybe[Line] = None


class WindowIn(TwoEnds):
    """When the recipient expects it: instants, or local times or days at the address.

    It has ``start`` and ``end``, or ``earliest`` and ``latest`` as in answers.
    """

    start: Maybe[Moment] = None
    end: Maybe[Moment] = None
    earliest: Maybe[Moment] = None
    latest: Maybe[Moment] = None

    def to_domain(self) -> WantedWindow:
        """The window."""
        names = self.names
        return WantedWindow(getattr(self, names[0]), getattr(self, names[1]), names)

    def require_possible(self, time_zone: str) -> None:
        """Raises a ValidationError that points at the wrong end."""
        try:
            self.to_domain().at(time_zone)
        except WrongEnd as exc:
            raise misfit(("window", exc.name), "invalid_window", str(exc)) from exc


class ProofRequirementsIn(Schema):
    """The proof that must be brought back.

    ``photo_when_failed`` is about attempts that failed. With a ``pin``, the tracking page shows the
    recipient six digits to say at the door.
    """

    photo: Maybe[Requirement] = Requirement.OPTIONAL
    signature: Maybe[Requirement] = Requirement.OPTIONAL
    pin: Maybe[Requirement] = Requirement.NONE
    photo_when_failed: Maybe[Requirement] = Requirement.OPTIONAL

    def to_domain(self) -> ProofRequirements:
        """The requirements. What is null is as if it were left out."""
        return ProofRequirements(
            self.photo or Requirement.OPTIONAL,
            self.signature or Requirement.OPTIONAL,
            self.pin or Requirement.NONE,
            self.photo_when_failed or Requirement.OPTIONAL,
        )


class ShipmentIn(Schema):
    """A shipment as a shipper asks for it.

    ``reference`` is the shipper's own name of it, once among its shipments. ``service_day`` is the
    day of the delivery at the address, where there is no window.
    """

    reference: Line
    recipient: RecipientIn
    address: AddressIn
    parcels: Annotated[tuple[ParcelIn, ...], Field(min_length=1, max_length=50)]
    window: WindowIn | None = None
    service_time_s: Maybe[Annotated[float, Field(ge=0, le=14_400)]] = None
    proof_requirements: ProofRequirementsIn | None = Field(default_factory=ProofRequirementsIn)
    service_day: Maybe[Day] = None
    metadata: Maybe[Metadata] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        seen: set[str] = set()
        for i, parcel in enumerate(self.parcels):
            code = normal_form(parcel.barcode)
            if code in seen:
                words = "Each parcel needs a barcode of its own; an earlier one has this."
                raise misfit(("parcels", i, "barcode"), "repeated_barcode", words)
            seen.add(code)
        self._phone()
        if self.window is not None and self.address.zone is not None:
            self.window.require_possible(self.address.zone)
        return self

    def _phone(self) -> str | None:
        """The phone number as the country of the address reads it."""
        written = self.recipient.phone
        try:
            return None if written is None else e164(written, self.address.country)
        except ValueError as exc:
            raise misfit(("recipient", "phone"), "invalid_phone", str(exc)) from exc

    def doubts(self) -> Iterator[InputWarning]:
        """What is taken though it may be a mistake. The same order has the same doubts."""
        yield from self.address.doubts()
        inside = extension_of(self.recipient.phone)
        if inside:
            detail = f"The extension {inside} is not kept. Write it into address.instructions."
            yield InputWarning("/recipient/phone", detail)
        for i, parcel in enumerate(self.parcels):
            digit = right_check_digit(parcel.barcode)
            if digit is not None:
                detail = f"This SSCC should end with the check digit {digit}. Scan the label again."
                yield InputWarning(f"/parcels/{i}/barcode", detail)

    def to_domain(self) -> Order:
        """The order."""
        recipient = self.recipient
        return Order(
            reference=self.reference,
            recipient=Recipient(
                name=recipient.name,
                phone=self._phone(),
                email=recipient.email,
                locale=recipient.locale or DEFAULT_LOCALE,
            ),
            address=self.address.to_domain(),
            parcels=tuple(Parcel(p.barcode, p.description) for p in self.parcels),
            window=None if self.window is None else self.window.to_domain(),
            service_time_s=self.service_time_s,
            proof_requirements=(self.proof_requirements or ProofRequirementsIn()).to_domain(),
            service_day=self.service_day,
            metadata=self.metadata or {},
        )


class NewShipmentQuery(Query):
    """What becomes of an order whose reference is taken: it is refused, or it updates."""

    if_exists: IfExists = IfExists.REFUSE


class PlaceIn(Schema):
    """Where a door is."""

    lat_deg: Latitude
    lon_deg: Longitude

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        require_place(self.to_domain(), ())
        return self

    def to_domain(self) -> Coordinates:
        """The place."""
        return Coordinates(self.lat_deg, self.lon_deg)


class WarningOut(Out):
    """What was taken though it may be a mistake: the field, and why in a sentence."""

    pointer: str
    detail: str


class ShipmentCreatedOut(Out):
    """The answer to an order: the shipment that it made, or that has its reference already.

    With ``if_exists=update``, ``outcome`` says whether the order changed that shipment.
    """

    id: str
    reference: str
    outcome: Outcome
    status: Status
    created_at: Time
    tracking_url: str
    warnings: tuple[WarningOut, ...]


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
    signature: Requirement
    pin: Requirement
    photo_when_failed: Requirement


class AttemptOut(Out):
    """How a visit ended; ``barcodes`` names its parcels where it was not about all of them.

    ``owed_proof_ids`` are those of the proofs whose files have not arrived.
    ``time_source``: the time is the device's, the device's but corrected, or when it reached us.
    ``pin``: the recipient's PIN was right, or it came too late to be asked for again.
    ``received_by`` is the name of whoever took it, as the driver wrote it.
    """

    number: int
    status: Status
    occurred_at: Time
    reason: FailureReason | None
    note: str | None
    proof_ids: tuple[str, ...]
    owed_proof_ids: tuple[str, ...]
    barcodes: tuple[str, ...]
    time_source: TimeSource
    pin: PinCheck | None
    received_by: str | None


class CorrectionOut(Out):
    """A mistaken outcome that was put right; ``became`` is null where it was undone."""

    attempt_number: int
    was: Status
    became: Status | None
    explanation: str
    corrected_at: Time


class ShipmentOut(Out):
    """A shipment as its owner sees it.

    ``placement`` says how its place came about: it was sent, an address search found the door, or
    found it only roughly, and a dispatcher has to place it.
    """

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
    placement: Placement = Field(validation_alias=AliasPath("address", "placement"))
    route_id: str | None = Field(None, validation_alias=AliasPath("assignment", "route_id"))
    service_day: date | None = Field(validation_alias="wanted_day")
    metadata: dict[str, str]
    promise: RangeOut | None
    delayed: bool = Field(validation_alias="is_delayed")
    attempts: int = Field(validation_alias="standing_attempts")
    last_attempt: AttemptOut | None
    earlier_attempts: tuple[AttemptOut, ...]
    created_at: Time
    updated_at: Time
    version: int
    tracking_url: str
    corrections: tuple[CorrectionOut, ...]
    closing_reason: str | None
    rating: RatingOut | None
    wishes: WishesSaid
    report: ReportOut | None

    @classmethod
    def told(cls, shipment: Shipment, *, tracking_url: str) -> Self:
        """A shipment, and where each of its parcels is."""
        parcels = [
            ParcelOut.joined(parcel, state=parcel_state(shipment, parcel.barcode))
            for parcel in shipment.parcels
        ]
        return cls.joined(shipment, parcels=parcels, tracking_url=tracking_url)


class ShipmentsOut(Out):
    """A page of shipments."""

    data: tuple[ShipmentOut, ...]
    next_cursor: str | None
