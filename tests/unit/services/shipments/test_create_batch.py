"""Batches over fakes: a verdict for each row, nothing twice, and a repeat goes on."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Forbidden, Unavailable
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.batches import RowOutcome, RowVerdict
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.orders import IfExists, Order
from chalicelib.domain.shipments.shipments import Parcel
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.shipments.create_batch import CreateBatch
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_actor,
    make_assignment,
    make_range,
    make_recipient,
    minutes,
    wanted_address,
    wanted_window,
)
from tests.support.fakes.contested import cut_off, goes_well, lost_race
from tests.support.in_memory import InMemoryCarrier

SHIPPER = make_actor(Role.SHIPPER)
CREATED, UPDATED, UNCHANGED, REFUSED, LATER = RowOutcome


class Watch:
    """Time that passes with each look: a batch looks at it before each group."""

    def __init__(self, *readings_s: float) -> None:
        self._readings_s = iter(readings_s)

    def passed_s(self) -> float:
        return next(self._readings_s, 0.0)

    def take(self, longest_s: float) -> None:
        raise AssertionError(longest_s)


@pytest.fixture
def carrier() -> InMemoryCarrier:
    made = InMemoryCarrier()
    made.pauses = Watch()  # type: ignore[attr-defined] # no other use case here waits
    return made


def order(number: int, **changes: Any) -> Order:
    default = Order(
        reference=f"ORDER-{number}",
        recipient=make_recipient(),
        address=wanted_address(coordinates=HELSINKI, time_zone="Europe/Helsinki"),
        parcels=(Parcel(f"BARCODE-{number}"),),
    )
    return replace(default, **changes)


def run(
    carrier: InMemoryCarrier, *orders: Order | None, if_exists: IfExists = IfExists.REFUSE
) -> list[RowVerdict]:
    found = carrier.use(CreateBatch)(orders, actor=SHIPPER, if_exists=if_exists)
    return [each for each in found if each is not None]


def outcomes(verdicts: list[RowVerdict]) -> list[RowOutcome]:
    return [verdict.outcome for verdict in verdicts]


def test_a_batch_of_500_is_committed_twenty_at_a_time(carrier: InMemoryCarrier) -> None:
    verdicts = run(carrier, *(order(number) for number in range(500)))

    assert outcomes(verdicts) == [CREATED] * 500
    assert len(carrier.shipments.shipments) == 500
    assert len(carrier.journal.tried) == 25
    assert [len(carrier.shipments.histories[v.shipment.id]) for v in verdicts if v.shipment] == (
        [1] * 500
    )


def test_rows_with_many_parcels_share_a_transaction_with_fewer(carrier: InMemoryCarrier) -> None:
    many = [order(n, parcels=tuple(Parcel(f"B-{n}-{i}") for i in range(50))) for n in range(3)]

    assert outcomes(run(carrier, *many)) == [CREATED] * 3
    assert len(carrier.journal.tried) == 3


def test_the_same_batch_again_changes_nothing(carrier: InMemoryCarrier) -> None:
    first = run(carrier, *(order(number) for number in range(30)))
    tried = len(carrier.journal.tried)

    again = run(carrier, *(order(number) for number in range(30)))

    assert outcomes(again) == [UNCHANGED] * 30
    assert [v.shipment for v in again] == [v.shipment for v in first]
    assert [changes for changes in carrier.journal.tried[tried:] if changes] == []


def test_a_batch_that_was_cut_off_goes_on_where_it_ended(carrier: InMemoryCarrier) -> None:
    rows = [order(number) for number in range(60)]
    carrier.journal.before = [goes_well, cut_off]
    with pytest.raises(Unavailable):
        run(carrier, *rows)
    assert len(carrier.shipments.shipments) == 20

    again = run(carrier, *rows)

    assert outcomes(again) == [UNCHANGED] * 20 + [CREATED] * 40
    assert len(carrier.shipments.shipments) == 60


def test_when_time_runs_out_the_rest_is_left_for_a_repeat(carrier: InMemoryCarrier) -> None:
    rows = [order(number) for number in range(60)]
    carrier.pauses = Watch(0.0, 1.0, 2.0, 21.0)  # type: ignore[attr-defined]

    first = run(carrier, *rows)
    again = run(carrier, *rows)

    assert outcomes(first) == [CREATED] * 40 + [LATER] * 20
    assert outcomes(again) == [UNCHANGED] * 40 + [CREATED] * 20


def test_a_row_that_cannot_be_is_refused_and_the_others_are_not(carrier: InMemoryCarrier) -> None:
    over = wanted_window(make_range(NOON - minutes(60)))
    rows = [order(1), order(2, window=over), None, order(1), order(3)]

    found = carrier.use(CreateBatch)(rows, actor=SHIPPER, if_exists=IfExists.REFUSE)

    assert [each and each.outcome for each in found] == [CREATED, REFUSED, None, REFUSED, CREATED]
    told = [each.errors[0] for each in found if each and each.errors]
    assert [(error.pointer, error.code) for error in told] == [
        ("/window", "window_is_over"),
        ("/reference", "repeated_reference"),
    ]
    assert "Row 0" in told[1].detail


def test_another_order_under_a_reference_is_refused_with_the_shipment_that_has_it(
    carrier: InMemoryCarrier,
) -> None:
    (first,) = run(carrier, order(1))

    (verdict,) = run(carrier, order(1, service_time_s=60.0))

    assert (verdict.outcome, verdict.shipment) == (REFUSED, first.shipment)
    assert [error.code for error in verdict.errors] == ["reference_taken"]


def test_an_update_changes_what_nobody_has_touched(carrier: InMemoryCarrier) -> None:
    first, second = run(carrier, order(1), order(2))
    assert first.shipment
    assert second.shipment
    planned = replace(second.shipment, assignment=make_assignment())
    carrier.has(planned)

    mended = [order(n, service_time_s=60.0) for n in (1, 2, 3)]
    verdicts = run(carrier, *mended, if_exists=IfExists.UPDATE)

    assert outcomes(verdicts) == [UPDATED, REFUSED, CREATED]
    assert verdicts[1].errors[0].code == "already_under_way"
    assert carrier.shipments.get(first.shipment.id).service_time_s == 60.0
    _, (_, event) = carrier.shipments.with_history(first.shipment.id, newest=9)
    assert event.type is EventType.UPDATED
    assert carrier.shipments.get(planned.id) == planned


def test_the_reference_of_a_cancelled_shipment_is_free(carrier: InMemoryCarrier) -> None:
    (first,) = run(carrier, order(1))
    assert first.shipment
    carrier.has(replace(first.shipment, status=Status.CANCELLED))

    (second,) = run(carrier, order(1))

    assert second.outcome is CREATED
    assert outcomes(run(carrier, order(1))) == [UNCHANGED]


def test_barcodes_in_use_are_told_wherever_they_are(carrier: InMemoryCarrier) -> None:
    (first,) = run(carrier, order(1))
    assert first.shipment
    same = (Parcel("BARCODE-1"),)

    verdicts = run(carrier, order(2, parcels=same), order(3, parcels=same))

    details = [[warning.detail for warning in verdict.warnings] for verdict in verdicts]
    assert first.shipment.id in details[0][0]
    assert details[1][1] == "Row 0 has this barcode, too."
    assert verdicts[1].shipment
    (later,) = run(carrier, order(4, parcels=same))
    assert verdicts[1].shipment.id in later.warnings[0].detail


def test_a_lost_race_is_decided_anew(carrier: InMemoryCarrier) -> None:
    rival = InMemoryCarrier()
    (theirs,) = run_in(rival, order(1))
    assert theirs.shipment

    def meanwhile() -> None:
        assert theirs.shipment
        claim = next(iter(rival.references.claims.values()))
        carrier.stores.commit(ShipmentChange(theirs.shipment, (), None), claim)

    carrier.ids.count = 100
    carrier.journal.before = [meanwhile]

    verdicts = run(carrier, order(1), order(2))

    assert outcomes(verdicts) == [UNCHANGED, CREATED]
    assert len(carrier.shipments.shipments) == 2


def run_in(carrier: InMemoryCarrier, *orders: Order) -> list[RowVerdict]:
    carrier.pauses = Watch()  # type: ignore[attr-defined]
    return run(carrier, *orders)


def test_races_that_are_lost_each_time_are_unavailable(carrier: InMemoryCarrier) -> None:
    carrier.journal.before = [lost_race] * 9

    with pytest.raises(Unavailable):
        run(carrier, order(1))


def test_addresses_are_searched_for_only_as_long_as_there_is_time(
    carrier: InMemoryCarrier,
) -> None:
    clock = count(0.0, 6.0)
    carrier.pauses = Watch(*(next(clock) for _ in range(3)))  # type: ignore[attr-defined]
    rows = [order(number, address=wanted_address()) for number in range(4)]

    verdicts = run(carrier, *rows)

    assert len(carrier.geocoder.asked) < 4
    assert outcomes(verdicts)[0] is REFUSED  # asked, and nothing was found
    assert LATER in outcomes(verdicts)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DISPATCHER])
def test_nobody_but_a_shipper_creates_batches(carrier: InMemoryCarrier, role: Role) -> None:
    with pytest.raises(Forbidden):
        carrier.use(CreateBatch)([order(1)], actor=make_actor(role), if_exists=IfExists.REFUSE)
