"""The route of a shipment, and what is written with the shipment when the office changes it.

A plan may go on listing a shipment that has left it: whoever reads the plan asks the shipment. The
driver's sheet is told by the manifest, in the same transaction. A claim for a route that was never
written does not count: that route is closed, and can then not be written any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import NotFound, OnRoute, StillOnTheRoad
from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import Change, ManifestChange, PlanningClosed
from chalicelib.domain.policy import RUN_SHEET_RETENTION
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.custody import has_aboard
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.routes import Routes


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The route of a shipment as it was read. ``never_written`` is the id of one without a plan."""

    shipment: Shipment
    route: Route | None = None
    never_written: RouteId | None = None

    @classmethod
    def of(cls, shipment: Shipment, routes: Routes) -> "Whereabouts":
        """One consistent read, for a shipment with an assignment."""
        if shipment.assignment is None:
            return cls(shipment)
        route_id = shipment.assignment.route_id
        try:
            return cls(shipment, routes.get(route_id))
        except NotFound:
            return cls(shipment, never_written=route_id)

    @property
    def is_on_open_route(self) -> bool:
        """Whether a plan counts on the shipment."""
        return self.route is not None and self.route.status.is_open

    @property
    def is_on_the_road(self) -> bool:
        """Whether a parcel is on a van that has left and is not back."""
        is_driven = self.route is not None and self.route.status is RouteStatus.ACTIVE
        return is_driven and has_aboard(self.shipment)

    def require_no_plan(self) -> None:
        """Raises OnRoute where a plan counts on the shipment."""
        if self.route is not None and self.is_on_open_route:
            raise OnRoute(shipment_id=self.shipment.id, route_id=self.route.id)

    def require_not_on_the_road(self) -> None:
        """Raises StillOnTheRoad where a parcel is on a van that has left and is not back."""
        if self.route is not None and self.is_on_the_road:
            raise StillOnTheRoad(shipment_id=self.shipment.id, route_id=self.route.id)

    def told(
        self, after: Shipment, routes: Routes, now: datetime, *, is_read_anew: bool
    ) -> Sequence[Change]:
        """What is written with the shipment, so that its open route and its driver know."""
        if self.never_written is not None:
            return [PlanningClosed(self.never_written, _expires_at(now))]
        if not self.is_on_open_route:
            return []
        return self.on_sheet(after, routes, now, is_read_anew=is_read_anew)

    def on_sheet(
        self, after: Shipment, routes: Routes, now: datetime, *, is_read_anew: bool
    ) -> Sequence[Change]:
        """The manifest of its route with the shipment as it is then; nothing where there is none.

        A plan that others change at the same moment has another manifest: that is a conflict.
        """
        if self.route is None:
            return []
        sheet = routes.run_sheet(self.route.id, self.route.plan_version, now, is_current=True)
        if sheet.manifest is None:
            return []
        changed = sheet.manifest.with_changed(after, is_read_anew=is_read_anew)
        if changed.entries == sheet.manifest.entries:
            return []
        return [ManifestChange(changed, sheet.manifest.version)]


def _expires_at(now: datetime) -> datetime:
    return now.replace(microsecond=0) + RUN_SHEET_RETENTION
