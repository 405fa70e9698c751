"""The values behind ETAs: a point with its range, and a duration with its spread."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, overload

from chalicelib.domain.instants import Range

FAR_S: Final = 3_600
"""Beyond an hour, seconds mean nothing: what is kept of 200 stops must fit into a kilobyte."""
POINT_STEP_S: Final = 10
"""Points that are far away lie on full multiples of this, upward. Near ones are whole seconds."""
NEAR_RANGE_STEP_S: Final = 20
FAR_RANGE_STEP_S: Final = 60
"""The ends of a range lie on full multiples of these, upward. A page shows five minutes."""


@dataclass(frozen=True, slots=True)
class Eta:
    """The estimated time of arrival at a stop: ``point`` is the best answer.

    The range should hold in 80 % of cases. ``earliest`` ≤ ``point`` ≤ ``latest``, all aware UTC.
    """

    point: datetime
    earliest: datetime
    latest: datetime

    @property
    def range(self) -> Range:
        """The range without the point."""
        return Range(self.earliest, self.latest)


class Etas(Sequence[Eta | None]):
    """The ETAs of a route's stops in plan order; None when there is nothing left to reach.

    They are kept as columns of whole seconds since the epoch. An `Eta` is made only on access: with
    every fix all ETAs are estimated, stored and read, but hardly any is looked at.
    """

    __slots__ = ("earliest_s", "latest_s", "points_s")

    def __init__(
        self, points_s: Sequence[int | None], earliest_s: Sequence[int], latest_s: Sequence[int]
    ) -> None:
        """Columns of the same length. When a point is None, the two others are 0."""
        self.points_s = tuple(points_s)
        self.earliest_s = tuple(earliest_s)
        self.latest_s = tuple(latest_s)

    @classmethod
    def of(cls, etas: Iterable[Eta | None]) -> "Etas":
        """The same ETAs as columns. Fractions of a second are cut off."""
        if isinstance(etas, Etas):
            return etas
        rows = tuple(etas)
        return cls(
            [None if eta is None else int(eta.point.timestamp()) for eta in rows],
            [0 if eta is None else int(eta.earliest.timestamp()) for eta in rows],
            [0 if eta is None else int(eta.latest.timestamp()) for eta in rows],
        )

    def spread(self, places: Sequence[int]) -> "Etas":
        """The same ETAs at these places, one each; None in between."""
        points_s: list[int | None] = [None] * (max(places, default=-1) + 1)
        earliest_s, latest_s = [0] * len(points_s), [0] * len(points_s)
        for place, point_s, begins_s, ends_s in zip(
            places, self.points_s, self.earliest_s, self.latest_s, strict=False
        ):
            points_s[place], earliest_s[place], latest_s[place] = point_s, begins_s, ends_s
        return Etas(points_s, earliest_s, latest_s)

    @staticmethod
    def instant(seconds: int) -> datetime:
        """A number of these columns as an aware time in UTC."""
        return datetime.fromtimestamp(seconds, UTC)

    @overload
    def __getitem__(self, index: int) -> Eta | None: ...
    @overload
    def __getitem__(self, index: slice) -> "tuple[Eta | None, ...]": ...
    def __getitem__(self, index: int | slice) -> "Eta | tuple[Eta | None, ...] | None":
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        point_s = self.points_s[index]
        if point_s is None:
            return None
        at = self.instant
        return Eta(at(point_s), at(self.earliest_s[index]), at(self.latest_s[index]))

    def __len__(self) -> int:
        return len(self.points_s)

    def __eq__(self, other: object) -> bool:
        """Equal to any sequence of the same ETAs."""
        if isinstance(other, Etas):
            return (
                self.points_s == other.points_s
                and self.earliest_s == other.earliest_s
                and self.latest_s == other.latest_s
            )
        return tuple(self) == other

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Etas.of({tuple(self)!r})"


@dataclass(frozen=True, slots=True)
class Duration:
    """A log-normal duration: ``mu`` and ``variance`` of log seconds.

    It is log-normal because errors of travel and service times grow in proportion to the time.
    """

    mu: float
    variance: float
    mean_s: float = field(init=False, compare=False, repr=False)
    """The mean in seconds. Chains add means, because a sum of medians is too low."""
    variance_s2: float = field(init=False, compare=False, repr=False)
    """The variance in square seconds."""
    deviation_s: float = field(init=False, compare=False, repr=False)
    """The standard deviation in seconds."""

    def __post_init__(self) -> None:
        """Calculate these once per duration, because a chain needs them with every fix."""
        mean_s = math.exp(self.mu + self.variance / 2.0)
        spread = math.expm1(self.variance)
        object.__setattr__(self, "mean_s", mean_s)
        object.__setattr__(self, "variance_s2", mean_s * mean_s * spread)
        object.__setattr__(self, "deviation_s", mean_s * math.sqrt(spread))
