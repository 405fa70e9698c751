"""The application as Chalice and Lambda see it: routes, and every handler that is not HTTP.

No logic. A function imports only what it serves: routes where HTTP is served, else a trigger and
its use case.
"""

import gc

gc.disable()  # a collection finds nothing while modules are made, and costs a tenth of a cold start

from chalicelib import precompiled

precompiled.install()  # before there is any dataclass: compiling them is a quarter of the rest

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, DynamoDBEvent, SQSEvent

from chalicelib.bootstrap import serving
from chalicelib.bootstrap.container import container
from chalicelib.observability import logger

app = Chalice(app_name="doorstep", configure_logs=False)
app.log = logger  # type: ignore[assignment] # it has all that Chalice calls

if serving.serves_http():
    from chalicelib.api import blueprints as api
    from chalicelib.edge import middleware, views
    from chalicelib.pages import blueprints as pages

    middleware.install(app)
    views.install(
        app,
        {**api.BLUEPRINTS, **pages.BLUEPRINTS},
        on_demand=serving.handler() is not None,
    )
elif serving.handler() in {"app.publish_events", "app.learn_travel_times"}:
    import chalicelib.triggers.streams
elif serving.handler() in {"app.notify_recipient", "app.deliver_webhook"}:
    import chalicelib.triggers.queues  # noqa: F401 - as streams: the handlers below find it there


@app.on_dynamodb_record(
    stream_arn="arn:aws:dynamodb:local:000000000000:table/shipments/stream/placeholder",
    batch_size=100,
    starting_position="TRIM_HORIZON",
    name="publish_events",
)
def publish_events(event: DynamoDBEvent) -> dict[str, Any]:
    """From the shipments' stream to the topic."""
    from chalicelib.triggers import streams

    adapters, publish = container().adapters, container().publish_events
    return streams.publish_events(
        event.to_dict(),
        read=adapters.event_from_image,
        publish=publish,
        set_aside=adapters.parking.park,
    )


@app.on_dynamodb_record(
    stream_arn="arn:aws:dynamodb:local:000000000000:table/shipments/stream/placeholder",
    batch_size=100,
    starting_position="TRIM_HORIZON",
    name="expire_shipments",
)
def expire_shipments(event: DynamoDBEvent) -> dict[str, Any]:
    """From the shipments' stream to the date on which finished ones are forgotten."""
    from chalicelib.triggers import streams

    return streams.expire_shipments(event.to_dict(), expire=container().expire_shipments)


@app.on_dynamodb_record(
    stream_arn="arn:aws:dynamodb:local:000000000000:table/routes/stream/placeholder",
    batch_size=100,
    starting_position="TRIM_HORIZON",
    name="learn_travel_times",
)
def learn_travel_times(event: DynamoDBEvent) -> dict[str, Any]:
    """From the routes' stream to the pages of what has been learnt."""
    from chalicelib.triggers import streams

    return streams.learn_travel_times(event.to_dict(), learn=container().learn_travel_times)


@app.on_sqs_message(queue="notices", batch_size=10, name="notify_recipient")
def notify_recipient(event: SQSEvent) -> dict[str, Any]:
    """From the topic to recipients, from phones to their shipments; and letters to members."""
    from chalicelib.triggers import queues

    left_ms = event.context.get_remaining_time_in_millis  # type: ignore[union-attr] # Lambda's
    notify = container().notify_recipient
    return queues.notify_recipient(
        event.to_dict(),
        notify=notify,
        again=notify.again,
        hear=container().hear_text,
        write=lambda letter: container().send_letter(letter),
        time_left_s=lambda: left_ms() / 1000,
    )


@app.on_sqs_message(queue="webhooks", batch_size=10, name="deliver_webhook")
def deliver_webhook(event: SQSEvent) -> dict[str, Any]:
    """From the topic to shippers' servers."""
    from chalicelib.triggers import queues

    deliver = container().deliver_webhook
    return queues.deliver_webhook(event.to_dict(), deliver=deliver, again=deliver.again)


@app.on_sqs_message(queue="imports", batch_size=1, name="import_shipments")
def import_shipments(event: SQSEvent) -> dict[str, Any]:
    """From uploaded files to shipments."""
    from chalicelib.api.schemas.imports import read_row
    from chalicelib.triggers import imports

    left_ms = event.context.get_remaining_time_in_millis  # type: ignore[union-attr] # Lambda's
    return imports.import_shipments(
        event.to_dict(),
        go_on=container().import_shipments,
        read=read_row,
        create=container().create_batch,
        time_left_s=lambda: left_ms() / 1000,
    )


@app.schedule("rate(1 minute)", name="sweep_fleet")
def sweep_fleet(event: CloudWatchEvent) -> None:
    """Each minute, what no fix tells: silent drivers."""
    from chalicelib.triggers import schedules

    del event
    schedules.sweep_fleet(sweep=container().sweep_fleet)


@app.on_sqs_message(queue="inspections", batch_size=1, name="inspect_proof")
def inspect_proof(event: SQSEvent) -> dict[str, Any]:
    """From the bucket to the pictures that may be shown."""
    from chalicelib.triggers import uploads

    left_ms = event.context.get_remaining_time_in_millis  # type: ignore[union-attr] # Lambda's
    return uploads.inspect_proof(
        event.to_dict(),
        inspect=container().inspect_proof,
        time_left_s=lambda: left_ms() / 1000,
    )


@app.schedule("rate(15 minutes)", name="sweep_proofs")
def sweep_proofs(event: CloudWatchEvent) -> None:
    """Uploads that were left half done."""
    from chalicelib.triggers import schedules

    del event
    schedules.sweep_proofs(sweep=container().sweep_proofs)


@app.on_sqs_message(
    queue="evidence",
    batch_size=100,
    maximum_batching_window_in_seconds=240,
    name="seal_evidence",
)
def seal_evidence(event: SQSEvent) -> dict[str, Any]:
    """From the topic to signed manifests."""
    from chalicelib.triggers import evidence

    return evidence.seal_evidence(event.to_dict(), seal=container().seal_evidence)


@app.schedule("rate(1 hour)", name="sweep_evidence")
def sweep_evidence(event: CloudWatchEvent) -> None:
    """Events that nobody has sealed."""
    from chalicelib.triggers import schedules

    del event
    schedules.sweep_evidence(sweep=container().sweep_evidence)


@app.on_sqs_message(queue="metrics", batch_size=10, name="count_metrics")
def count_metrics(event: SQSEvent) -> dict[str, Any]:
    """From the topic to the facts of routes and the days of hubs."""
    from chalicelib.triggers import metrics

    return metrics.count_metrics(event.to_dict(), count=container().count_metrics)


serving.prepare()
gc.freeze()  # what is there now stays: later collections need not look at it
gc.enable()
