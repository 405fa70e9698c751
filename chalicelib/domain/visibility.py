"""Visibility: one rule for each thing that a recipient may see of the driver.

The server applies the rules, and leaves a hidden element out of the answer. Once the shipment is
completed, nothing of the driver is shown. The rules are those of Google's Fleet Engine
(``TaskTrackingViewConfig``).
"""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Proximity:
    """The driver's nearness: stops before this one (0 = next), time to the ETA, metres left."""

    stops_before: int
    time_left: timedelta
    distance_m: float


@dataclass(frozen=True, slots=True)
class Always:
    """Visible whenever there is something to see."""

    def allows(self, proximity: Proximity) -> bool:
        """True."""
        del proximity
        return True


@dataclass(frozen=True, slots=True)
class Never:
    """Never visible."""

    def allows(self, proximity: Proximity) -> bool:
        """False."""
        del proximity
        return False


@dataclass(frozen=True, slots=True)
class WithinStops:
    """Visible with at most ``stops`` stops to go, this one included (1 = only when next)."""

    stops: int

    def allows(self, proximity: Proximity) -> bool:
        """Whether few enough stops remain."""
        return proximity.stops_before + 1 <= self.stops


@dataclass(frozen=True, slots=True)
class WithinTime:
    """Visible when the ETA is at most this far away."""

    time: timedelta

    def allows(self, proximity: Proximity) -> bool:
        """Whether the ETA is near enough."""
        return proximity.time_left <= self.time


@dataclass(frozen=True, slots=True)
class WithinDistance:
    """Visible when the way left is at most this long."""

    distance_m: float

    def allows(self, proximity: Proximity) -> bool:
        """Whether the driver is near enough."""
        return proximity.distance_m <= self.distance_m


Rule = Always | Never | WithinStops | WithinTime | WithinDistance


@dataclass(frozen=True, slots=True)
class VisibilityPolicy:
    """One rule for each element of the tracking page."""

    position: Rule = field(default_factory=lambda: WithinStops(5))
    eta: Rule = field(default_factory=Always)
    stops_before: Rule = field(default_factory=Always)
