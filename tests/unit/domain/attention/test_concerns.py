from dataclasses import replace
from typing import Any

from chalicelib.domain.attention.concerns import Concern, Kind, of_shipment, of_vans, still_left
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.vans import van
from chalicelib.domain.ids import RouteId
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import (
    NOON,
    make_assignment,
    make_attempt,
    make_live,
    make_range,
    make_rating,
    make_route,
    make_shipment,
    make_stop,
    make_travelling,
    minutes,
)

WINDOWS = [make_range(NOON + minutes(start), minutes(length)) for start, length in ((0, 60),) * 3]


def concerns(live: Live, *, after_min: float = 0, **windows: Any) -> list[Concern]:
    stops = [make_stop(i, window=windows.get(f"stop_{i}")) for i in range(3)]
    now = NOON + minutes(after_min)
    return list(of_vans([van(live, make_route(stops), now, Policy())], now))


def kinds(found: list[Concern]) -> list[tuple[Kind, str]]:
    return [(each.kind, each.stop.id) for each in found if each.stop is not None]


def promised(live: Live, *latest_min: float) -> Live:
    """The live state with promises that begin at noon and end so."""
    for i, latest in enumerate(latest_min):
        promise = make_range(NOON, minutes(latest))
        live = live.with_progress(i, replace(live.progress[i], promise=promise))
    return live


# make_live: ETAs at 15, 45 and 75 minutes past noon


def test_a_van_on_time_is_no_concern() -> None:
    assert concerns(promised(make_live(), 60, 90, 120)) == []


def test_a_stop_is_late_when_it_comes_after_its_promise_and_at_risk_when_it_may() -> None:
    eta = make_live().etas[1]
    assert eta is not None
    may_be_late = (eta.latest - NOON).total_seconds() / 60 - 1

    assert kinds(concerns(promised(make_live(), 60, 44, 120))) == [(Kind.LATE, "stp_1")]
    assert kinds(concerns(promised(make_live(), 60, may_be_late, 120))) == [(Kind.AT_RISK, "stp_1")]


def test_a_window_counts_before_a_promise() -> None:
    live = promised(make_live(), 600, 600, 600)

    found = concerns(live, stop_1=make_range(NOON, minutes(30)))

    assert kinds(found) == [(Kind.LATE, "stp_1")]
    assert found[0].look_at == NOON + minutes(30)
    assert found[0].shipment_ids == ("shp_0002",)


def test_who_was_told_of_a_delay_is_at_risk_until_it_is_over() -> None:
    live = promised(make_live(), 60, 90, 120)
    told = live.with_progress(2, replace(live.progress[2], is_delayed=True))
    done = told.with_progress(2, replace(told.progress[2], is_done=True))

    assert kinds(concerns(told)) == [(Kind.AT_RISK, "stp_2")]
    assert concerns(done) == []


def test_a_van_at_the_door_is_not_late_any_more() -> None:
    live = promised(make_live(), 5, 90, 120)
    arrived = replace(
        live.with_progress(0, replace(live.progress[0], arrived_at=NOON)), last_stop=0
    )

    assert kinds(concerns(live)) == [(Kind.LATE, "stp_0")]
    assert concerns(arrived) == []


def test_the_most_urgent_kind_comes_first_and_within_a_kind_the_oldest() -> None:
    live = promised(make_live(), 10, 40, 600)

    found = concerns(live, after_min=20)

    assert kinds(found) == [(Kind.SILENT, "stp_0"), (Kind.LATE, "stp_0")]
    assert [stop.id for stop in found[1].stops] == ["stp_0", "stp_1"]
    assert found[1].shipment_ids == ("shp_0001", "shp_0002")
    assert found[0].look_at == NOON


def test_a_van_that_has_done_everything_may_be_silent() -> None:
    live = make_live()
    for i in range(3):
        live = live.with_progress(i, replace(live.progress[i], is_done=True))

    assert concerns(live, after_min=60) == []


def test_what_the_van_left_without_is_a_concern_until_it_finds_another_way() -> None:
    live = promised(make_live(), 60, 90, 120)
    empty = live.with_progress(2, Progress(is_done=True))
    planned = make_shipment(3, assignment=make_assignment(2))

    (found,) = concerns(empty)

    assert (found.kind, found.shipment_ids) == (Kind.LEFT_BEHIND, (planned.id,))
    assert found.look_at == live.started_at
    assert still_left([found], {planned.id: planned}) == (found,)
    elsewhere = replace(planned, assignment=make_assignment(route_id=RouteId("rte_2")))
    loaded = replace(planned, status=Status.LOADED)
    for other in (elsewhere, loaded):
        assert still_left([found], {planned.id: other}) == ()
    assert still_left([found], {}) == ()


def test_a_shipment_that_waits_is_a_concern_with_its_route() -> None:
    attempt = make_attempt(Status.ATTEMPT_FAILED)
    failed = make_travelling(status=Status.ATTEMPT_FAILED, last_attempt=attempt)

    found = of_shipment(failed)

    assert found is not None
    assert (found.kind, found.route_id, found.shipment) == (Kind.ATTEMPT_FAILED, "rte_1", failed)
    assert of_shipment(make_travelling()) is None
    assert of_shipment(make_shipment()) is not None


def test_what_comes_after_the_first_wait_is_told_with_it() -> None:
    failed = make_attempt(Status.ATTEMPT_FAILED)
    shipment = make_travelling(
        status=Status.ATTEMPT_FAILED,
        last_attempt=failed,
        unanswered_since=NOON,
        rating=make_rating(1),
    )

    found = of_shipment(shipment)

    assert found is not None
    assert (found.kind, found.also) == (Kind.ATTEMPT_FAILED, (Kind.UNANSWERED, Kind.LOW_RATING))


def standing_at_the_door(after_min: float, service_time_s: float | None = None) -> list[Concern]:
    progress = Progress(arrived_at=NOON)
    live = make_live().with_progress(0, progress)
    live = replace(live, last_stop=0, nearest_stop=0)
    stops = [make_stop(i, service_time_s=service_time_s) for i in range(3)]
    now = NOON + minutes(after_min)
    return [
        each
        for each in of_vans([van(live, make_route(stops), now, Policy())], now)
        if each.kind is Kind.OVERDUE
    ]


def test_a_van_that_stands_at_a_door_for_too_long_is_overdue() -> None:
    assert standing_at_the_door(14) == []
    (found,) = standing_at_the_door(15)
    assert (found.stop and found.stop.id, found.look_at) == ("stp_0", NOON + minutes(15))
    assert standing_at_the_door(29, service_time_s=600) == []
    assert len(standing_at_the_door(30, service_time_s=600)) == 1


def test_another_late_stop_is_news_and_one_that_is_done_is_none() -> None:
    live = promised(make_live(), 600, 40, 600)
    (one,) = concerns(live)
    (two,) = concerns(promised(live, 600, 40, 70))
    done = promised(live, 600, 40, 70)
    (left,) = concerns(done.with_progress(1, replace(done.progress[1], is_done=True)))

    assert one.id == two.id == left.id
    assert one.news_at < two.news_at == left.news_at
    assert (one.stop_count, two.stop_count, left.stop_count) == (1, 2, 1)
    assert one.risk is not None
    assert one.risk > 0.5
