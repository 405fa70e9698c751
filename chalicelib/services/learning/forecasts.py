"""Forecasts with the learned model. Its travel pages stay in memory for a quarter of an hour.

A new container starts with the factory prior. The first request for a route costs one more read. If
a read fails, we go on with the pages that we have.
"""

from datetime import datetime
from typing import Final

from chalicelib.domain.driving.forecasts import Forecaster, quarter
from chalicelib.domain.errors import DomainError
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.pages import pages_of
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.routes.routes import Route
from chalicelib.observability import logger
from chalicelib.services.learning.travel_pages import read_into
from chalicelib.services.ports.system import Clock
from chalicelib.services.ports.travel import TravelPages

PAGES_A_READ: Final = 100
"""DynamoDB's limit for one call. A route with more pages reads the others with its next requests,
those of its first stops first."""
KEPT_QUARTERS: Final = 8
"""We forget a page that no route has needed for two hours."""


class LearntForecasts:
    """The port ``Forecasts``. It holds the pages of the routes of the last two hours."""

    def __init__(self, travel: TravelPages, clock: Clock) -> None:
        """Read nothing before the first route."""
        self._travel = travel
        self._clock = clock
        self._quarter = 0
        self._begin()

    def _begin(self) -> None:
        """Start with an empty model."""
        self._state = State()
        self._model = LearnedModel(self._state)
        self._forecaster = Forecaster(self._model)
        self._read_in: dict[int, int] = {}
        self._versions: dict[int, int] = {}
        self._complete: set[tuple[str, int, int]] = set()

    @property
    def model(self) -> LearnedModel:
        """The model with all pages read so far."""
        return self._model

    def stop_times(self, route: Route, at: datetime) -> tuple[StopTimes, ...]:
        """Durations of the plan, once per plan version and quarter of an hour."""
        now = quarter(self._clock.now())
        if now != self._quarter:
            self._quarter = now
            self._complete.clear()
            self._forget(now)
        key = (route.id, route.plan_version, quarter(at))
        if key not in self._complete:
            if self._read_missing(route, now):
                self._complete.add(key)
            self._forecaster.forget(*key)
        return self._forecaster.stop_times(route, at)

    def _read_missing(self, route: Route, now: int) -> bool:
        """Read the missing pages. Returns whether all pages of the route are read now."""
        places = [route.hub_coordinates, *(stop.coordinates for stop in route.stops)]
        wanted = pages_of(places, [route.driver_id])
        missing = [page for page in wanted if self._read_in.get(page) != now]
        is_read = not missing or self._read(missing[:PAGES_A_READ], now)
        return is_read and len(missing) <= PAGES_A_READ

    def _read(self, pages: list[int], now: int) -> bool:
        try:
            stored = self._travel.read(pages)
        except DomainError as exc:
            logger.warning("travel pages not read", extra={"code": exc.code, "pages": len(pages)})
            return False
        if any(page in self._versions and page not in stored for page in pages):
            self._begin()  # a page is only deleted by someone who wants to learn from scratch
        changed = {p: s for p, s in stored.items() if self._versions.get(p) != s.version}
        unread = read_into(self._state, changed).pages
        self._versions |= {page: s.version for page, s in changed.items() if page not in unread}
        self._read_in |= dict.fromkeys(pages, now)
        return True

    def _forget(self, now: int) -> None:
        old = [page for page, at in self._read_in.items() if now - at >= KEPT_QUARTERS]
        for page in old:
            del self._read_in[page]
            self._versions.pop(page, None)
            self._state.beliefs.place_page(page, ())
