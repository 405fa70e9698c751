"""Learning, off the hot path: departures of routes change the pages of what is known.

Pages and how far each route has been learnt are one transaction, so that everything is learnt once,
whoever is called twice or at the same time. A page that cannot be read is set aside, and learning
begins anew there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chalicelib.domain.changes import PageChange, StoredPage
from chalicelib.domain.errors import NotFound
from chalicelib.domain.eta.learned import LearnedModel
from chalicelib.domain.eta.pages import pack_page
from chalicelib.domain.eta.places import MODEL_PAGE
from chalicelib.domain.eta.state import State
from chalicelib.domain.ids import RouteId
from chalicelib.domain.learning import Order, Teaching, teachings
from chalicelib.observability import Metric, count, logger
from chalicelib.services.knowledge import read_into
from chalicelib.services.ports import Clock, Routes, TravelPages
from chalicelib.services.retries import retried

ITEMS_AT_ONCE: Final = 80
"""Pages and routes of one transaction, which holds 100 items."""
KEPT_ASIDE: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class LearnTravelTimes:
    """Learns what the departures of routes teach. Safe to repeat, and to run beside itself."""

    routes: Routes
    travel: TravelPages
    clock: Clock

    def __call__(self, route_ids: Sequence[RouteId]) -> frozenset[RouteId]:
        """Learn all that is new of these routes; returns those that must come again."""
        wanted = tuple(dict.fromkeys(route_ids))
        try:
            while retried(lambda: self._learn_some(wanted)):
                pass
        except Exception:  # noqa: BLE001 - the last one that is left logs what it was
            if len(wanted) > 1:  # one route must not hold up the others: each alone says whether
                return frozenset().union(*(self((route_id,)) for route_id in wanted))
            logger.exception("route not learnt", extra={"route_ids": wanted})
            return frozenset(wanted)
        return frozenset()

    def _learn_some(self, route_ids: Sequence[RouteId]) -> bool:
        """Learn what fits into one transaction; whether there is more."""
        before = self.travel.learnt(route_ids)
        new = sorted(
            (teaching for route_id in route_ids for teaching in self._new(route_id, before)),
            key=lambda teaching: teaching.learnt.through,
        )
        some, pages = _that_fit(new)
        if some:
            changes = self._taught(some, self.travel.open(sorted(pages)))
            marks = {teaching.learnt.route_id: teaching.learnt for teaching in some}
            learnt = [(mark, before.get(route_id)) for route_id, mark in marks.items()]
            self.travel.commit(changes, learnt)
            count(Metric.DEPARTURES_LEARNT, len(some))
        return len(some) < len(new)

    def _new(self, route_id: RouteId, before: Mapping[RouteId, Order]) -> tuple[Teaching, ...]:
        try:
            route = self.routes.get(route_id)
        except NotFound:
            return ()
        departures = self.routes.departures(route_id)
        return tuple(teachings(route, departures, after=before.get(route_id)))

    def _taught(
        self, some: Sequence[Teaching], stored: Mapping[int, StoredPage]
    ) -> list[PageChange]:
        lessons = [lesson for teaching in some for lesson in teaching.lessons]
        if not lessons:
            return []
        now = self.clock.now()
        state = State()
        refused = read_into(state, stored)
        if refused:
            self.travel.set_aside({page: stored[page] for page in refused}, now + KEPT_ASIDE)
        model = LearnedModel(state)
        for lesson in sorted(lessons, key=lambda lesson: lesson.over_at):
            lesson.teach(model)
        return [
            PageChange(
                page,
                pack_page(state, page, now.timestamp()),
                stored[page].version if page in stored else None,
            )
            for page in sorted({MODEL_PAGE, *state.beliefs.changed, *refused})
        ]


def _that_fit(new: Sequence[Teaching]) -> tuple[list[Teaching], frozenset[int]]:
    """The first of them whose pages and routes fit into one transaction, at least one; the pages.

    One alone always fits: a leg and a visit have some twenty pages.
    """
    some: list[Teaching] = []
    pages: frozenset[int] = frozenset()
    routes: set[RouteId] = set()
    for teaching in new:
        wider, more = pages | teaching.pages(), routes | {teaching.learnt.route_id}
        if some and len(wider) + len(more) > ITEMS_AT_ONCE:
            break
        some.append(teaching)
        pages, routes = wider, more
    return some, pages
