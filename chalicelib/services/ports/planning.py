"""Optimizers: who finds good orders of stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.planning.problems import Problem, Solution
    from chalicelib.domain.planning.suggestions import Optimizer


class RouteOptimizer(Protocol):
    """Puts jobs on vans, in a good order. Nothing is written anywhere."""

    @property
    def name(self) -> Optimizer:
        """Which one it is."""
        ...

    def solve(self, problem: Problem) -> Solution:
        """An order for each van, within a few seconds.

        A job of a van is on it in any case; another one only where no window breaks for it. Raises
        Unsuited for a problem of a kind or size that this optimizer does not solve, and Unavailable
        for any fault.
        """
        ...


class StandbyOptimizer(RouteOptimizer, Protocol):
    """The one that solves any problem without asking anybody."""
