"""Look at every driver on duty each minute: tell who is silent, and the promises broken in silence.

A driver of whom nothing is to be told costs half a read unit. Telling one is a transaction of
shipments, events and live state, which holds the memory: a repeat of a sweep, or two at once, tell
nothing twice.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.driving.alerts import Alert
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.silence import decide_in_silence
from chalicelib.domain.errors import ConcurrentUpdate, NotFound, Unavailable
from chalicelib.domain.journal.changes import LiveChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Duty, Route
from chalicelib.observability import Metric, count, logger
from chalicelib.services.driving.telling import told
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried

MOST_COMMITS: Final = 10
"""The most transactions for one driver in a sweep. The others follow in the next minute."""


@dataclass(frozen=True, slots=True)
class SweepReport:
    """How many drivers are on duty, of how many something was told, and how many failed."""

    on_duty: int
    told: int
    failed: int


@dataclass(frozen=True, slots=True)
class SweepFleet:
    """One sweep. A driver who fails is tried again by the next one, and holds up nobody."""

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    clock: Clock
    ids: Ids
    policy: Policy

    def __call__(self) -> SweepReport:
        """Look at every driver once. Raises Unavailable when the drivers cannot be listed."""
        duties, told, failed = self.routes.on_duty(), 0, 0
        for duty in duties:
            try:
                told += self._is_told(duty)
            except (ConcurrentUpdate, NotFound, Unavailable) as exc:
                failed += 1
                facts = {"driver_id": duty.driver_id, "route_id": duty.route_id, "code": exc.code}
                logger.warning("driver not swept", extra=facts)
            except Exception:  # noqa: BLE001 - whatever is wrong with one, the others are looked at
                failed += 1
                facts = {"driver_id": duty.driver_id, "route_id": duty.route_id}
                logger.exception("driver not swept", extra=facts)
        count(Metric.DRIVERS_NOT_SWEPT, failed)
        logger.info("fleet swept", extra={"on_duty": len(duties), "told": told, "failed": failed})
        return SweepReport(len(duties), told, failed)

    def _is_told(self, duty: Duty) -> bool:
        """Whether anything was told. The first look costs half a unit, and mostly ends here."""
        live = self.fleet.glance(duty.driver_id)
        if live is None or not self._decided(live, duty, self.clock.now())[1]:
            return False
        commits = 0
        while commits < MOST_COMMITS and retried(lambda: self._tell(duty)):
            commits += 1
        return commits > 0

    def _tell(self, duty: Duty) -> bool:
        """One transaction; False when nothing is left to tell."""
        now = self.clock.now()
        before = self.fleet.live(duty.driver_id)
        after, alerts, route = self._decided(before, duty, now)
        if not alerts or route is None:
            return False
        live = LiveChange(replace(after, version=before.version + 1), before.version)
        changes = told(alerts, route, shipments=self.shipments, ids=self.ids, now=now)
        self.journal.commit(*changes, live)
        return True

    def _decided(
        self, live: Live, duty: Duty, now: datetime
    ) -> tuple[Live, tuple[Alert, ...], Route | None]:
        """Nothing of a driver who is on another route by now, or on none."""
        if live.route_id != duty.route_id or not live.is_on_shift:
            return live, (), None
        route = self.routes.plan(duty.route_id, live.plan_version)
        after, alerts = decide_in_silence(
            live, route, now=now, limit=self.policy.alerts_per_commit, policy=self.policy
        )
        return after, alerts, route
