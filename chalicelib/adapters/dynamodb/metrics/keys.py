"""Sort keys of the metrics table, in the order of days."""

from datetime import date
from typing import Final

from chalicelib.domain.ids import RouteId
from chalicelib.domain.metrics.days import Grouping
from chalicelib.domain.metrics.periods import Period
from chalicelib.domain.metrics.stored import CountedRoute

ROUTE: Final = "ROUTE#"
PARTS: Final = {
    Grouping.TOTAL: "DAY#",
    Grouping.DRIVER: "DRIVERS#",
    Grouping.SHIPPER: "SHIPPERS#",
}


def route_item(route: CountedRoute) -> str:
    """The facts of a route."""
    return f"{ROUTE}{route.service_day.isoformat()}#{route.route_id}"


def of_route_item(item: str) -> tuple[date, RouteId]:
    """The day and the route again."""
    _, day, route_id = item.split("#")
    return date.fromisoformat(day), RouteId(route_id)


def part_item(grouping: Grouping, service_day: date, number: int) -> str:
    """A part of a day. The parts of a grouping count from 0."""
    return f"{PARTS[grouping]}{service_day.isoformat()}#{number:03d}"


def day_of_part(item: str) -> date:
    """The day again."""
    return date.fromisoformat(item.split("#")[1])


def between(prefix: str, period: Period) -> tuple[str, str]:
    """The first and the last possible key of a period."""
    return f"{prefix}{period.first.isoformat()}#", f"{prefix}{period.last.isoformat()}#~"
