"""The optimizer that is set is asked; where it fails or is not made for it, the built-in one is."""

from typing import NamedTuple

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.planning.problems import Problem, Solution, Unsuited
from chalicelib.domain.planning.suggestions import Failover, Optimizer
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.planning import RouteOptimizer, StandbyOptimizer


class Optimized(NamedTuple):
    """An answer, who gave it, and why that is not the one that is set."""

    solution: Solution
    by: Optimizer
    failover: Failover | None = None


def optimized(problem: Problem, optimizer: RouteOptimizer, standby: StandbyOptimizer) -> Optimized:
    """An answer in any case. Only a fault is counted: a limit is no news."""
    try:
        return Optimized(optimizer.solve(problem), optimizer.name)
    except Unsuited:
        failover = Failover.UNSUITED
    except Unavailable as exc:
        failover = Failover.UNAVAILABLE
        count(Metric.OPTIMIZER_FAILOVERS)
        cause = type(exc.__cause__).__name__
        extra = {"optimizer": optimizer.name.value, "cause": cause}
        logger.warning("optimizer failed over", extra=extra)
    return Optimized(standby.solve(problem), standby.name, failover)
