"""Metrics are shown: the days of hubs, added up as somebody asks for them, and what is behind them.

Nothing is counted here. A span of days is one query a hub, whatever its drivers and shipments.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar

from chalicelib.domain.actors import STAFF, Actor
from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, ShipperId, TeamId
from chalicelib.domain.listings import Listing
from chalicelib.domain.metrics.days import DayPart
from chalicelib.domain.metrics.facts import GoodsFacts
from chalicelib.domain.metrics.figures import parts_of
from chalicelib.domain.metrics.questions import By, Of, Question
from chalicelib.domain.metrics.reports import Row, rows_of
from chalicelib.domain.metrics.stored import StoredFacts
from chalicelib.services.ports.accounts import Drivers, Hubs, Shippers, Teams
from chalicelib.services.ports.metrics import CountedRoutes, HubDays

MOST_ROWS: Final = 10_000
ROUTES_AT_ONCE: Final = 5
QUERIES_A_PAGE: Final = 20
"""So many queries are made for a page that has nothing on it yet."""
PAGE: Final = 100
Position = Mapping[str, str] | None
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Report:
    """The rows of a question in the order of time, then of ids; names of hubs and so on by id.

    ``is_of_shipper``: the reader is a shipper, who has no share in what belongs to vans.
    """

    question: Question
    rows: Sequence[Row]
    names: Mapping[str, str]
    is_of_shipper: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """A shipment behind a figure, with its share in numerator and denominator."""

    shipment_id: ShipmentId
    route_id: RouteId
    hub_id: HubId
    driver_id: DriverId
    service_day: date
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class ShowMetrics:
    """Answers questions about metrics. Raises Invalid for those that nobody keeps figures for,
    and NotFound for what is unknown or foreign.
    """

    hub_days: HubDays
    counted_routes: CountedRoutes
    hubs: Hubs
    teams: Teams
    drivers: Drivers
    shippers: Shippers

    def __call__(self, question: Question, actor: Actor) -> Report:
        """All rows. One query a hub; names and teams are a read for each hundred accounts."""
        asked = self._allowed(question, actor)
        hubs = self._hubs(asked.of.hub_id)
        grouping = asked.grouping
        parts = [
            part
            for hub_id in sorted(hubs)
            for part in self.hub_days.span(hub_id, asked.period, grouping)
        ]
        teams = self._teams_by_driver() if _needs_teams(asked) else {}
        is_of_shipper = actor.role not in STAFF
        rows = rows_of(
            asked.period,
            asked.step,
            parts,
            group_of=_group_of(asked, teams),
            groups=_always(asked),
            zones={hub_id: zone for hub_id, (_, zone) in hubs.items()},
        )
        if len(rows) > MOST_ROWS:
            text = (
                f"This has {len(rows)} rows, and {MOST_ROWS} is the most. Ask for a shorter period,"
                " longer steps, or one hub or team."
            )
            raise Invalid(text, pointer="?step", code="too_many_rows")
        return Report(asked, rows, self._names(asked, hubs), is_of_shipper)

    def behind(
        self,
        question: Question,
        name: str,
        actor: Actor,
        *,
        has_part: bool | None,
        limit: int,
        position: Position,
    ) -> Listing[Behind]:
        """The shipments behind a figure; ``has_part``: only those in its numerator, or the others.

        A page may be short, and still have a next one.
        """
        asked = self._allowed(question, actor)
        drivers = self._drivers_of(asked.of)
        hub_ids = sorted(self._hubs(asked.of.hub_id))

        def own(stored: StoredFacts) -> Iterator[Behind]:
            return _behind(stored, name, asked.of.shipper_id, drivers, has_part=has_part)

        page: Listing[Behind] = Listing((), position)
        for _ in range(QUERIES_A_PAGE):
            page = self._behind_page(hub_ids, asked, own, limit=limit, position=page.position)
            if page.data or page.position is None:
                break
        return page

    def _behind_page(
        self,
        hub_ids: Sequence[HubId],
        question: Question,
        own: Callable[[StoredFacts], Iterator[Behind]],
        *,
        limit: int,
        position: Position,
    ) -> Listing[Behind]:
        """What the next few routes of a hub have. A position names the hub, and how many of the
        shipments after it were shown.
        """
        at = dict(position or {})
        hub_id = HubId(at.pop("hub", hub_ids[0] if hub_ids else ""))
        skip = int(at.pop("skip", "0"))
        if hub_id not in hub_ids:
            return Listing(())
        page = self.counted_routes.page(
            hub_id, question.period, limit=ROUTES_AT_ONCE, position=at or None
        )
        rest = tuple(each for stored in page.data for each in own(stored))[skip:]
        if len(rest) > limit:
            return Listing(rest[:limit], {**at, "hub": hub_id, "skip": str(skip + limit)})
        if page.position is not None:
            return Listing(rest, {**page.position, "hub": hub_id})
        later = [each for each in hub_ids if each > hub_id]
        return Listing(rest, {"hub": later[0]} if later else None)

    def _allowed(self, question: Question, actor: Actor) -> Question:
        """The question as this reader may ask it. A shipper gets only its own."""
        if actor.role in STAFF:
            self._require_known(question.of)
            return question
        question.require_own()
        shipper_id = actor.shipper(question.of.shipper_id)
        return replace(question, of=Of(shipper_id=shipper_id))

    def _require_known(self, of: Of) -> None:
        if of.hub_id is not None:
            self.hubs.get(of.hub_id)
        if of.team_id is not None:
            self.teams.get(of.team_id)
        if of.driver_id is not None:
            self.drivers.get(of.driver_id)
        if of.shipper_id is not None:
            self.shippers.get(of.shipper_id)

    def _hubs(self, hub_id: HubId | None) -> dict[HubId, tuple[str, str]]:
        """Names and zones by id."""
        if hub_id is not None:
            hub = self.hubs.get(hub_id)
            return {hub.id: (hub.name, hub.time_zone)}
        return {hub.id: (hub.name, hub.time_zone) for hub in _all(self.hubs.page)}

    def _teams_by_driver(self) -> dict[DriverId, TeamId]:
        """As the teams are now. Who is in none has no entry."""
        found = _all(self.drivers.page)
        return {driver.id: driver.team_id for driver in found if driver.team_id is not None}

    def _drivers_of(self, of: Of) -> frozenset[DriverId] | None:
        """The drivers that are asked for; None: all."""
        if of.driver_id is not None:
            return frozenset({of.driver_id})
        if of.team_id is None:
            return None
        teams = self._teams_by_driver()
        return frozenset(each for each, team_id in teams.items() if team_id == of.team_id)

    def _names(self, question: Question, hubs: Mapping[HubId, tuple[str, str]]) -> dict[str, str]:
        match question.by:
            case By.TOTAL:
                return {}
            case By.HUB:
                return {str(hub_id): name for hub_id, (name, _) in hubs.items()}
            case By.TEAM:
                return {str(each.id): each.name for each in _all(self.teams.page)}
            case By.DRIVER:
                return {str(each.id): each.name for each in _all(self.drivers.page)}
            case By.SHIPPER if question.of.shipper_id is not None:
                shipper = self.shippers.get(question.of.shipper_id)
                return {str(shipper.id): shipper.name}
            case By.SHIPPER:
                return {str(each.id): each.name for each in _all(self.shippers.page)}


def _group_of(
    question: Question, teams: Mapping[DriverId, TeamId]
) -> Callable[[DayPart, str], str | None]:
    """The group of an entry of a day; None for one that is not asked for."""
    of, by = question.of, question.by

    def group_of(part: DayPart, key: str) -> str | None:
        team_id = teams.get(DriverId(key))
        is_other = (
            of.driver_id not in {None, key}
            or of.shipper_id not in {None, key}
            or (of.team_id is not None and team_id != of.team_id)
        )
        if is_other:
            return None
        match by:
            case By.TOTAL:
                return ""
            case By.HUB:
                return part.hub_id
            case By.TEAM:
                return team_id
            case By.DRIVER | By.SHIPPER:
                return key

    return group_of


def _always(question: Question) -> list[str]:
    """The groups that have rows even without any data: those that are named."""
    named: Mapping[By, str | None] = {
        By.TOTAL: "",
        By.HUB: question.of.hub_id,
        By.TEAM: question.of.team_id,
        By.DRIVER: question.of.driver_id,
        By.SHIPPER: question.of.shipper_id,
    }
    found = named[question.by]
    return [] if found is None else [found]


def _needs_teams(question: Question) -> bool:
    return question.by is By.TEAM or question.of.team_id is not None


def _behind(
    stored: StoredFacts,
    name: str,
    shipper_id: ShipperId | None,
    drivers: frozenset[DriverId] | None,
    *,
    has_part: bool | None,
) -> Iterator[Behind]:
    for goods in stored.facts.goods:
        if shipper_id not in {None, goods.shipper_id}:
            continue
        if drivers is not None and goods.driver_id not in drivers:
            continue
        above, below = parts_of(goods.tally, name)
        if below and has_part in {None, above > 0}:
            yield _shown(stored, goods, above, below)


def _shown(stored: StoredFacts, goods: GoodsFacts, above: int, below: int) -> Behind:
    return Behind(
        shipment_id=goods.shipment_id,
        route_id=stored.facts.route_id,
        hub_id=stored.facts.hub_id,
        driver_id=goods.driver_id,
        service_day=stored.facts.service_day,
        numerator=above,
        denominator=below,
    )


def _all(page: Callable[..., Listing[T]]) -> list[T]:
    """All accounts of a kind."""
    found: list[T] = []
    position: Position = None
    while True:
        listed = page(limit=PAGE, position=position)
        found += listed.data
        position = listed.position
        if position is None:
            return found
