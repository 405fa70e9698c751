"""Shipments: list and find, show, create from JSON, cancel, events; and follow one."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import typer
from rich.live import Live
from rich.text import Text

from doorstep_cli.client import Client
from doorstep_cli.context import given
from doorstep_cli.output import as_json, console, plain, table

OVER: Final = frozenset({"delivered", "returned", "cancelled"})
POLL_S: Final = 15.0

shipments: Final = typer.Typer(help="Shipments.")


@shipments.command("list")
def list_shipments(
    context: typer.Context,
    reference: Annotated[str | None, typer.Option(help="Your own name of it.")] = None,
    barcode: Annotated[str | None, typer.Option(help="Of one of its parcels.")] = None,
    shipper_id: Annotated[str | None, typer.Option(help="For staff: whose shipments.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=100)] = 25,
) -> None:
    """List the newest shipments, or find some."""
    query = {"reference": reference, "barcode": barcode, "shipper_id": shipper_id, "limit": limit}
    found = given(context).client.get("/v1/shipments", **query)["data"]
    if given(context).is_json:
        as_json(found)
        return
    rows = [each | {"recipient": each["recipient"]["name"]} for each in found]
    columns = ("id", "reference", "status", "recipient", "promise", "updated_at")
    table(rows, columns, nothing="There are no such shipments.")


@shipments.command("show")
def show_shipment(context: typer.Context, shipment_id: str) -> None:
    """Show all of a shipment."""
    as_json(given(context).client.get(f"/v1/shipments/{shipment_id}"))


@shipments.command("create")
def create_shipment(
    context: typer.Context,
    order: Annotated[Path, typer.Argument(help="A file with the order as JSON; - reads stdin.")],
    update: Annotated[bool, typer.Option(help="Change the one that has the reference.")] = False,
) -> None:
    """Create a shipment from JSON. Sent again, it is the same shipment."""
    text = sys.stdin.read() if str(order) == "-" else order.read_text("utf-8")
    try:
        body = json.loads(text)
    except ValueError as exc:
        msg = f"{order} is not JSON: {exc}"
        raise typer.BadParameter(msg) from exc
    made = given(context).client.post("/v1/shipments", body, if_exists="update" if update else None)
    given(context).tell(made, f"{made['outcome']} {made['id']}\n{made['tracking_url']}")


@shipments.command("cancel")
def cancel_shipment(
    context: typer.Context,
    shipment_id: str,
    reason: Annotated[str | None, typer.Option(help="Why, in your words.")] = None,
) -> None:
    """Cancel a shipment that is not out for delivery yet."""
    body = {} if reason is None else {"reason": reason}
    after = given(context).client.post(f"/v1/shipments/{shipment_id}/cancel", body)
    given(context).tell(after, f"{after['reference']} is {after['status']}.")


@shipments.command("events")
def list_events(context: typer.Context, shipment_id: str) -> None:
    """List what has happened to a shipment, oldest first."""
    found = list(given(context).client.all(f"/v1/shipments/{shipment_id}/events"))
    if given(context).is_json:
        as_json(found)
    else:
        table(found, ("sequence", "occurred_at", "type", "actor"), nothing="Nothing yet.")


def follow(
    context: typer.Context,
    shipment: Annotated[str, typer.Argument(help="A shipment's id, or its tracking link.")],
    once: Annotated[bool, typer.Option(help="Tell how it is now, and stop.")] = False,
) -> None:
    """Follow a shipment until it is delivered: status, arrival, what changed."""
    read = _of_link if shipment.startswith("http") else _of_id
    found = read(given(context).client, shipment)
    if given(context).is_json or once:
        given(context).tell(found, _sentence(found))
        return
    with Live(Text(_sentence(found)), console=console, auto_refresh=False) as shown:
        while found["status"] not in OVER:
            time.sleep(found.get("poll_after_s") or POLL_S)
            found = read(given(context).client, shipment)
            shown.update(Text(_sentence(found)), refresh=True)


def _of_id(client: Client, shipment_id: str) -> dict[str, Any]:
    eta: dict[str, Any] = client.get(f"/v1/shipments/{shipment_id}/eta")
    return eta


def _of_link(client: Client, link: str) -> dict[str, Any]:
    parts = urlsplit(link)
    anybody = Client(f"{parts.scheme}://{parts.netloc}", None, client.wait)
    try:
        state: dict[str, Any] = anybody.get(f"{parts.path.rstrip('/')}/state")
    finally:
        anybody.close()
    return state


def _sentence(found: dict[str, Any]) -> str:
    """One line: the page's own words where there are some."""
    words = found.get("words")
    if words:
        headline = f"{words['headline']['lead']} {words['headline']['main']}".strip()
        return " · ".join([words["status"], headline, *words["nearness"]])
    told = found["promise"] or found["window"] or found["planned"]
    parts = [str(found["status"]).replace("_", " ")]
    parts += [f"expected {plain(told)}"] if told else []
    parts += ["later than promised"] if found["delayed"] else []
    live = found.get("live")
    parts += [f"{live['stops_before']} stops before it"] if live else []
    return " · ".join(parts)
