"""All resources of the API."""

from typing import Final

from chalicelib.api.accounts import accounts
from chalicelib.api.driving import driving
from chalicelib.api.health import health
from chalicelib.api.metrics import metrics
from chalicelib.api.routes import routes
from chalicelib.api.shipments import shipments
from chalicelib.api.webhooks import webhooks
from chalicelib.edge.blueprint import Endpoints

BLUEPRINTS: Final[tuple[Endpoints, ...]] = (
    accounts,
    shipments,
    routes,
    driving,
    webhooks,
    metrics,
    health,
)
