from datetime import timedelta

import pytest

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import FEED_SETTLES_AFTER
from chalicelib.domain.shipments.events import Event
from chalicelib.services.shipments.read_feed import ReadFeed
from tests.support.builders import NOON, make_actor, make_event, make_shipment
from tests.support.in_memory import InMemoryCarrier

OWNER = make_actor(Role.SHIPPER)
STAFF = make_actor(Role.MANAGER)
OWN, OTHER = ShipperId("shr_1"), ShipperId("shr_2")


@pytest.fixture
def carrier() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    for shipper_id in (OWN, OTHER):
        carrier.shippers.put(Shipper(shipper_id, "Shop", NOON))
    return carrier


def written(carrier: InMemoryCarrier, number: int, shipper_id: ShipperId = OWN) -> Event:
    shipment = make_shipment(number, shipper_id=shipper_id)
    event = make_event(shipment_id=shipment.id, shipper_id=shipper_id, id=f"evt_{number}")
    carrier.stores.commit(ShipmentChange(shipment, (event,), None))
    return event


def page(
    carrier: InMemoryCarrier, actor: Actor = OWNER, shipper_id: ShipperId | None = None
) -> list[Event]:
    read = carrier.use(ReadFeed)
    found = read(actor, shipper_id=shipper_id, since=None, limit=50, position=None)
    assert found.position is not None
    return list(found.data)


def test_an_event_is_told_once_it_has_settled(carrier: InMemoryCarrier) -> None:
    event = written(carrier, 1)

    carrier.clock.go_on(FEED_SETTLES_AFTER)
    too_young = page(carrier)
    carrier.clock.go_on(timedelta(milliseconds=1))

    assert (too_young, page(carrier)) == ([], [event])


def test_a_shipper_reads_its_own_and_staff_that_of_whom_they_name(carrier: InMemoryCarrier) -> None:
    own, other = written(carrier, 1), written(carrier, 2, OTHER)
    carrier.clock.go_on(timedelta(minutes=1))

    assert page(carrier) == page(carrier, shipper_id=OWN) == [own]
    assert page(carrier, STAFF, OWN) == [own]
    assert page(carrier, STAFF, OTHER) == [other]


def test_a_foreign_and_an_unknown_shipper_are_not_there(carrier: InMemoryCarrier) -> None:
    for actor, shipper_id in ((OWNER, OTHER), (OWNER, ShipperId("shr_9")), (STAFF, "shr_9")):
        with pytest.raises(NotFound):
            page(carrier, actor, ShipperId(shipper_id))


def test_staff_must_name_a_shipper(carrier: InMemoryCarrier) -> None:
    with pytest.raises(Invalid) as refused:
        page(carrier, STAFF)

    assert refused.value.data["errors"] == [
        {
            "pointer": "?shipper_id",
            "code": "missing",
            "detail": "Name the shipper whose goods you look for: shipper_id.",
        }
    ]


def test_it_reaches_back_as_far_as_shipments_are_kept(carrier: InMemoryCarrier) -> None:
    written(carrier, 1)
    carrier.clock.go_on(carrier.policy.shipment_retention)
    last = written(carrier, 2)
    carrier.clock.go_on(timedelta(minutes=1))

    assert page(carrier) == [last]
