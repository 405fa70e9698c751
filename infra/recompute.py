"""`python -m infra.recompute --stage prod --from 2026-11-01 --to 2026-11-30`: count metrics anew.

All facts of the routes of these service days are made again from plans, tracks, shipments and
events, then the days of the hubs. It may be repeated and stopped: what is the same is not written,
and the same sources give the same bytes. Routes whose tracks have expired, or will within a day,
keep the facts that they have.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import boto3

from chalicelib.bootstrap.container import Container, wiring
from chalicelib.domain.errors import DomainError, Unavailable
from chalicelib.domain.ids import HubId, RouteId
from chalicelib.domain.instants import read_day
from chalicelib.domain.metrics.periods import Period, Step
from chalicelib.services.metrics.count_metrics import Outcome
from chalicelib.settings import Settings
from infra.package import stages
from infra.template import Stack

PAGE = 100


@dataclass
class Done:
    """How many routes and days had which outcome, and which failed for now."""

    routes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    days: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Two lines for the operator."""
        routes, days = self.routes, self.days
        found = (
            f"routes: {routes[Outcome.CHANGED]} changed, {routes[Outcome.SAME]} as before,"
            f" {routes[Outcome.FINAL]} final, {routes[Outcome.NOT_DRIVEN]} not driven\n"
            f"days: {days[Outcome.CHANGED]} changed, {days[Outcome.SAME]} as before,"
            f" {days[Outcome.NOT_DRIVEN]} without routes"
        )
        return found + (f"\nfailed, repeat it: {', '.join(self.failed)}" if self.failed else "")


def main() -> int:
    """Count what was asked for. Returns 1 when some could not be counted."""
    parser = argparse.ArgumentParser(prog="python -m infra.recompute", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages())
    parser.add_argument("--from", dest="first", required=True, type=day, help="2026-11-01")
    parser.add_argument("--to", dest="last", required=True, type=day, help="2026-11-30")
    parser.add_argument("--hub", help="the id of one hub; all of them without it")
    arguments = parser.parse_args()
    try:
        period = Period(arguments.first, arguments.last)
    except DomainError as exc:
        parser.error(str(exc))
    done = recompute(container_of(arguments.stage, boto3.Session()), period, arguments.hub)
    print(done)
    return 1 if done.failed else 0


def day(text: str) -> date:
    """A day. Raises ArgumentTypeError with a sentence."""
    try:
        return read_day(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc


def container_of(stage: str, session: boto3.Session) -> Container:
    """The wiring of the stack in the session's account and region."""
    account_id = session.client("sts").get_caller_identity()["Account"]
    stack = Stack(stage, account_id=account_id, region=session.region_name or "")
    return wiring(Settings.from_env(stack.environment()))


def recompute(container: Container, period: Period, hub_id: str | None = None) -> Done:
    """Count all routes of these days, and then the days. One that fails holds up no other."""
    done, count = Done(), container.count_metrics
    for hub in [HubId(hub_id)] if hub_id else list(_hubs(container)):
        for each in period.cut(Step.DAY):
            for route_id in _routes(container, hub, each.first):
                try:
                    done.routes[count.of_route(route_id)] += 1
                except Unavailable:
                    done.failed.append(route_id)
            try:
                done.days[count.of_day(hub, each.first)] += 1
            except Unavailable:
                done.failed.append(f"{hub} {each.first.isoformat()}")
    return done


def _hubs(container: Container) -> Iterator[HubId]:
    position = None
    while True:
        page = container.show_accounts.of_hubs(limit=PAGE, position=position)
        yield from (hub.id for hub in page.data)
        position = page.position
        if position is None:
            return


def _routes(container: Container, hub_id: HubId, service_day: date) -> Iterator[RouteId]:
    position = None
    while True:
        page = container.adapters.routes.by_service_day(
            service_day, hub_id, limit=PAGE, position=position
        )
        yield from (summary.id for summary in page.data)
        position = page.position
        if position is None:
            return


if __name__ == "__main__":
    sys.exit(main())
