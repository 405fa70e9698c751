"""Live state: everything that changes while a driver drives. We write it with each batch.

It holds the newest fixes, the progress of each stop, the ETAs told last and the memory of the
alerts. It is small. A new version always replaces the whole state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.jumps import RECENT_FIXES, credible, newest
from chalicelib.domain.eta.estimates import Eta, Etas
from chalicelib.domain.eta.steady import Span
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of one stop, and the news that we have told about it.

    ``promise`` is the range told last, None while it is the plan's. ``told_at`` is when the promise
    changed, or when we told that it was broken; how exactly, and for how long, is in ``memory``.
    ``is_silent``: we told that the van is silent, and not yet that it is back. All of this is alert
    memory.

    ``is_reported`` is true when the driver has said that the van is here: no fix withdraws that.
    What came of a part of the visit does not say so of the other part.
    ``unreported`` is the last visit that the van left without a report, from its arrival on.
    """

    is_done: bool = False
    arrived_at: datetime | None = None
    has_approached: bool = False
    is_delayed: bool = False
    promise: Range | None = None
    told_at: datetime | None = None
    is_silent: bool = False
    is_reported: bool = False
    unreported: Range | None = None

    def arrival_before(self, reported_at: datetime, policy: Policy) -> datetime | None:
        """When the visit began that a late report confirms; None when it fits no visit."""
        visit = self.unreported
        if visit is None or reported_at < visit.earliest:
            return None
        is_in_it = reported_at <= visit.latest + policy.clock_skew_limit
        return visit.earliest if is_in_it else None


class Shown(NamedTuple):
    """The range that pages show of a stop, by the stop's own number."""

    stop_number: int
    span: Span


def kept_numbers(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """The numbers of a plan's stops as live state keeps them: none where each is the index."""
    return () if numbers == tuple(range(len(numbers))) else numbers


@dataclass(frozen=True, slots=True)
class Live:
    """A driver's live state.

    ``route_id`` is None before the first route. ``ended_at`` is when the last route ended; the
    driver has been off shift since then.

    ``recent`` are the newest usable fixes in device order. ``progress`` and ``etas`` have one entry
    per stop in plan order; an ETA is None when there is nothing left to reach.

    ``nearest_stop`` is the index of the stop that the head is near. The van has been near it
    without a gap since ``near_since`` (None: since the start of the route, so it has not come
    there). ``last_stop`` is the index of the stop reached last. ``last_stop_before`` is what it
    becomes again if that arrival is withdrawn. The van has been clearly away from the last stop
    since ``away_since``. ``is_at_hub`` is true until fixes show the van clear of the hub.

    ``unsettled_until`` is set while a visit waits to be told: it lies at a hole of the track that
    late fixes may still fill. The first fix after this instant settles the holes as they are.

    ``standing_since`` is since when the van has stood away from all stops. ``breaks_taken_s`` are
    the seconds taken of each planned break before that; empty means none. Only plans with breaks
    use these two.

    ``began_at`` is the hub where the van was at ``started_at``: the first link of the credible
    chain. It is None once there are enough fixes to do without.

    ``estimated_at`` is the time of the fix or report behind the ETAs (None: the start of the
    route). ``planned`` are the routes that this driver is to start, first planned first.

    ``alive_at`` is when a phone last said that it is there and not where it is, since the last fix.

    ``shown`` are the ranges that pages show of the nearest stops ahead, next stops first.

    ``numbers`` are the stops' own numbers in plan order, as in the plan; empty means that each is
    the stop's index. Readers who know a stop by its number need no plan.
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
    nearest_stop: int | None = None
    near_since: datetime | None = None
    last_stop: int | None = None
    standing_since: datetime | None = None
    breaks_taken_s: tuple[int, ...] = ()
    estimated_at: datetime | None = None
    progress: tuple[Progress, ...] = ()
    etas: Sequence[Eta | None] = ()
    planned: tuple[RouteId, ...] = ()
    began_at: Coordinates | None = None
    last_stop_before: int | None = None
    away_since: datetime | None = None
    is_at_hub: bool = False
    numbers: tuple[int, ...] = ()
    unsettled_until: datetime | None = None
    alive_at: datetime | None = None
    shown: tuple[Shown, ...] = ()

    @property
    def origin(self) -> Fix | None:
        """Where the van was when the route started, as a fix; None when it is not needed."""
        if self.began_at is None or self.started_at is None:
            return None
        return Fix(self.started_at, self.began_at)

    def credible(self, policy: Policy) -> tuple[Fix, ...]:
        """The newest fixes that a vehicle can have driven, in device order."""
        return credible(self.recent, policy, self.origin)

    def with_fixes(self, usable: Sequence[Fix]) -> "Live":
        """The same state with these fixes among the newest ones."""
        recent = newest(self.recent, usable)
        is_full = len(recent) >= RECENT_FIXES
        return replace(self, recent=recent, began_at=None if is_full else self.began_at)

    def head(self, policy: Policy) -> Fix | None:
        """The newest fix that a vehicle can have reached; None before the first fix."""
        chain = self.credible(policy)
        return chain[-1] if chain else None

    @property
    def news_at(self) -> datetime | None:
        """The time of the latest news behind the ETAs; None before a route."""
        return self.estimated_at or self.started_at

    def remaining(self) -> list[int]:
        """The indexes of the stops not done yet, in the visit order.

        This is the plan's order until the van reaches a stop out of turn. After that we sort by
        ETA: first the stop under way, last the stops that were reached but never reported as done,
        because the van has already left them.
        """
        left = [i for i, stop in enumerate(self.progress) if not stop.is_done]
        if self.last_stop is None or not left or left[0] >= self.last_stop:
            return left
        points_s, under_way = Etas.of(self.etas).points_s, self.under_way

        def sort_key(stop_index: int) -> tuple[int, int]:
            point_s = points_s[stop_index]
            if stop_index == under_way:
                return 0, 0
            return (2, 0) if point_s is None else (1, point_s)

        return sorted(left, key=sort_key)

    @property
    def is_on_shift(self) -> bool:
        """Whether the driver is on a route now."""
        return self.route_id is not None and self.ended_at is None

    @property
    def under_way(self) -> int | None:
        """The index of the stop reached last, while it is not done; else None."""
        last = self.last_stop
        if last is None or self.progress[last].is_done or self.progress[last].arrived_at is None:
            return None
        return last

    @property
    def next_stop(self) -> int | None:
        """The index of the first stop not done; None when all are."""
        return next(iter(self.remaining()), None)

    def stops_before(self, stop_index: int) -> int:
        """How many stops the van makes before this one (0 = it is next, or done)."""
        left = self.remaining()
        return left.index(stop_index) if stop_index in left else 0

    def number_of(self, stop_index: int) -> int:
        """The stop's own number."""
        return self.numbers[stop_index] if self.numbers else stop_index

    def index_of(self, stop_number: int) -> int | None:
        """The place in the plan of the stop with this number; None when the plan has none."""
        if not self.numbers:
            return stop_number if stop_number < len(self.progress) else None
        return self.numbers.index(stop_number) if stop_number in self.numbers else None

    @property
    def shown_by_number(self) -> dict[int, Span]:
        """What pages show, by the numbers of the stops."""
        return dict(self.shown)

    @property
    def etas_by_number(self) -> Sequence[Eta | None]:
        """The ETAs by the numbers of their stops; None for a number that no stop has."""
        if not self.numbers:
            return self.etas
        return Etas.of(self.etas).spread(self.numbers)

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
