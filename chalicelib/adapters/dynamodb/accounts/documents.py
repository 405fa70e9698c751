"""Accounts ↔ the JSON text of their documents. Total both ways; `stored` says how they may grow."""

from datetime import datetime

from chalicelib.adapters.dynamodb.stored import Part, Stored, from_json, to_json
from chalicelib.domain.accounts.drivers import Driver, Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Role
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, HubId, KeyId, ShipperId, TeamId, WebhookId
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint
from chalicelib.domain.wishes.wishes import SafePlace


class ShipperDocument(Stored, frozen=True, kw_only=True):
    """A shipper."""

    id: ShipperId
    name: str
    created_at: datetime
    sms_name: str | None = None
    support_contact: str | None = None
    deactivated_at: datetime | None = None
    version: int = 1
    changes_until_stops: int = 2
    safe_places: tuple[SafePlace, ...] = ()
    allows_neighbour: bool = True
    allows_contact_free: bool = True
    offered_days: int = 0
    offered_weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    offered_windows: tuple[str, ...] = ()
    proof_needs_address: bool = False
    allows_redirect: bool = False
    shares_visits: bool = False


class DriverDocument(Stored, frozen=True, kw_only=True):
    """A driver. ``team`` was a name, before teams had ids; it is not written any more."""

    id: DriverId
    name: str
    created_at: datetime
    team: str | None = None
    epoch: int = 1
    team_id: TeamId | None = None
    signed_out_at: datetime | None = None
    deactivated_at: datetime | None = None
    version: int = 1


class PlacePart(Part, frozen=True):
    """Coordinates."""

    lat_deg: float
    lon_deg: float


class HubDocument(Stored, frozen=True, kw_only=True):
    """A hub."""

    id: HubId
    name: str
    coordinates: PlacePart
    time_zone: str
    created_at: datetime
    deactivated_at: datetime | None = None
    version: int = 1


class KeyDocument(Stored, frozen=True, kw_only=True):
    """An API key; of its secret only the hash is known here."""

    id: KeyId
    role: Role
    label: str
    secret_hash: str
    created_at: datetime
    shipper_id: ShipperId | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    version: int = 1


class InvitationDocument(Stored, frozen=True, kw_only=True):
    """An invitation."""

    code_hash: str
    driver_id: DriverId
    expires_at: datetime


class WebhookDocument(Stored, frozen=True, kw_only=True):
    """A webhook endpoint; its secret must be known to sign with."""

    id: WebhookId
    shipper_id: ShipperId
    url: str
    secret: str
    created_at: datetime
    event_types: tuple[str, ...] = ()
    switched_off_at: datetime | None = None


class SigningKeyDocument(Stored, frozen=True, kw_only=True):
    """A key that we sign with: bytes are Base64 in JSON."""

    key: bytes


def shipper_to(shipper: Shipper) -> str:
    """A shipper as text."""
    return to_json(
        ShipperDocument(
            id=shipper.id,
            name=shipper.name,
            created_at=shipper.created_at,
            sms_name=shipper.sms_name,
            support_contact=shipper.support_contact,
            deactivated_at=shipper.deactivated_at,
            version=shipper.version,
            changes_until_stops=shipper.changes_until_stops,
            safe_places=shipper.safe_places,
            allows_neighbour=shipper.allows_neighbour,
            allows_contact_free=shipper.allows_contact_free,
            offered_days=shipper.offered_days,
            offered_weekdays=shipper.offered_weekdays,
            offered_windows=shipper.offered_windows,
            proof_needs_address=shipper.proof_needs_address,
            allows_redirect=shipper.allows_redirect,
            shares_visits=shipper.shares_visits,
        )
    )


def shipper_from(text: str) -> Shipper:
    """The shipper again."""
    stored = from_json(ShipperDocument, text)
    return Shipper(
        id=stored.id,
        name=stored.name,
        created_at=stored.created_at,
        sms_name=stored.sms_name,
        support_contact=stored.support_contact,
        deactivated_at=stored.deactivated_at,
        version=stored.version,
        changes_until_stops=stored.changes_until_stops,
        safe_places=stored.safe_places,
        allows_neighbour=stored.allows_neighbour,
        allows_contact_free=stored.allows_contact_free,
        offered_days=stored.offered_days,
        offered_weekdays=stored.offered_weekdays,
        offered_windows=stored.offered_windows,
        proof_needs_address=stored.proof_needs_address,
        allows_redirect=stored.allows_redirect,
        shares_visits=stored.shares_visits,
    )


def driver_to(driver: Driver) -> str:
    """A driver as text."""
    return to_json(
        DriverDocument(
            id=driver.id,
            name=driver.name,
            created_at=driver.created_at,
            epoch=driver.epoch,
            team_id=driver.team_id,
            signed_out_at=driver.signed_out_at,
            deactivated_at=driver.deactivated_at,
            version=driver.version,
        )
    )


def driver_from(text: str) -> Driver:
    """The driver again."""
    stored = from_json(DriverDocument, text)
    return Driver(
        id=stored.id,
        name=stored.name,
        created_at=stored.created_at,
        epoch=stored.epoch,
        team_id=stored.team_id,
        signed_out_at=stored.signed_out_at,
        deactivated_at=stored.deactivated_at,
        version=stored.version,
    )


def hub_to(hub: Hub) -> str:
    """A hub as text."""
    return to_json(
        HubDocument(
            id=hub.id,
            name=hub.name,
            coordinates=PlacePart(hub.coordinates.lat_deg, hub.coordinates.lon_deg),
            time_zone=hub.time_zone,
            created_at=hub.created_at,
            deactivated_at=hub.deactivated_at,
            version=hub.version,
        )
    )


def hub_from(text: str) -> Hub:
    """The hub again."""
    stored = from_json(HubDocument, text)
    return Hub(
        id=stored.id,
        name=stored.name,
        coordinates=Coordinates(stored.coordinates.lat_deg, stored.coordinates.lon_deg),
        time_zone=stored.time_zone,
        created_at=stored.created_at,
        deactivated_at=stored.deactivated_at,
        version=stored.version,
    )


def key_to(key: ApiKey) -> str:
    """An API key as text."""
    return to_json(
        KeyDocument(
            id=key.id,
            role=key.role,
            label=key.label,
            secret_hash=key.secret_hash,
            created_at=key.created_at,
            shipper_id=key.shipper_id,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
            scopes=tuple(sorted(key.scopes)),
            version=key.version,
        )
    )


def key_from(text: str) -> ApiKey:
    """The key again."""
    stored = from_json(KeyDocument, text)
    return ApiKey(
        id=stored.id,
        role=stored.role,
        label=stored.label,
        secret_hash=stored.secret_hash,
        created_at=stored.created_at,
        shipper_id=stored.shipper_id,
        expires_at=stored.expires_at,
        revoked_at=stored.revoked_at,
        scopes=frozenset(stored.scopes),
        version=stored.version,
    )


def invitation_to(invitation: Invitation) -> str:
    """An invitation as text."""
    return to_json(
        InvitationDocument(
            code_hash=invitation.code_hash,
            driver_id=invitation.driver_id,
            expires_at=invitation.expires_at,
        )
    )


def invitation_from(text: str) -> Invitation:
    """The invitation again."""
    stored = from_json(InvitationDocument, text)
    return Invitation(
        code_hash=stored.code_hash, driver_id=stored.driver_id, expires_at=stored.expires_at
    )


def webhook_to(endpoint: WebhookEndpoint) -> str:
    """A webhook endpoint as text."""
    return to_json(
        WebhookDocument(
            id=endpoint.id,
            shipper_id=endpoint.shipper_id,
            url=endpoint.url,
            secret=endpoint.secret,
            created_at=endpoint.created_at,
            event_types=tuple(sorted(endpoint.event_types)),
            switched_off_at=endpoint.switched_off_at,
        )
    )


def webhook_from(text: str) -> WebhookEndpoint:
    """The endpoint again."""
    stored = from_json(WebhookDocument, text)
    return WebhookEndpoint(
        id=stored.id,
        shipper_id=stored.shipper_id,
        url=stored.url,
        secret=stored.secret,
        created_at=stored.created_at,
        event_types=frozenset(stored.event_types),
        switched_off_at=stored.switched_off_at,
    )


def signing_key_to(key: bytes) -> str:
    """A signing key as text."""
    return to_json(SigningKeyDocument(key=key))


def signing_key_from(text: str) -> bytes:
    """The key again."""
    return from_json(SigningKeyDocument, text).key
