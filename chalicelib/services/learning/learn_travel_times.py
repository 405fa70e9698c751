"""Learning, off the hot path: departures of routes change the travel pages.

The pages and the marks (how far each route has been learnt) change in one transaction. So every
departure is learnt once, even if we are called twice or at the same time. A corrupt page is set
aside and learnt from scratch. A page of newer code stays as it is, so after a rollback nothing is
learnt from routes that need it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.pages import pack_page
from chalicelib.domain.eta.learned.places import MODEL_PAGE, page_name
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import LearningMarkChange, PageChange, StoredPage
from chalicelib.domain.learning.learning import DepartureKey, DepartureLessons, lessons_by_departure
from chalicelib.observability import Metric, count, logger
from chalicelib.services.learning.travel_pages import read_into
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.system import Clock, Pauses
from chalicelib.services.ports.travel import TravelPages
from chalicelib.services.retries import retried

ITEMS_AT_ONCE: Final = 80
"""Pages and routes in one transaction. DynamoDB allows 100 items."""
KEPT_ASIDE: Final = timedelta(days=60)
TRIES: Final = 16
"""All learners write the page of the curves, so with four of them many tries fail. Sixteen failures
in a row hardly happen."""
FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 1.0
"""Exponential backoff with full jitter, as in M. Brooker's article in the AWS Architecture Blog."""
TIME_S: Final = 40.0
"""No try begins after this much real time. The function has 60 s, and a try is three calls."""


@dataclass(frozen=True, slots=True)
class LearnTravelTimes:
    """Learns from the departures of routes. Safe to repeat and to run several times at once."""

    routes: Routes
    travel: TravelPages
    journal: Journal
    clock: Clock
    pauses: Pauses

    def __call__(self, route_ids: Sequence[RouteId]) -> frozenset[RouteId]:
        """Learn everything new of these routes. Returns the routes to try again later."""
        return self._learn(tuple(dict.fromkeys(route_ids)), self.pauses.passed_s() + TIME_S)

    def _learn(self, wanted: Sequence[RouteId], until_s: float) -> frozenset[RouteId]:
        try:
            self._require_time(until_s)
            new = self._new(wanted)
            while new:
                self._require_time(until_s)
                new = retried(
                    partial(self._learn_some, new),
                    attempts=TRIES,
                    before_next=partial(self._pause, until_s),
                )
        except Exception:  # noqa: BLE001 - logged below, once the failing route is alone
            if len(wanted) > 1:  # one bad route must not stop the others, so try each alone
                return frozenset().union(*(self._learn((one,), until_s) for one in wanted))
            logger.exception("route not learnt", extra={"route_ids": wanted})
            return frozenset(wanted)
        return frozenset()

    def _pause(self, until_s: float, failed: int) -> None:
        self.pauses.take(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (failed - 1)))
        self._require_time(until_s)

    def _require_time(self, until_s: float) -> None:
        if self.pauses.passed_s() >= until_s:
            text = "There is no time left to learn in."
            raise Unavailable(text)

    def _learn_some(self, new: Sequence[DepartureLessons]) -> Sequence[DepartureLessons]:
        """Learn as much as fits into one transaction, and return what is left.

        Skips departures that somebody else has learnt meanwhile.
        """
        before = self.travel.learning_marks([each.mark.route_id for each in new])
        new = [each for each in new if each.is_after(before)]
        some, pages = _first_that_fit(new)
        if some:
            changes = self._changed_pages(some, self.travel.open(sorted(pages)))
            marks = {each.mark.route_id: each.mark for each in some}
            learnt = [
                LearningMarkChange(mark, before.get(route_id)) for route_id, mark in marks.items()
            ]
            self.journal.commit(*changes, *learnt)
            count(Metric.DEPARTURES_LEARNT, len(some))
        return new[len(some) :]

    def _new(self, route_ids: Sequence[RouteId]) -> Sequence[DepartureLessons]:
        """The new lessons of these routes, in the order of time.

        One read is enough for any number of transactions, because departures are never edited.
        """
        before = self.travel.learning_marks(route_ids)
        new = (each for route_id in route_ids for each in self._new_of(route_id, before))
        return sorted(new, key=lambda each: each.mark.through)

    def _new_of(
        self, route_id: RouteId, before: Mapping[RouteId, DepartureKey]
    ) -> Iterator[DepartureLessons]:
        try:
            route = self.routes.get(route_id)
        except NotFound:
            return iter(())
        departures = self.routes.departures(route_id, self.clock.now())
        return lessons_by_departure(route, departures, after=before.get(route_id))

    def _changed_pages(
        self, some: Sequence[DepartureLessons], stored: Mapping[int, StoredPage]
    ) -> list[PageChange]:
        lessons = [lesson for each in some for lesson in each.lessons]
        if not lessons:
            return []
        now = self.clock.now()
        state = State()
        unread = read_into(state, stored)
        if unread.newer:
            text = "What has been learnt was stored by newer code."
            raise Unavailable(text, pages=sorted(map(page_name, unread.newer)))
        if unread.corrupt:
            aside = {page: stored[page] for page in unread.corrupt}
            self.travel.set_aside(aside, now + KEPT_ASIDE)
        model = LearnedModel(state)
        for lesson in sorted(lessons, key=lambda lesson: lesson.over_at):
            lesson.teach(model)
        return [
            PageChange(
                page,
                pack_page(state, page, now.timestamp()),
                stored[page].version if page in stored else None,
            )
            for page in sorted({MODEL_PAGE, *state.beliefs.changed, *unread.corrupt})
        ]


def _first_that_fit(
    new: Sequence[DepartureLessons],
) -> tuple[list[DepartureLessons], frozenset[int]]:
    """The first departures that fit into one transaction, at least one, and their pages.

    A single departure always fits: a leg and a visit have some twenty pages.
    """
    some: list[DepartureLessons] = []
    pages: frozenset[int] = frozenset()
    routes: set[RouteId] = set()
    for each in new:
        wider, more = pages | each.pages(), routes | {each.mark.route_id}
        if some and len(wider) + len(more) > ITEMS_AT_ONCE:
            break
        some.append(each)
        pages, routes = wider, more
    return some, pages
