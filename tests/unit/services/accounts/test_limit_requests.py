from chalicelib.domain.accounts.limits import Allowance
from chalicelib.domain.actors import Actor, Role
from chalicelib.services.accounts.limit_requests import LimitRequests
from tests.support.builders import NOON, seconds
from tests.support.in_memory import InMemoryCarrier

SHOP, DESK = Actor(Role.SHIPPER, "key_1"), Actor(Role.DISPATCHER, "key_2")


def test_a_key_has_its_requests_and_gets_new_ones_with_the_next_minute() -> None:
    carrier = InMemoryCarrier()
    carrier.clock.at = NOON + seconds(12.5)
    limit = carrier.use(LimitRequests)

    allowed = [limit(SHOP) for _ in range(5)]
    carrier.clock.go_on(seconds(47.5))
    fresh = limit(SHOP)

    assert [each.remaining for each in allowed] == [2, 1, 0, 0, 0]
    assert [each.is_exceeded for each in allowed] == [False, False, False, True, True]
    assert {each.reset_s for each in allowed} == {48}
    assert fresh == Allowance(limit=3, counted=1, reset_s=60)


def test_keys_do_not_share_their_requests() -> None:
    limit = InMemoryCarrier().use(LimitRequests)
    for _ in range(4):
        limit(SHOP)

    assert limit(DESK).remaining == 2
