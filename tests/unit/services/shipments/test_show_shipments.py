import pytest

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.shipments.show_shipments import ShowShipments
from tests.support.builders import make_actor, make_event, make_shipment
from tests.support.in_memory import InMemoryCarrier

OWNER = make_actor(Role.SHIPPER)
STRANGER = make_actor(Role.SHIPPER, shipper_id=ShipperId("shr_2"))
UNKNOWN = ShipmentId("shp_none")


def shown(*shipments: Shipment) -> ShowShipments:
    carrier = InMemoryCarrier()
    carrier.has(*shipments)
    return carrier.use(ShowShipments)


def with_three_events() -> ShowShipments:
    carrier = InMemoryCarrier()
    shipment = make_shipment(seq=3)
    events = tuple(make_event(seq) for seq in (1, 2, 3))
    carrier.stores.commit(ShipmentChange(shipment, events, None))
    return carrier.use(ShowShipments)


READERS = [OWNER, *(make_actor(role) for role in (Role.DISPATCHER, Role.MANAGER, Role.ADMIN))]
OTHERS = [STRANGER, *(make_actor(role) for role in (Role.DRIVER, Role.RECIPIENT, Role.PUBLIC))]


@pytest.mark.parametrize("actor", READERS, ids=lambda actor: actor.role)
def test_its_shipper_and_staff_see_a_shipment(actor: Actor) -> None:
    shipment = make_shipment()

    assert shown(shipment).one(shipment.id, actor) == shipment


@pytest.mark.parametrize("actor", OTHERS, ids=lambda actor: actor.id + str(actor.shipper_id))
def test_to_anybody_else_it_is_not_there(actor: Actor) -> None:
    shipment = make_shipment()
    show = shown(shipment)

    with pytest.raises(NotFound) as foreign:
        show.one(shipment.id, actor)
    with pytest.raises(NotFound) as unknown:
        show.one(UNKNOWN, actor)

    assert (str(foreign.value), foreign.value.data) == (str(unknown.value), unknown.value.data)


def test_events_come_oldest_first_and_page_by_page() -> None:
    show = with_three_events()
    shipment_id = make_shipment().id

    first = show.events(shipment_id, OWNER, limit=2, position=None)
    rest = show.events(shipment_id, OWNER, limit=2, position=first.position)

    assert [event.seq for event in (*first.data, *rest.data)] == [1, 2, 3]
    assert len(first.data) == 2
    assert rest.position is None


def test_the_events_of_a_foreign_shipment_are_not_there() -> None:
    show = with_three_events()

    with pytest.raises(NotFound):
        show.events(make_shipment().id, STRANGER, limit=2, position=None)
