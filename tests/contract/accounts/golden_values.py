"""The accounts that lie in `tests/golden`, as values. They never change."""

import base64
from datetime import timedelta
from typing import Final

from chalicelib.domain.accounts.audit import AuditEntry, FieldChange
from chalicelib.domain.accounts.devices import DeviceApp
from chalicelib.domain.accounts.keys import ApiKey, KeyRing
from chalicelib.domain.actors import Role
from chalicelib.domain.ids import AuditId, HubId, KeyId, TeamId
from chalicelib.domain.wishes.wishes import SafePlace
from tests.support.builders import (
    NOON,
    make_device,
    make_driver,
    make_hub,
    make_invitation,
    make_key,
    make_shipper,
    make_team,
    make_vehicle,
    make_webhook,
)

SHIPPERS: Final = {
    "shipper-minimal": make_shipper(1, support_contact=None),
    "shipper-full": make_shipper(2, name="Käsityö", sms_name="KASITYO"),
}
DRIVERS: Final = {
    "driver-minimal": make_driver(1),
    "driver-full": make_driver(2, epoch=4),
}
HUBS: Final = {"hub": make_hub()}
KEYS: Final[dict[str, ApiKey]] = {
    "key-live": make_key(1),
    "key-revoked": make_key(2, revoked_at=NOON),
    "key-expiring": make_key(3, expires_at=NOON + timedelta(days=30)),
    "key-staff": make_key(4, role=Role.DISPATCHER, shipper_id=None),
}
INVITATIONS: Final = {
    "invitation-untaken": make_invitation(code_hash="ab" * 32),
    "invitation-taken": make_invitation(code_hash="cd" * 32),
    "invitation-taken-at": make_invitation(code_hash="12" * 32),
}
WEBHOOKS: Final = {
    "webhook-all-events": make_webhook(1),
    "webhook-some-events": make_webhook(
        2, event_types=frozenset({"eta.delayed", "shipment.delivered"})
    ),
}
SIGNING_KEYS: Final = {"signing": base64.b64decode("Z29sZGVuLWdvbGRlbi1nb2xkZW4tZ29sZGVuLTMyYnk=")}

TEAM: Final = make_team(hub_id=HubId("hub_1"), deactivated_at=NOON, version=3)
VEHICLE: Final = make_vehicle(team_id=TeamId("tem_1"), deactivated_at=NOON, version=3)
CLOSED_HUB: Final = make_hub(2, deactivated_at=NOON, version=3)
CLOSED_SHIPPER: Final = make_shipper(3, deactivated_at=NOON, version=3)
RULED_SHIPPER: Final = make_shipper(
    4,
    changes_until_stops=3,
    safe_places=(SafePlace.GARAGE, SafePlace.MAIL_ROOM),
    allows_neighbour=False,
    allows_contact_free=False,
    version=2,
)
GONE_DRIVER: Final = make_driver(
    3, team_id=TeamId("tem_1"), epoch=2, signed_out_at=NOON, deactivated_at=NOON, version=3
)
SCOPED_KEY: Final = make_key(
    5, scopes=frozenset({"metrics:read", "shipments:write"}), last_used_at=NOON, version=2
)
RING: Final = KeyRing("shr_1", "ab" * 16, (KeyId("key_1"), KeyId("key_5")), version=2)
OPEN_INVITATION: Final = make_invitation(code_hash="34" * 32)
DEVICE: Final = make_device(6, epoch=2)
GONE_DEVICE: Final = make_device(
    7, revoked_at=NOON, last_seen_at=NOON, app=DeviceApp.TRACCAR_10, version=2
)
ENTRY: Final = AuditEntry(
    id=AuditId("aud_1"),
    at=NOON,
    actor_id="key_1",
    actor_role=Role.ADMIN,
    action="hub.changed",
    account_id="hub_2",
    changes=(
        FieldChange("name", "Pasila", "Vuosaari"),
        FieldChange("lat_deg", 60.25, after=None),
        FieldChange("is_active", before=True, after=False),
        FieldChange("scopes", (), ("metrics:read",)),
    ),
)
V3: Final = {
    *("team", "vehicle", "hub-closed", "shipper-closed", "driver-gone", "key-scoped", "ring"),
    *("invitation-open", "audit-entry", "device", "device-revoked", "shipper-rules"),
}
"""What came with teams, versions and the audit, and the names of its files."""
