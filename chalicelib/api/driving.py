"""Routes of a driver's phone: see the route, load, start, work the stops. Positions are apart."""

from typing import Final

from chalicelib.api.schemas.driving import (
    ArriveIn,
    DeliverIn,
    DriverProofOut,
    DriverProofsOut,
    FailIn,
    ProofIn,
    ProofOut,
    ScansIn,
    ScansOut,
    StartIn,
    StopReportOut,
    StopShipmentOut,
    UnloadsOut,
)
from chalicelib.api.schemas.routes import DriverRouteOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.errors import (
    IllegalTransition,
    NotFound,
    NothingAboard,
    NothingLoaded,
    NotToday,
    PinLocked,
    RouteNotStarted,
    RouteUnderWay,
    TooManyUploads,
)
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.listings import Listing
from chalicelib.domain.proofs.proofs import ProofKind
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import DRIVERS
from chalicelib.services.proofs.upload_proofs import AllowedUpload
from chalicelib.services.routes.show_routes import DriverRoute

driving: Final = Endpoints(__name__)


@driving.endpoint(
    "/v1/driver/route",
    method="GET",
    principals=DRIVERS,
    gives=DriverRouteOut,
    refusals=(NotFound,),
)
def get_driver_route(actor: Actor) -> DriverRoute:
    """The route under way, else the next one."""
    return container().show_routes.of_driver(actor)


@driving.endpoint(
    "/v1/driver/route/start",
    method="POST",
    principals=DRIVERS,
    takes=StartIn,
    gives=DriverRouteOut,
    refusals=(NotFound, NothingLoaded, NotToday, RouteUnderWay),
)
def post_driver_start(actor: Actor, body: StartIn) -> DriverRoute:
    """Leave the hub."""
    started = container().start_route.of_driver(actor, body.to_domain())
    return container().show_routes.of_driver(actor, started.id)


@driving.endpoint(
    "/v1/driver/scans",
    method="POST",
    principals=DRIVERS,
    takes=ScansIn,
    gives=ScansOut,
    refusals=(NotFound,),
)
def post_scans(actor: Actor, body: ScansIn) -> ScansOut:
    """Load parcels."""
    results = container().scan_parcels(body.to_domain(), actor=actor)
    return ScansOut.model_validate({"results": results})


@driving.endpoint(
    "/v1/driver/unloads",
    method="POST",
    principals=DRIVERS,
    takes=ScansIn,
    gives=UnloadsOut,
    refusals=(NotFound,),
)
def post_unloads(actor: Actor, body: ScansIn) -> UnloadsOut:
    """Take parcels off the van."""
    results = container().unload_parcels(body.to_domain(), actor=actor)
    return UnloadsOut.model_validate({"results": results})


@driving.endpoint(
    "/v1/driver/proofs",
    method="POST",
    principals=DRIVERS,
    takes=ProofIn,
    gives=ProofOut,
    status=201,
    refusals=(NotFound, NothingAboard, TooManyUploads),
)
def post_proof(actor: Actor, body: ProofIn) -> AllowedUpload:
    """Ask for a place to upload a proof to."""
    return container().allow_proof_upload(
        ShipmentId(body.shipment_id),
        content_type=body.content_type,
        size_bytes=body.size_bytes,
        proof_id=None if body.proof_id is None else ProofId(body.proof_id),
        kind=ProofKind(body.kind),
        capture=body.capture,
        actor=actor,
    )


@driving.endpoint(
    "/v1/driver/shipments/{shipment_id}/proofs",
    method="GET",
    principals=DRIVERS,
    gives=DriverProofsOut,
    refusals=(NotFound,),
)
def get_driver_proofs(actor: Actor, shipment_id: str) -> Listing[DriverProofOut]:
    """What has become of the files that were uploaded for a shipment, oldest first."""
    shown = container().show_uploads(ShipmentId(shipment_id), actor)
    return Listing(tuple(map(DriverProofOut.of, shown)))


@driving.endpoint(
    "/v1/driver/stops/{stop_id}/arrive",
    method="POST",
    principals=DRIVERS,
    takes=ArriveIn,
    gives=StopReportOut,
    refusals=(NotFound, RouteNotStarted, NothingAboard, IllegalTransition),
)
def post_arrive(actor: Actor, body: ArriveIn, stop_id: str) -> StopReportOut:
    """Say that a stop has been reached."""
    return _worked(body.to_domain(stop_id), actor)


@driving.endpoint(
    "/v1/driver/stops/{stop_id}/deliver",
    method="POST",
    principals=DRIVERS,
    takes=DeliverIn,
    gives=StopReportOut,
    refusals=(NotFound, RouteNotStarted, NothingAboard, IllegalTransition, PinLocked),
)
def post_deliver(actor: Actor, body: DeliverIn, stop_id: str) -> StopReportOut:
    """Say that the stop's shipments have been delivered."""
    return _worked(body.to_domain(stop_id), actor)


@driving.endpoint(
    "/v1/driver/stops/{stop_id}/fail",
    method="POST",
    principals=DRIVERS,
    takes=FailIn,
    gives=StopReportOut,
    refusals=(NotFound, RouteNotStarted, NothingAboard, IllegalTransition),
)
def post_fail(actor: Actor, body: FailIn, stop_id: str) -> StopReportOut:
    """Say that the stop's shipments could not be delivered.

    A delivery that the same driver reported by mistake in the last 15 minutes is put right so.
    """
    return _worked(body.to_domain(stop_id), actor)


def _worked(report: StopReport, actor: Actor) -> StopReportOut:
    worked = sorted(container().work_stop(report, actor=actor), key=lambda each: each.id)
    return StopReportOut.joined(report, shipments=tuple(map(StopShipmentOut.of, worked)))
