"""No road network: a leg is judged by its great-circle distance alone, which the models learn."""

from collections.abc import Sequence

from chalicelib.domain.geography import Coordinates


class GreatCircle:
    """The port ``RoadNetwork`` without a network: it asks nobody and knows no road."""

    def travel_times(self, places: Sequence[Coordinates]) -> tuple[float | None, ...]:
        """None for every leg."""
        return (None,) * (len(places) - 1)
