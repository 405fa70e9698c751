"""What a recipient prefers, and which of the recipient's addresses are muted, for page and office.

An address is muted for more than one shipment: a mailbox that was unsubscribed from a shipper by
the button of a mail program, and a phone that has answered STOP to the operator's number.
"""

from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.tracking import require_open_link
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.senders import Contacts
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Signer


@dataclass(frozen=True, slots=True)
class ShownPreferences:
    """The shipment with its preferences, its shipper's name, and what is muted."""

    shipment: Shipment
    sender: str
    is_phone_muted: bool
    is_mailbox_muted: bool

    @property
    def version(self) -> int:
        """That of the shipment, for its ETag."""
        return self.shipment.version


@dataclass(frozen=True, slots=True)
class ShowPreferences:
    """Raises NotFound for a link that is unknown, revoked or over, and for what is not theirs."""

    shipments: Shipments
    shippers: Shippers
    contacts: Contacts
    signer: Signer
    clock: Clock
    policy: Policy

    def behind(self, token: str) -> ShownPreferences:
        """For the recipient."""
        shipment_id, generation = self.signer.open_tracking_token(token)
        shipment = self.shipments.get(shipment_id)
        require_open_link(shipment, generation, self.clock.now(), self.policy)
        return self._shown(shipment)

    def one(self, shipment_id: ShipmentId, actor: Actor) -> ShownPreferences:
        """For the office."""
        shipment = self.shipments.get(shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        return self._shown(shipment)

    def _shown(self, shipment: Shipment) -> ShownPreferences:
        phone, email = shipment.recipient.phone, shipment.recipient.email
        tags = self.signer
        return ShownPreferences(
            shipment,
            self.shippers.get(shipment.shipper_id).name,
            bool(phone and self.contacts.is_muted(tags.phone_tag(phone))),
            bool(email and self.contacts.is_muted(tags.mailbox_tag(shipment.shipper_id, email))),
        )
