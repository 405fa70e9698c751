"""Any days of a shop: at each moment a reference names at most one shipment that needs it."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import AlreadyUnderWay, ReferenceTaken, Unavailable
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.shipments.orders import IfExists, Order
from chalicelib.domain.shipments.shipments import Parcel
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.shipments.create_batch import CreateBatch
from chalicelib.services.shipments.create_shipment import CreateShipment
from tests.support.builders import HELSINKI, make_actor, make_recipient, wanted_address
from tests.support.depth import times
from tests.support.fakes.contested import cut_off, goes_well, lost_race
from tests.support.in_memory import InMemoryCarrier

REFERENCES: Final = ("A", "B", "C")
SHIPPER: Final = make_actor(Role.SHIPPER)
Step = tuple[str, list[str], IfExists, int, list[Callable[[], None]]]
STEPS: Final = st.lists(
    st.tuples(
        st.sampled_from(["create", "batch", "cancel", "accept", "forget"]),
        st.lists(st.sampled_from(REFERENCES), min_size=1, max_size=4),
        st.sampled_from(IfExists),
        st.integers(0, 2),
        st.lists(st.sampled_from([goes_well, lost_race, cut_off]), max_size=4),
    ),
    max_size=12,
)


class Still:
    """No time passes."""

    def passed_s(self) -> float:
        return 0.0

    def take(self, longest_s: float) -> None:
        """Wait for nobody."""


def order(reference: str, version: int) -> Order:
    return Order(
        reference=reference,
        recipient=make_recipient(),
        address=wanted_address(coordinates=HELSINKI, time_zone="Europe/Helsinki"),
        parcels=(Parcel(f"{reference}-{version}"),),
    )


@settings(max_examples=times(quick=60, deep=3_000), deadline=None)
@given(STEPS)
def test_a_reference_never_names_two(
    steps: list[tuple[str, list[str], IfExists, int, list]],
) -> None:
    carrier = InMemoryCarrier()
    carrier.pauses = Still()  # type: ignore[attr-defined] # no other use case here waits

    for what, references, if_exists, version, before in steps:
        carrier.journal.before = before
        named = [s for s in carrier.shipments.shipments.values() if s.reference == references[0]]
        with suppress(ReferenceTaken, AlreadyUnderWay, Unavailable):
            match what:
                case "create":
                    carrier.use(CreateShipment)(
                        order(references[0], version), actor=SHIPPER, if_exists=if_exists
                    )
                case "batch":
                    rows = [order(reference, version) for reference in references]
                    carrier.use(CreateBatch)(rows, actor=SHIPPER, if_exists=if_exists)
                case "cancel" if named:
                    carrier.has(replace(named[-1], status=Status.CANCELLED))
                case "accept" if named and named[-1].status is Status.CREATED:
                    carrier.has(replace(named[-1], status=Status.ACCEPTED))
                case "forget" if named:
                    del carrier.shipments.shipments[named[-1].id]
        carrier.journal.before = ()

        needed = Counter(
            shipment.reference
            for shipment in carrier.shipments.shipments.values()
            if shipment.status is not Status.CANCELLED
        )
        assert max(needed.values(), default=0) <= 1
        holders = carrier.references.holders(
            ShipperId(str(SHIPPER.shipper_id)), REFERENCES, now=carrier.clock.now()
        )
        for shipment in carrier.shipments.shipments.values():
            if shipment.status is not Status.CANCELLED:
                assert holders[shipment.reference] == shipment.id
