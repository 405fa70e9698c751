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
AuditId = NewType("AuditId", str)
MessageId = NewType("MessageId", str)
ImportId = NewType("ImportId", str)

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
AUDIT: Final = "aud"
MESSAGE: Final = "msg"
IMPORT: Final = "imp"
