"""All resources of the API, by how their paths begin. None is imported yet."""

from collections.abc import Mapping
from typing import Final

BLUEPRINTS: Final[Mapping[str, str]] = {
    "/evidence": "chalicelib.api.evidence:evidence",
    "/health": "chalicelib.api.health:health",
    "/in": "chalicelib.api.intake:intake",
    "/v1/attention": "chalicelib.api.attention:attention",
    "/v1/audit": "chalicelib.api.audit:audit",
    "/v1/driver": "chalicelib.api.driving:driving",
    "/v1/driver/messages": "chalicelib.api.messages:messages",
    "/v1/driver/positions": "chalicelib.api.positions:positions",
    "/v1/driver/session": "chalicelib.api.drivers:drivers",
    "/v1/drivers": "chalicelib.api.drivers:drivers",
    "/v1/drivers/{driver_id}/devices": "chalicelib.api.devices:devices",
    "/v1/events": "chalicelib.api.events:events",
    "/v1/fleet": "chalicelib.api.fleet:fleet",
    "/v1/hubs": "chalicelib.api.accounts:accounts",
    "/v1/hubs/{hub_id}/scans": "chalicelib.api.receiving:receiving",
    "/v1/imports": "chalicelib.api.imports:imports",
    "/v1/keys": "chalicelib.api.keys:keys",
    "/v1/metrics": "chalicelib.api.metrics:metrics",
    "/v1/routes": "chalicelib.api.routes:routes",
    "/v1/routes/suggestions": "chalicelib.api.planning:planning",
    "/v1/shipments": "chalicelib.api.shipments:shipments",
    "/v1/shipments/{shipment_id}/eta": "chalicelib.api.eta:eta",
    "/v1/shipments/{shipment_id}/links": "chalicelib.api.links:links",
    "/v1/shipments/{shipment_id}/messages": "chalicelib.api.messages:messages",
    "/v1/shipments/{shipment_id}/preferences": "chalicelib.api.preferences:preferences",
    "/v1/shipments/{shipment_id}/proofs": "chalicelib.api.proofs:proofs",
    "/v1/shipments/{shipment_id}/proofs/verify": "chalicelib.api.evidence:evidence",
    "/v1/shippers": "chalicelib.api.accounts:accounts",
    "/v1/teams": "chalicelib.api.teams:teams",
    "/v1/vehicles": "chalicelib.api.teams:teams",
    "/v1/webhooks": "chalicelib.api.webhooks:webhooks",
}
