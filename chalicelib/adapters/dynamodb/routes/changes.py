"""Changes of a route and of its run sheet, and a departure, as writes."""

from collections.abc import Iterator

from chalicelib.adapters.dynamodb.routes.departures import to_attributes
from chalicelib.adapters.dynamodb.routes.items import (
    ON_DUTY,
    DepartureItem,
    HandledItem,
    ManifestItem,
    RouteItem,
)
from chalicelib.adapters.dynamodb.routes.manifests import pack_manifest
from chalicelib.adapters.dynamodb.routes.plans import pack_plan, pack_summary
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.adapters.dynamodb.writing import Addition, Put, unchanged
from chalicelib.domain.journal.changes import (
    DepartureAdded,
    HandledAdded,
    ManifestChange,
    PlanningClosed,
    RouteChange,
)
from chalicelib.domain.routes.routes import Route, RouteStatus


def route_puts(change: RouteChange, token: str) -> Iterator[Put]:
    """The plan where its version is as it was read."""
    item = RouteItem
    yield Put(
        route_item(change.after, token),
        unchanged(item.item, item.plan_version, item.token, change.expected_plan_version, token),
    )


def manifest_puts(change: ManifestChange, token: str) -> Iterator[Put]:
    """The manifest where its version is as it was read."""
    manifest, item = change.after, ManifestItem
    yield Put(
        ManifestItem(
            route_id=manifest.route_id,
            version=manifest.version,
            token=token,
            manifest=pack_manifest(manifest),
            expires_at=int(manifest.expires_at.timestamp()),
        ),
        unchanged(item.item, item.version, item.token, change.expected_version, token),
    )


def closed_puts(closed: PlanningClosed, token: str) -> Iterator[Put]:
    """In the place of the manifest, which then cannot be written any more."""
    item = ManifestItem
    yield Put(
        ManifestItem(
            route_id=closed.route_id,
            version=0,
            token=token,
            expires_at=int(closed.expires_at.timestamp()),
        ),
        item.manifest.does_not_exist(),
    )


def handled_additions(added: HandledAdded, token: str) -> Iterator[Addition]:
    """Without a condition: sets grow in any order, and by what they hold already not at all."""
    del token
    handled = added.handled
    numbers = (
        (HandledItem.parcels, handled.parcels),
        (HandledItem.failed, handled.failed),
        (HandledItem.delivered, handled.delivered),
        (HandledItem.failed_parcels, handled.failed_parcels),
        (HandledItem.delivered_parcels, handled.delivered_parcels),
    )
    yield Addition(
        HandledItem(route_id=added.route_id),
        (
            HandledItem.expires_at.set(int(added.expires_at.timestamp())),
            *(attribute.add(set(some)) for attribute, some in numbers if some),
        ),
    )


def departure_puts(added: DepartureAdded, token: str) -> Iterator[Put]:
    """Without a condition: the key is made of the departure's own content."""
    del token
    yield Put(DepartureItem(**to_attributes(added.departure)))


def route_item(route: Route, token: str) -> RouteItem:
    """The PLAN item."""
    return RouteItem(
        route_id=route.id,
        item="PLAN",
        service_day_hub=f"{route.service_day.isoformat()}#{route.hub_id}",
        created_at=to_text(route.created_at),
        plan_version=route.plan_version,
        token=token,
        summary=pack_summary(route.summary),
        plan=pack_plan(route),
        duty=ON_DUTY if route.status is RouteStatus.ACTIVE else None,
        driver_id=route.driver_id,
        expires_at=int(route.kept_until.timestamp()),
    )
