"""A recipient follows a shipment: two reads and one pure function, whatever has happened to it.

A token is checked before anything is read, so guessing costs us nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import NotFound
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.shared_links import may_share
from chalicelib.domain.tracking.tracking import (
    ProofCheck,
    TrackingView,
    proof_check,
    require_open_link,
    view,
)
from chalicelib.domain.tracking.versions import Unchanged, Versions
from chalicelib.services.driving.shifts import is_on, live_of_van
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.proofs import AllowedProofs, ProofStore
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.proofs.late_proofs import LateProofs
from chalicelib.services.tracking.company import Company

NEWEST: Final = 20
"""So many lines of the history are read at once: with the shipment itself less than 12 kB."""


@dataclass(frozen=True, slots=True)
class FollowShipment:
    """Raises NotFound for a link that is unknown, revoked or over: always the same."""

    shipments: Shipments
    fleet: Fleet
    routes: Routes
    shippers: Shippers
    allowed_proofs: AllowedProofs
    proofs: ProofStore
    journal: Journal
    signer: Signer
    clock: Clock
    ids: Ids
    policy: Policy

    def __call__(self, token: str, *, proof_key: str = "") -> TrackingView:
        """The view that the link shows now; ``proof_key`` is that of ``CheckRecipient``."""
        shipment, history = self._open(token)
        return self._view(shipment, history, self._live(shipment), proof_key)

    def unless_known(
        self, token: str, known: Versions, *, proof_key: str = ""
    ) -> TrackingView | Unchanged:
        """The same, unless it is still made of the versions that the caller knows.

        Two small reads tell that, and nothing is put together for it.
        """
        shipment_id, generation = self.signer.open_tracking_token(token)
        found, now = self.shipments.glimpse(shipment_id), self.clock.now()
        require_open_link(found, generation, now, self.policy)
        if found.version != known.shipment or (found.driver_id is None) != (known.live is None):
            return self(token, proof_key=proof_key)
        if found.has_companions and found.driver_id is None:  # their outcomes are still to come
            return self(token, proof_key=proof_key)
        live = None
        if found.driver_id is not None:
            live = self.fleet.glance(found.driver_id, unless_version=known.live)
        if live is None and known == Versions.at(now, shipment=found.version, live=known.live):
            return Unchanged(now)
        shipment, history = self._open(token)
        assigned = shipment.assignment
        is_van = live is not None and assigned is not None and is_on(live, assigned.route_id)
        return self._view(shipment, history, live if is_van else self._live(shipment), proof_key)

    def history(self, token: str, *, before: int | None) -> TrackingView:
        """The same without the driver; its timeline is the newest part, or that before an event."""
        shipment, events = self._open(token)
        if before is not None:
            events = self.shipments.events_before(shipment.id, before, newest=NEWEST)
        return self._view(shipment, events, None)

    @property
    def proofs_origin(self) -> str:
        """Where the links to proofs lead: a page must let pictures through from there."""
        return self.proofs.origin

    def proof_link(self, token: str, proof_id: str, *, proof_key: str = "") -> str:
        """An address of a proof of this shipment, good for minutes.

        Raises NotFound also where the recipient is asked for the address first.
        """
        shipment, _ = self._open(token)
        shipper = self.shippers.get(shipment.shipper_id)
        check = proof_check(shipment, shipper, has_key=self._is_key(proof_key, shipment))
        if check in {ProofCheck.ASKED, ProofCheck.IMPOSSIBLE}:
            raise NotFound
        attempt = shipment.last_attempt
        proofs = attempt.proofs if attempt else ()
        shown = (proof for proof in proofs if proof.id == proof_id and proof.is_there)
        proof = next(shown, None)
        if proof is None:
            raise NotFound
        return self.proofs.link(proof)

    def _open(self, token: str) -> tuple[Shipment, tuple[Event, ...]]:
        shipment_id, generation = self.signer.open_tracking_token(token)
        shipment, history = self.shipments.with_history(shipment_id, newest=NEWEST)
        require_open_link(shipment, generation, self.clock.now(), self.policy)
        if shipment.owed_proofs:
            late = LateProofs(
                self.shipments, self.journal, self.allowed_proofs, self.clock, self.ids
            )
            if late.joined(shipment) != shipment:
                return self.shipments.with_history(shipment_id, newest=NEWEST)
        return shipment, history

    def _live(self, shipment: Shipment) -> Live | None:
        """Of the van with it; None while it is not on its way."""
        if shipment.assignment is None or shipment.glimpse.driver_id is None:
            return None
        return live_of_van(self.fleet, self.routes, shipment.assignment)

    def _share_token(self, shipment: Shipment) -> str:
        if not may_share(shipment):
            return ""
        return self.signer.share_token(shipment.id, shipment.share_generation)

    def _is_key(self, proof_key: str, shipment: Shipment) -> bool:
        """Whether it opens the proofs behind the present link."""
        wanted = {"s": shipment.id, "g": shipment.link_generation}
        return bool(proof_key) and self.signer.unseal("proof", proof_key) == wanted

    def _view(
        self,
        shipment: Shipment,
        history: Sequence[Event],
        live: Live | None,
        proof_key: str = "",
    ) -> TrackingView:
        shipper = self.shippers.get(shipment.shipper_id)
        return view(
            shipment,
            history,
            live,
            shipper,
            now=self.clock.now(),
            policy=self.policy,
            pin=self.signer.pin(shipment.id, shipment.link_generation),
            share_token=self._share_token(shipment),
            has_proof_key=self._is_key(proof_key, shipment),
            companions=Company(self.shipments, self.shippers).of(shipment, live),
        )
