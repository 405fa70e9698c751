"""`python -m infra.admin_key --stage prod`: the first admin key of a deployed stack, shown once.

The operator's own AWS keys write it directly into the accounts table. All other keys are then made
over HTTP with this one.
"""

import argparse

import boto3

from chalicelib.bootstrap.container import wiring
from chalicelib.domain.actors import OPERATOR, Role
from chalicelib.domain.errors import TooManyKeys
from chalicelib.settings import Settings
from infra.package import stages
from infra.template import Stack


def main() -> None:
    """Print a new admin key."""
    parser = argparse.ArgumentParser(prog="python -m infra.admin_key", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages())
    parser.add_argument("--label", default="first admin key")
    arguments = parser.parse_args()
    try:
        print(new_key(arguments.stage, arguments.label, boto3.Session()))
    except TooManyKeys as refused:
        raise SystemExit(str(refused)) from refused


def new_key(stage: str, label: str, session: boto3.Session) -> str:
    """The text of a new admin key of the stack in the session's account and region."""
    account_id = session.client("sts").get_caller_identity()["Account"]
    stack = Stack(stage, account_id=account_id, region=session.region_name or "")
    wired = wiring(Settings.from_env(stack.environment()))
    return wired.issue_keys(Role.ADMIN, label=label, actor=OPERATOR).text


if __name__ == "__main__":
    main()
