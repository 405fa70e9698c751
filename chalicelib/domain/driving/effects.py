"""What an edit of a plan does to each of its stops, as a dispatcher reads it before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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

    def by_number(self) -> dict[int, tuple[Eta | None, Range | None]]:
        """Of each stop the ETA, or what the plan says before the start, and the promise."""
        if self.live is None:
            return {stop.number: (stop.planned, stop.promise) for stop in self.route.stops}
        stops = zip(self.route.stops, self.live.progress, self.live.etas, strict=True)
        return {stop.number: (eta, each.promise or stop.promise) for stop, each, eta in stops}


_NOTHING: Final = (None, None)


def effects(before: PlanNow, after: PlanNow, told: Sequence[Alert] = ()) -> tuple[StopEffect, ...]:
    """Each stop of the plan in its order, then what was taken off by the edit.

    ``told`` are all new promises, also those that are told only in a moment.
    """
    known, now = before.by_number(), after.by_number()
    promised = {after.route.stops[alert.stop_index].number: alert.promise for alert in told}
    gone = after.route.taken_off[len(before.route.taken_off) :]
    found = []
    for stop in (*after.route.stops, *gone):
        is_planned = stop.number in now and stop not in gone
        eta_before, promise_before = known.get(stop.number, _NOTHING)
        eta_after, promise_after = now[stop.number] if is_planned else _NOTHING
        if is_planned:
            promise_after = promised.get(stop.number) or promise_after
        found.append(
            StopEffect(stop, is_planned, eta_before, eta_after, promise_before, promise_after)
        )
    return tuple(found)
