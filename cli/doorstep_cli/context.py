"""What every command needs: the deployment that is meant, and who reads the answer."""

from dataclasses import dataclass
from typing import Any

import typer

from doorstep_cli.client import Client
from doorstep_cli.output import as_json


@dataclass(frozen=True)
class Given:
    """The options before the command."""

    client: Client
    is_json: bool

    def tell(self, value: Any, say: str) -> None:
        """A sentence for people, the whole answer for programs."""
        if self.is_json:
            as_json(value)
        else:
            typer.echo(say)


def given(context: typer.Context) -> Given:
    """The options before the command."""
    found: Given = context.obj
    return found
