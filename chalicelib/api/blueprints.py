"""All resources of the API, by how their paths begin. None is imported yet."""

from collections.abc import Mapping
from typing import Final

BLUEPRINTS: Final[Mapping[str, str]] = {
    "/health": "chalicelib.api.health:health",
    "/v1/driver": "chalicelib.api.driving:driving",
    "/v1/driver/positions": "chalicelib.api.positions:positions",
    "/v1/driver/session": "chalicelib.api.accounts:accounts",
    "/v1/drivers": "chalicelib.api.accounts:accounts",
    "/v1/hubs": "chalicelib.api.accounts:accounts",
    "/v1/hubs/{hub_id}/scans": "chalicelib.api.receiving:receiving",
    "/v1/keys": "chalicelib.api.accounts:accounts",
    "/v1/metrics": "chalicelib.api.metrics:metrics",
    "/v1/routes": "chalicelib.api.routes:routes",
    "/v1/shipments": "chalicelib.api.shipments:shipments",
    "/v1/shippers": "chalicelib.api.accounts:accounts",
    "/v1/webhooks": "chalicelib.api.webhooks:webhooks",
}
