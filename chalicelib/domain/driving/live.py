"""Live state: all that changes while a driver drives, in one small value written with each batch.

It holds the newest fixes, the progress of each stop, the ETAs told last and the memory of the
alerts. It is replaced as a whole under a version, never edited in place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.driving.fixes import Fix, credible
from chalicelib.domain.eta.estimates import Eta, Etas
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Progress:
    """One stop on the road, and what has been told about it.

    ``promise`` is the range told last where it is no longer the plan's, ``told_at`` is when it
    changed; both are alert memory.
    """

    is_done: bool = False
    arrived_at: datetime | None = None
    has_approached: bool = False
    is_delayed: bool = False
    promise: Range | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """A driver's live state.

    Before the first route ``route_id`` is None; after a route ``ended_at`` says since when the
    driver has been off shift.

    ``recent`` are the newest usable fixes in device order; ``progress`` and ``etas`` have one entry
    a stop in plan order, an ETA being None where there is nothing left to reach. ``near_stop`` is
    the index of the stop that the head is near, and ``near_since`` since when without leaving;
    ``last_stop`` is the one that was reached last. ``standing_since`` is since when the van stands
    off all stops, ``breaks_taken_s`` what was taken of each of the plan's breaks before that, empty
    for nothing; both are kept only for plans with breaks. ``estimated_at`` is as of when the ETAs
    are (None: as of the start). ``planned`` are the routes that this driver is to start, first
    planned first.
    """

    driver_id: DriverId
    version: int = 0
    epoch: int = 1
    route_id: RouteId | None = None
    plan_version: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    clock_skew: timedelta = timedelta(0)
    recent: tuple[Fix, ...] = ()
    near_stop: int | None = None
    near_since: datetime | None = None
    last_stop: int | None = None
    standing_since: datetime | None = None
    breaks_taken_s: tuple[int, ...] = ()
    estimated_at: datetime | None = None
    progress: tuple[Progress, ...] = ()
    etas: Sequence[Eta | None] = ()
    planned: tuple[RouteId, ...] = ()

    def head(self, policy: Policy) -> Fix | None:
        """The newest fix that a vehicle can have reached; None before the first."""
        chain = credible(self.recent, policy)
        return chain[-1] if chain else None

    @property
    def news_at(self) -> datetime | None:
        """When we last knew something of the van that its ETAs rest on; None before a route."""
        return self.estimated_at or self.started_at

    def remaining(self) -> list[int]:
        """The indexes of the stops not done yet, in the order in which the van is expected there.

        The plan's, until a stop is reached out of turn. Then the ETAs have the order of the chain
        that they were made by; what was reached but never reported comes last, being left already.
        """
        left = [i for i, stop in enumerate(self.progress) if not stop.is_done]
        if self.last_stop is None or not left or left[0] >= self.last_stop:
            return left
        points_s, under_way = Etas.of(self.etas).points_s, self.under_way

        def turn(stop_index: int) -> tuple[int, int]:
            point_s = points_s[stop_index]
            if stop_index == under_way:
                return 0, 0
            return (2, 0) if point_s is None else (1, point_s)

        return sorted(left, key=turn)

    @property
    def is_on_shift(self) -> bool:
        """Whether a route is being driven now."""
        return self.route_id is not None and self.ended_at is None

    @property
    def under_way(self) -> int | None:
        """The index of the stop that was reached last, while it is not done."""
        last = self.last_stop
        if last is None or self.progress[last].is_done or self.progress[last].arrived_at is None:
            return None
        return last

    @property
    def next_stop(self) -> int | None:
        """The index of the first stop not done; None when all are."""
        return next(iter(self.remaining()), None)

    def stops_before(self, stop_index: int) -> int:
        """How many stops are still to be made before this one (0 = it is next, or done)."""
        left = self.remaining()
        return left.index(stop_index) if stop_index in left else 0

    def with_progress(self, stop_index: int, progress: Progress) -> "Live":
        """The same state with one stop's progress replaced."""
        return replace(
            self,
            progress=(
                *self.progress[:stop_index],
                progress,
                *self.progress[stop_index + 1 :],
            ),
        )
