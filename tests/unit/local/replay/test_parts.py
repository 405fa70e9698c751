from collections import Counter
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chalicelib.domain.eta.accuracy import Horizon, Miss
from local.client import Refused
from local.clock import VirtualClock
from local.replay import scoring
from local.replay.__main__ import main
from local.replay.metering import pattern, quantile
from local.replay.player import Deed, Drop, Run, World, play
from local.replay.recordings import Passing, Sample, Trip
from tests.support.builders import HELSINKI, NOON, minutes, north_of, seconds
from tests.unit.local.replay.recorded import write_recordings

REFUSED = Refused("POST", "/", 409, {})


class Scripted:
    """A run whose deeds are given, and which notes what was done at which time."""

    def __init__(self, number: int, at_s: list[float], world: Any, *, fails: bool = False) -> None:
        self.number, self.at_s, self.world, self.fails = number, at_s, world, fails

    def deeds(self) -> list[Deed]:
        return [
            Deed(NOON + seconds(at), (self.number, i), self.act) for i, at in enumerate(self.at_s)
        ]

    def act(self) -> None:
        self.world.done.append((self.number, (self.world.clock.now() - NOON).total_seconds()))
        if self.fails:
            raise REFUSED


@pytest.fixture
def world() -> Any:
    return SimpleNamespace(
        clock=VirtualClock(NOON - timedelta(hours=1)),
        done=[],
        contradictions=Counter[str](),
    )


def played(runs: list[Scripted], **options: Any) -> None:
    play(cast("list[Run]", runs), **options)


def test_all_runs_share_one_time(world: Any) -> None:
    played([Scripted(0, [0, 20, 40], world), Scripted(1, [10, 20, 30], world)])

    assert world.done == [(0, 0), (1, 10), (0, 20), (1, 20), (1, 30), (0, 40)]


def test_a_refused_run_is_given_up_and_counted(world: Any) -> None:
    played([Scripted(0, [0, 20], world, fails=True), Scripted(1, [10, 30], world)])

    assert world.done == [(0, 0), (1, 10), (1, 30)]
    assert sum(world.contradictions.values()) == 1


def test_speed_holds_back_but_not_while_nobody_drives(world: Any) -> None:
    rests: list[float] = []

    played([Scripted(0, [0, 60, 7260], world)], speed=60, rest=rests.append)

    assert len(rests) == 1
    assert 0.9 < rests[0] <= 1.0


def run_with(stops: int) -> Run:
    places = [north_of(HELSINKI, 1000.0 * i) for i in range(stops + 1)]
    passings = [Passing(place, NOON + minutes(2 * i)) for i, place in enumerate(places)]
    begins, *ahead = passings
    samples = [Sample(NOON + minutes(2 * i + 1), north_of(p, 500)) for i, p in enumerate(places)]
    trip = Trip("1", "bus", begins, tuple(ahead), tuple(samples))
    return Run(0, trip, [Drop(each, "code") for each in ahead], cast("World", None))


def test_a_plain_tracker_goes_by_the_straight_line_from_the_newest_fix() -> None:
    run = run_with(3)  # at 30 km/h, one stop every two minutes
    last = run.drops[2]
    last.next_since = NOON + minutes(4)
    last.is_done = True

    (misses,) = scoring.naive(run)

    at_start, next_stop = misses[Horizon.AT_START], misses[Horizon.NEXT_STOP]
    assert at_start.error_s == pytest.approx(3000 * 1.3 / (30 / 3.6) - 360, rel=0.01)
    # The newest fix is from a minute before, and half a kilometre back.
    assert next_stop.error_s == pytest.approx(1500 * 1.3 / (30 / 3.6) - 120, rel=0.01)
    assert next_stop.width_s == pytest.approx(0.8 * 1500 * 1.3 / (30 / 3.6), rel=0.01)


class Told:
    """An API that answers with one route's figures, and a world that notes what it doubts."""

    def __init__(self, *errors_s: float, count: int | None = None) -> None:
        self.contradictions: list[str] = []
        self.carrier = SimpleNamespace(dispatcher=self)
        stops = [{"misses": {"at_start": _miss(error_s)}} for error_s in errors_s]
        none = {"count": 0, "covered": 0, "absolute_error_sum_s": 0.0}
        figures = {
            "count": len(errors_s) if count is None else count,
            "covered": len(errors_s),
            "absolute_error_sum_s": sum(map(abs, errors_s)),
        }
        horizons = {horizon.value: none for horizon in Horizon} | {"at_start": figures}
        self.answer = {"stops": stops, "route": {"horizons": horizons}}

    def get(self, path: str) -> Any:
        assert path == "/v1/metrics/eta?route_id=rte_1"
        return self.answer

    def expect(self, what: str, *, holds: bool) -> None:
        if not holds:
            self.contradictions.append(what)

    def run(self, done: int) -> Run:
        run = run_with(2)
        run.world, run.route_id = cast("World", self), "rte_1"
        for drop in run.drops[:done]:
            drop.is_done = True
        return run


def _miss(error_s: float) -> dict[str, Any]:
    return {"error_s": error_s, "is_covered": True, "range_width_s": 120.0}


def test_what_was_told_is_judged_by_the_api() -> None:
    told = Told(60.0, -30.0)

    misses = scoring.judged(told.run(done=2))

    assert misses == [
        {Horizon.AT_START: Miss(e, is_covered=True, width_s=120.0)} for e in (60.0, -30.0)
    ]
    assert told.contradictions == []


def test_a_run_that_was_never_planned_has_nothing_to_judge() -> None:
    assert scoring.judged(run_with(2)) == []
    assert scoring.naive(run_with(2)) == []


def test_a_judgement_that_does_not_add_up_is_a_contradiction() -> None:
    told = Told(60.0, count=2)

    scoring.judged(told.run(done=2))

    assert told.contradictions == [
        "every stop that was left is judged",
        "a route's figures are those of its stops",
    ]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/v1/shipments/shp_01ABC/events?limit=5", "/v1/shipments/{id}/events"),
        ("/t/AA-b_c/state", "/t/{token}/state"),
        ("/v1/driver/route/start", "/v1/driver/route/start"),
    ],
)
def test_a_route_has_no_ids(path: str, route: str) -> None:
    assert pattern(path) == route


def test_a_quantile_did_occur() -> None:
    assert [quantile([1, 2, 3, 4], share) for share in (0.0, 0.5, 0.95, 1.0)] == [1, 2, 4, 4]
    assert quantile([], 0.5) == 0


def test_without_the_data_it_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path / "nowhere")]) == 2
    assert "nowhere/pings.csv.gz" in capsys.readouterr().err


def test_recordings_without_a_usable_trip_are_no_recordings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_recordings(tmp_path, trips=1, stops=3)

    assert main(["--data", str(tmp_path)]) == 2
    assert "no trip" in capsys.readouterr().err
