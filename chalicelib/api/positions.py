"""The route that phones post their positions to.

It stands alone: most containers start for it, and they need nothing else of a driver's routes.
"""

from typing import Final

from chalicelib.api.schemas.positions import FixBatchIn, IngestReportOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.ids import DriverId
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.bodies import MAX_BATCH_BYTES
from chalicelib.edge.principals import DRIVERS
from chalicelib.services.driving.ingest_positions import IngestReport

positions: Final = Endpoints(__name__)


@positions.endpoint(
    "/v1/driver/positions",
    method="POST",
    principals=DRIVERS,
    takes=FixBatchIn,
    gives=IngestReportOut,
    max_bytes=MAX_BATCH_BYTES,
)
def post_positions(actor: Actor, body: FixBatchIn) -> IngestReport:
    """Take a batch of fixes in; every fix has its own verdict."""
    return container().ingest_positions(body.to_domain(DriverId(actor.id), actor.epoch))
