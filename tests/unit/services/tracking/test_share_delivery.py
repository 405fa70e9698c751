"""The last link to share: a token has room for 255 of them."""

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.links import LAST_GENERATION
from chalicelib.services.repeats import NO_MEMORY
from chalicelib.services.tracking.follow_shipment import FollowShipment
from chalicelib.services.tracking.manage_links import ManageLinks
from chalicelib.services.tracking.share_delivery import ShareDelivery
from tests.support.builders import make_actor, make_shipment, make_shipper
from tests.support.in_memory import InMemoryCarrier

ID = make_shipment().id


def carrier(share_generation: int) -> InMemoryCarrier:
    made = InMemoryCarrier()
    made.has(make_shipment(version=4, share_generation=share_generation))
    made.shippers.put(make_shipper())
    return made


def own(made: InMemoryCarrier) -> str:
    return made.signer.tracking_token(ID, made.shipment().link_generation)


@pytest.mark.parametrize("left", [1, 0])
def test_the_last_link_is_ended_like_any_other_and_the_page_says_which_it_was(left: int) -> None:
    made = carrier(LAST_GENERATION - left)
    share = made.use(ShareDelivery)
    shown = made.use(FollowShipment)(own(made)).share_token

    has_another = share.revoke(own(made), seen=LAST_GENERATION - left)
    again = share.revoke(own(made), seen=LAST_GENERATION - left)

    assert has_another is again is bool(left)
    assert bool(made.use(FollowShipment)(own(made)).share_token) is bool(left)
    with pytest.raises(NotFound):
        share(shown)


def test_a_new_tracking_link_ends_the_last_shared_one_too() -> None:
    made = carrier(LAST_GENERATION)
    shown = made.use(FollowShipment)(own(made)).share_token
    assert made.use(ShareDelivery)(shown).poll_after_s

    for _ in range(2):
        made.use(ManageLinks).renew(ID, make_actor(Role.SHIPPER), memory=NO_MEMORY)

    with pytest.raises(NotFound):
        made.use(ShareDelivery)(shown)
    assert made.use(FollowShipment)(own(made)).share_token == ""
