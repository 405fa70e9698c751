"""The application as Chalice and Lambda see it: blueprints, middleware and every handler.

No logic.
"""

from typing import Any

from chalice.app import Chalice, DynamoDBEvent, SQSEvent

from chalicelib import triggers
from chalicelib.api.accounts import accounts
from chalicelib.api.driving import driving
from chalicelib.api.health import health
from chalicelib.api.metrics import metrics
from chalicelib.api.routes import routes
from chalicelib.api.shipments import shipments
from chalicelib.api.webhooks import webhooks
from chalicelib.bootstrap.container import container
from chalicelib.edge import middleware
from chalicelib.observability import logger
from chalicelib.pages.static import static
from chalicelib.pages.tracking.views import tracking

app = Chalice(app_name="doorstep", configure_logs=False)
app.log = logger  # type: ignore[assignment] # it has all that Chalice calls
middleware.install(app)
for blueprint in (
    accounts,
    shipments,
    routes,
    driving,
    webhooks,
    metrics,
    health,
    tracking,
    static,
):
    app.register_blueprint(blueprint)


@app.on_dynamodb_record(
    stream_arn="arn:aws:dynamodb:local:000000000000:table/shipments/stream/placeholder",
    batch_size=100,
    starting_position="TRIM_HORIZON",
    name="publish_events",
)
def publish_events(event: DynamoDBEvent) -> dict[str, Any]:
    """From the shipments' stream to the topic."""
    return triggers.publish_events(event.to_dict(), container())


@app.on_dynamodb_record(
    stream_arn="arn:aws:dynamodb:local:000000000000:table/routes/stream/placeholder",
    batch_size=100,
    starting_position="TRIM_HORIZON",
    name="learn_travel_times",
)
def learn_travel_times(event: DynamoDBEvent) -> dict[str, Any]:
    """From the routes' stream to the pages of what is known."""
    return triggers.learn_travel_times(event.to_dict(), container())


@app.on_sqs_message(queue="notices", batch_size=10, name="notify_recipient")
def notify_recipient(event: SQSEvent) -> dict[str, Any]:
    """From the topic to recipients."""
    left_ms = event.context.get_remaining_time_in_millis  # type: ignore[union-attr] # Lambda's
    return triggers.notify_recipient(
        event.to_dict(), container(), time_left_s=lambda: left_ms() / 1000
    )


@app.on_sqs_message(queue="webhooks", batch_size=10, name="deliver_webhook")
def deliver_webhook(event: SQSEvent) -> dict[str, Any]:
    """From the topic to shippers' servers."""
    return triggers.deliver_webhook(event.to_dict(), container())
