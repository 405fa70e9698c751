"""A shipper creates a shipment: state, event, reference and the memory of the request, all or none.

A reference names one shipment of its shipper. A second order with it is refused, or, where the
shipper asks for that, changes the shipment as long as nobody has scanned or planned it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import (
    AlreadyUnderWay,
    ConcurrentUpdate,
    Forbidden,
    NotFound,
    ReferenceTaken,
)
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.barcodes import normal_form
from chalicelib.domain.shipments.barcodes_in_use import in_use_warnings
from chalicelib.domain.shipments.creation import Created, Outcome
from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.domain.shipments.orders import (
    IfExists,
    Order,
    changed_parts,
    holds_reference,
    may_be_replaced,
)
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.accounts import Hubs
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.places import Geocoder, TimeZones
from chalicelib.services.ports.shipments import Barcodes, References, Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried
from chalicelib.services.shipments.opening import BARCODES_KEPT_FOR, claim_of, opened, updated
from chalicelib.services.shipments.settling import Settled, Settler


@dataclass(frozen=True, slots=True)
class CreateShipment:
    """Creates one shipment for the actor's own shipper.

    The memory of the request commits with the shipment. Raises Invalid for a place or a time that
    cannot be, ReferenceTaken, AlreadyUnderWay, and Unavailable when writes collide too often or an
    address search fails.
    """

    shipments: Shipments
    barcodes: Barcodes
    references: References
    journal: Journal
    clock: Clock
    ids: Ids
    policy: Policy
    hubs: Hubs
    geocoder: Geocoder
    time_zones: TimeZones

    def __call__(
        self,
        order: Order,
        *,
        actor: Actor,
        memory: Memory = NO_MEMORY,
        if_exists: IfExists = IfExists.REFUSE,
    ) -> Created:
        """Create it, or update the one with its reference."""
        shipper_id = actor.shipper_id
        if shipper_id is None:
            raise Forbidden
        if if_exists is IfExists.REFUSE:
            return self._create(self._settled(order), shipper_id, actor, memory)

        def create_or_update() -> Created:
            found = self._named(shipper_id, order.reference)
            if found is None or not holds_reference(found):
                try:
                    return self._create(self._settled(order), shipper_id, actor, memory)
                except ReferenceTaken as exc:  # since we looked: now there is one to update
                    raise ConcurrentUpdate from exc
            return self._update(found, self._settled(order, found), actor, memory)

        return retried(create_or_update)

    def _settled(self, order: Order, standing: Shipment | None = None) -> Settled:
        settle = Settler(self.geocoder, self.time_zones, self.hubs, self.policy)
        address = None if standing is None else standing.address
        return settle(order, self.clock.now(), standing=address)

    def _create(
        self, settled: Settled, shipper_id: ShipperId, actor: Actor, memory: Memory
    ) -> Created:
        now = self.clock.now()
        change = opened(settled.wanted, shipper_id=shipper_id, actor=actor, ids=self.ids, now=now)
        shipment = change.after
        created = Created(shipment, (*settled.warnings, *self._warnings(shipment)))
        remembered = memory.of(created)
        claim = claim_of(shipment, replaced=None, policy=self.policy, now=now)

        def write() -> None:
            nonlocal claim
            try:
                self.journal.commit(change, claim, *remembered)
            except ConcurrentUpdate:
                claim = replace(claim, replaced=self._released_by(shipment))
                raise

        retried(write)
        return created

    def _update(self, found: Shipment, settled: Settled, actor: Actor, memory: Memory) -> Created:
        if not changed_parts(found, settled.wanted):
            same = Created(found, outcome=Outcome.UNCHANGED)
            self.journal.commit(*memory.of(same))
            return same
        if not may_be_replaced(found):
            raise AlreadyUnderWay(shipment_id=found.id)
        now = self.clock.now()
        change = updated(found, settled.wanted, actor=actor, ids=self.ids, now=now)
        warnings = (*settled.warnings, *self._warnings(change.after))
        done = Created(change.after, warnings, Outcome.UPDATED)
        self.journal.commit(change, *memory.of(done))
        return done

    def _named(self, shipper_id: ShipperId, reference: str) -> Shipment | None:
        """The shipment that the reference stands for."""
        holders = self.references.holders(shipper_id, [reference], now=self.clock.now())
        if reference not in holders:
            return None
        try:
            return self.shipments.get(holders[reference])
        except NotFound:
            return None

    def _released_by(self, mine: Shipment) -> ShipmentId | None:
        """The shipment whose claim stands though it needs the reference no longer.

        Raises ReferenceTaken where it needs it.
        """
        holders = self.references.holders(mine.shipper_id, [mine.reference], now=self.clock.now())
        holder_id = holders.get(mine.reference)
        if holder_id in {None, mine.id}:
            return None
        found = self.shipments.get_many([holder_id]).get(holder_id)
        if found is None or not holds_reference(found):
            return holder_id
        theirs = {normal_form(code) for code in found.barcodes}
        # what we took may have pushed it out: a code remembers only so many
        self._take(found, [code for code in _codes(mine) if code in theirs])
        raise ReferenceTaken(shipment_id=found.id)

    def _warnings(self, shipment: Shipment) -> tuple[InputWarning, ...]:
        """What the shipper should look at.

        It is found before the shipment is written, since it is part of the answer that is kept
        with it. A barcode of a shipment that was never written warns nobody.
        """
        earlier = self._take(shipment, _codes(shipment))
        others = list(dict.fromkeys(each for ids in earlier.values() for each in ids))
        found = self.shipments.get_many(others) if others else {}
        return in_use_warnings(shipment.parcels, earlier, found)

    def _take(self, shipment: Shipment, codes: Sequence[str]) -> dict[str, tuple[ShipmentId, ...]]:
        now = self.clock.now()
        return self.barcodes.take(
            shipment.shipper_id, codes, shipment.id, now=now, expires_at=now + BARCODES_KEPT_FOR
        )


def _codes(shipment: Shipment) -> list[str]:
    return list(dict.fromkeys(normal_form(barcode) for barcode in shipment.barcodes))
