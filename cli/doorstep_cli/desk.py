"""The dispatch desk: what needs somebody, routes, and edits with their effect first."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from doorstep_cli.context import given
from doorstep_cli.output import as_json, console, table

routes: Final = typer.Typer(help="Routes and their plans.")


def attention(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only these, like late or unassigned.")] = None,
) -> None:
    """List what needs somebody, most urgent first."""
    found = list(given(context).client.all("/v1/attention", kind=kind))
    if given(context).is_json:
        as_json(found)
        return
    rows = [
        each | {"what": (each["shipment"] or {}).get("reference") or each["stop_id"]}
        for each in found
    ]
    columns = ("kind", "look_at", "what", "shipment_ids", "route_id", "driver_id")
    table(rows, columns, nothing="Nothing needs anybody.")


@routes.command("list")
def list_routes(
    context: typer.Context,
    hub_id: str,
    service_day: Annotated[str, typer.Argument(help="Like 2026-11-28.")],
) -> None:
    """List the routes of a hub's day."""
    query = {"hub_id": hub_id, "service_day": service_day}
    found = list(given(context).client.all("/v1/routes", **query))
    if given(context).is_json:
        as_json(found)
    else:
        columns = ("id", "status", "driver_id", "starts_at", "stop_count", "shipment_count")
        table(found, columns, nothing="There are no routes on that day.")


@routes.command("show")
def show_route(context: typer.Context, route_id: str) -> None:
    """Show a route with the arrivals of its stops."""
    found = given(context).client.get(f"/v1/routes/{route_id}")
    if given(context).is_json:
        as_json(found)
        return
    console.print(f"{found['id']} is {found['status']}, plan {found['plan_version']}.")
    columns = ("number", "id", "window", "planned_arrival", "promise", "shipment_ids")
    table(found["stops"], columns, nothing="No stop is left.")


@routes.command("edit")
def edit_route(
    context: typer.Context,
    route_id: str,
    operations: Annotated[Path, typer.Argument(help="A file with the operations, as JSON.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Change a plan. Its effect is shown first, and nothing is done until you agree."""
    try:
        said: Any = json.loads(operations.read_text("utf-8"))
    except ValueError as exc:
        msg = f"{operations} is not JSON: {exc}"
        raise typer.BadParameter(msg) from exc
    body = said if isinstance(said, dict) else {"operations": said}
    done = _edited(context, route_id, body, yes=yes)
    given(context).tell(done, f"Done: plan {done['plan_version']}.")


@routes.command("assign")
def assign_route(
    context: typer.Context,
    route_id: str,
    driver_id: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give a route to another driver. On the road the van is handed over with all aboard."""
    body = {"operations": [{"op": "assign", "driver_id": driver_id}]}
    done = _edited(context, route_id, body, yes=yes)
    given(context).tell(done, f"Done: {done['driver_id']} has it, plan {done['plan_version']}.")


@routes.command("move")
def move_stop(
    context: typer.Context,
    route_id: str,
    stop_id: str,
    to_route_id: str,
    *,
    before: Annotated[str | None, typer.Option(help="The stop there that comes after it.")] = None,
    shipment: Annotated[list[str] | None, typer.Option(help="Only this one; repeatable.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Move a stop to another route. The effect on both is shown first."""
    client, path = given(context).client, f"/v1/routes/{route_id}/moves"
    body = {
        "stop_id": stop_id,
        "plan_version": client.get(f"/v1/routes/{route_id}")["plan_version"],
        "to_route_id": to_route_id,
        "to_plan_version": client.get(f"/v1/routes/{to_route_id}")["plan_version"],
        "before": before,
    }
    body |= {"shipment_ids": shipment} if shipment else {}
    effect = client.post(path, body, dry_run="true")
    if not given(context).is_json:
        for title, side in (("From", effect["from_route"]), ("To", effect["to_route"])):
            console.print(f"{title} {side['id']}:")
            show_effect(side)
    if not yes:
        typer.confirm("Do it?", abort=True, err=True)
    done = client.post(path, body)
    to_scan = len(done["to_scan"])
    given(context).tell(done, f"Done: {to_scan} shipments board the other van by scan.")


def _edited(
    context: typer.Context, route_id: str, body: dict[str, Any], *, yes: bool
) -> dict[str, Any]:
    """The answer to an edit of the plan as it was read, after its effect was shown."""
    client, path = given(context).client, f"/v1/routes/{route_id}"
    _, tag = client.tagged(path)
    effect = client.patch(path, body, tag=tag, dry_run="true")
    if not given(context).is_json:
        show_effect(effect)
    if not yes:
        typer.confirm("Do it?", abort=True, err=True)
    done: dict[str, Any] = client.patch(path, body, tag=tag)
    return done


def show_effect(effect: dict[str, Any]) -> None:
    """Each stop before and after, who would be told, and which windows break."""
    columns = ("number", "is_planned", "eta_before", "eta_after", "promise_after", "breaks_window")
    table(effect["stops"], columns, nothing="No stop is left.")
    broken = len(effect["broken_windows"])
    console.print(f"{len(effect['told'])} recipients would be told, {broken} windows would break.")
