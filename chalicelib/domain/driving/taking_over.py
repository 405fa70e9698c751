"""Taking over: another driver goes on with a van, and with all that is aboard.

Whoever follows the van sees no difference: its newest fixes, the progress of its stops, its ETAs
and what was told of them go over. What belongs to a driver's phone and token does not.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.driving.live import Live, Progress, kept_numbers
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route, Stint


def with_new_driver(route: Route, before: Route, by: Live, now: datetime) -> Route:
    """The plan with who drove it until now. ``by`` is the live state of the new driver."""
    stint = Stint(before.driver_id, now, before.previous)
    again = by.route_id == route.id  # comes back to it: this was not the route before
    previous = before.previous_of(by.driver_id) if again else by.route_id
    return replace(route, driver_id=by.driver_id, stints=(*route.stints, stint), previous=previous)


def set_out_at(route: Route, live: Live) -> datetime | None:
    """When the van left the hub: its driver may have taken it over on the road."""
    return route.started_at if route.stints else live.started_at


def taken_over(live: Live, by: Live, now: datetime, policy: Policy) -> Live:
    """The live state of the van with another driver, from now on. Its version is that of ``by``.

    Only fixes that the van can have driven go over: what they were judged by, the way from the hub
    since the start, is not the new driver's.
    """
    return replace(
        live,
        driver_id=by.driver_id,
        version=by.version,
        epoch=by.epoch,
        clock_skew=by.clock_skew,
        planned=by.planned,
        started_at=now,
        began_at=None,
        recent=live.credible(policy),
        estimated_at=live.news_at,
    )


def let_off(live: Live, route: Route, now: datetime) -> Live:
    """The live state of the driver who has handed the van over: off shift, with nothing ahead.

    ``route`` is the plan with the new driver.
    """
    return replace(
        live,
        plan_version=route.plan_version,
        ended_at=now,
        nearest_stop=None,
        near_since=None,
        last_stop=None,
        last_stop_before=None,
        away_since=None,
        standing_since=None,
        breaks_taken_s=(),
        unsettled_until=None,
        progress=(Progress(is_done=True),) * len(route.stops),
        etas=(None,) * len(route.stops),
        shown=(),
        numbers=kept_numbers(route.numbers),
    )
