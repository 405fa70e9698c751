"""The vans on the road, for staff."""

from typing import Final

from chalicelib.api.schemas.fleet import FleetOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import STAFF, Actor
from chalicelib.edge.blueprint import Endpoints
from chalicelib.services.driving.show_fleet import ShownFleet

fleet: Final = Endpoints(__name__)


@fleet.endpoint("/v1/fleet", method="GET", principals=STAFF, gives=FleetOut)
def get_fleet(_: Actor) -> ShownFleet:
    """All vans on the road, live, as GeoJSON."""
    return container().show_fleet()
