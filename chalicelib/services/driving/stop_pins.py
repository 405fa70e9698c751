"""The recipient's PIN in a stop report: who gave it, and whether it is right."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.errors import Invalid, PinLocked
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import Policy
from chalicelib.domain.proofs.pins import MAX_PIN_TRIES, PinCheck
from chalicelib.domain.proofs.proofs import Requirement
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.driving.stop_proofs import are_handed_over_together
from chalicelib.services.ports.proofs import PinTries
from chalicelib.services.ports.system import Signer


@dataclass(frozen=True, slots=True)
class StopPins:
    """Checks the PIN of a report. A phone cannot do that itself: it must not know the PIN."""

    pin_tries: PinTries
    signer: Signer
    policy: Policy

    def of(
        self, report: StopReport, due: Sequence[Shipment], *, occurred_at: datetime, now: datetime
    ) -> dict[ShipmentId, PinCheck]:
        """What the PIN proves, by shipment. Only those that ask for one are in it.

        At the door a wrong PIN is refused, so that the driver asks again. Long after the visit that
        would undo nothing: then the delivery counts, and its PIN as unconfirmed.

        Raises Invalid for a PIN that is missing, wrong, or meant for several recipients, and
        PinLocked after too many wrong ones.
        """
        if report.step is not Step.DELIVER:
            return {}
        asked = [s for s in due if s.proof_requirements.pin is not Requirement.NONE]
        if report.pin is None or not asked:
            if any(s.proof_requirements.pin is Requirement.REQUIRED for s in asked):
                text = "The shipper requires the recipient's PIN. It is on the tracking page."
                raise Invalid(text, pointer="/pin", code="missing_required_proof")
            return {}
        if not all(are_handed_over_together(each, asked[0]) for each in asked):
            text = (
                "Each recipient has a PIN of their own. Report them one by one, "
                'for example with "shipment_ids": ["shp_01JZ4"].'
            )
            raise Invalid(text, pointer="/pin", code="several_recipients")
        found = [self._check(shipment, report.pin) for shipment in asked]
        if any(found):
            return {shipment.id: PinCheck.CONFIRMED for shipment in asked}
        if now - occurred_at > self.policy.pin_patience:
            return {shipment.id: PinCheck.UNCONFIRMED for shipment in asked}
        if all(each is None for each in found):
            raise PinLocked(shipment_id=asked[0].id)
        text = "This PIN is not right. Ask the recipient to read it out from the tracking page."
        raise Invalid(text, pointer="/pin", code="wrong_pin")

    def _check(self, shipment: Shipment, pin: str) -> bool | None:
        """Whether it is the PIN of this shipment; None when it has had its tries."""
        generation = shipment.link_generation
        tag = self.signer.pin_tag(shipment.id, pin)
        if not self.pin_tries.may_try(shipment.id, generation, tag, most=MAX_PIN_TRIES):
            return None
        return hmac.compare_digest(self.signer.pin(shipment.id, generation), pin)
