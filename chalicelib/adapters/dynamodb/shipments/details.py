"""The details of a shipment: what hardly ever changes, as JSON text.

They are an item of their own, so that a change of status writes less than 1 kB.
"""

from collections.abc import Mapping
from datetime import date, datetime

from chalicelib.adapters.dynamodb.stored import Part, Stored, from_json, to_json
from chalicelib.adapters.dynamodb.values.instants import from_text, to_text
from chalicelib.adapters.dynamodb.wishes import WishesPart, wishes_to
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import MessageId
from chalicelib.domain.instants import Range
from chalicelib.domain.preferences.preferences import (
    NO_PREFERENCES,
    Preferences,
    Subject,
    Way,
)
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.ratings.ratings import Rating, RatingReason, Verdict
from chalicelib.domain.reports.reports import Report, ReportReason
from chalicelib.domain.shipments.addresses import Address, Placement, Recipient
from chalicelib.domain.shipments.shipments import Parcel, Shipment


class RecipientPart(Part, frozen=True, omit_defaults=True):
    """A recipient."""

    name: str
    phone: str | None = None
    email: str | None = None
    locale: str = "en"


class AddressPart(Part, frozen=True, omit_defaults=True):
    """An address."""

    lines: tuple[str, ...]
    city: str
    country: str
    lat_deg: float
    lon_deg: float
    time_zone: str
    postal_code: str | None = None
    instructions: str | None = None
    placement: Placement = Placement.GIVEN


class ParcelPart(Part, frozen=True, omit_defaults=True):
    """A parcel."""

    barcode: str
    description: str | None = None


class RangePart(Part, frozen=True):
    """A range, as text with milliseconds."""

    earliest: str
    latest: str


class ProofRequirementsPart(Part, frozen=True, omit_defaults=True):
    """The shipper's proof requirements, by kind."""

    photo: Requirement = Requirement.OPTIONAL
    signature: Requirement = Requirement.OPTIONAL
    pin: Requirement = Requirement.NONE
    photo_when_failed: Requirement = Requirement.OPTIONAL


class RatingPart(Part, frozen=True, omit_defaults=True):
    """The recipient's rating of the last outcome, with times as text."""

    stars: int
    attempt_number: int
    rated_at: str
    changed_at: str
    reasons: tuple[RatingReason, ...] = ()
    comment: str | None = None
    closed_at: str | None = None


class ReportPart(Part, frozen=True, omit_defaults=True):
    """The recipient's newest report, with times as text."""

    reason: ReportReason
    message_id: MessageId
    reported_at: str
    closed_at: str | None = None


class PreferencesPart(Part, frozen=True, omit_defaults=True):
    """What the recipient prefers, with the time as text."""

    number: int
    ways: dict[Subject, Way] | None = None
    language: str | None = None
    stopped_at: str | None = None
    is_stopped_by_office: bool = False


class Details(Stored, frozen=True, kw_only=True):
    """All that hardly ever changes; shipper and creation are attributes, for the index."""

    reference: str
    recipient: RecipientPart
    address: AddressPart
    parcels: tuple[ParcelPart, ...]
    window: RangePart | None = None
    service_time_s: float | None = None
    proof_requirements: ProofRequirementsPart = ProofRequirementsPart()
    service_day: str | None = None
    metadata: dict[str, str] | None = None
    rating: RatingPart | None = None
    wishes: WishesPart | None = None
    report: ReportPart | None = None
    preferences: PreferencesPart | None = None
    forgotten_at: str | None = None


def details_to(shipment: Shipment) -> str:
    """The details of a shipment as text."""
    recipient, address = shipment.recipient, shipment.address
    return to_json(
        Details(
            reference=shipment.reference,
            recipient=RecipientPart(
                recipient.name, recipient.phone, recipient.email, recipient.locale
            ),
            address=AddressPart(
                lines=address.lines,
                city=address.city,
                country=address.country,
                lat_deg=address.coordinates.lat_deg,
                lon_deg=address.coordinates.lon_deg,
                time_zone=address.time_zone,
                postal_code=address.postal_code,
                instructions=address.instructions,
                placement=address.placement,
            ),
            parcels=tuple(ParcelPart(p.barcode, p.description) for p in shipment.parcels),
            window=_window_to(shipment.window),
            service_time_s=shipment.service_time_s,
            proof_requirements=_proof_requirements_to(shipment.proof_requirements),
            service_day=shipment.service_day.isoformat() if shipment.service_day else None,
            metadata=dict(shipment.metadata) or None,
            rating=_rating_to(shipment.rating),
            wishes=wishes_to(shipment.wishes),
            report=_report_to(shipment.report),
            preferences=_preferences_to(shipment.preferences),
            forgotten_at=None if shipment.forgotten_at is None else to_text(shipment.forgotten_at),
        )
    )


def details_from(text: str) -> Details:
    """The details again."""
    return from_json(Details, text)


def recipient_of(details: Details) -> Recipient:
    """The recipient."""
    part = details.recipient
    return Recipient(part.name, part.phone, part.email, part.locale)


def address_of(details: Details) -> Address:
    """The address."""
    part = details.address
    return Address(
        lines=part.lines,
        city=part.city,
        country=part.country,
        coordinates=Coordinates(part.lat_deg, part.lon_deg),
        time_zone=part.time_zone,
        postal_code=part.postal_code,
        instructions=part.instructions,
        placement=part.placement,
    )


def parcels_of(details: Details) -> tuple[Parcel, ...]:
    """The parcels."""
    return tuple(Parcel(part.barcode, part.description) for part in details.parcels)


def window_of(details: Details) -> Range | None:
    """The agreed window."""
    part = details.window
    return None if part is None else Range(from_text(part.earliest), from_text(part.latest))


def proof_requirements_of(details: Details) -> ProofRequirements:
    """The proof requirements as stored in the details."""
    part = details.proof_requirements
    return ProofRequirements(part.photo, part.signature, part.pin, part.photo_when_failed)


def _proof_requirements_to(asked: ProofRequirements) -> ProofRequirementsPart:
    return ProofRequirementsPart(asked.photo, asked.signature, asked.pin, asked.photo_when_failed)


def service_day_of(details: Details) -> date | None:
    """The day that was asked for without a window."""
    return None if details.service_day is None else date.fromisoformat(details.service_day)


def metadata_of(details: Details) -> Mapping[str, str]:
    """The shipper's own words by their names."""
    return details.metadata or {}


def rating_of(details: Details) -> Rating | None:
    """The recipient's rating."""
    part = details.rating
    if part is None:
        return None
    return Rating(
        verdict=Verdict(part.stars, part.reasons, part.comment),
        attempt_number=part.attempt_number,
        rated_at=from_text(part.rated_at),
        changed_at=from_text(part.changed_at),
        closed_at=None if part.closed_at is None else from_text(part.closed_at),
    )


def report_of(details: Details) -> Report | None:
    """The recipient's newest report."""
    part = details.report
    if part is None:
        return None
    return Report(
        reason=part.reason,
        message_id=part.message_id,
        reported_at=from_text(part.reported_at),
        closed_at=None if part.closed_at is None else from_text(part.closed_at),
    )


def forgotten_at_of(details: Details) -> datetime | None:
    """Since when its recipient is forgotten."""
    at = details.forgotten_at
    return None if at is None else from_text(at)


def preferences_of(details: Details) -> Preferences:
    """What the recipient prefers."""
    part = details.preferences
    if part is None:
        return NO_PREFERENCES
    return Preferences(
        ways=part.ways or {},
        language=part.language,
        stopped_at=None if part.stopped_at is None else from_text(part.stopped_at),
        is_stopped_by_office=part.is_stopped_by_office,
        number=part.number,
    )


def _preferences_to(preferences: Preferences) -> PreferencesPart | None:
    if preferences == NO_PREFERENCES:
        return None
    stopped_at = preferences.stopped_at
    return PreferencesPart(
        number=preferences.number,
        ways=dict(preferences.ways) or None,
        language=preferences.language,
        stopped_at=None if stopped_at is None else to_text(stopped_at),
        is_stopped_by_office=preferences.is_stopped_by_office,
    )


def _report_to(report: Report | None) -> ReportPart | None:
    if report is None:
        return None
    return ReportPart(
        reason=report.reason,
        message_id=report.message_id,
        reported_at=to_text(report.reported_at),
        closed_at=None if report.closed_at is None else to_text(report.closed_at),
    )


def _rating_to(rating: Rating | None) -> RatingPart | None:
    if rating is None:
        return None
    return RatingPart(
        stars=rating.stars,
        attempt_number=rating.attempt_number,
        rated_at=to_text(rating.rated_at),
        changed_at=to_text(rating.changed_at),
        reasons=rating.reasons,
        comment=rating.comment,
        closed_at=None if rating.closed_at is None else to_text(rating.closed_at),
    )


def _window_to(window: Range | None) -> RangePart | None:
    return None if window is None else RangePart(to_text(window.earliest), to_text(window.latest))
