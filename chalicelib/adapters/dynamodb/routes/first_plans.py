"""Plans of version 1: a JSON document, and deflated JSON beside it. They are only read."""

import json
import zlib
from datetime import date

from chalicelib.adapters.dynamodb.values.instants import from_text
from chalicelib.adapters.dynamodb.values.values import (
    Document,
    coordinates_from,
    eta_from,
    range_from,
)
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.routes.routes import Break, Consignment, Route, RouteStatus, Stop


def from_document(document: Document, stops: bytes) -> Route:
    """The route again."""
    started_at, completed_at = document["started_at"], document["completed_at"]
    unpacked: list[Document] = json.loads(zlib.decompress(stops))
    return Route(
        id=RouteId(document["id"]),
        driver_id=DriverId(document["driver_id"]),
        hub_id=HubId(document["hub_id"]),
        hub_coordinates=coordinates_from(document["hub_coordinates"]),
        service_day=date.fromisoformat(document["service_day"]),
        starts_at=from_text(document["starts_at"]),
        stops=tuple(_stop_from(stop, number) for number, stop in enumerate(unpacked)),
        created_at=from_text(document["created_at"]),
        status=RouteStatus(document["status"]),
        plan_version=int(document["plan_version"]),
        started_at=None if started_at is None else from_text(started_at),
        completed_at=None if completed_at is None else from_text(completed_at),
        breaks=tuple(
            Break(from_text(earliest), from_text(latest), int(duration_s))
            for earliest, latest, duration_s in document.get("breaks", ())
        ),
    )


def _stop_from(document: Document, number: int) -> Stop:
    service_time_s, road_s = document.get("service_time_s"), document.get("road_s")
    return Stop(
        id=StopId(document["id"]),
        number=number,
        coordinates=coordinates_from(document["at"]),
        time_zone=document["zone"],
        consignments=tuple(
            Consignment(ShipmentId(shipment_id), tuple(barcodes))
            for shipment_id, *barcodes in document["for"]
        ),
        window=range_from(document.get("window")),
        service_time_s=None if service_time_s is None else float(service_time_s),
        planned=eta_from(document.get("planned")),
        promise=range_from(document.get("promise")),
        road_s=None if road_s is None else float(road_s),
    )
