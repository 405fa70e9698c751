"""The built-in optimizer against OR-tools: the time of a van's day, and the CPU that an order takes.

OR-tools gets the same travel times, services and windows, and ten seconds a day (guided local
search). It is for development only: `uv pip install ortools==9.15.6755`. Without it the recorded
days are skipped, and generated days are compared with orders that OR-tools has given before
(`bench/orders.json`; `python -m bench.optimizer` finds them anew).
"""

import importlib.util
import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
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


def measure() -> list[Row]:
    """A row a day: seconds of both, their ratio, and our CPU. The ratio is the one to look at."""
    data = data_folder()
    rows = [
        compared(name, generated(**how), kept_orders()[name]) for name, how in GENERATED.items()
    ]
    if not has_ortools():
        print("optimizer: recorded days skipped, OR-tools is not installed (bench/optimizer.py)")
        return rows
    try:
        rows += recorded_days(data)
    except FileNotFoundError:
        print(f"optimizer: recorded days skipped, none in {data} (set DOORSTEP_DATA)")
    return rows


def recorded_days(data: Path, *, days: int = 20) -> list[Row]:
    """The recorded days, and their geometric mean. Raises FileNotFoundError."""
    rows = [compared(name, day, by_ortools(day)) for name, day in recorded(data, days=days)]
    mean = statistics.geometric_mean([float(row["ratio"]) for row in rows])
    worst = max(float(row["ratio"]) for row in rows)
    print(
        f"total time over OR-tools on {len(rows)} recorded days: mean {mean:.4f}, worst {worst:.4f}"
    )
    return rows


def compared(name: str, problem: Problem, other: Orders) -> Row:
    """One day in both orders. Orders are only alike if they make the same number of stops in time."""
    began_s = time.process_time()
    solution = solve(problem)
    cpu_s = time.process_time() - began_s
    own_s, own_late_s, own_way_s = spent(problem, solution.orders)
    other_s, other_late_s, other_way_s = spent(problem, other)
    return {
        "day": name,
        "stops": len(problem.jobs),
        "total_s": round(own_s),
        "ortools_s": round(other_s),
        "ratio": own_s / other_s,
        "driving ratio": own_way_s / other_way_s,
        "late_s": round(own_late_s),
        "ortools late_s": round(other_late_s),
        "left": len(solution.left),
        "ortools left": len(problem.jobs) - sum(map(len, other)),
        "cpu_s": cpu_s,
    }


def spent(problem: Problem, orders: Orders) -> tuple[float, float, float]:
    """Seconds of all vans in these orders, how late they are, and how long they drive."""
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
        way = [0, *places, 0]
        way_s += sum(problem.travel_s[a][b] for a, b in zip(way, way[1:], strict=False))
    return total_s, late_s, way_s


def has_ortools() -> bool:
    """Whether OR-tools is installed here."""
    return importlib.util.find_spec("ortools") is not None


def kept_orders() -> dict[str, list[list[int]]]:
    """The orders of generated days that OR-tools gave once."""
    found: dict[str, list[list[int]]] = json.loads(ORDERS.read_text("utf-8"))["orders"]
    return found


def by_ortools(problem: Problem, *, seconds: float = SECONDS) -> list[list[int]]:
    """OR-tools' orders: windows are hard, a stop that it cannot make is left, time is minimal."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415

    count, begin_s = len(problem.jobs), problem.vans[0].starts_s
    manager = pywrapcp.RoutingIndexManager(count + 1, len(problem.vans), 0)
    model = pywrapcp.RoutingModel(manager)
    took = [
        [
            round(problem.travel_s[a][b] + (problem.jobs[a - 1].service_s if a else 0.0))
            for b in range(count + 1)
        ]
        for a in range(count + 1)
    ]
    transit = model.RegisterTransitCallback(
        lambda a, b: took[manager.IndexToNode(a)][manager.IndexToNode(b)]
    )
    is_waiting = any(math.isfinite(job.opens_s) for job in problem.jobs)
    if not is_waiting:
        model.SetArcCostEvaluatorOfAllVehicles(transit)
    model.AddDimension(transit, HORIZON_S, HORIZON_S, False, "time")  # noqa: FBT003 - their signature
    times = model.GetDimensionOrDie("time")
    for van, day in enumerate(problem.vans):
        times.CumulVar(model.Start(van)).SetValue(0)
        if is_waiting:
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
    first, later = (
        routing_enums_pb2.FirstSolutionStrategy,
        routing_enums_pb2.LocalSearchMetaheuristic,
    )
    asked.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = later.GUIDED_LOCAL_SEARCH
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


def main() -> None:
    """Keep OR-tools' orders of the generated days."""
    orders = {name: by_ortools(generated(**how)) for name, how in GENERATED.items()}
    kept = {"by": f"OR-tools, {SECONDS:g} s a day", "orders": orders}
    ORDERS.write_text(json.dumps(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
