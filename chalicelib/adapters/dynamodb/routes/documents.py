"""A route ↔ its document and its deflated stops. Total both ways; a property test goes round."""

import json
import zlib
from datetime import date
from typing import Any

from chalicelib.adapters.dynamodb.values.instants import from_text, to_text
from chalicelib.adapters.dynamodb.values.values import (
    Document,
    coordinates_from,
    coordinates_to,
    eta_from,
    eta_to,
    range_from,
    range_to,
)
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.routes.routes import Break, Consignment, Route, RouteStatus, Stop


def to_document(route: Route) -> Document:
    """Everything but the stops."""
    return {
        "id": route.id,
        "driver_id": route.driver_id,
        "hub_id": route.hub_id,
        "hub_coordinates": coordinates_to(route.hub_coordinates),
        "service_day": route.service_day.isoformat(),
        "starts_at": to_text(route.starts_at),
        "created_at": to_text(route.created_at),
        "status": route.status.value,
        "plan_version": route.plan_version,
        "started_at": None if route.started_at is None else to_text(route.started_at),
        "completed_at": None if route.completed_at is None else to_text(route.completed_at),
        "breaks": [
            [
                to_text(planned_break.earliest),
                to_text(planned_break.latest),
                planned_break.duration_s,
            ]
            for planned_break in route.breaks
        ],
    }


def pack_stops(route: Route) -> bytes:
    """The stops, deflated: an id is random, the rest repeats itself."""
    stops = [_stop_to(stop) for stop in route.stops]
    return zlib.compress(json.dumps(stops, separators=(",", ":")).encode(), 6)


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
        stops=tuple(_stop_from(stop) for stop in unpacked),
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


def _stop_to(stop: Stop) -> Document:
    full: dict[str, Any] = {
        "id": stop.id,
        "at": coordinates_to(stop.coordinates),
        "zone": stop.time_zone,
        "for": [[c.shipment_id, *c.barcodes] for c in stop.consignments],
        "window": range_to(stop.window),
        "service_time_s": stop.service_time_s,
        "planned": eta_to(stop.planned),
        "promise": range_to(stop.promise),
        "road_s": stop.road_s,
    }
    return {key: value for key, value in full.items() if value is not None}


def _stop_from(document: Document) -> Stop:
    service_time_s, road_s = document.get("service_time_s"), document.get("road_s")
    return Stop(
        id=StopId(document["id"]),
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
