"""Tallies: whole numbers by name. Those of any routes, days and drivers add up, in any order.

Every figure is a quotient or a percentile of sums, so nothing but sums is ever stored. They are
whole (metres, seconds, pieces), for sums of fractions depend on their order.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

Tally = Mapping[str, int]
"""Sums by their names. A name that is absent counts 0."""

EDGES_S: Final = (
    *range(0, 600, 30),
    *range(600, 1_800, 60),
    *range(1_800, 7_200, 300),
    *range(7_200, 86_401, 3_600),
)
"""Where the bins of durations begin: every half minute up to ten minutes, every minute up to half
an hour, every five minutes up to two hours, then every hour. The last is open: nothing is cut."""


def added(tallies: Iterable[Tally]) -> dict[str, int]:
    """The sum of these, in the order of the names, without zeros."""
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally)
    return {name: total[name] for name in sorted(total) if total[name]}


def spread(name: str, seconds: Iterable[float]) -> dict[str, int]:
    """The tally of a distribution of durations: how many, their sum, and how many in each bin."""
    found: Counter[str] = Counter()
    for each in seconds:
        found[f"{name}.count"] += 1
        found[f"{name}.sum_s"] += round(each)
        found[f"{name}.bin.{bisect_right(EDGES_S, max(each, 0.0)) - 1}"] += 1
    return dict(found)


def bins(tally: Tally, name: str) -> list[tuple[int, int | None, int]]:
    """The bins of a distribution: from, until (None: open) and how many; none that is empty."""
    ends = (*EDGES_S[1:], None)
    counts = ((i, tally.get(f"{name}.bin.{i}", 0)) for i in range(len(EDGES_S)))
    return [(EDGES_S[i], ends[i], count) for i, count in counts if count]


def percentile_s(tally: Tally, name: str, share: float) -> float | None:
    """The duration that this share does not exceed, spread evenly within its bin; None of none.

    Off by less than the width of a bin. In the open bin it is where that begins.
    """
    wanted = tally.get(f"{name}.count", 0) * share
    passed = 0
    for begins_s, ends_s, count in bins(tally, name):
        if passed + count >= wanted:
            width_s = 0 if ends_s is None else ends_s - begins_s
            return begins_s + width_s * (wanted - passed) / count
        passed += count
    return None
