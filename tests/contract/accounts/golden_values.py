"""The accounts that lie in `tests/golden`, as values. They never change."""

import base64
from datetime import timedelta
from typing import Final

from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.actors import Role
from tests.support.builders import (
    NOON,
    make_driver,
    make_hub,
    make_invitation,
    make_key,
    make_shipper,
    make_webhook,
)

SHIPPERS: Final = {
    "shipper-minimal": make_shipper(1, support_contact=None),
    "shipper-full": make_shipper(2, name="Käsityö", sms_name="KASITYO"),
}
DRIVERS: Final = {
    "driver-minimal": make_driver(1),
    "driver-full": make_driver(2, team="North", epoch=4),
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
