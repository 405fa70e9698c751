"""What a driver's phone does: see the route, load, start, post positions, work the stops."""

from typing import Final

from chalice.app import Response

from chalicelib.api.schemas.driving import (
    ArriveIn,
    DeliverIn,
    FailIn,
    FixBatchIn,
    IngestReportOut,
    ProofIn,
    ProofOut,
    ScansIn,
    ScansOut,
    StartIn,
    StopReportOut,
)
from chalicelib.api.schemas.routes import DriverRouteOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.ids import DriverId, ShipmentId
from chalicelib.edge.blueprint import DRIVERS, ApiBlueprint, reply
from chalicelib.edge.bodies import MAX_BATCH_BYTES, parsed

driving: Final = ApiBlueprint(__name__)


@driving.endpoint("/v1/driver/positions", method="POST", principals=DRIVERS)
def post_positions(actor: Actor) -> Response:
    """Take a batch of fixes in; every fix has its own verdict."""
    batch = parsed(FixBatchIn, driving.current_request, max_bytes=MAX_BATCH_BYTES)
    report = container().ingest_positions(batch.to_domain(DriverId(actor.id), actor.epoch))
    return reply(IngestReportOut.of(report))


@driving.endpoint("/v1/driver/route", method="GET", principals=DRIVERS)
def get_driver_route(actor: Actor) -> Response:
    """The route under way, else the next one."""
    return reply(DriverRouteOut.of(container().show_routes.of_driver(actor)))


@driving.endpoint("/v1/driver/route/start", method="POST", principals=DRIVERS)
def post_driver_start(actor: Actor) -> Response:
    """Leave the hub."""
    parsed(StartIn, driving.current_request)
    container().start_route.of_driver(actor)
    return reply(DriverRouteOut.of(container().show_routes.of_driver(actor)))


@driving.endpoint("/v1/driver/scans", method="POST", principals=DRIVERS)
def post_scans(actor: Actor) -> Response:
    """Load parcels."""
    body = parsed(ScansIn, driving.current_request)
    return reply(ScansOut.of(container().scan_parcels(body.to_domain(), actor=actor)))


@driving.endpoint("/v1/driver/proofs", method="POST", principals=DRIVERS)
def post_proof(actor: Actor) -> Response:
    """Ask for a place to upload a proof to."""
    body = parsed(ProofIn, driving.current_request)
    allowed = container().allow_proof_upload(
        ShipmentId(body.shipment_id),
        content_type=body.content_type,
        size_bytes=body.size_bytes,
        actor=actor,
    )
    return reply(
        ProofOut(
            proof_id=allowed.proof_id,
            url=allowed.upload.url,
            fields=dict(allowed.upload.fields),
            expires_at=allowed.upload.expires_at,
        ),
        201,
    )


@driving.endpoint("/v1/driver/stops/{stop_id}/arrive", method="POST", principals=DRIVERS)
def post_arrive(actor: Actor, stop_id: str) -> Response:
    """Say that a stop has been reached."""
    body = parsed(ArriveIn, driving.current_request)
    return _worked(body.to_domain(stop_id), actor)


@driving.endpoint("/v1/driver/stops/{stop_id}/deliver", method="POST", principals=DRIVERS)
def post_deliver(actor: Actor, stop_id: str) -> Response:
    """Say that the stop's shipments have been delivered."""
    body = parsed(DeliverIn, driving.current_request)
    return _worked(body.to_domain(stop_id), actor)


@driving.endpoint("/v1/driver/stops/{stop_id}/fail", method="POST", principals=DRIVERS)
def post_fail(actor: Actor, stop_id: str) -> Response:
    """Say that the stop's shipments could not be delivered."""
    body = parsed(FailIn, driving.current_request)
    return _worked(body.to_domain(stop_id), actor)


def _worked(report: StopReport, actor: Actor) -> Response:
    shipments = container().work_stop(report, actor=actor)
    return reply(StopReportOut.of(report.stop_id, shipments))
