"""No road network: the models learn the time of a leg from its great-circle distance alone."""

from collections.abc import Sequence

from chalicelib.domain.geography import Coordinates


class GreatCircle:
    """The port ``RoadNetwork`` without a network."""

    def travel_times(self, places: Sequence[Coordinates]) -> tuple[float | None, ...]:
        """None for every leg."""
        return (None,) * (len(places) - 1)
