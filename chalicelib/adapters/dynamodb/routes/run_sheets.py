"""Run sheets: what is planned and what is done, as one query of the routes table finds it."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.routes.items import RunSheetItem
from chalicelib.adapters.dynamodb.routes.manifests import unpack_manifest
from chalicelib.adapters.dynamodb.values.instants import from_ms
from chalicelib.domain.driving.run_sheets import Handled, Manifest, RunSheet
from chalicelib.domain.ids import RouteId
from chalicelib.domain.routes.routes import Route


def read(
    route_id: RouteId,
    now: datetime,
    *,
    plan_of: Callable[[RunSheetItem], Route],
    consistent_read: bool,
) -> RunSheet | None:
    """The run sheet of a route; None without a plan."""
    with translated():
        found = RunSheetItem.query(
            route_id,
            RunSheetItem.item.between("HANDLED", "PLAN"),
            consistent_read=consistent_read,
        )
        items = {item.item: item for item in found}
    if "PLAN" not in items:
        return None
    route = plan_of(items["PLAN"])
    handled = items.get("HANDLED")
    return RunSheet(
        route,
        _manifest(items.get("MANIFEST"), route, now),
        Handled() if handled is None else _handled(handled),
    )


def _manifest(item: RunSheetItem | None, route: Route, now: datetime) -> Manifest | None:
    """None where it has expired, though it may be there for days."""
    if item is None or item.manifest is None:
        return None
    expires_at = from_ms(int(item.expires_at) * 1_000)
    if expires_at <= now:
        return None
    return unpack_manifest(
        item.manifest,
        route_id=route.id,
        shipment_ids=route.listed,
        expires_at=expires_at,
        version=int(item.version),
    )


def _handled(item: RunSheetItem) -> Handled:
    return Handled(
        parcels=_numbers(item.parcels),
        failed=_numbers(item.failed),
        delivered=_numbers(item.delivered),
        failed_parcels=_numbers(item.failed_parcels),
        delivered_parcels=_numbers(item.delivered_parcels),
    )


def _numbers(some: set[float] | None) -> frozenset[int]:
    return frozenset(map(int, some or ()))
