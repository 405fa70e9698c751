from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.shipments.events import EventType, eta_data, range_data
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.eta_story import EtaStory
from chalicelib.services.tracking.show_eta import ShowEta
from tests.support.builders import (
    NOON,
    make_actor,
    make_eta,
    make_event,
    make_live,
    make_range,
    make_route,
    make_shipment,
    make_shipper,
    make_stop,
    make_travelling,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier

OWNER = make_actor(Role.SHIPPER)
PLANNED = make_eta(NOON + minutes(5))


@pytest.fixture
def carrier() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    carrier.shippers.put(make_shipper())
    stops = (make_stop(0), make_stop(1, planned=PLANNED), make_stop(2))
    carrier.has(make_route(stops, plan_version=1), make_live())
    return carrier


def story(carrier: InMemoryCarrier, shipment: Shipment) -> EtaStory:
    carrier.has(shipment)
    return carrier.use(ShowEta)(shipment.id, OWNER)


def test_on_the_way_it_is_planned_promised_and_live(carrier: InMemoryCarrier) -> None:
    found = story(carrier, make_travelling(1))

    assert found.planned == PLANNED
    assert found.shipment.promise == make_range(NOON)
    assert found.live is not None
    assert (found.live.eta, found.live.stops_before) == (make_live().etas[1], 1)
    assert found.live.as_of == NOON


def test_a_range_widens_while_the_van_is_silent(carrier: InMemoryCarrier) -> None:
    carrier.clock.go_on(minutes(10))

    found = story(carrier, make_travelling(1))

    assert found.live is not None
    assert found.live.eta.latest == make_eta(NOON + minutes(45)).latest + minutes(10)


def test_before_the_start_there_is_only_the_plan(carrier: InMemoryCarrier) -> None:
    planned = make_shipment(2, assignment=make_travelling(1).assignment)

    found = story(carrier, planned)

    assert (found.planned, found.live, found.told) == (PLANNED, None, ())


def test_without_a_route_or_with_one_that_has_expired_there_is_none(
    carrier: InMemoryCarrier,
) -> None:
    carrier.routes.routes.clear()

    assert story(carrier, make_shipment(1)).planned is None
    assert story(carrier, make_travelling(1)).planned is None


def test_a_plan_that_has_moved_on_since_is_read_anew(carrier: InMemoryCarrier) -> None:
    carrier.has(replace(carrier.routes.routes[make_route().id], plan_version=2))

    assert story(carrier, make_travelling(1)).planned == PLANNED


def test_what_was_told_is_told_again_and_nothing_else(carrier: InMemoryCarrier) -> None:
    shipment = make_travelling(1)
    lines = [
        (EventType.CREATED, {}),
        (EventType.OUT_FOR_DELIVERY, {"promise": range_data(make_range(NOON))}),
        (EventType.DRIVER_SILENT, {"heard_at": NOON.isoformat()}),
        (EventType.DELAYED, {"eta": eta_data(PLANNED), "promise": None}),
        (EventType.SUPERSEDED, {"eta": eta_data(PLANNED)}),
    ]
    carrier.has(shipment)
    carrier.shipments.histories[shipment.id] = {
        seq: make_event(seq, type=kind, shipment_id=shipment.id, data=data)
        for seq, (kind, data) in enumerate(lines, start=1)
    }

    found = carrier.use(ShowEta)(shipment.id, OWNER)

    assert [event.type for event in found.told] == [
        EventType.OUT_FOR_DELIVERY,
        EventType.DELAYED,
    ]
    assert not found.has_earlier


def test_to_a_stranger_it_is_not_there(carrier: InMemoryCarrier) -> None:
    carrier.has(make_travelling(1))
    stranger = make_actor(Role.SHIPPER, shipper_id=ShipperId("shr_2"))

    with pytest.raises(NotFound):
        carrier.use(ShowEta)(make_travelling(1).id, stranger)


def test_a_silent_van_that_is_late_has_no_live_eta(carrier: InMemoryCarrier) -> None:
    carrier.clock.go_on(timedelta(hours=2))

    assert story(carrier, make_travelling(1)).live is None
