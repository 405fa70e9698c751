"""Where a shipper's events are posted to."""

from typing import Annotated, Final

import typer

from doorstep_cli.context import given
from doorstep_cli.output import as_json, table

webhooks: Final = typer.Typer(help="Where your events are posted to.")


@webhooks.command("create")
def create_webhook(
    context: typer.Context,
    address: str,
    event: Annotated[list[str] | None, typer.Option(help="Only this type of event.")] = None,
) -> None:
    """Create an endpoint. Its secret is shown once, here and nowhere else."""
    made = given(context).client.post("/v1/webhooks", {"url": address, "event_types": event or []})
    given(context).tell(made, f"Created {made['id']}.\n{made['secret']}")


@webhooks.command("list")
def list_webhooks(context: typer.Context) -> None:
    """List your endpoints."""
    found = given(context).client.get("/v1/webhooks")["data"]
    if given(context).is_json:
        as_json(found)
    else:
        columns = ("id", "url", "event_types", "switched_off_at")
        table(found, columns, nothing="There are no endpoints.")


@webhooks.command("delete")
def delete_webhook(context: typer.Context, webhook_id: str) -> None:
    """Take an endpoint away."""
    given(context).client.delete(f"/v1/webhooks/{webhook_id}")
    given(context).tell({"id": webhook_id}, f"{webhook_id} gets no more events.")
