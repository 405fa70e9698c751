"""Webhook endpoints, for shippers."""

from typing import Final

from chalicelib.api.schemas.webhooks import WebhookCreatedOut, WebhookIn, WebhooksOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, TooManyEndpoints
from chalicelib.domain.ids import WebhookId
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import SHIPPERS
from chalicelib.services.repeats import Memory

webhooks: Final = Endpoints(__name__)


@webhooks.endpoint(
    "/v1/webhooks",
    method="POST",
    principals=SHIPPERS,
    takes=WebhookIn,
    gives=WebhookCreatedOut,
    status=201,
    commits_answer=True,
    refusals=(TooManyEndpoints,),
)
def post_webhook(actor: Actor, body: WebhookIn, memory: Memory) -> WebhookEndpoint:
    """Register an endpoint; its secret is in this answer and nowhere else."""
    return container().register_webhook(actor, body.url, body.event_types, memory=memory)


@webhooks.endpoint("/v1/webhooks", method="GET", principals=SHIPPERS, gives=WebhooksOut)
def get_webhooks(actor: Actor) -> WebhooksOut:
    """The shipper's endpoints."""
    return WebhooksOut.model_validate({"data": container().register_webhook.listed(actor)})


@webhooks.endpoint(
    "/v1/webhooks/{webhook_id}",
    method="DELETE",
    principals=SHIPPERS,
    status=204,
    refusals=(NotFound,),
)
def delete_webhook(actor: Actor, webhook_id: str) -> None:
    """Take an endpoint away."""
    container().register_webhook.delete(actor, WebhookId(webhook_id))
