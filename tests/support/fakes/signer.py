import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId, ShipperId


@dataclass
class InMemorySigner:
    """Signs nothing: it remembers what it has made, and opens nothing else."""

    links: dict[str, tuple[ShipmentId, int]] = field(default_factory=dict)
    shares: dict[str, tuple[ShipmentId, int]] = field(default_factory=dict)
    sealed: dict[tuple[str, str], str] = field(default_factory=dict)
    concealed: dict[tuple[str, int], bytes] = field(default_factory=dict)
    stops: dict[str, tuple[ShipmentId, str]] = field(default_factory=dict)

    def tracking_token(self, shipment_id: ShipmentId, link_generation: int) -> str:
        token = f"link-{shipment_id}-{link_generation}"
        self.links[token] = (shipment_id, link_generation)
        return token

    def open_tracking_token(self, token: str) -> tuple[ShipmentId, int]:
        if token not in self.links:
            raise NotFound
        return self.links[token]

    def share_token(self, shipment_id: ShipmentId, share_generation: int) -> str:
        token = f"share-{shipment_id}-{share_generation}"
        self.shares[token] = (shipment_id, share_generation)
        return token

    def open_share_token(self, token: str) -> tuple[ShipmentId, int]:
        if token not in self.shares:
            raise NotFound
        return self.shares[token]

    def pin(self, shipment_id: ShipmentId, link_generation: int) -> str:
        return f"{crc32(f'{shipment_id} {link_generation}'.encode()) % 1_000_000:06}"

    def pin_tag(self, shipment_id: ShipmentId, pin: str) -> str:
        return f"guess {pin} of {shipment_id}"

    def phone_tag(self, phone: str) -> str:
        return f"phone {phone}"

    def mailbox_tag(self, shipper_id: ShipperId, email: str) -> str:
        return f"mailbox {email.lower()} of {shipper_id}"

    def member_tag(self, email: str) -> str:
        return f"member-{email.lower()}"

    def stop_token(self, shipment_id: ShipmentId, tag: str) -> str:
        token = f"stop-{shipment_id}-{crc32(tag.encode())}"
        self.stops[token] = (shipment_id, tag)
        return token

    def open_stop_token(self, token: str) -> tuple[ShipmentId, str]:
        if token not in self.stops:
            raise NotFound
        return self.stops[token]

    def seal(self, purpose: str, payload: Mapping[str, object]) -> str:
        text = f"sealed-{len(self.sealed)}"
        self.sealed[purpose, text] = json.dumps(dict(payload))
        return text

    def conceal(self, purpose: str, plain: bytes) -> bytes:
        number = len(self.concealed)
        self.concealed[purpose, number] = plain
        return f"concealed-{number}".encode()

    def reveal(self, purpose: str, concealed: bytes) -> bytes | None:
        number = concealed.removeprefix(b"concealed-").decode(errors="replace")
        return self.concealed.get((purpose, int(number))) if number.isdigit() else None

    def unseal(self, purpose: str, sealed: str) -> dict[str, object] | None:
        found = self.sealed.get((purpose, sealed))
        payload: dict[str, object] | None = None if found is None else json.loads(found)
        return payload
