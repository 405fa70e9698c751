"""Accounts ↔ documents. Total both ways."""

from datetime import datetime

from chalicelib.adapters.dynamodb.values.instants import from_text, to_text
from chalicelib.adapters.dynamodb.values.values import Document, coordinates_from, coordinates_to
from chalicelib.domain.accounts.drivers import Driver, Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Role
from chalicelib.domain.ids import DriverId, HubId, KeyId, ShipperId, WebhookId
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint


def shipper_to(shipper: Shipper) -> Document:
    """A shipper as a document."""
    return {
        "id": shipper.id,
        "name": shipper.name,
        "created_at": to_text(shipper.created_at),
        "sms_name": shipper.sms_name,
        "support_contact": shipper.support_contact,
    }


def shipper_from(document: Document) -> Shipper:
    """The shipper again."""
    return Shipper(
        id=ShipperId(document["id"]),
        name=document["name"],
        created_at=from_text(document["created_at"]),
        sms_name=document["sms_name"],
        support_contact=document["support_contact"],
    )


def driver_to(driver: Driver) -> Document:
    """A driver as a document."""
    return {
        "id": driver.id,
        "name": driver.name,
        "created_at": to_text(driver.created_at),
        "team": driver.team,
        "epoch": driver.epoch,
    }


def driver_from(document: Document) -> Driver:
    """The driver again."""
    return Driver(
        id=DriverId(document["id"]),
        name=document["name"],
        created_at=from_text(document["created_at"]),
        team=document["team"],
        epoch=int(document["epoch"]),
    )


def hub_to(hub: Hub) -> Document:
    """A hub as a document."""
    return {
        "id": hub.id,
        "name": hub.name,
        "coordinates": coordinates_to(hub.coordinates),
        "time_zone": hub.time_zone,
        "created_at": to_text(hub.created_at),
    }


def hub_from(document: Document) -> Hub:
    """The hub again."""
    return Hub(
        id=HubId(document["id"]),
        name=document["name"],
        coordinates=coordinates_from(document["coordinates"]),
        time_zone=document["time_zone"],
        created_at=from_text(document["created_at"]),
    )


def key_to(key: ApiKey) -> Document:
    """An API key as a document; of its secret only the hash is known here."""
    return {
        "id": key.id,
        "role": key.role.value,
        "label": key.label,
        "secret_hash": key.secret_hash,
        "created_at": to_text(key.created_at),
        "shipper_id": key.shipper_id,
        "expires_at": _optional_to(key.expires_at),
        "revoked_at": _optional_to(key.revoked_at),
    }


def key_from(document: Document) -> ApiKey:
    """The key again."""
    shipper_id = document["shipper_id"]
    return ApiKey(
        id=KeyId(document["id"]),
        role=Role(document["role"]),
        label=document["label"],
        secret_hash=document["secret_hash"],
        created_at=from_text(document["created_at"]),
        shipper_id=None if shipper_id is None else ShipperId(shipper_id),
        expires_at=_optional_from(document["expires_at"]),
        revoked_at=_optional_from(document["revoked_at"]),
    )


def invitation_to(invitation: Invitation) -> Document:
    """An invitation as a document."""
    return {
        "code_hash": invitation.code_hash,
        "driver_id": invitation.driver_id,
        "expires_at": to_text(invitation.expires_at),
    }


def invitation_from(document: Document) -> Invitation:
    """The invitation again."""
    return Invitation(
        code_hash=document["code_hash"],
        driver_id=DriverId(document["driver_id"]),
        expires_at=from_text(document["expires_at"]),
    )


def webhook_to(endpoint: WebhookEndpoint) -> Document:
    """A webhook endpoint as a document; its secret must be known to sign with."""
    return {
        "id": endpoint.id,
        "shipper_id": endpoint.shipper_id,
        "url": endpoint.url,
        "secret": endpoint.secret,
        "created_at": to_text(endpoint.created_at),
        "event_types": sorted(endpoint.event_types),
    }


def webhook_from(document: Document) -> WebhookEndpoint:
    """The endpoint again."""
    return WebhookEndpoint(
        id=WebhookId(document["id"]),
        shipper_id=ShipperId(document["shipper_id"]),
        url=document["url"],
        secret=document["secret"],
        created_at=from_text(document["created_at"]),
        event_types=frozenset(document["event_types"]),
    )


def _optional_to(instant: datetime | None) -> str | None:
    return None if instant is None else to_text(instant)


def _optional_from(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)
