"""Facts and days, as each version of the code has stored them, are still read."""

from chalicelib.domain.metrics.days import Grouping, day_of
from chalicelib.domain.metrics.stored import StoredDay, StoredFacts
from tests.contract.conftest import Stores
from tests.contract.metrics.test_metrics import HUB, MONDAY, WEEK, place, route_facts
from tests.support.builders import NOON
from tests.support.golden import put_golden_items


def test_facts_and_days_of_version_1_are_read(dynamo: Stores) -> None:
    put_golden_items("v1", "metrics")

    facts = route_facts()
    day = day_of(HUB, MONDAY, [facts])
    assert dynamo.counted_routes.get(place(facts)) == StoredFacts(facts, 3, NOON)
    assert dynamo.hub_days.get(HUB, MONDAY) == StoredDay(day, 2, NOON)
    for grouping in Grouping:
        (part,) = dynamo.hub_days.span(HUB, WEEK, grouping)
        assert part.tallies == day.divided(grouping)
    (shipment_id,) = facts.shipment_ids
    assert dynamo.counted_routes.with_shipment(shipment_id, NOON) == (place(facts),)
