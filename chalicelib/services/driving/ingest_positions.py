"""The hot path: from a driver's fixes to the head, the ETAs and what must be told.

Steady state: one read and two writes, whatever the number of stops. Only when something happened
are shipments read, and then live state, shipments and events are written in one transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from chalicelib.domain.driving.alerts import Alert
from chalicelib.domain.driving.clocks import Shift
from chalicelib.domain.driving.fixes import Fix, in_order
from chalicelib.domain.driving.journeys import Advance, advance, needs_track
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.screening import (
    NO_SHIFTS,
    Reason,
    Screened,
    UnreadableFix,
    Verdict,
    screen,
)
from chalicelib.domain.driving.shift_hours import Drive, ShiftHours, drives
from chalicelib.domain.driving.timed_fixes import in_our_time
from chalicelib.domain.errors import ConcurrentUpdate, Unauthorized
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.journal.changes import LiveChange, ShipmentChange, TrackEntry
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.services.driving.shifts import earlier_shifts, plan_of, present_shift
from chalicelib.services.driving.telling import told
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.retries import retried

NOTHING: Final = Screened(verdicts=(), stored=(), usable=(), trusted=())


@dataclass(frozen=True, slots=True)
class FixBatch:
    """The fixes of one request, in the device's order; ``sent_at`` is the device's clock then.

    Without a fix it is a sign of life.
    """

    driver_id: DriverId
    epoch: int
    fixes: tuple[Fix | UnreadableFix, ...]
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IngestReport:
    """A verdict for every fix, in the order of the batch, and what followed from them.

    ``is_repeat``: this very batch was kept before. ``plan_version`` is that of the plan that the
    driver is on: with another one than the phone knows, the route is to be read again.
    """

    verdicts: tuple[Verdict, ...]
    is_repeat: bool
    head_recorded_at: datetime | None
    clock_skew: timedelta
    alerts: tuple[Alert, ...] = ()
    plan_version: int = 0


@dataclass(frozen=True, slots=True)
class _Kept:
    """Whether any part of a batch was new, and the fixes of the parts that were kept before."""

    is_new: bool
    repeats: frozenset[Fix]

    @classmethod
    def of(cls, parts: Sequence[tuple[TrackEntry, bool]]) -> "_Kept":
        """``parts`` says for each part whether it was new."""
        old = frozenset(f for part, is_new in parts if not is_new for f in part.fixes)
        return cls(any(is_new for _, is_new in parts), old)


@dataclass(frozen=True, slots=True)
class IngestPositions:
    """Keep what is credible, move the head forward, and commit the alerts that follow with it.

    Safe to repeat: a batch has one place in the track, the head is a function of a set of fixes,
    alerts are edge-triggered and their memory is committed with them. Raises Unauthorized for a
    revoked token and Unavailable when others were faster too often.
    """

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    clock: Clock
    ids: Ids
    forecasts: Forecasts
    policy: Policy

    def __call__(self, batch: FixBatch) -> IngestReport:
        """Take one batch in."""
        kept: list[_Kept] = []  # by the first try: a second one would find what that one kept
        return retried(lambda: self._ingest(batch, kept))

    def _ingest(self, batch: FixBatch, kept: list["_Kept"]) -> IngestReport:
        now = self.clock.now()
        before = self.fleet.live(batch.driver_id)
        if before.epoch != batch.epoch:
            raise Unauthorized
        if not batch.fixes:
            return self._alive(before, now)
        shift = Shift(now, before.started_at, before.clock_skew)
        timed = in_our_time(batch.fixes, batch.sent_at, shift, self.policy)
        fixes, skew = timed.fixes, timed.skew
        late_at = timed.oldest_before(before.started_at, now - self.policy.fix_age_limit)
        screened = timed.marked(
            screen(
                fixes,
                recent=before.recent,
                received_at=now,
                shift=present_shift(self.routes, before),
                earlier=earlier_shifts(self.routes, before, late_at) if late_at else NO_SHIFTS,
                origin=before.origin,
                policy=self.policy,
            )
        )
        if not any(verdict.is_stored for verdict in screened.verdicts):
            return self._report(before, screened, skew)
        route, steps = self._advance(before, screened, skew, now)
        after = steps[-1].live
        entries = self._entries(after, screened, now)
        kept.append(_Kept.of([(entry, self.fleet.append_track(entry)) for entry in entries]))
        read = before
        self._commit_steps(before, steps, route, now)
        for route_id, late in self._of_others(read, screened):
            retried(partial(self._catch_up, route_id, late))
        if kept[0].is_new:
            repeats = kept[0].repeats
            screened = self._with_repeats(screened, fixes, read, entries, repeats=repeats)
        return replace(
            self._report(after, screened, skew),
            is_repeat=not kept[0].is_new,
            alerts=tuple(alert for step in steps for alert in step.alerts),
        )

    def _of_others(self, live: Live, screened: Screened) -> Iterator[tuple[RouteId, Sequence[Fix]]]:
        """The fixes of routes that somebody else may drive by now."""
        yield from screened.late
        if live.route_id is None or live.is_on_shift or not screened.stored:
            return
        if plan_of(self.routes, live).driver_id != live.driver_id:
            yield live.route_id, screened.stored

    def _catch_up(self, route_id: RouteId, late: Sequence[Fix]) -> None:
        """What a former driver's phone sends late tells of the van that another one drives now."""
        now, route = self.clock.now(), self.routes.get(route_id)
        if route.status is not RouteStatus.ACTIVE or route.started_at is None:
            return
        before = self.fleet.live(route.driver_id)
        if (before.route_id, before.plan_version) != (route.id, route.plan_version):
            raise ConcurrentUpdate
        hours = ShiftHours(route.started_at)
        screened = screen(
            late, recent=before.recent, received_at=now, shift=hours, policy=self.policy
        )
        _, steps = self._advance(before, screened, before.clock_skew, now)
        self._commit_steps(before, steps, route, now)

    def _alive(self, before: Live, now: datetime) -> IngestReport:
        """A phone that says it is there, and not where: noted on a route, and it moves nothing."""
        known = before.alive_at
        is_due = known is None or now - known >= self.policy.alive_every
        if before.is_on_shift and is_due:
            self._commit(before, replace(before, alive_at=now), (), None, now)
        return self._report(before, NOTHING, before.clock_skew)

    def _with_repeats(
        self,
        screened: Screened,
        fixes: Sequence[Fix | UnreadableFix],
        before: Live,
        entries: Sequence[TrackEntry],
        *,
        repeats: frozenset[Fix],
    ) -> Screened:
        """The verdicts, where fixes of other batches came again.

        ``repeats`` are such for sure: that part of the batch was kept before as a whole. Of the
        others only fixes up to the head can be such; a phone that sends each once costs no read.
        """
        newest_at = before.recent[-1].recorded_at if before.recent else before.started_at
        held = repeats
        for entry in entries:
            old = [f for f in entry.fixes if newest_at is None or f.recorded_at <= newest_at]
            if set(old).difference(before.recent, repeats):
                held |= self.fleet.held_already(entry, old)
        if not held:
            return screened
        verdicts = tuple(
            replace(verdict, reasons=(Reason.DUPLICATE, *verdict.reasons))
            if fix in held and verdict.is_stored
            else verdict
            for verdict, fix in zip(screened.verdicts, fixes, strict=True)
        )
        return replace(screened, verdicts=verdicts)

    def _advance(
        self, before: Live, screened: Screened, skew: timedelta, now: datetime
    ) -> tuple[Route | None, list[Advance]]:
        """After the shift only the track is completed; on shift the journey goes on.

        A batch takes more than one step when it has more to tell than one commit can hold.
        """
        if before.route_id is None or not before.is_on_shift or not screened.stored:
            return None, [Advance(before)]
        route = self.routes.plan(before.route_id, before.plan_version)
        stop_times = self.forecasts.stop_times(route, now)
        track = None
        if needs_track(before, screened, self.policy):
            track = self._track(before, screened, route, now)
        known = replace(before, clock_skew=skew, alive_at=None)
        steps = [Advance(known, is_complete=False)]
        while not steps[-1].is_complete:
            steps.append(
                advance(
                    steps[-1].live,
                    screened,
                    route,
                    stop_times,
                    now=now,
                    model=self.forecasts.model,
                    policy=self.policy,
                    track=track,
                )
            )
        return route, steps[1:]

    def _track(
        self, before: Live, screened: Screened, route: Route, now: datetime
    ) -> tuple[Fix, ...]:
        """All trusted fixes of the route so far, and those of the batch."""
        until = max(fix.recorded_at for fix in (*before.recent, *screened.usable))
        started_at, kept = before.started_at or now, set[Fix]()
        if route.stints and route.started_at is not None:
            started_at = route.started_at
            for drive in drives(route):
                kept.update(self._driven(drive, until, now))
        else:
            kept.update(self.fleet.track(before.driver_id, since=started_at, until=until, now=now))
        whole = in_order({*kept, *screened.stored})
        return screen(
            whole,
            recent=(),
            received_at=now,
            shift=ShiftHours(started_at),
            origin=Fix(started_at, route.hub_coordinates),
            policy=self.policy,
        ).trusted

    def _driven(self, drive: Drive, until: datetime, now: datetime) -> Iterator[Fix]:
        """The fixes of one driver of the route. A batch may go on after that drive."""
        since, last_at = drive.since, min(drive.until or until, until)
        found = self.fleet.track(drive.driver_id, since=since, until=last_at, now=now)
        return (fix for fix in found if fix.recorded_at <= (drive.until or fix.recorded_at))

    def _entries(self, after: Live, screened: Screened, now: datetime) -> list[TrackEntry]:
        """What goes into the track: one entry a route. With late fixes nothing is told anew."""
        untold = replace(after, etas=())
        driven = [(after.route_id, screened.stored, after)]
        driven += [(route_id, fixes, untold) for route_id, fixes in screened.late]
        return [
            TrackEntry(
                driver_id=after.driver_id,
                route_id=route_id,
                fixes=fixes,
                live=live,
                told_at=now,
                expires_at=now + self.policy.track_retention,
            )
            for route_id, fixes, live in driven
            if route_id is not None and fixes
        ]

    def _commit_steps(
        self, before: Live, steps: Sequence[Advance], route: Route | None, now: datetime
    ) -> None:
        for step in steps:
            if step.live != before:
                self._commit(before, step.live, step.alerts, route, now)
            before = replace(step.live, version=before.version + 1)

    def _commit(
        self,
        before: Live,
        after: Live,
        alerts: Sequence[Alert],
        route: Route | None,
        now: datetime,
    ) -> None:
        live = LiveChange(replace(after, version=before.version + 1), before.version)
        changes: tuple[ShipmentChange, ...] = ()
        if route is not None:
            changes = told(alerts, route, shipments=self.shipments, ids=self.ids, now=now)
        self.journal.commit(*changes, live)

    def _report(self, live: Live, screened: Screened, skew: timedelta) -> IngestReport:
        head = live.head(self.policy)
        return IngestReport(
            verdicts=screened.verdicts,
            is_repeat=False,
            head_recorded_at=None if head is None else head.recorded_at,
            clock_skew=skew,
            plan_version=live.plan_version,
        )
