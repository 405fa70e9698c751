import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.driving.alerts import RULES, Alert, AlertInput, AlertKind, decide, is_quiet
from chalicelib.domain.driving.doubts import Doubts
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.memory import with_memory
from chalicelib.domain.eta.estimates import Eta, Etas
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.instants import Range, rounded_up
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Consignment, Route, Stop
from tests.support.builders import (
    NOON,
    make_eta,
    make_live,
    make_range,
    make_route,
    make_stop,
    minutes,
    seconds,
)
from tests.support.depth import times
from tests.support.strategies import etas, lives_of, progresses, stops, whole_seconds

POLICY = Policy()
NO_LIMIT = 10_000
PROMISE = make_range(NOON + minutes(60))  # 13:00–13:30


def judged(
    live: Live,
    *,
    as_of: datetime = NOON,
    now: datetime | None = None,
    limit: int = NO_LIMIT,
    policy: Policy = POLICY,
    route: Route | None = None,
) -> tuple[Live, tuple[Alert, ...]]:
    return decide(
        live,
        route or promised_route(live),
        as_of=as_of,
        now=now or as_of,
        limit=limit,
        policy=policy,
    )


def promised_route(live: Live) -> Route:
    """A route whose first promise for every stop is PROMISE."""
    return make_route(make_stop(i, promise=PROMISE) for i in range(len(live.progress)))


def expecting(*points: datetime, **changes: object) -> Live:
    """Live state with these ETAs, every stop promised PROMISE and otherwise untouched."""
    return make_live(
        len(points),
        etas=tuple(map(make_eta, points)),
        progress=tuple(Progress(promise=PROMISE, **changes) for _ in points),  # type: ignore[arg-type]
    )


def with_eta(live: Live, point: datetime) -> Live:
    return replace(live, etas=(make_eta(point),))


def kinds(alerts: tuple[Alert, ...]) -> list[AlertKind]:
    return [alert.kind for alert in alerts]


class TestApproaching:
    def test_few_stops_away_and_soon(self) -> None:
        live = expecting(*[NOON + minutes(14)] * 4)

        _, alerts = judged(live)

        assert [(a.kind, a.stop_index) for a in alerts] == [
            (AlertKind.APPROACHING, i) for i in range(3)
        ]
        assert [a.stops_before for a in alerts] == [0, 1, 2]
        assert alerts[0].eta == live.etas[0]

    def test_not_when_it_takes_longer(self) -> None:
        soon = make_range(NOON + minutes(15))
        longer = make_live(
            1, etas=(make_eta(soon.earliest + seconds(1)),), progress=(Progress(promise=soon),)
        )

        assert judged(longer)[1] == ()
        assert kinds(judged(expecting(NOON + minutes(15)))[1]) == [AlertKind.APPROACHING]

    def test_once_even_when_the_eta_comes_and_goes(self) -> None:
        live = expecting(NOON + minutes(10))
        told: list[Alert] = []
        for i in range(20):
            live, alerts = judged(
                with_eta(live, NOON + minutes(10 if i % 2 else 40)), as_of=NOON + seconds(i)
            )
            told += alerts

        assert kinds(tuple(told)).count(AlertKind.APPROACHING) == 1


class TestEarlier:
    """PROMISE is 13:00–13:30, and it is noon."""

    def test_when_the_van_comes_before_the_promise_begins(self) -> None:
        on_the_edge = expecting(PROMISE.earliest - minutes(10))
        over = expecting(PROMISE.earliest - minutes(10) - seconds(1))

        assert judged(on_the_edge)[1] == ()
        after, (alert,) = judged(over)

        assert alert.kind is AlertKind.EARLIER
        assert alert.promise is not None
        assert alert.promise.earliest < PROMISE.earliest
        assert after.progress[0] == Progress(promise=alert.promise, told_at=NOON)

    def test_not_when_nobody_could_come_home_any_more(self) -> None:
        late = PROMISE.earliest - minutes(26)

        told = judged(expecting(PROMISE.earliest - minutes(11)), as_of=late)[1]
        near = judged(expecting(PROMISE.earliest - minutes(11), has_approached=True), as_of=late)[1]

        assert kinds(told) == [AlertKind.APPROACHING]
        assert near == ()

    def test_a_single_fix_is_not_believed(self) -> None:
        live = expecting(PROMISE.earliest - minutes(30))
        route = promised_route(live)
        before = int(PROMISE.earliest.timestamp())
        for earlier_s, count in ((before + 60, 0), (None, 0), (before - 60, 1)):
            known: tuple[int | None] = (earlier_s,)
            doubts = Doubts(partial(tuple[int | None, ...], known))
            _, alerts = decide(
                live, route, as_of=NOON, now=NOON, limit=9, policy=POLICY, doubts=doubts
            )
            assert len(alerts) == count

    def test_an_earlier_time_of_what_is_late_is_still_late(self) -> None:
        live, _ = judged(expecting(NOON + minutes(240)))
        sooner = with_eta(live, NOON + minutes(150))

        assert judged(sooner, as_of=NOON + minutes(14))[1] == ()
        after, (alert,) = judged(sooner, as_of=NOON + minutes(15))

        assert alert.kind is AlertKind.EARLIER
        assert after.progress[0].is_delayed

    def test_what_is_later_than_an_earlier_time_is_never_back_on_time(self) -> None:
        """The first promise was never broken, so there is nothing to take back."""
        live, (sooner,) = judged(expecting(NOON + minutes(30)))
        later, (delay,) = judged(with_eta(live, NOON + minutes(65)), as_of=NOON + minutes(15))

        assert (sooner.kind, delay.kind) == (AlertKind.EARLIER, AlertKind.DELAYED)
        assert judged(later, as_of=NOON + minutes(30))[1] == ()

    @settings(max_examples=times(quick=100, deep=5_000))
    @given(st.lists(st.integers(-45, 45), min_size=1, max_size=30), st.integers(1, 4))
    def test_it_is_told_when_it_really_changed_and_only_then(
        self, drifts_min: list[int], every_min: int
    ) -> None:
        """An ETA wanders over the day; each look at it is ``every_min`` minutes after the last."""
        live, as_of = expecting(PROMISE.earliest + minutes(15)), NOON - minutes(120)
        promise, last_told = PROMISE, None
        for drift_min in drifts_min:
            as_of += minutes(every_min)
            point = PROMISE.earliest + minutes(15 + drift_min)
            live, alerts = judged(with_eta(live, point), as_of=as_of)
            is_early = point < promise.earliest - POLICY.early_tolerance
            is_free = last_told is None or as_of - last_told >= POLICY.promise_min_interval
            told = [alert for alert in alerts if alert.kind is AlertKind.EARLIER]

            if told:
                (alert,) = told
                assert is_early
                assert alert.promise is not None
                assert alert.promise.earliest <= point <= alert.promise.latest
                assert alert.promise.earliest < promise.earliest
                assert point - as_of > POLICY.approaching_within
                assert last_told is None or as_of >= last_told + minutes(10)
            elif is_early and is_free and point - as_of > POLICY.approaching_within:
                assert AlertKind.BACK_ON_TIME in kinds(alerts)
            for alert in alerts:
                if alert.promise is not None:
                    promise, last_told = alert.promise, rounded_up(as_of, POLICY.promise_step)


class TestDelayed:
    def test_when_the_eta_leaves_the_promise_by_more_than_the_tolerance(self) -> None:
        on_the_edge = expecting(PROMISE.latest + minutes(5))
        over = expecting(PROMISE.latest + minutes(5) + seconds(1))

        assert judged(on_the_edge)[1] == ()
        after, (alert,) = judged(over)

        assert alert.kind is AlertKind.DELAYED
        assert alert.promise == make_eta(PROMISE.latest + minutes(5) + seconds(1)).range.widened_to(
            POLICY.promise_step
        )
        assert after.progress[0] == Progress(promise=alert.promise, is_delayed=True, told_at=NOON)

    def test_a_worse_delay_is_told_again_after_the_least_interval(self) -> None:
        live, (first,) = judged(expecting(NOON + minutes(120)))
        worse = with_eta(live, NOON + minutes(180))

        early, nothing = judged(worse, as_of=NOON + minutes(15) - seconds(1))
        _, (second,) = judged(worse, as_of=NOON + minutes(15))

        assert (early, nothing) == (worse, ())
        assert first.promise is not None
        assert second.promise is not None
        assert second.promise.latest > first.promise.latest

    def test_a_delay_that_stays_is_told_once(self) -> None:
        live, _ = judged(expecting(NOON + minutes(120)))

        for i in range(1, 10):
            live, alerts = judged(live, as_of=NOON + minutes(10 * i))
            assert AlertKind.DELAYED not in kinds(alerts)

    def test_a_stop_without_a_promise_is_never_delayed(self) -> None:
        live = replace(expecting(NOON + minutes(500)), progress=(Progress(),))

        assert judged(live, route=make_route([make_stop(0, promise=None)]))[1] == ()

    def test_until_it_is_changed_the_promise_is_the_plans(self) -> None:
        live = replace(expecting(NOON + minutes(500)), progress=(Progress(),))

        assert kinds(judged(live)[1]) == [AlertKind.DELAYED]

    def test_a_stop_that_was_reached_is_not_delayed(self) -> None:
        live = expecting(NOON + minutes(500), arrived_at=NOON - minutes(5))

        assert judged(live)[1] == ()


class TestBackOnTime:
    def delayed(self) -> Live:
        live, _ = judged(expecting(NOON + minutes(120)))
        return live

    def test_when_the_eta_is_safely_inside_the_first_promise(self) -> None:
        at = NOON + minutes(30)
        just_inside = with_eta(self.delayed(), PROMISE.latest - minutes(3) + seconds(1))
        safely = with_eta(self.delayed(), PROMISE.latest - minutes(3))

        assert kinds(judged(just_inside, as_of=at)[1]) == [AlertKind.EARLIER]
        after, (alert,) = judged(safely, as_of=at)

        assert alert.kind is AlertKind.BACK_ON_TIME
        assert not after.progress[0].is_delayed

    def test_then_the_first_promise_holds_again(self) -> None:
        live = with_eta(self.delayed(), PROMISE.earliest + minutes(15))
        live, (alert,) = judged(live, as_of=NOON + minutes(30))
        assert alert.promise is not None
        assert alert.promise.earliest <= PROMISE.earliest
        assert alert.promise.latest >= PROMISE.latest

        later = with_eta(live, PROMISE.latest)

        assert judged(later, as_of=NOON + minutes(46))[1] == ()

    def test_a_stop_that_was_not_delayed_is_not_back_on_time(self) -> None:
        assert judged(expecting(NOON + minutes(61)))[1] == ()


@settings(max_examples=times(quick=20, deep=2_000))
@given(
    st.lists(st.tuples(st.floats(0.1, 12), st.integers(0, 240)), min_size=100, max_size=100),
)
def test_a_changing_eta_is_told_once_per_least_interval(ticks: list[tuple[float, int]]) -> None:
    live, at = expecting(NOON + minutes(75)), NOON
    told: list[Alert] = []
    for pause_s, eta_min in ticks:
        at += seconds(pause_s)
        live, alerts = judged(with_eta(live, NOON + minutes(eta_min)), as_of=at)
        told += alerts

    for kind in (AlertKind.DELAYED, AlertKind.BACK_ON_TIME):
        times = [alert.occurred_at for alert in told if alert.kind is kind]
        assert all(b - a >= POLICY.promise_min_interval for a, b in itertools.pairwise(times))
    changes = [a.occurred_at for a in told if a.kind is not AlertKind.APPROACHING]
    assert all(b - a >= POLICY.promise_min_interval for a, b in itertools.pairwise(changes))


def test_a_hundred_flaps_in_ten_minutes_are_one_delay() -> None:
    live = expecting(NOON + minutes(75))
    told: list[Alert] = []
    for i in range(100):
        point = NOON + minutes(120 if i % 2 else 62)
        live, alerts = judged(with_eta(live, point), as_of=NOON + seconds(6 * i))
        told += alerts

    assert kinds(tuple(told)) == [AlertKind.DELAYED]


walks_of_etas = st.lists(
    st.tuples(
        st.integers(1, 900),  # seconds to the next batch
        st.lists(st.none() | st.integers(-30, 240), min_size=4, max_size=4),  # ETAs, minutes
        st.booleans(),  # the next stop gets done
    ),
    max_size=30,
)
Walk = list[tuple[int, list[int | None], bool]]


def walked(
    walk: Walk, judge: Callable[[Live, datetime], tuple[Live, tuple[Alert, ...]]]
) -> list[Alert]:
    live, at = expecting(*[NOON + minutes(75)] * 4), NOON
    told: list[Alert] = []
    for pause_s, points_min, is_done in walk:
        at += seconds(pause_s)
        live = replace(
            live,
            etas=tuple(None if m is None else make_eta(at + minutes(m)) for m in points_min),
        )
        live, alerts = judge(live, at)
        told += alerts
        if is_done and live.next_stop is not None:
            done = replace(live.progress[live.next_stop], is_done=True)
            live = live.with_progress(live.next_stop, done)
    return told


@given(walks_of_etas)
def test_every_stop_is_approached_at_most_once(walk: Walk) -> None:
    told = walked(walk, lambda live, at: judged(live, as_of=at))

    stops = [alert.stop_index for alert in told if alert.kind is AlertKind.APPROACHING]
    assert len(stops) == len(set(stops))


@given(walks_of_etas)
def test_delays_and_all_clears_take_turns(walk: Walk) -> None:
    told = walked(walk, lambda live, at: judged(live, as_of=at))

    for stop in range(4):
        own = [a for a in told if a.stop_index == stop and a.promise is not None]
        news = [a for a in own if a.kind is not AlertKind.EARLIER]
        all_clears = [i for i, a in enumerate(news) if a.kind is AlertKind.BACK_ON_TIME]
        assert all(i > 0 and news[i - 1].kind is AlertKind.DELAYED for i in all_clears)


@given(lives_of(4), st.integers(0, 240))
def test_an_alert_is_not_told_again(live: Live, minutes_later: int) -> None:
    as_of = NOON + minutes(minutes_later)

    after, _ = judged(live, as_of=as_of)

    assert judged(after, as_of=as_of) == (after, ())


@settings(max_examples=times(quick=20, deep=2_000))
@given(lives_of(6), st.integers(1, 6))
def test_a_limit_delays_alerts_but_loses_none(live: Live, limit: int) -> None:
    live = with_memory(live, live.progress, promised_route(live), NOON, POLICY)  # as it is stored
    in_one, everything = judged(live)
    told: list[Alert] = []
    for _ in everything:
        live, alerts = judged(live, limit=limit)
        assert len(alerts) <= limit
        told += alerts

    assert told == list(everything)
    assert live == in_one
    assert judged(live, limit=limit)[1] == ()


def test_a_stop_with_many_shipments_never_overfills_a_transaction() -> None:
    crowd = tuple(
        Consignment(ShipmentId(f"shp_{i}"), (f"B{i}",)) for i in range(POLICY.alerts_per_commit)
    )
    route = make_route([make_stop(0, consignments=crowd, promise=PROMISE)])
    too_late_and_near = replace(
        expecting(NOON + minutes(1)),
        progress=(Progress(promise=Range(NOON - minutes(60), NOON - minutes(30))),),
    )

    live, first = judged(too_late_and_near, limit=POLICY.alerts_per_commit, route=route)
    _, second = judged(live, limit=POLICY.alerts_per_commit, route=route)

    assert kinds(first) == [AlertKind.APPROACHING]
    assert kinds(second) == [AlertKind.DELAYED]


def untimed(progress: Progress) -> Progress:
    """All but the time, which is forgotten or joined with others when something is told."""
    return replace(progress, told_at=None)


@given(lives_of(3))
def test_alerts_leave_the_rest_of_the_state_alone(live: Live) -> None:
    after, alerts = judged(live)

    assert replace(after, progress=live.progress) == live
    if not alerts:
        assert after is live
    untouched = set(range(3)) - {alert.stop_index for alert in alerts}
    assert all(untimed(after.progress[i]) == untimed(live.progress[i]) for i in untouched)
    assert not any(live.progress[alert.stop_index].is_done for alert in alerts)


@settings(max_examples=times(quick=20, deep=2_000))
@given(lives_of(3))
def test_every_promise_contains_the_eta(live: Live) -> None:
    for alert in judged(live)[1]:
        if alert.promise is not None:
            assert alert.eta is not None
            assert alert.promise.earliest <= alert.eta.earliest
            assert alert.promise.latest >= alert.eta.latest


def test_thresholds_are_those_of_the_policy() -> None:
    patient = Policy(delay_tolerance=timedelta(hours=9), approaching_within=timedelta(0))
    live = expecting(NOON + minutes(300))

    assert judged(live, policy=patient)[1] == ()
    assert kinds(judged(live)[1]) == [AlertKind.DELAYED]


def test_etas_in_the_past_are_delays_too() -> None:
    live = replace(
        expecting(NOON),
        etas=(Eta(NOON, NOON, NOON),),
        progress=(Progress(promise=make_range(NOON - minutes(90))),),
    )

    assert kinds(judged(live)[1]) == [AlertKind.APPROACHING, AlertKind.DELAYED]


@settings(max_examples=times(quick=200, deep=20_000))
@given(
    progress=progresses(),
    stop=stops(),
    eta=st.none() | etas(),
    stops_before=st.integers(0, 4),
    as_of=whole_seconds(),
    fraction_s=st.sampled_from([0.0, 0.25, 0.999]),
)
def test_no_rule_fires_for_a_quiet_stop(
    *,
    progress: Progress,
    stop: Stop,
    eta: Eta | None,
    stops_before: int,
    as_of: datetime,
    fraction_s: float,
) -> None:
    if eta is not None:
        eta = replace(eta, point=eta.point + seconds(fraction_s), latest=eta.latest + seconds(1))
    (point_s,) = Etas.of([eta]).points_s
    given = AlertInput(0, stop, progress, stops_before, eta, as_of)
    spoken = [outcome for rule in RULES if (outcome := rule(given, POLICY)) is not None]

    is_soon = stops_before <= POLICY.approaching_stops

    assert not (spoken and is_quiet(progress, stop, point_s, is_soon=is_soon, policy=POLICY))
