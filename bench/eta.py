"""ETAs on recorded journeys: their errors, the coverage of ranges, the time of a prediction.

`Engine` and `Cleaner` are thin: they score the product's own code, from the command line

    python ../shared/data/eta_bench.py --model bench/eta.py:Engine
    python ../shared/data/gps_bench.py --model bench/eta.py:Cleaner

and as a program (`python bench/eta.py`) on all tasks, beside a plain tracker. The protocol is the
same: nothing is learnt before it has happened. The recordings are not part of the project.
"""

import argparse
import bisect
import contextlib
import io
import itertools
import json
import os
import runpy
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)] if str(ROOT) not in sys.path else []

from bench.figures import Row, table  # noqa: E402
from chalicelib.domain.driving.fixes import Fix  # noqa: E402
from chalicelib.domain.driving.jumps import teleports  # noqa: E402
from chalicelib.domain.eta.arrival import has_arrived, still_near  # noqa: E402
from chalicelib.domain.eta.chain import NO_TIME, StopTimes, spans  # noqa: E402
from chalicelib.domain.eta.learned.cells import cells_of  # noqa: E402
from chalicelib.domain.eta.learned.keys import Traits, Trip, cell_ids, traits  # noqa: E402
from chalicelib.domain.eta.learned.learned_model import LearnedModel  # noqa: E402
from chalicelib.domain.eta.learned.pages import pack_page  # noqa: E402
from chalicelib.domain.eta.learned.places import MODEL_PAGE  # noqa: E402
from chalicelib.domain.eta.learned.state import State  # noqa: E402
from chalicelib.domain.eta.learned.travel import StopPrediction  # noqa: E402
from chalicelib.domain.geography import Coordinates, distance_m  # noqa: E402
from chalicelib.domain.policy import Policy  # noqa: E402

TASKS: Final = {"sf": "sf_taxi", "bus": "austin_bus", "sendy": "sendy_nairobi"} | {
    "delhivery": "delhivery_legs"
}
EDGES: Final = {
    "sf": (1, 2, 3, 5, 8, 12),
    "sendy": (1, 2, 3, 5, 8, 12),
    "bus": (2, 3, 5, 8, 12, 18, 25, 35, 50),
    "delhivery": (15, 30, 60, 120, 300),
}
"""The bins in which coverage must hold: km, stops ahead, minutes of the routing engine."""
POLICY: Final = Policy()
Leg = dict[str, Any]
EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)
M_PER_DEGREE: Final = 111_195.08


class Engine:
    """The learned model, used and taught with the bench's rows."""

    def __init__(self) -> None:
        self.state = State()
        self.model = LearnedModel(self.state)
        self.last: list[StopPrediction] = []

    def predict(self, leg: Leg, now: float) -> tuple[float, float, float]:
        told = leg["_told"] = self.state.travel.leg(_traits(leg), now)
        return told.point_s, told.earliest_s, told.latest_s

    def learn(self, leg: Leg, took_s: float, now: float) -> None:
        self.state.travel.learn(_traits(leg), took_s, now, leg.get("_told"))

    def predict_chain(self, legs: list[Leg], now: float) -> list[tuple[float, float, float]]:
        travel = self.state.travel
        stop_times = [StopTimes(travel.duration(_traits(leg), now), NO_TIME) for leg in legs]
        found = list(spans(stop_times, start_s=now, model=self.model))
        self.last = [
            StopPrediction(
                span.stops_ahead, span.point_s, span.sigma_s, span.shape.low, span.shape.high
            )
            for span in found
        ]
        return [(span.point_s, span.low_s, span.high_s) for span in found]

    def learn_chain(self, stops_ahead: int, told: StopPrediction, took_s: float) -> None:
        assert told.stops_ahead == stops_ahead  # noqa: S101
        self.state.travel.learn_stop(told, took_s)


def _traits(leg: Leg) -> Traits:
    """The traits of a leg, computed once as in a plan."""
    found: Traits | None = leg.get("_traits")
    if found is None:
        found = leg["_traits"] = traits(_trip(leg))
    return found


def _trip(leg: Leg) -> Trip:
    # The rows have a class of day and an hour, not a date: 1 January 2024 was a Monday.
    day = 1 + (4 + leg["wk"] if leg["wk"] else 0)
    minute, second = int(leg["t"] // 60 % 60), int(leg["t"] % 60)
    origin: Coordinates | str = leg["lon0"]
    destination: Coordinates | str = leg["lon1"]
    if leg["lat0"] is not None:
        origin = Coordinates(leg["lat0"], leg["lon0"])
        destination = Coordinates(leg["lat1"], leg["lon1"])
    return Trip(
        driver=str(leg["driver"]),
        local=datetime(2024, 1, day, leg["hour"], minute, second, tzinfo=UTC),
        km=leg["km"],
        origin=origin,
        destination=destination,
        base_s=leg["base_s"] or None,
        customer=str(leg["user"]) if leg.get("user") else None,
        service=str(leg.get("kind", "")),
    )


class Cleaner:
    """The arrival rule and the teleport gate as the product applies them, fix by fix."""

    def gate(self) -> "Gate":
        return Gate()

    def arrival(self, x_m: float, y_m: float) -> "Arrival":
        return Arrival(x_m, y_m)


class Gate:
    """The screening of single fixes: each is a jump or credible."""

    def __init__(self) -> None:
        self.origin: tuple[float, float] | None = None
        self.recent: list[Fix] = []

    def push(self, t_s: float, x_m: float, y_m: float) -> bool:
        if self.origin is None:
            self.origin = (x_m, y_m)
        fix = Fix(
            EPOCH + timedelta(seconds=t_s), _place(x_m - self.origin[0], y_m - self.origin[1])
        )
        if self.recent and fix.recorded_at <= self.recent[-1].recorded_at:
            return False
        self.recent = [*self.recent, fix][-6:]
        return fix not in teleports(self.recent, POLICY)


class Arrival:
    """The arrival rule of the alerts (near and standing) for fixes that come one by one."""

    def __init__(self, x_m: float, y_m: float) -> None:
        self.origin = (x_m, y_m)
        self.near_since: datetime | None = None
        self.seen: list[tuple[datetime, Coordinates]] = []

    def push(self, t_s: float, x_m: float, y_m: float) -> bool:
        at, place = (
            EPOCH + timedelta(seconds=t_s),
            _place(x_m - self.origin[0], y_m - self.origin[1]),
        )
        self.seen = [*self.seen, (at, place)][-6:]
        way_m = distance_m(place, Coordinates(0.0, 0.0))
        self.near_since = still_near(self.near_since, [(at, way_m)], POLICY.arrival_radius_m)
        return has_arrived(self.near_since, self.seen, as_of=at, dwell=POLICY.arrival_dwell)


def _place(x_m: float, y_m: float) -> Coordinates:
    """Metres on a plane as degrees at the equator, where both degrees have the same length."""
    return Coordinates(y_m / M_PER_DEGREE, x_m / M_PER_DEGREE)


# ---------------------------------------------------------------- as a program


def measure(data: Path | None = None, tasks: tuple[str, ...] = tuple(TASKS)) -> list[Row]:
    """The table, one row per task and model. Empty, with a message, if there are no recordings."""
    data = data or data_folder()
    if not (data / "eta_bench.py").exists():
        print(f"eta: skipped, no recorded journeys in {data} (set DOORSTEP_DATA)")
        return []
    rows: list[Row] = []
    ratios: dict[str, list[float]] = defaultdict(list)
    for task in tasks:
        if not (data / TASKS[task]).exists():
            print(f"eta: {task} skipped, no {data / TASKS[task]}")
            continue
        naive_mae = 0.0
        for name in ("naive", "ref", "engine"):
            row = _scored(data, task, name)
            naive_mae = naive_mae or float(row["mae_min"])
            row["ratio"] = round(float(row["mae_min"]) / naive_mae, 4)
            ratios[name].append(float(row["ratio"]))
            rows.append(row)
            print(table("eta", [row]), flush=True)
    for name, found in ratios.items():
        print(f"geometric mean of ratios, {name}: {statistics.geometric_mean(found):.4f}")
    return rows


def speed() -> list[Row]:
    """Milliseconds of CPU for an update of 10, 50 and 150 stops, and for one leg learnt.

    For a new plan nothing about its places is cached. We take the best of many rounds, as timeit
    advises: slower rounds are slow because of other work on the machine.
    """
    engine = Engine()
    legs = [_made_up(i) for i in range(4_000)]
    for leg in legs:
        engine.learn(leg, 300.0 + leg["id"] % 400, leg["t"] + 600.0)
    rows: list[Row] = []
    for stops in (10, 50, 150):
        ahead = _in_a_row(legs[: stops + 1])
        now = legs[-1]["t"] + 1_000.0
        planned = [
            StopTimes(engine.state.travel.duration(_traits(leg), now), NO_TIME) for leg in ahead
        ]

        def fresh(ahead: list[Leg] = ahead, now: float = now) -> None:
            cells_of.cache_clear()
            cell_ids.cache_clear()
            for leg in ahead:
                leg.pop("_traits", None)
            engine.predict_chain(ahead, now)

        def chained(planned: list[StopTimes] = planned, now: float = now) -> None:
            for _ in spans(planned, start_s=now, model=engine.model):
                pass

        rows.append(
            {
                "stops": stops,
                "each fix, ms": _cpu_ms(chained),
                "keys cached, ms": _cpu_ms(lambda: engine.predict_chain(ahead, now)),  # noqa: B023
                "all new, ms": _cpu_ms(fresh),
                "learn a leg, ms": _cpu_ms(lambda: engine.learn(ahead[3], 400.0, now)),  # noqa: B023
            }
        )
    return rows


def _cpu_ms(call: Callable[[], object], rounds: int = 101) -> float:
    samples = []
    for _ in range(rounds):
        began_s = time.process_time()
        call()
        samples.append((time.process_time() - began_s) * 1e3)
    return min(samples)


def _made_up(i: int) -> Leg:
    """A leg in a town of 6 × 6 km, similar to legs that the engine has learnt."""
    a, b, c, d = ((i * prime % 97) / 97 * 0.054 for prime in (7, 31, 53, 71))
    km = distance_m(Coordinates(60.17 + a, 24.9 + b), Coordinates(60.17 + c, 24.9 + d)) / 1e3
    place = {"lat0": 60.17 + a, "lon0": 24.9 + b, "lat1": 60.17 + c, "lon1": 24.9 + d}
    time_ = {"t": 1.7e9 + i * 60, "hour": i // 60 % 24, "wk": 0}
    return {"id": i, "driver": f"drv_{i % 20}", "km": km, "base_s": None, **place, **time_}


def _in_a_row(legs: list[Leg]) -> list[Leg]:
    """The legs joined to a round: each ends where the next one begins."""
    return [
        {**leg, "lat1": after["lat0"], "lon1": after["lon0"]}
        for leg, after in itertools.pairwise(legs)
    ]


class Tagged:
    """A model that adds the bin to its predictions. The bench ignores it; we read it later."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def predict(self, leg: Leg, now: float) -> tuple[float, ...]:
        base_s = leg["base_s"]
        return (*self.model.predict(leg, now), base_s / 60 if base_s else leg["km"])

    def predict_chain(self, legs: list[Leg], now: float) -> list[tuple[float, ...]]:
        told = self.model.predict_chain(legs, now)
        return [(*answer, stops_ahead) for stops_ahead, answer in enumerate(told, 1)]


def _scored(data: Path, task: str, name: str) -> Row:
    """One run of the bench's own code in this process. We get its report."""
    bench = _bench(data)
    model = Tagged({"naive": bench["Naive"], "ref": bench["Ref"], "engine": Engine}[name]())
    seen: list[tuple[float, ...]] = []
    bench["MODEL"][bench["A"].model] = lambda: model
    bench["report"] = lambda _, scored, __: seen.extend(scored)
    began_s = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        bench[task]()
    spent_s = time.process_time() - began_s
    row: Row = {"task": task, "model": name, **_figures(seen, EDGES[task])}
    row["cpu_s"] = round(spent_s, 1)
    return row | (_size(model.state) if name == "engine" else {})


def _bench(data: Path) -> dict[str, Any]:
    """The live names of the bench's module. The module reads its command line when it runs."""
    asked, sys.argv = sys.argv, ["eta_bench.py", "--data", str(data), "--task", "none"]
    try:
        names = runpy.run_path(str(data / "eta_bench.py"), run_name="eta_bench")
    finally:
        sys.argv = asked
    scope: dict[str, Any] = names["report"].__globals__
    scope.update(names)  # run_path clears the module after the run
    return scope


def _figures(scored: list[tuple[float, ...]], edges: tuple[int, ...]) -> Row:
    """Errors and widths in minutes. Winkler is the width plus ten times the distance outside it."""
    n = len(scored)
    errors = sorted(abs(point - truth) / 60 for truth, point, *_ in scored)
    width = sum(high - low for _, _, low, high, _ in scored) / n / 60
    outside = sum(max(0.0, low - y) + max(0.0, y - high) for y, _, low, high, _ in scored)
    hits: dict[int, list[bool]] = defaultdict(list)
    for truth, _, low, high, tag in scored:
        hits[bisect.bisect_right(edges, tag)].append(low <= truth <= high)
    return {
        "n": n,
        "mae_min": round(sum(errors) / n, 3),
        "p90_min": round(errors[int(0.9 * n)], 2),
        "cover_pct": round(100 * sum(sum(found) for found in hits.values()) / n, 1),
        "width_min": round(width, 2),
        "winkler_min": round(width + 10 * outside / n / 60, 2),
        "cover by bin": " ".join(
            f"{label}:{100 * sum(hits[i]) / len(hits[i]):.1f}"
            for i, label in enumerate([*(f"<{edge}" for edge in edges), "more"])
            if hits[i]
        ),
    }


def _size(state: State) -> Row:
    """The size of the state in the table, page by page."""
    now_s = max(belief[2] for belief in state.beliefs.known.values())
    sizes = [len(pack_page(state, page, now_s)) for page in (MODEL_PAGE, *state.beliefs.members)]
    return {
        "pages": len(sizes),
        "largest_page_b": max(sizes),
        "state_kb": round(sum(sizes) / 1e3, 1),
    }


def data_folder() -> Path:
    return Path(os.environ.get("DOORSTEP_DATA", ROOT.parent / "shared" / "data"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_folder(), help="the recorded journeys")
    parser.add_argument("--task", choices=TASKS, action="append", help="default: all")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "eta.json", help="where to")
    asked = parser.parse_args()
    rows = measure(asked.data, tuple(asked.task or TASKS))
    if not rows:
        return
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    spent = speed()
    print(table("speed", spent))
    asked.json.write_text(json.dumps({"accuracy": rows, "speed": spent}, indent=2) + "\n")
    print(f"written to {asked.json}")


if __name__ == "__main__":
    main()
