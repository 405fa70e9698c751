"""Ids. Each is a type prefix and a ULID.

An id is derived instead where a repeat must get the same id.
"""

from typing import Final, NewType

ShipmentId = NewType("ShipmentId", str)
RouteId = NewType("RouteId", str)
StopId = NewType("StopId", str)
DriverId = NewType("DriverId", str)
ShipperId = NewType("ShipperId", str)
HubId = NewType("HubId", str)
TeamId = NewType("TeamId", str)
VehicleId = NewType("VehicleId", str)
KeyId = NewType("KeyId", str)
EventId = NewType("EventId", str)
ProofId = NewType("ProofId", str)
WebhookId = NewType("WebhookId", str)
InvitationId = NewType("InvitationId", str)
DeviceId = NewType("DeviceId", str)
AuditId = NewType("AuditId", str)
MessageId = NewType("MessageId", str)
ImportId = NewType("ImportId", str)
MemberId = NewType("MemberId", str)
SessionId = NewType("SessionId", str)
SignInId = NewType("SignInId", str)

SHIPMENT: Final = "shp"
ROUTE: Final = "rte"
STOP: Final = "stp"
DRIVER: Final = "drv"
SHIPPER: Final = "shr"
HUB: Final = "hub"
TEAM: Final = "tem"
VEHICLE: Final = "veh"
KEY: Final = "key"
EVENT: Final = "evt"
PROOF: Final = "prf"
WEBHOOK: Final = "whk"
INVITATION: Final = "inv"
DEVICE: Final = "dev"
AUDIT: Final = "aud"
MESSAGE: Final = "msg"
IMPORT: Final = "imp"
MEMBER: Final = "mbr"
SESSION: Final = "ses"
SIGN_IN: Final = "sil"

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_CHARS: Final = 26
_NAME_DIGITS: Final = 32
"""So many hexadecimal digits of a hash are the 128 bits of a ULID."""


def id_of_hash(prefix: str, sha256_hex: str) -> str:
    """The id of what is found by the hash of its secret. It tells nothing of the secret.

    >>> id_of_hash(INVITATION, "ff" * 32)
    'inv_7ZZZZZZZZZZZZZZZZZZZZZZZZZ'
    """
    number = int(sha256_hex[:_NAME_DIGITS], 16)
    digits = (number >> 5 * place & 31 for place in reversed(range(_ULID_CHARS)))
    return f"{prefix}_{''.join(_CROCKFORD[digit] for digit in digits)}"
