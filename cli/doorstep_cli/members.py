"""Members: people who sign in to the console."""

from typing import Annotated, Any, Final

import typer

from doorstep_cli.context import given
from doorstep_cli.output import as_json, table

members: Final = typer.Typer(help="People who sign in to the console.")
ROLES: Final = ("dispatcher", "manager", "admin", "shipper")
Role = Annotated[str, typer.Argument(help=f"One of {', '.join(ROLES)}.")]
ShipperId = Annotated[str | None, typer.Option(help="Whose member it is, for a shipper.")]


@members.command("list")
def list_members(context: typer.Context) -> None:
    """List all members, with those that were removed."""
    found = list(given(context).client.all("/v1/members"))
    if given(context).is_json:
        as_json(found)
    else:
        columns = ("id", "name", "email", "role", "shipper_id", "removed_at")
        table(found, columns, nothing="There are no members yet.")


@members.command("invite")
def invite_member(
    context: typer.Context, role: Role, email: str, name: str, shipper_id: ShipperId = None
) -> None:
    """Invite somebody, who is told by e-mail where to sign in."""
    body: dict[str, Any] = {"role": role, "email": email, "name": name}
    body |= {"shipper_id": shipper_id} if shipper_id else {}
    made = given(context).client.post("/v1/members", body)
    given(context).tell(made, f"Invited {made['email']}: {made['id']}.")


@members.command("invite-again")
def invite_member_again(context: typer.Context, member_id: str) -> None:
    """Send the invitation once more."""
    made = given(context).client.post(f"/v1/members/{member_id}/invitation")
    given(context).tell(made, f"Sent to {made['email']}.")


@members.command("change")
def change_member(
    context: typer.Context,
    member_id: str,
    role: Annotated[str | None, typer.Option(help="Another role; it ends all sessions.")] = None,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    shipper_id: ShipperId = None,
) -> None:
    """Give a member another role, shipper or name."""
    body: dict[str, Any] = {
        key: value
        for key, value in (("role", role), ("name", name), ("shipper_id", shipper_id))
        if value is not None
    }
    if role is not None and shipper_id is None:
        body["shipper_id"] = None  # only a shipper's member has one
    path = f"/v1/members/{member_id}"
    _, tag = given(context).client.tagged(path)
    after = given(context).client.patch(path, body, tag=tag)
    given(context).tell(after, f"{after['name']} is {after['role']}.")


@members.command("sign-out")
def sign_member_out(context: typer.Context, member_id: str) -> None:
    """End all sessions of a member, for a laptop that is lost."""
    after = given(context).client.post(f"/v1/members/{member_id}/sign-out")
    given(context).tell(after, f"{after['name']} is signed out everywhere.")


@members.command("remove")
def remove_member(context: typer.Context, member_id: str) -> None:
    """Remove a member, who is signed out everywhere at once."""
    after = given(context).client.delete(f"/v1/members/{member_id}")
    given(context).tell(after, f"{after['name']} cannot sign in any more.")
