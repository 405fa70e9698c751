"""A recipient says the postal code or the house number, and then sees the proof."""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.policy import Policy
from chalicelib.domain.proofs.pins import Tried
from chalicelib.domain.shipments.proof_checks import MOST_TRIES, answered, is_right
from chalicelib.domain.tracking.tracking import require_open_link
from chalicelib.services.ports.proofs import PinTries
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Signer

PURPOSE: Final = "proof"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of an answer. ``key`` opens the proofs of this link; it is empty when wrong."""

    key: str = ""
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class CheckRecipient:
    """Raises NotFound for a link that is unknown, revoked or over."""

    shipments: Shipments
    pin_tries: PinTries
    signer: Signer
    clock: Clock
    policy: Policy

    def __call__(self, token: str, guess: str) -> Checked:
        """Compare the answer. However many come at once, five different ones are compared."""
        shipment_id, generation = self.signer.open_tracking_token(token)
        shipment = self.shipments.get(shipment_id)
        require_open_link(shipment, generation, self.clock.now(), self.policy)
        tag = self.signer.pin_tag(shipment_id, answered(guess))
        may_try = self.pin_tries.may_try(
            shipment_id, generation, tag, most=MOST_TRIES, of=Tried.ADDRESS
        )
        if not may_try:
            return Checked(is_locked=True)
        if not is_right(guess, shipment.address):
            return Checked()
        return Checked(self.signer.seal(PURPOSE, {"s": shipment_id, "g": generation}))
