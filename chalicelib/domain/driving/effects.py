"""What an edit of a plan does to each of its stops, as a dispatcher reads it before and after."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.driving.alerts import Alert
from chalicelib.domain.driving.live import Live
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.instants import Range
from chalicelib.domain.routes.routes import Route, Stop


@dataclass(frozen=True, slots=True)
class StopEffect:
    """A stop before and after an edit; ``stop`` is as it is after, or as it was taken off.

    ``is_planned``: it is in the plan after the edit. ``promise_before`` is what was told last.
    ``breaks_window``: it is expected after its window has ended.
    """

    stop: Stop
    is_planned: bool
    eta_before: Eta | None
    eta_after: Eta | None
    promise_before: Range | None
    promise_after: Range | None

    @property
    def breaks_window(self) -> bool:
        """Whether it is expected after its window has ended."""
        eta, window = self.eta_after, self.stop.window
        return eta is not None and window is not None and eta.point > window.latest


@dataclass(frozen=True, slots=True)
class PlanNow:
    """A plan, and the live state of its driver where it is driven."""

    route: Route
    live: Live | None = None

    def eta(self, number: int) -> Eta | None:
        """The ETA of a stop, or what the plan says before the start; None without either."""
        index = self.route.indexes_by_number.get(number)
        if index is None:
            return None
        return self.route.stops[index].planned if self.live is None else self.live.etas[index]

    def promise(self, number: int) -> Range | None:
        """The promise that stands."""
        index = self.route.indexes_by_number.get(number)
        if index is None:
            return None
        promised = None if self.live is None else self.live.progress[index].promise
        return promised or self.route.stops[index].promise


def effects(before: PlanNow, after: PlanNow, told: Sequence[Alert] = ()) -> tuple[StopEffect, ...]:
    """Each stop of the plan in its order, then what was taken off by the edit.

    ``told`` are all new promises, also those that are told only in a moment.
    """
    promised = {after.route.stops[alert.stop_index].number: alert.promise for alert in told}
    gone = after.route.taken_off[len(before.route.taken_off) :]
    planned = after.route.stops
    return tuple(
        StopEffect(
            stop,
            is_planned=is_planned,
            eta_before=before.eta(stop.number),
            eta_after=after.eta(stop.number) if is_planned else None,
            promise_before=before.promise(stop.number),
            promise_after=(
                (promised.get(stop.number) or after.promise(stop.number)) if is_planned else None
            ),
        )
        for stop, is_planned in (*((s, True) for s in planned), *((s, False) for s in gone))
    )
