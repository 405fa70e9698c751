"""Webhook endpoints, for shippers."""

from typing import Final

from chalice.app import Response

from chalicelib.api.schemas.webhooks import (
    WebhookCreatedOut,
    WebhookIn,
    WebhookOut,
    WebhooksOut,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.ids import WebhookId
from chalicelib.edge.blueprint import SHIPPERS, ApiBlueprint, reply
from chalicelib.edge.bodies import parsed

webhooks: Final = ApiBlueprint(__name__)


@webhooks.endpoint("/v1/webhooks", method="POST", principals=SHIPPERS)
def post_webhook(actor: Actor) -> Response:
    """Register an endpoint; its secret is in this answer and nowhere else."""
    body = parsed(WebhookIn, webhooks.current_request)
    endpoint = container().register_webhook(actor, body.url, body.event_types)
    return reply(
        WebhookCreatedOut(
            id=endpoint.id,
            url=endpoint.url,
            event_types=tuple(sorted(endpoint.event_types)),
            created_at=endpoint.created_at,
            secret=endpoint.secret,
        ),
        201,
    )


@webhooks.endpoint("/v1/webhooks", method="GET", principals=SHIPPERS)
def get_webhooks(actor: Actor) -> Response:
    """The shipper's endpoints."""
    return reply(
        WebhooksOut(
            data=tuple(
                WebhookOut(
                    id=endpoint.id,
                    url=endpoint.url,
                    event_types=tuple(sorted(endpoint.event_types)),
                    created_at=endpoint.created_at,
                )
                for endpoint in container().register_webhook.listed(actor)
            )
        )
    )


@webhooks.endpoint("/v1/webhooks/{webhook_id}", method="DELETE", principals=SHIPPERS)
def delete_webhook(actor: Actor, webhook_id: str) -> Response:
    """Take an endpoint away."""
    container().register_webhook.delete(actor, WebhookId(webhook_id))
    return Response(body="", status_code=204, headers={"Content-Type": "application/json"})
