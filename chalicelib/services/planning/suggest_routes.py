"""Routes are suggested for a day: which stops on which van, in which order, and when.

Nothing is written. The order is searched with the learnt travel times between all places. The times
of the answer are those that the plan itself would have, with the seconds of the road network where
there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Deactivated, Invalid
from chalicelib.domain.eta.model import TravelModel
from chalicelib.domain.ids import ROUTE, STOP, RouteId, StopId
from chalicelib.domain.planning.drafts import Draft, problem_of, reason_left, routes_of
from chalicelib.domain.planning.suggestions import (
    MAX_SUGGESTED_STOPS,
    Question,
    Suggestion,
    Unplaced,
    in_stops,
)
from chalicelib.domain.routes.new_stops import make_stop
from chalicelib.domain.routes.routes import Route, Stop
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.planning.candidates import FindCandidates
from chalicelib.services.planning.optimizing import optimized
from chalicelib.services.planning.timetables import suggested, timetable
from chalicelib.services.planning.vans import ReadVans, Van
from chalicelib.services.ports.accounts import Drivers, Hubs
from chalicelib.services.ports.planning import RouteOptimizer, StandbyOptimizer
from chalicelib.services.ports.routes import RoadNetwork, Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.routes.claims import share_of
from chalicelib.services.routes.road_times import with_road_times_each


@dataclass(frozen=True, slots=True)
class SuggestRoutes:
    """Suggests routes.

    Raises NotFound for an unknown hub, driver or route, Deactivated, RouteUnderWay, RouteOver,
    AlreadyAssigned, NotPlannable, and Invalid with a pointer.
    """

    hubs: Hubs
    drivers: Drivers
    routes: Routes
    shipments: Shipments
    road_network: RoadNetwork
    forecasts: Forecasts
    optimizer: RouteOptimizer
    standby: StandbyOptimizer
    clock: Clock
    ids: Ids

    def __call__(self, question: Question, *, actor: Actor) -> Suggestion:
        """A route for each van, in the order of the question."""
        hub = self._hub(question)
        reader = ReadVans(self.routes, self.drivers, self.clock, self.ids)
        vans = reader.before(question, hub)
        find = FindCandidates(self.shipments, self.routes, self.hubs)
        candidates = find(question, hub, actor)
        before = [reader.with_visits(van, i, candidates.pinned) for i, van in enumerate(vans)]
        free = self._stops(candidates.free)
        _require_size(before, free)
        model = self._model(before, free)
        if question.keeps_order:
            return self._shown(question, vans, before, before, model)
        drafts = [
            Draft(route, van.asked.ends_at, van.asked.most_stops)
            for van, route in zip(vans, before, strict=True)
        ]
        problem = problem_of(drafts, free, model)
        found = optimized(problem, self.optimizer, self.standby)
        own = len(problem.jobs) - len(free)
        left = [
            Unplaced(shipment_id, reason_left(problem, job))
            for job in found.solution.left
            for shipment_id in free[job - own].shipment_ids
        ]
        after = routes_of(drafts, free, found.solution)
        suggestion = self._shown(question, vans, before, after, model)
        return replace(
            suggestion,
            optimizer=found.by,
            failover=found.failover,
            unplaced=(*candidates.unplaced, *left),
        )

    def _hub(self, question: Question) -> Hub:
        hub = self.hubs.get(question.hub_id)
        if not hub.is_active:
            raise Deactivated(account_id=hub.id)
        return hub

    def _stops(self, shipments: Sequence[Shipment]) -> list[Stop]:
        """The stops of what may go on any van."""
        return [
            make_stop(
                StopId(self.ids.new(STOP)),
                group,
                number=number,
                service_time_s=None,
                pointer=lambda _: "/shipment_ids",
            )
            for number, group in enumerate(in_stops([share_of(each) for each in shipments]))
        ]

    def _model(self, routes: Sequence[Route], free: Sequence[Stop]) -> TravelModel:
        """The travel model with all that was learnt of these places."""
        stops = [stop for route in routes for stop in route.stops] + list(free)
        everywhere = replace(routes[0], id=RouteId(self.ids.new(ROUTE)), stops=tuple(stops))
        self.forecasts.stop_times(everywhere, everywhere.starts_at)  # reads what was learnt
        return self.forecasts.model

    def _shown(
        self,
        question: Question,
        vans: Sequence[Van],
        before: Sequence[Route],
        after: Sequence[Route],
        model: TravelModel,
    ) -> Suggestion:
        """With the times of the roads. An order that is no better by them is not suggested."""
        timed = with_road_times_each([*before, *after], self.road_network)
        found = []
        for i, van in enumerate(vans):
            was, then = timed[i], timed[len(vans) + i]
            _, before_totals = timetable(was, van, model)
            is_same = {stop.id for stop in was.stops} == {stop.id for stop in then.stops}
            if is_same and was.stops != then.stops:
                _, after_totals = timetable(then, van, model)
                then = was if after_totals.rank >= before_totals.rank else then
            found.append(suggested(van, then, model, before_totals))
        return Suggestion(
            hub_id=question.hub_id,
            service_day=question.service_day,
            routes=tuple(found),
        )


def _require_size(routes: Sequence[Route], free: Sequence[Stop]) -> None:
    count = sum(len(route.stops) for route in routes) + len(free)
    if count > MAX_SUGGESTED_STOPS:
        text = f"A suggestion has at most {MAX_SUGGESTED_STOPS} stops, and these would be {count}."
        raise Invalid(text, pointer="/shipment_ids", code="too_many")
