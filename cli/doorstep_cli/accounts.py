"""Hubs, teams, vehicles, drivers and shippers; keys and invitations."""

import json
from typing import Annotated, Any, Final

import typer

from doorstep_cli.context import given
from doorstep_cli.output import as_json, table

KINDS: Final = ("hubs", "teams", "vehicles", "drivers", "shippers")
Kind = Annotated[str, typer.Argument(help=f"One of {', '.join(KINDS)}.")]

accounts: Final = typer.Typer(help="Hubs, teams, vehicles, drivers and shippers.")
keys: Final = typer.Typer(help="Keys of the API.")


def known(kind: str) -> str:
    """The kind. Raises BadParameter for another word."""
    if kind not in KINDS:
        msg = f"{kind} is none of {', '.join(KINDS)}."
        raise typer.BadParameter(msg)
    return kind


@accounts.command("list")
def list_accounts(context: typer.Context, kind: Kind) -> None:
    """List all accounts of a kind."""
    found = list(given(context).client.all(f"/v1/{known(kind)}"))
    if given(context).is_json:
        as_json(found)
    else:
        table(found, ("id", "name", "is_active", "created_at"), nothing=f"There are no {kind} yet.")


@accounts.command("show")
def show_account(context: typer.Context, kind: Kind, account_id: str) -> None:
    """Show one account."""
    as_json(given(context).client.get(f"/v1/{known(kind)}/{account_id}"))


@accounts.command("create")
def create_account(
    context: typer.Context,
    kind: Kind,
    name: str,
    field: Annotated[
        list[str] | None,
        typer.Option(help="Another field, like lat_deg=60.17."),
    ] = None,
) -> None:
    """Create an account."""
    body: dict[str, Any] = {"name": name}
    for each in field or ():
        key, is_given, value = each.partition("=")
        if not is_given:
            msg = f"Write a field as name=value, not {each}."
            raise typer.BadParameter(msg)
        body[key] = _value(value)
    made = given(context).client.post(f"/v1/{known(kind)}", body)
    given(context).tell(made, f"Created {made['id']}: {made['name']}.")


@accounts.command("deactivate")
def deactivate_account(context: typer.Context, kind: Kind, account_id: str) -> None:
    """Take an account out of use."""
    path = f"/v1/{known(kind)}/{account_id}"
    _, tag = given(context).client.tagged(path)
    after = given(context).client.patch(path, {"is_active": False}, tag=tag)
    given(context).tell(after, f"{after['name']} is not in use any more.")


@accounts.command("invite")
def invite_driver(context: typer.Context, driver_id: str) -> None:
    """Invite a driver: the link and its code work once, for a quarter of an hour."""
    made = given(context).client.post(f"/v1/drivers/{driver_id}/invitations", {})
    given(context).tell(made, f"{made['link']}\nIt works once, until {made['expires_at']}.")


@keys.command("list")
def list_keys(context: typer.Context) -> None:
    """List all keys."""
    found = list(given(context).client.all("/v1/keys"))
    if given(context).is_json:
        as_json(found)
    else:
        columns = ("id", "label", "role", "prefix", "last_used_at", "expires_at", "revoked_at")
        table(found, columns, nothing="There are no keys.")


@keys.command("create")
def create_key(
    context: typer.Context,
    role: str,
    label: str,
    shipper_id: Annotated[str | None, typer.Option(help="Whose key it is, for a shipper.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="Like shipments:read.")] = None,
) -> None:
    """Create a key. It is shown once, here and nowhere else."""
    body: dict[str, Any] = {"role": role, "label": label}
    body |= {"shipper_id": shipper_id} if shipper_id else {}
    body |= {"scopes": scope} if scope else {}
    made = given(context).client.post("/v1/keys", body)
    given(context).tell(made, made["key"])


@keys.command("revoke")
def revoke_key(context: typer.Context, key_id: str) -> None:
    """End a key. It opens nothing after a minute at most."""
    given(context).tell(given(context).client.delete(f"/v1/keys/{key_id}"), f"{key_id} has ended.")


def _value(text: str) -> Any:
    """A number, true, false or null as such; all else is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
