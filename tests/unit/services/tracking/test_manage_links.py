from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.links import LAST_GENERATION
from chalicelib.domain.tracking.shared_links import LinkStatus
from chalicelib.services.repeats import NO_MEMORY
from chalicelib.services.tracking.manage_links import ManageLinks
from tests.support.builders import NOON, make_actor, make_shipment
from tests.support.in_memory import InMemoryCarrier

OWNER = make_actor(Role.SHIPPER)
STRANGER = make_actor(Role.SHIPPER, shipper_id=ShipperId("shr_2"))
ID = make_shipment().id


def carrier(**changes: Any) -> InMemoryCarrier:
    made = InMemoryCarrier()
    made.has(make_shipment(version=4, **changes))
    return made


def shown(links: ManageLinks) -> list[tuple[int, LinkStatus]]:
    return [(link.number, link.status) for link in links.listed(ID, OWNER).links]


def test_a_new_link_revokes_the_present_one() -> None:
    made = carrier()
    links = made.use(ManageLinks)

    renewed = links.renew(ID, OWNER, memory=NO_MEMORY)

    assert (renewed.shipment.link_generation, renewed.shipment.version) == (2, 5)
    assert shown(links) == [(2, LinkStatus.ACTIVE), (1, LinkStatus.REVOKED)]


def test_revoking_again_what_was_revoked_changes_nothing() -> None:
    made = carrier(link_generation=2)
    links = made.use(ManageLinks)

    links.revoke(ID, 2, make_actor(Role.DISPATCHER))
    after = made.shipment()
    links.revoke(ID, 2, OWNER)
    links.revoke(ID, 1, OWNER)

    assert after.link_generation == 3
    assert made.shipment() == after


@pytest.mark.parametrize("number", [0, 3, 9_999])
def test_a_link_that_never_was_is_not_there(number: int) -> None:
    with pytest.raises(NotFound):
        carrier(link_generation=2).use(ManageLinks).revoke(ID, number, OWNER)


def test_the_links_of_a_foreign_shipment_are_not_there() -> None:
    links = carrier().use(ManageLinks)

    with pytest.raises(NotFound):
        links.listed(ID, STRANGER)
    with pytest.raises(NotFound):
        links.renew(ID, STRANGER, memory=NO_MEMORY)
    with pytest.raises(NotFound):
        links.revoke(ID, 1, STRANGER)


def test_the_link_of_a_delivery_of_long_ago_has_ended_and_is_not_renewed() -> None:
    made = carrier(completed_at=NOON)
    links = made.use(ManageLinks)
    ends_at = NOON + made.policy.link_retention
    assert links.listed(ID, OWNER).links[0].ends_at == ends_at

    made.clock.at = ends_at + timedelta(seconds=1)

    assert shown(links) == [(1, LinkStatus.ENDED)]
    with pytest.raises(Conflict):
        links.renew(ID, OWNER, memory=NO_MEMORY)


def test_there_are_only_so_many_links() -> None:
    links = carrier(link_generation=LAST_GENERATION).use(ManageLinks)

    with pytest.raises(Conflict, match="255"):
        links.renew(ID, OWNER, memory=NO_MEMORY)


def test_two_who_revoke_the_same_link_at_once_revoke_one() -> None:
    made = carrier()
    links = made.use(ManageLinks)
    made.journal.before = [lambda: made.use(ManageLinks).revoke(ID, 1, OWNER)]

    links.revoke(ID, 1, OWNER)

    assert made.shipment().link_generation == 2
