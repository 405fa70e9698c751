"""Views that all who look share, in memory and on DynamoDB; a second process beside the first."""

from collections.abc import Callable

import pytest

from chalicelib.adapters.dynamodb.ledger.shared_views import DynamoSharedViews
from chalicelib.domain.attention.shared_views import SharedView
from chalicelib.services.ports.attention import SharedViews
from tests.contract.conftest import Stores
from tests.support.builders import NOON, seconds
from tests.support.fakes.attention import InMemorySharedViews

VIEW = SharedView(NOON, {"view": '{"vans":["ä"]}', "tag": "1"})
Another = Callable[[], SharedViews]


@pytest.fixture
def another(stores: Stores) -> Another:
    """Makes one more process beside that of the stores."""
    first = stores.shared_views
    if isinstance(first, InMemorySharedViews):
        return lambda: InMemorySharedViews(first.everybody)
    return DynamoSharedViews


def test_what_one_process_has_shared_another_one_reads(stores: Stores, another: Another) -> None:
    one, other = stores.shared_views, another()
    assert one.latest("live") is None
    assert one.here("live") is None

    one.share("live", VIEW)

    assert one.here("live") == VIEW
    assert other.here("live") is None
    assert other.latest("live") == VIEW
    assert other.here("live") == VIEW
    assert other.latest("another") is None


def test_one_process_at_a_time_makes_the_next_view(stores: Stores, another: Another) -> None:
    one, other = stores.shared_views, another()

    assert one.claim("live", now=NOON, lease_s=5)
    assert not other.claim("live", now=NOON + seconds(4), lease_s=5)
    assert other.claim("another", now=NOON, lease_s=5)
    assert other.claim("live", now=NOON + seconds(5), lease_s=5)
    assert not one.claim("live", now=NOON + seconds(6), lease_s=5)
