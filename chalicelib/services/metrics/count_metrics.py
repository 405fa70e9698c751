"""Metrics are counted: a route's facts made anew, and then the day of its hub.

Whatever is the occasion, all is read and counted again. So a repeat, another order and a late
correction end in the same bytes, and nothing is written that is as before. ``counted_at`` is when
reading began, hence news from before it need no other count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.ids import HubId, RouteId, ShipmentId
from chalicelib.domain.journal.changes import FactsChange, HubDayChange
from chalicelib.domain.metrics.days import day_of
from chalicelib.domain.metrics.facts import facts
from chalicelib.domain.metrics.news import News
from chalicelib.domain.metrics.stored import CountedRoute, StoredFacts
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from chalicelib.observability import Metric, count, logger
from chalicelib.services.metrics.sources import driven_of, handled_on
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.metrics import CountedRoutes, HubDays
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock
from chalicelib.services.retries import retried

CLOCKS_DIFFER: Final = timedelta(minutes=1)
"""News counts as read when it was written this much before the reading: two functions' clocks."""
EXPIRY_MARGIN: Final = timedelta(days=1)


class Outcome(StrEnum):
    """What came of counting a route."""

    CHANGED = "changed"
    SAME = "same"
    FINAL = "final"
    """Some of its sources have expired, or will within a day: what is stored stays."""
    NOT_DRIVEN = "not_driven"


@dataclass(frozen=True, slots=True)
class CountMetrics:
    """Counts routes and days."""

    routes: Routes
    shipments: Shipments
    fleet: Fleet
    counted_routes: CountedRoutes
    hub_days: HubDays
    journal: Journal
    clock: Clock
    policy: Policy

    def __call__(self, news: Iterable[News]) -> frozenset[News]:
        """Count what these concern, each route and day once. Returns those that must come again."""
        failed = set[News]()
        days: dict[tuple[HubId, date], set[News]] = {}
        for place, own in self._places(news, failed).items():
            try:
                if self._is_counted(place, own):
                    continue
                self.of_route(place.route_id)
            except Unavailable as exc:
                _warn(place.route_id, exc)
                failed |= own
            except Exception:  # noqa: BLE001 - one route must not hold up all others of a batch
                logger.exception("route not counted", extra={"route_id": place.route_id})
                failed |= own
            else:
                days.setdefault((place.hub_id, place.service_day), set()).update(own)
        for (hub_id, service_day), own in days.items():
            try:
                self.of_day(hub_id, service_day)
            except Unavailable as exc:
                _warn(f"{hub_id} {service_day.isoformat()}", exc)
                failed |= own
        return frozenset(failed)

    def of_route(self, route_id: RouteId) -> Outcome:
        """Make the facts of a route anew, and write them when they differ. Raises Unavailable."""
        return retried(lambda: self._of_route(route_id))

    def of_day(self, hub_id: HubId, service_day: date) -> Outcome:
        """Make the day of a hub anew from its facts, and write it when it differs.

        Raises Unavailable.
        """
        return retried(lambda: self._of_day(hub_id, service_day))

    def _of_route(self, route_id: RouteId) -> Outcome:
        now = self.clock.now()
        try:
            route = self.routes.get(route_id)
        except NotFound:
            return Outcome.FINAL
        if route.started_at is None:
            return Outcome.NOT_DRIVEN
        if now >= self.final_at(route.started_at):
            return Outcome.FINAL
        place = place_of(route)
        before = self.counted_routes.get(place)  # first of all: what is read later is not older
        driven = driven_of(route, routes=self.routes, fleet=self.fleet, policy=self.policy, now=now)
        made = facts(route, driven, handled_on(route, self.shipments))
        if before is not None and before.facts == made:
            return Outcome.SAME
        known = () if before is None else before.facts.shipment_ids
        new = sorted(set(made.shipment_ids) - set(known))
        expires_at = route.started_at + self.policy.track_retention
        self.counted_routes.note(place, new, expires_at=expires_at)
        expected = None if before is None else before.version
        self.journal.commit(FactsChange(made, expected, now))
        count(Metric.ROUTES_COUNTED)
        logger.info("route counted", extra={"route_id": route_id})
        return Outcome.CHANGED

    def _of_day(self, hub_id: HubId, service_day: date) -> Outcome:
        before = self.hub_days.get(hub_id, service_day)
        found = self.counted_routes.of_day(hub_id, service_day)
        if not found:
            return Outcome.NOT_DRIVEN
        day = day_of(hub_id, service_day, (each.facts for each in found))
        counted_at = max(each.counted_at for each in found)
        if before is not None and (before.day, before.counted_at) == (day, counted_at):
            return Outcome.SAME
        change = HubDayChange(
            day,
            None if before is None else before.day,
            None if before is None else before.version,
            counted_at,
        )
        self.journal.commit(change)
        return Outcome.CHANGED

    def final_at(self, started_at: datetime) -> datetime:
        """From when on the facts of a route stay as they are: its sources are about to expire."""
        kept = min(self.policy.track_retention, self.policy.shipment_retention)
        return started_at + kept - EXPIRY_MARGIN

    def _places(self, news: Iterable[News], failed: set[News]) -> Mapping[CountedRoute, set[News]]:
        """The routes that are concerned. Of a shipment they are those that were counted before.

        A route that was not is counted when it ends, and then reads what came before.
        """
        found: dict[CountedRoute, set[News]] = {}
        known: dict[ShipmentId, tuple[CountedRoute, ...]] = {}
        now = self.clock.now()
        for each in news:
            try:
                if each.route_id is not None:
                    places: tuple[CountedRoute, ...] = (place_of(self.routes.get(each.route_id)),)
                elif each.shipment_id is not None:
                    if each.shipment_id not in known:
                        known[each.shipment_id] = self.counted_routes.with_shipment(
                            each.shipment_id, now
                        )
                    places = known[each.shipment_id]
                else:
                    places = ()
            except NotFound:
                continue
            except Unavailable as exc:
                _warn(each.route_id or each.shipment_id or "", exc)
                failed.add(each)
                continue
            for place in places:
                found.setdefault(place, set()).add(each)
        return found

    def _is_counted(self, place: CountedRoute, own: Iterable[News]) -> bool:
        """Whether all of this news was there when the route was counted, and its day since."""
        stored: StoredFacts | None = self.counted_routes.get(place)
        if stored is None:
            return False
        newest = max(each.recorded_at for each in own)
        if newest + CLOCKS_DIFFER > stored.counted_at:
            return False
        day = self.hub_days.get(place.hub_id, place.service_day)
        return day is not None and day.counted_at >= stored.counted_at


def place_of(route: Route) -> CountedRoute:
    """Where the facts of a route are found."""
    return CountedRoute(route.hub_id, route.service_day, route.id)


def _warn(name: str, exc: Unavailable) -> None:
    logger.warning("metrics not counted", extra={"name": name, "code": exc.code})
