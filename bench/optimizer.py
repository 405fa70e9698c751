"""The built-in optimizer against OR-tools: how long a van's day takes, and the CPU of an order.

OR-tools had the same travel times, services and windows, and ten seconds a day (guided local search
after parallel cheapest insertion). It is too large for everybody's set-up, so its orders of these
days lie in `bench/orders.json`: numbers of stops, and nothing of the recordings. With

    uv pip install ortools==9.15.6755
    python -m bench.optimizer

it is asked anew.
"""

import json
import math
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bench.days import generated, recorded
from bench.eta import data_folder
from bench.figures import Row
from chalicelib.domain.planning.days import Day, Tables
from chalicelib.domain.planning.problems import Problem
from chalicelib.domain.planning.search import solve

SECONDS: Final = 10.0
ORDERS: Final = Path(__file__).with_name("orders.json")
GENERATED: Final[dict[str, dict[str, Any]]] = {
    "generated 1": {"seed": 1, "windows": 0.0},
    "generated 2": {"seed": 2, "windows": 0.2},
    "generated 3": {"seed": 3, "windows": 0.2, "stops": 60, "hours": 8.0},
    "generated 4": {"seed": 4, "windows": 0.4, "stops": 40, "hours": 8.0},
    "generated 5": {"seed": 5, "vans": 3, "ends_after_s": 5 * 3_600.0},
}
DROPPED_S: Final = 10**7
HORIZON_S: Final = 10 * 86_400

Orders = Sequence[Sequence[int]]


def measure(data: Path | None = None) -> list[Row]:
    """A row a day: seconds of both, their ratio (the figure to look at), and our CPU."""
    rows = generated_days()
    data = data or data_folder()
    try:
        rows += recorded_days(data)
    except FileNotFoundError:
        print(f"optimizer: recorded days skipped, none in {data} (set DOORSTEP_DATA)")
    return rows


def generated_days(names: Sequence[str] = tuple(GENERATED)) -> list[Row]:
    """Days in an invented town."""
    orders = kept_orders()
    return [compared(name, generated(**GENERATED[name]), orders[name]) for name in names]


def recorded_days(data: Path) -> list[Row]:
    """Twenty recorded days. Prints their mean. Raises FileNotFoundError."""
    orders = kept_orders()
    rows = [compared(name, problem, orders[name]) for name, problem in recorded(data)]
    ratios = [float(row["ratio"]) for row in rows]
    mean = statistics.geometric_mean(ratios)
    print(
        f"optimizer: total time over OR-tools on {len(rows)} recorded days: "
        f"mean {mean:.4f}, best {min(ratios):.4f}, worst {max(ratios):.4f}"
    )
    return rows


def compared(name: str, problem: Problem, other: Orders) -> Row:
    """One day in both orders. They are alike where both make the same number of stops in time."""
    began_s = time.process_time()
    solution = solve(problem)
    cpu_s = time.process_time() - began_s
    own_s, own_late_s, own_way_s = spent(problem, solution.orders)
    other_s, other_late_s, other_way_s = spent(problem, other)
    first_s, _, _ = spent(problem, solve(problem, is_recreating=False).orders)
    return {
        "day": name,
        "stops": len(problem.jobs),
        "total_s": round(own_s),
        "OR-tools total_s": round(other_s),
        "ratio": round(own_s / other_s, 4),
        "without step 3": round(first_s / other_s, 4),
        "driving ratio": round(own_way_s / other_way_s, 4),
        "late_s": round(own_late_s),
        "OR-tools late_s": round(other_late_s),
        "left": len(solution.left),
        "OR-tools left": len(problem.jobs) - sum(map(len, other)),
        "cpu_s": round(cpu_s, 2),
    }


def spent(problem: Problem, orders: Orders) -> tuple[float, float, float]:
    """Seconds of all vans in these orders, how late they are at stops, and how long they drive."""
    total_s = late_s = way_s = 0.0
    tables = Tables(problem)
    for van, order in enumerate(orders):
        places = [job + 1 for job in order]
        if not places:
            continue
        day = Day(van, places, tables)
        total_s += day.reaches_s[-1] - problem.vans[van].starts_s
        late_s += sum(
            max(0.0, reached_s - problem.jobs[place - 1].closes_s)
            for place, reached_s in zip(places, day.reaches_s, strict=False)
        )
        way_s += sum(problem.travel_s[a][b] for a, b in pairwise([0, *places, 0]))
    return total_s, late_s, way_s


def kept_orders() -> dict[str, list[list[int]]]:
    """The orders of all days that OR-tools gave once, by the name of the day."""
    found: dict[str, list[list[int]]] = json.loads(ORDERS.read_text("utf-8"))["orders"]
    return found


def by_ortools(problem: Problem, *, seconds: float = SECONDS) -> list[list[int]]:
    """OR-tools' orders: windows are hard, what it cannot make is left, total time is minimal."""
    from ortools.constraint_solver import (  # type: ignore[import-not-found]  # noqa: PLC0415
        pywrapcp,
        routing_enums_pb2,
    )

    begin_s = problem.vans[0].starts_s
    services_s = [0.0, *(job.service_s for job in problem.jobs)]
    manager = pywrapcp.RoutingIndexManager(len(services_s), len(problem.vans), 0)
    model = pywrapcp.RoutingModel(manager)
    took_s = [
        [round(way_s + service_s) for way_s in row]
        for row, service_s in zip(problem.travel_s, services_s, strict=True)
    ]
    transit = model.RegisterTransitCallback(
        lambda a, b: took_s[manager.IndexToNode(a)][manager.IndexToNode(b)]
    )
    has_windows = any(math.isfinite(job.opens_s) for job in problem.jobs)
    if not has_windows:
        model.SetArcCostEvaluatorOfAllVehicles(transit)
    model.AddDimension(transit, HORIZON_S, HORIZON_S, False, "time")  # noqa: FBT003
    times = model.GetDimensionOrDie("time")
    for van, day in enumerate(problem.vans):
        times.CumulVar(model.Start(van)).SetValue(0)
        if has_windows:
            times.SetSpanCostCoefficientForVehicle(1, van)
        if math.isfinite(day.ends_s):
            times.CumulVar(model.End(van)).SetMax(int(day.ends_s - begin_s))
    for i, job in enumerate(problem.jobs):
        index = manager.NodeToIndex(i + 1)
        model.AddDisjunction([index], DROPPED_S)
        if math.isfinite(job.opens_s):
            opens, closes = math.ceil(job.opens_s - begin_s), int(job.closes_s - begin_s)
            times.CumulVar(index).SetRange(max(opens, 0), closes)
    asked = pywrapcp.DefaultRoutingSearchParameters()
    strategies = routing_enums_pb2.FirstSolutionStrategy
    asked.first_solution_strategy = strategies.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    asked.time_limit.FromMilliseconds(round(seconds * 1_000))
    found = model.SolveWithParameters(asked)
    orders: list[list[int]] = []
    for van in range(len(problem.vans)):
        index, order = found.Value(model.NextVar(model.Start(van))), []
        while not model.IsEnd(index):
            order.append(manager.IndexToNode(index) - 1)
            index = found.Value(model.NextVar(index))
        orders.append(order)
    return orders


def _days() -> Iterator[tuple[str, Problem]]:
    for name, how in GENERATED.items():
        yield name, generated(**how)
    yield from recorded(data_folder())


def main() -> None:
    """Ask OR-tools for the orders of all days, and keep them."""
    orders = {}
    for name, problem in list(_days()):
        orders[name] = by_ortools(problem)
        print(name, flush=True)
    kept = {"by": f"OR-tools 9.15.6755, {SECONDS:g} s a day", "orders": orders}
    ORDERS.write_text(json.dumps(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
