"""Unsubscribing by an e-mail: the button of a mail program (RFC 8058), or the link in the text.

It stops the messages about the shipment of the e-mail, and later e-mails of the same shipper to the
same mailbox: that is what such a button promises. The token of an e-mail has the tag of the
mailbox, so an old e-mail mutes the mailbox that it was sent to, whatever the address is now.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import LEDGER_KEEP_S
from chalicelib.domain.preferences.preferences import Preferences
from chalicelib.domain.shipments.preferred import Wanted
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.senders import Contacts
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.preferences.preferring import Preferring
from chalicelib.services.retries import retried

A_MAILBOX: Final = Actor(Role.RECIPIENT, "email")


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Raises NotFound for a token that is none of ours. The same again changes nothing."""

    shipments: Shipments
    contacts: Contacts
    journal: Journal
    signer: Signer
    clock: Clock
    ids: Ids

    def stop(self, token: str) -> None:
        """No more e-mails of this shipper there, and no more messages about the shipment."""
        shipment_id, tag = self.signer.open_stop_token(token)
        now = self.clock.now()
        self.contacts.mute(tag, now=now)
        self._change(shipment_id, tag, lambda before: before.stopped(now))

    def undo(self, token: str) -> None:
        """As it was before."""
        shipment_id, tag = self.signer.open_stop_token(token)
        self.contacts.unmute(tag, now=self.clock.now(), keep_s=LEDGER_KEEP_S)
        self._change(shipment_id, tag, Preferences.resumed)

    def is_stopped(self, token: str) -> bool:
        """Whether the mailbox is muted; for the page that asks."""
        _, tag = self.signer.open_stop_token(token)
        return self.contacts.is_muted(tag)

    def locale(self, token: str) -> str | None:
        """The language of its recipient; None where the shipment is gone."""
        shipment_id, _ = self.signer.open_stop_token(token)
        try:
            return self.shipments.get(shipment_id).locale
        except NotFound:
            return None

    def _change(self, shipment_id: ShipmentId, tag: str, wanted: Wanted) -> None:
        """Change the shipment, unless it is gone, or goes to another mailbox by now."""

        def attempt() -> None:
            shipment = self.shipments.get(shipment_id)
            if self._is_told_there(shipment, tag):
                Preferring(self.journal, self.clock, self.ids)(shipment, wanted, actor=A_MAILBOX)

        try:
            retried(attempt)
        except NotFound:
            return

    def _is_told_there(self, shipment: Shipment, tag: str) -> bool:
        email = shipment.recipient.email
        return bool(email) and self.signer.mailbox_tag(shipment.shipper_id, email or "") == tag
