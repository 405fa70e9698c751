"""A phone answers an SMS: STOP ends all texts to it, START takes that back.

The phone is known by a tag of its number. The shipments that it was told of lately are noted with
it, so none is searched for: their messages stop whole, and their shippers are told. Later shipments
get no SMS to this phone, of any shipper, since the number that it has answered is the operator's.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import LEDGER_KEEP_S
from chalicelib.domain.preferences.inbound import InboundText
from chalicelib.domain.preferences.keywords import Keyword
from chalicelib.domain.preferences.preferences import Preferences
from chalicelib.domain.shipments.preferred import Wanted
from chalicelib.observability import logger
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.senders import Contacts
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.preferences.preferring import Preferring
from chalicelib.services.retries import retried

A_PHONE: Final = Actor(Role.RECIPIENT, "sms")


@dataclass(frozen=True, slots=True)
class HearText:
    """Raises Unavailable; the same text again changes nothing, and an older one than the last."""

    shipments: Shipments
    contacts: Contacts
    journal: Journal
    signer: Signer
    clock: Clock
    ids: Ids

    def __call__(self, text: InboundText) -> None:
        """Stop or start, as the text says. Any other text is nothing to us."""
        tag, at = self.signer.phone_tag(text.phone), text.sent_at
        if text.keyword is Keyword.STOP:
            for shipment_id in self.contacts.mute(tag, now=at):
                self._change(shipment_id, tag, lambda before: before.stopped(at))
        elif text.keyword is Keyword.START:
            for shipment_id in self.contacts.unmute(tag, now=at, keep_s=LEDGER_KEEP_S):
                self._change(shipment_id, tag, Preferences.resumed)
        logger.info("text heard", extra={"keyword": text.keyword})

    def _change(self, shipment_id: ShipmentId, tag: str, wanted: Wanted) -> None:
        """Change it, unless it is gone, or is told to another phone by now."""

        def attempt() -> None:
            shipment = self.shipments.get(shipment_id)
            phone = shipment.recipient.phone
            if phone and self.signer.phone_tag(phone) == tag:
                Preferring(self.journal, self.clock, self.ids)(shipment, wanted, actor=A_PHONE)

        try:
            retried(attempt)
        except NotFound:
            return
