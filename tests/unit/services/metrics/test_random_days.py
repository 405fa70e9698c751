"""Random days: figures equal a slow recount, and every way to them ends in the same bytes."""

import random
from datetime import date

import pytest

from chalicelib.adapters.dynamodb.metrics.documents import pack_facts, pack_tallies
from chalicelib.domain.ids import HubId
from chalicelib.domain.metrics.days import Grouping
from chalicelib.domain.metrics.figures import DEFINITIONS, figure
from chalicelib.domain.metrics.news import News
from chalicelib.domain.metrics.stored import CountedRoute
from chalicelib.domain.metrics.tallies import Tally, added
from chalicelib.services.metrics.count_metrics import CountMetrics, Outcome
from tests.support.carrier import note
from tests.support.depth import times
from tests.support.metric_days import Play, Story, random_story, recount

HUB, DAY = HubId("hub_1"), date(2026, 11, 23)
DAYS = times(40, 600)
HIDDEN = (".bin.", "risk.", "eta.")
"""Not in the recount: bins and horizons have tests of their own. The ETA told at the start is."""


def counted(play: Play) -> CountMetrics:
    return play.carrier.use(CountMetrics)


def count_all(play: Play) -> None:
    """As the command does: every route, then the day."""
    count = counted(play)
    for route in play.story.routes:
        count.of_route(route.id)
    count.of_day(HUB, DAY)


def stored_bytes(play: Play) -> list[bytes]:
    stores = play.carrier
    day = stores.hub_days.get(HUB, DAY)
    assert day is not None
    facts = [pack_facts(each.facts) for each in stores.counted_routes.of_day(HUB, DAY)]
    return [*facts, *(pack_tallies(day.day.divided(grouping)) for grouping in Grouping)]


def comparable(tally: Tally) -> dict[str, int]:
    at_start = {f"eta.at_start.{name}" for name in ("count", "sum_s", "covered")}
    return {
        name: value
        for name, value in tally.items()
        if name in at_start or not any(part in f".{name}" for part in HIDDEN)
    }


def news_of(story: Story, chance: random.Random) -> list[News]:
    """What the topic would say so far, some of it twice, in any order."""
    found = [
        News(step.at, route_id=step.route)
        if step.what == "end"
        else News(step.at, shipment_id=step.shipment)
        for step in story.steps
        if step.what in {"end", "outcome", "correct", "rate", "rate_again", "message"}
    ]
    found += chance.choices(found, k=len(found) // 2) if found else []
    chance.shuffle(found)
    return found


@pytest.mark.parametrize("part", range(4))
def test_figures_equal_a_slow_recount_of_the_story(part: int) -> None:
    routes = shipments = figures = 0
    for seed in range(part, DAYS, 4):
        story = random_story(seed)
        play = Play(story).until(len(story.steps))
        count_all(play)

        day = play.carrier.hub_days.get(HUB, DAY)
        assert day is not None
        slow = recount(story)
        drivers = {key: comparable(t) for key, t in day.day.by_driver.items()}
        shippers = {key: comparable(t) for key, t in day.day.by_shipper.items()}
        without_etas = {
            key: {name: v for name, v in tally.items() if not name.startswith("eta.")}
            for key, tally in shippers.items()
        }
        assert drivers == slow["driver"], f"seed {seed}"
        assert without_etas == slow["shipper"], f"seed {seed}"
        total = added(slow["driver"].values())
        for name in DEFINITIONS:
            found, again = figure(day.day.total, name), figure(total, name)
            assert found == again, f"seed {seed}: {name}"
            figures += 1
        routes, shipments = routes + len(story.routes), shipments + len(story.shipments)
    note(
        f"metrics, part {part}: {len(range(part, DAYS, 4))} random days with {routes} routes and"
        f" {shipments} shipments, {figures} figures equal a slow recount"
    )


@pytest.mark.parametrize("part", range(4))
def test_repeats_any_order_and_late_corrections_end_in_the_same_bytes(part: int) -> None:
    counts = 0
    for seed in range(part, DAYS, 4):
        story, chance = random_story(seed), random.Random(seed)
        at_once = Play(story).until(len(story.steps))
        count_all(at_once)

        bit_by_bit = Play(story)
        stops = sorted({*chance.sample(range(1, len(story.steps)), 3), len(story.steps)})
        for stop in stops:
            bit_by_bit.until(stop)
            partly = Story(story.routes, story.shipments, story.steps[:stop])
            assert counted(bit_by_bit)(news_of(partly, chance)) == frozenset()
            counts += 1
        assert stored_bytes(bit_by_bit) == stored_bytes(at_once), f"seed {seed}"

        versions = [each.version for each in bit_by_bit.carrier.counted_routes.of_day(HUB, DAY)]
        for route in story.routes:
            assert counted(bit_by_bit).of_route(route.id) is Outcome.SAME
        assert counted(bit_by_bit).of_day(HUB, DAY) is Outcome.SAME
        after = [each.version for each in bit_by_bit.carrier.counted_routes.of_day(HUB, DAY)]
        assert after == versions, "a repeat writes nothing"
    note(f"metrics, part {part}: {counts} partial counts in any order ended in the same bytes")


def test_every_shipment_of_a_route_leads_back_to_it() -> None:
    story = random_story(7)
    play = Play(story).until(len(story.steps))
    count_all(play)

    for route in story.routes:
        place = CountedRoute(HUB, DAY, route.id)
        for each in route.roll:
            found = play.carrier.counted_routes.with_shipment(
                each.shipment_id, play.carrier.clock.now()
            )
            assert found == (place,)
