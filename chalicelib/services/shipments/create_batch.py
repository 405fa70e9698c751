"""A shipper creates many shipments at once; each row has its own verdict.

Rows are committed some twenty at a time: shipments, events, references and barcodes of a group, all
or none. A batch that was cut off is sent again as it is: rows that are done are found by their
references and answered without a write, and the others follow.

Calls of the database for 500 new rows with a parcel each: 5 for references, 5 for barcodes, 25
transactions. A barcode costs two units here, not one, since a call each would be 500 calls.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import (
    AlreadyUnderWay,
    ConcurrentUpdate,
    Forbidden,
    Invalid,
    ReferenceTaken,
)
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import (
    TRANSACTION_ITEMS,
    BarcodesTaken,
    Change,
    ShipmentChange,
)
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.barcodes import normal_form
from chalicelib.domain.shipments.barcodes_in_use import HeldBarcode, in_use_warnings
from chalicelib.domain.shipments.batches import (
    LATER,
    RowError,
    RowOutcome,
    RowVerdict,
    first_places,
    packed,
)
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
from chalicelib.services.ports.system import Clock, Ids, Pauses
from chalicelib.services.retries import retried
from chalicelib.services.shipments.opening import BARCODES_KEPT_FOR, claim_of, opened, updated
from chalicelib.services.shipments.settling import Settled, Settler

ITEMS: Final = 4
"""Of a row, beside its barcodes: state, details, event and reference."""
SEARCHING_S: Final = 10.0
WORKING_S: Final = 20.0
"""After so many seconds no further address is searched for, and no further group is begun.

The function has 28 s, and API Gateway waits for 29.
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that is in order so far."""

    place: int
    order: Order
    settled: Settled


@dataclass(frozen=True, slots=True)
class _Standing:
    """What there is when rows are decided: by reference and by barcode."""

    holders: Mapping[str, ShipmentId]
    shipments: Mapping[ShipmentId, Shipment]
    codes: Mapping[str, HeldBarcode] = field(default_factory=dict)

    def named(self, reference: str) -> Shipment | None:
        """The shipment that needs the reference."""
        found = self.shipments.get(self.holders.get(reference, ShipmentId("")))
        return found if holds_reference(found) else None


@dataclass(frozen=True, slots=True)
class CreateBatch:
    """Creates or updates shipments of the actor's own shipper.

    Raises Unavailable when the database fails or writes collide too often: some groups may be
    written then, and a repeat goes on from there.
    """

    shipments: Shipments
    barcodes: Barcodes
    references: References
    journal: Journal
    clock: Clock
    pauses: Pauses
    ids: Ids
    policy: Policy
    hubs: Hubs
    geocoder: Geocoder
    time_zones: TimeZones

    def __call__(
        self,
        orders: Sequence[Order | None],
        *,
        actor: Actor,
        if_exists: IfExists,
        numbers: Sequence[int] | None = None,
        dry_run: bool = False,
    ) -> tuple[RowVerdict | None, ...]:
        """A verdict for each order, in their order; None for a row that could not be read.

        ``numbers`` are the sender's own numbers of the rows; without them rows count from 0. A dry
        run writes nothing, and its verdicts say what would become of the rows.
        """
        if actor.shipper_id is None:
            raise Forbidden
        batch = _Batch(
            self,
            actor,
            actor.shipper_id,
            if_exists,
            numbers=numbers or range(len(orders)),
            writes=not dry_run,
        )
        return tuple(batch.run(orders))


class _Batch:
    """One batch under way."""

    def __init__(
        self,
        use: CreateBatch,
        actor: Actor,
        shipper_id: ShipperId,
        if_exists: IfExists,
        *,
        numbers: Sequence[int],
        writes: bool,
    ) -> None:
        self._use = use
        self._numbers = numbers
        self._writes = writes
        self._actor = actor
        self._shipper_id = shipper_id
        self._if_exists = if_exists
        self._settle = Settler(use.geocoder, use.time_zones, use.hubs, use.policy)
        self._began_s = use.pauses.passed_s()
        self._verdicts: dict[int, RowVerdict] = {}
        self._places: dict[str, int] = {}

    def run(self, orders: Sequence[Order | None]) -> list[RowVerdict | None]:
        wanted = [(place, order) for place, order in enumerate(orders) if order is not None]
        wanted = list(self._each_once(wanted))
        standing = self._standing([order.reference for _, order in wanted])
        rows = [row for each in wanted if (row := self._row(*each, standing))]
        self._places = _first_rows(rows)
        standing = self._with_codes(standing)
        sizes = [(row, ITEMS + len(row.order.parcels)) for row in rows]
        for group in packed(sizes, TRANSACTION_ITEMS):
            self._write(group, standing)
        return [
            None if order is None else self._verdicts[place] for place, order in enumerate(orders)
        ]

    def _each_once(self, wanted: Sequence[tuple[int, Order]]) -> Iterator[tuple[int, Order]]:
        """The first row of each reference; the others are refused."""
        firsts = first_places([order.reference for _, order in wanted])
        for i, (place, order) in enumerate(wanted):
            first = firsts[order.reference]
            if first == i:
                yield place, order
            else:
                text = f"Row {self._numbers[wanted[first][0]]} has this reference, too."
                self._refuse(place, RowError("/reference", "repeated_reference", text))

    def _standing(self, references: Sequence[str]) -> _Standing:
        use = self._use
        holders = use.references.holders(self._shipper_id, references, now=use.clock.now())
        found = use.shipments.get_many(list(holders.values())) if holders else {}
        return _Standing(holders, found)

    def _row(self, place: int, order: Order, standing: _Standing) -> _Row | None:
        """The row with all that it left open; None where it has its verdict."""
        found = standing.named(order.reference)
        needs_search = order.address.coordinates is None and not (
            found is not None and order.address.is_at(found.address)
        )
        if needs_search and self._spent_s() > SEARCHING_S:
            self._verdicts[place] = LATER
            return None
        address = None if found is None else found.address
        try:
            settled = self._settle(order, self._use.clock.now(), standing=address)
        except Invalid as exc:
            self._refuse(place, *_errors_of(exc))
            return None
        return _Row(place, order, settled)

    def _with_codes(self, standing: _Standing) -> _Standing:
        """The same with the shipments that have the barcodes of these rows."""
        use = self._use
        if not self._places:
            return standing
        codes = use.barcodes.held(self._shipper_id, list(self._places), now=use.clock.now())
        own = {each for held in codes.values() for each in held.own}
        unknown = sorted(own - {*standing.shipments})
        more = use.shipments.get_many(unknown) if unknown else {}
        return _Standing(standing.holders, {**standing.shipments, **more}, codes)

    def _write(self, group: Sequence[_Row], standing: _Standing) -> None:
        """Decide a group and commit it; once more with fresh eyes where others were faster."""
        if self._spent_s() > WORKING_S:
            self._verdicts |= dict.fromkeys((row.place for row in group), LATER)
            return
        seen = [standing]

        def attempt() -> None:
            verdicts, changes = self._decided(group, seen[0])
            try:
                self._use.journal.commit(*(changes if self._writes else ()))
            except ConcurrentUpdate:
                fresh = self._standing([row.order.reference for row in group])
                known = {**standing.shipments, **fresh.shipments}
                seen[0] = _Standing(fresh.holders, known, standing.codes)
                raise
            self._verdicts |= verdicts

        retried(attempt)

    def _decided(
        self, group: Sequence[_Row], standing: _Standing
    ) -> tuple[dict[int, RowVerdict], list[Change]]:
        now = self._use.clock.now()
        verdicts: dict[int, RowVerdict] = {}
        changes: list[Change] = []
        takers: dict[str, ShipmentId] = {}
        for row in group:
            found = standing.named(row.order.reference)
            change = None
            if found is None:
                change = self._opened(row, now)
                replaced = standing.holders.get(row.order.reference)
                changes.append(
                    claim_of(change.after, replaced=replaced, policy=self._use.policy, now=now)
                )
            elif not changed_parts(found, row.settled.wanted):
                verdicts[row.place] = RowVerdict(RowOutcome.UNCHANGED, found)
            elif self._if_exists is IfExists.REFUSE:
                verdicts[row.place] = _conflict(found, ReferenceTaken)
            elif not may_be_replaced(found):
                verdicts[row.place] = _conflict(found, AlreadyUnderWay)
            else:
                change = updated(
                    found, row.settled.wanted, actor=self._actor, ids=self._use.ids, now=now
                )
            if change is not None:
                changes.append(change)
                warnings = self._warnings(row, change.after, standing)
                outcome = RowOutcome.CREATED if found is None else RowOutcome.UPDATED
                verdicts[row.place] = RowVerdict(outcome, change.after, warnings)
                takers |= dict.fromkeys(_codes(row.order), change.after.id)
        return verdicts, [*changes, *self._taken(takers, standing, now)]

    def _opened(self, row: _Row, now: datetime) -> ShipmentChange:
        return opened(
            row.settled.wanted,
            shipper_id=self._shipper_id,
            actor=self._actor,
            ids=self._use.ids,
            now=now,
        )

    def _warnings(
        self, row: _Row, shipment: Shipment, standing: _Standing
    ) -> tuple[InputWarning, ...]:
        """What the shipper should look at, in other shipments and in other rows."""
        held = {code: standing.codes[code].own for code in standing.codes}
        others = {key: other for key, other in standing.shipments.items() if key != shipment.id}
        found = [*row.settled.warnings, *in_use_warnings(shipment.parcels, held, others)]
        for i, parcel in enumerate(row.order.parcels):
            first = self._places[normal_form(parcel.barcode)]
            if first != row.place:
                text = f"Row {self._numbers[first]} has this barcode, too."
                found.append(InputWarning(f"/parcels/{i}/barcode", text))
        return tuple(found)

    def _taken(
        self, takers: Mapping[str, ShipmentId], standing: _Standing, now: datetime
    ) -> Iterator[BarcodesTaken]:
        """Each barcode for the last row of the group that has it: an item is written once."""
        full = frozenset(code for code, held in standing.codes.items() if not held.has_room)
        for shipment_id in dict.fromkeys(takers.values()):
            codes = tuple(code for code, taker in takers.items() if taker == shipment_id)
            yield BarcodesTaken(
                shipper_id=self._shipper_id,
                codes=codes,
                anew=full.intersection(codes),
                shipment_id=shipment_id,
                expires_at=now + BARCODES_KEPT_FOR,
            )

    def _refuse(self, place: int, *errors: RowError) -> None:
        self._verdicts[place] = RowVerdict(RowOutcome.REFUSED, errors=errors)

    def _spent_s(self) -> float:
        return self._use.pauses.passed_s() - self._began_s


def _first_rows(rows: Sequence[_Row]) -> dict[str, int]:
    """The first row of each barcode."""
    places: dict[str, int] = {}
    for row in rows:
        for code in _codes(row.order):
            places.setdefault(code, row.place)
    return places


def _codes(order: Order) -> list[str]:
    return list(dict.fromkeys(normal_form(parcel.barcode) for parcel in order.parcels))


def _conflict(found: Shipment, kind: type[ReferenceTaken | AlreadyUnderWay]) -> RowVerdict:
    error = RowError("/reference", kind.code, kind.text)
    return RowVerdict(RowOutcome.REFUSED, found, errors=(error,))


def _errors_of(refusal: Invalid) -> Iterator[RowError]:
    errors = refusal.data["errors"]
    assert isinstance(errors, list)  # noqa: S101 - that is how Invalid makes it
    for error in errors:
        yield RowError(error["pointer"], error["code"], error["detail"])
