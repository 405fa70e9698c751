"""2-opt and Or-opt: other orders of one van whose way is shorter.

2-opt turns a part of the order round (Croes 1958). Or-opt moves up to three stops together, as they
are or turned round (Or 1976). Only neighbours of a stop are tried beside it. With the sums of the
way in both directions the change of the way is known in constant time, also where the way back
takes another time than the way there.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from chalicelib.domain.planning.days import Tables
from chalicelib.domain.planning.problems import HUB

LONGEST_SEGMENT: Final = 3
LEAST_GAIN_S: Final = 1e-6
"""A smaller gain is one of rounding, and would be taken to and fro for ever."""


class Moves:
    """The moves of one order. ``near`` are the places to try beside each place."""

    __slots__ = ("back_s", "near", "path", "tables", "there_s", "travel")

    def __init__(self, order: Sequence[int], near: Sequence[Sequence[int]], tables: Tables) -> None:
        """Add the ways up, in the order and against it."""
        self.tables, self.near, self.travel = tables, near, tables.travel
        self.path = [HUB, *order, HUB]
        self.there_s, self.back_s = [0.0], [0.0]
        for a, b in pairwise(self.path):
            self.there_s.append(self.there_s[-1] + self.travel[a][b])
            self.back_s.append(self.back_s[-1] + self.travel[b][a])

    def __iter__(self) -> Iterator[list[int]]:
        """Orders with a shorter way, one move each. What windows say of them is not known yet."""
        path = self.path
        at = {place: i for i, place in enumerate(path[1:-1], 1)}
        for i in range(1, len(path) - 1):
            for other in self.near[path[i]]:
                j = at.get(other)
                if j is None:
                    continue
                self.tables.steps += 8
                low, high = (i, j) if i < j else (j, i)
                yield from self._turned(low + 1, high)
                yield from self._turned(low, high - 1)
                for length in range(1, LONGEST_SEGMENT + 1):
                    yield from self._moved(i, i + length - 1, j)
                    if length > 1:
                        yield from self._moved(i - length + 1, i, j)

    def _turned(self, first: int, last: int) -> Iterator[list[int]]:
        """2-opt: the part from ``first`` to ``last`` the other way round."""
        if first >= last:
            return
        path, travel = self.path, self.travel
        before, begin, end, after = path[first - 1], path[first], path[last], path[last + 1]
        gain_s = travel[before][begin] + travel[end][after]
        gain_s -= travel[before][end] + travel[begin][after]
        if gain_s - self._turning_s(first, last) > LEAST_GAIN_S:
            yield [*path[1:first], *reversed(path[first : last + 1]), *path[last + 1 : -1]]

    def _turning_s(self, first: int, last: int) -> float:
        """How much longer the part is the other way round."""
        back_s, there_s = self.back_s, self.there_s
        return back_s[last] - back_s[first] - there_s[last] + there_s[first]

    def _moved(self, first: int, last: int, j: int) -> Iterator[list[int]]:
        """Or-opt: the part goes before or after the stop at ``j``."""
        path, travel = self.path, self.travel
        if first < 1 or last > len(path) - 2 or first <= j <= last:
            return
        before, begin, end, after = path[first - 1], path[first], path[last], path[last + 1]
        saved_s = travel[before][begin] + travel[end][after] - travel[before][after]
        turning_s = self._turning_s(first, last)
        for left in (j - 1, j):
            if left in {first - 1, last}:
                continue  # it is there already
            a, b = path[left], path[left + 1]
            limit_s = saved_s + travel[a][b] - LEAST_GAIN_S
            if travel[a][begin] + travel[end][b] < limit_s:
                yield self._with_part(first, last, left, is_turned=False)
            if travel[a][end] + travel[begin][b] + turning_s < limit_s:
                yield self._with_part(first, last, left, is_turned=True)

    def _with_part(self, first: int, last: int, left: int, *, is_turned: bool) -> list[int]:
        path = self.path
        part = path[first : last + 1]
        if is_turned:
            part.reverse()
        if left < first:
            return [*path[1 : left + 1], *part, *path[left + 1 : first], *path[last + 1 : -1]]
        return [*path[1:first], *path[last + 1 : left + 1], *part, *path[left + 1 : -1]]
