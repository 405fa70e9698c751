"""The stops that a van has reached, each with all ETAs told for it. We judge ETAs by these.

The departures of a route say when the van came and left. The ETAs told are in the track, batch by
batch, and in the departures themselves. Each comes with the time since when it could be read.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.eta.accuracy import Arrival, PublishedEta
from chalicelib.domain.ids import StopId
from chalicelib.domain.learning.published import PublishedEtas
from chalicelib.domain.routes.routes import Route, Stop


@dataclass(frozen=True, slots=True)
class Reached:
    """The stops that a van has left, in the order in which it left them.

    ``unknown`` are the stops without a known arrival time. They are not judged.
    """

    arrivals: Mapping[StopId, Arrival]
    unknown: tuple[StopId, ...] = ()


def reached(
    route: Route, departures: Sequence[Departure], batches: Iterable[PublishedEtas]
) -> Reached:
    """All stops that the van has left, each once. When the van came back, its first visit counts.

    ``departures`` are those of the route in their order. A stop that the plan no longer has is not
    judged; it only counts as the stop before another. Without a departure from the hub we do not
    know when the route began, so all stops are unknown.
    """
    left = _first_by_stop(departures)
    stops = {stop.number: stop for stop in route.stops}
    started_at = next((each.left_at for each in departures if each.stop_number is None), None)
    if started_at is None:
        return Reached({}, tuple(stops[number].id for number in left if number in stops))
    published = _by_stop([*batches, *map(_published_with, departures)])
    arrivals: dict[StopId, Arrival] = {}
    unknown: list[StopId] = []
    next_since = started_at
    for number, departure in left.items():
        since, next_since = next_since, departure.left_at
        stop = stops.get(number)
        if stop is None:
            continue
        at = _judged_at(departure, stop)
        if at is None:
            unknown.append(stop.id)
        else:
            arrivals[stop.id] = Arrival(
                arrived_at=at,
                started_at=started_at,
                published=published[number],
                next_since=since if since <= at else None,
            )
    return Reached(arrivals, tuple(unknown))


def _first_by_stop(departures: Sequence[Departure]) -> dict[int, Departure]:
    first: dict[int, Departure] = {}
    for departure in departures:
        if departure.stop_number is not None:
            first.setdefault(departure.stop_number, departure)
    return first


def _judged_at(departure: Departure, stop: Stop) -> datetime | None:
    """When the visit began. ETAs honour the window, so an early driver counts from its opening.

    A driver who did not wait for the window is judged by the time of leaving.
    """
    if departure.arrived_at is None or stop.window is None:
        return departure.arrived_at
    return max(departure.arrived_at, min(stop.window.earliest, departure.left_at))


def _published_with(departure: Departure) -> PublishedEtas:
    etas = {i: eta for i, eta in enumerate(departure.etas) if eta is not None}
    return PublishedEtas(departure.told_at, etas, as_of=departure.news_at or departure.left_at)


def _by_stop(batches: Iterable[PublishedEtas]) -> Mapping[int, Sequence[PublishedEta]]:
    published: dict[int, list[PublishedEta]] = defaultdict(list)
    for each in batches:
        for number, eta in each.etas.items():
            published[number].append(PublishedEta(each.at, eta, each.as_of))
    return published
