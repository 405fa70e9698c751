"""Wishes as a use case: the rule is asked of the present, and the driver's sheet is written too."""

from typing import Any

import pytest

from chalicelib.domain.driving.run_sheets import Manifest, ManifestEntry
from chalicelib.domain.errors import NotFound, TooLateToChange
from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import ManifestChange
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.wishes.wishes import Access, WishesOrder
from chalicelib.services.wishes.change_wishes import ChangeWishes
from tests.support.builders import (
    NOON,
    make_attempt,
    make_live,
    make_route,
    make_shipper,
    make_travelling,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier

CODE = WishesOrder(seen=0, access=Access(door_code="4711"))
LAST = 3


def carrier(stop: int = LAST, **changes: Any) -> InMemoryCarrier:
    """A van on its way to four stops, none of which is done; the shipment is for this stop."""
    made = InMemoryCarrier()
    made.clock.at = NOON
    made.shippers.put(make_shipper())
    shipment = make_travelling(stop, **changes)
    made.has(shipment, make_route(4), make_live(4))
    return made


def wish(made: InMemoryCarrier, stop: int = LAST, order: WishesOrder = CODE) -> None:
    shipment = made.shipment(stop + 1)
    token = made.signer.tracking_token(shipment.id, 1)
    made.use(ChangeWishes)(token, order)


def test_the_stops_of_the_van_decide() -> None:
    for stop in range(4):
        made = carrier(stop)
        if stop >= make_shipper().changes_until_stops:
            wish(made, stop)
            assert made.told(stop + 1) == [EventType.INSTRUCTIONS_CHANGED]
        else:
            with pytest.raises(TooLateToChange, match="almost there"):
                wish(made, stop)
            assert made.told(stop + 1) == []


def test_the_same_form_twice_is_one_change() -> None:
    made = carrier()

    wish(made)
    wish(made)

    assert made.told(LAST + 1) == [EventType.INSTRUCTIONS_CHANGED]
    assert made.shipment(LAST + 1).wishes.number == 1


def test_a_driver_who_delivers_first_has_won() -> None:
    made = carrier()
    delivered = made.shipment(LAST + 1)

    def deliver() -> None:
        attempt = make_attempt()
        changes = {"status": Status.DELIVERED, "last_attempt": attempt, "version": 9, "seq": 9}
        made.has(make_travelling(LAST, **changes))

    made.journal.before = [deliver]

    with pytest.raises(TooLateToChange, match="over"):
        wish(made)
    assert made.shipment(LAST + 1).wishes == delivered.wishes


def test_the_driver_reads_it_on_the_sheet() -> None:
    made = carrier()
    route = make_route(4)
    entries = tuple(ManifestEntry.of(make_travelling(i)) for i in range(4))
    manifest = Manifest(RouteId(route.id), entries, NOON + minutes(600))
    made.journal.commit(ManifestChange(manifest, None))

    wish(made)

    sheet = made.routes.run_sheet(route.id, 1, NOON)
    assert sheet.manifest is not None
    codes = [entry.wishes.access.door_code for entry in sheet.manifest.entries]
    assert codes == [None, None, None, "4711"]


def test_a_revoked_link_changes_nothing() -> None:
    made = carrier(link_generation=2)

    with pytest.raises(NotFound):
        wish(made)
