"""`python -m infra.admin_key --stage prod`: the first admin key of a deployed stack, shown once.

The operator's own AWS keys write it directly into the accounts table. All other keys are then made
over HTTP with this one. With `--email` and `--name` it is the first admin of the console instead:
the invitation is sent by e-mail, and there is nothing to show.
"""

import argparse

import boto3

from chalicelib.bootstrap.container import Container, wiring
from chalicelib.domain.accounts.members import Member
from chalicelib.domain.actors import OPERATOR, Role
from chalicelib.domain.errors import AddressTaken, TooManyKeys
from chalicelib.edge.mailboxes import ascii_address
from chalicelib.settings import Settings
from infra.package import stages
from infra.template import Stack


def main() -> None:
    """Print a new admin key."""
    parser = argparse.ArgumentParser(prog="python -m infra.admin_key", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages())
    parser.add_argument("--label", default="first admin key")
    parser.add_argument("--email", help="invite the first admin of the console, and make no key")
    parser.add_argument("--name", default="Admin", help="of that admin (%(default)s)")
    arguments = parser.parse_args()
    session = boto3.Session()
    try:
        if arguments.email:
            email = ascii_address(arguments.email)
            if email is None:
                parser.error("--email takes an address like name@example.com")
            member = new_admin(arguments.stage, email, arguments.name, session)
            print(f"{member.email} is invited as {member.id}.")
        else:
            print(new_key(arguments.stage, arguments.label, session))
    except (TooManyKeys, AddressTaken) as refused:
        raise SystemExit(str(refused)) from refused


def new_key(stage: str, label: str, session: boto3.Session) -> str:
    """The text of a new admin key of the stack in the session's account and region."""
    return _wired(stage, session).issue_keys(Role.ADMIN, label=label, actor=OPERATOR).text


def new_admin(stage: str, email: str, name: str, session: boto3.Session) -> Member:
    """An admin of the console, who is told by e-mail. Raises AddressTaken."""
    invite = _wired(stage, session).manage_members.invite
    return invite(name, email=email, role=Role.ADMIN, actor=OPERATOR)


def _wired(stage: str, session: boto3.Session) -> Container:
    account_id = session.client("sts").get_caller_identity()["Account"]
    stack = Stack(stage, account_id=account_id, region=session.region_name or "")
    return wiring(Settings.from_env(stack.environment()))


if __name__ == "__main__":
    main()
