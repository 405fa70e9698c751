from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.domain.geography import Coordinates, distance_m
from tests.support.roads import Way


def by_the_crow(a: Coordinates, b: Coordinates) -> float | None:
    """The seconds at 36 km/h in a straight line."""
    return distance_m(a, b) / 10.0


@dataclass
class InMemoryRoadNetwork:
    """Roads that a test defines. `faults` are the outcomes of the next questions."""

    way: Way = by_the_crow
    faults: list[Exception] = field(default_factory=list)
    asked: list[tuple[Coordinates, ...]] = field(default_factory=list)

    def travel_times(self, places: Sequence[Coordinates]) -> tuple[float | None, ...]:
        self.asked.append(tuple(places))
        if self.faults:
            raise self.faults.pop(0)
        return tuple(map(self.way, places[:-1], places[1:]))
