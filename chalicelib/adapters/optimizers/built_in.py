"""The optimizer that is always there: the search of the domain."""

from chalicelib.domain.planning.problems import Problem, Solution
from chalicelib.domain.planning.search import solve
from chalicelib.domain.planning.suggestions import Optimizer


class BuiltIn:
    """The ports ``RouteOptimizer`` and ``StandbyOptimizer``."""

    name = Optimizer.BUILT_IN

    def solve(self, problem: Problem) -> Solution:
        """The same problem always has the same answer."""
        return solve(problem)
