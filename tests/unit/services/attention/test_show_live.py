from dataclasses import replace

import pytest

from chalicelib.domain.attention.concerns import Kind, NextAction
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.services.attention.show_live import MOST_CONCERNS, LiveView, ShowLive
from tests.support.builders import (
    NOON,
    make_live,
    make_route,
    make_shipment,
    make_webhook,
    minutes,
    seconds,
)
from tests.support.fakes.attention import InMemorySharedViews
from tests.support.in_memory import InMemoryCarrier


class Looking:
    """A process of a carrier; ``made`` are the views that it has made."""

    def __init__(self, carrier: InMemoryCarrier) -> None:
        shared = InMemorySharedViews(carrier.shared_views.everybody)
        self.show = replace(carrier.use(ShowLive), shared_views=shared)
        self.made: list[LiveView] = []

    def __call__(self) -> str:
        return self.show(self.written)[0].parts["count"]

    def written(self, view: LiveView) -> dict[str, str]:
        self.made.append(view)
        return {"count": str(len(view.vans))}


@pytest.fixture
def carrier() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    carrier.has(make_route(status=RouteStatus.ACTIVE), make_live())
    return carrier


@pytest.fixture
def processes(carrier: InMemoryCarrier) -> tuple[Looking, Looking]:
    return Looking(carrier), Looking(carrier)


def test_one_process_makes_it_and_the_other_shares_it(
    carrier: InMemoryCarrier, processes: tuple[Looking, Looking]
) -> None:
    one, other = processes
    for after_s in (0, 3, 9.9):
        carrier.clock.at = NOON + seconds(after_s)
        assert (one(), other()) == ("1", "1")

    assert (len(one.made), len(other.made)) == (1, 0)


def test_after_ten_seconds_it_is_made_anew_by_whoever_asks_first(
    carrier: InMemoryCarrier, processes: tuple[Looking, Looking]
) -> None:
    one, other = processes
    one()
    carrier.clock.at = NOON + seconds(10)
    other()
    one()

    assert (len(one.made), len(other.made)) == (1, 1)


def test_while_another_one_makes_it_the_one_before_is_shown(
    carrier: InMemoryCarrier, processes: tuple[Looking, Looking]
) -> None:
    one, other = processes
    one()
    carrier.clock.at = NOON + seconds(10)
    carrier.shared_views.claim("live", now=carrier.clock.at, lease_s=5)  # and it dies

    assert (one(), other()) == ("1", "1")
    assert other.made == []

    carrier.clock.at += seconds(5)
    other()
    assert len(other.made) == 1


def test_whoever_finds_nothing_at_all_makes_one_for_itself(
    carrier: InMemoryCarrier, processes: tuple[Looking, Looking]
) -> None:
    carrier.shared_views.claim("live", now=NOON, lease_s=5)

    assert processes[0]() == "1"
    assert carrier.shared_views.everybody.views == {}


def view(carrier: InMemoryCarrier) -> LiveView:
    looking = Looking(carrier)
    looking()
    return looking.made[0]


def test_the_most_urgent_concerns_are_in_it_also_of_webhooks(carrier: InMemoryCarrier) -> None:
    off = make_webhook(switched_off_at=NOON)
    carrier.endpoints.put(off)
    carrier.endpoints.put(make_webhook(2))
    carrier.clock.at = NOON + minutes(1)

    (concern,) = view(carrier).concerns

    assert (concern.kind, concern.endpoint) == (Kind.WEBHOOK_OFF, off)
    assert (concern.id, concern.shipper_id) == (f"webhook_off~{off.id}", off.shipper_id)
    assert concern.next_action is NextAction.TEST_WEBHOOK


def test_it_says_when_there_are_more(carrier: InMemoryCarrier) -> None:
    for number in range(60):
        carrier.has(make_shipment(number))

    found = view(carrier)

    assert found.has_more
    assert len(found.concerns) <= MOST_CONCERNS
