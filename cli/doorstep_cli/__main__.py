"""`doorstep`: all commands, and how a refusal ends one."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from doorstep_cli import accounts, desk, imports, profiles, shipments, webhooks
from doorstep_cli.client import Client, Refused, Unreachable
from doorstep_cli.context import Given, given
from doorstep_cli.output import as_json, console, errors, table

REFUSED: Final = 1
UNREACHABLE: Final = 3
ROWS_REFUSED: Final = 4

app: Final = typer.Typer(
    name="doorstep",
    no_args_is_help=True,
    help="Doorstep, of any deployment.",
)
app.add_typer(accounts.accounts, name="accounts")
app.add_typer(accounts.keys, name="keys")
app.add_typer(shipments.shipments, name="shipments")
app.add_typer(desk.routes, name="routes")
app.add_typer(webhooks.webhooks, name="webhooks")
app.command("follow")(shipments.follow)
app.command("attention")(desk.attention)


@app.callback()
def options(
    context: typer.Context,
    url: Annotated[str | None, typer.Option(envvar="DOORSTEP_URL", help="The deployment.")] = None,
    key: Annotated[str | None, typer.Option(envvar="DOORSTEP_KEY", help="Your key.")] = None,
    profile: Annotated[
        str | None, typer.Option(envvar="DOORSTEP_PROFILE", help="A profile that you have kept.")
    ] = None,
    is_json: Annotated[bool, typer.Option("--json", help="Answer programs, not people.")] = False,
) -> None:
    """Options for all commands."""
    found = profiles.chosen(url, key, profile)
    client = Client(found.url, found.key)
    context.call_on_close(client.close)
    context.obj = Given(client, is_json)


@app.command("login")
def login(
    name: Annotated[str, typer.Argument(help="A name for it; without one it is the usual one.")] = (
        profiles.DEFAULT
    ),
    url: Annotated[str, typer.Option(prompt=True, help="The deployment.")] = profiles.LOCAL,
    key: Annotated[str, typer.Option(prompt=True, hide_input=True, help="Your key.")] = "",
) -> None:
    """Keep an address and a key under a name, in a file that only you can read."""
    console.print(f"Kept in {profiles.save(name, url, key)}.")


@app.command("import")
def import_csv(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file.")],
    update: Annotated[bool, typer.Option(help="Change shipments that have the reference.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only read the file; send nothing.")] = False,
) -> None:
    """Create the shipments of a CSV file. Cut off or repeated, it goes on from where it was."""
    total = sum(1 for _ in imports.rows(file))
    if dry_run:
        given(context).tell({"rows": total}, f"{total} rows can be read. Nothing was sent.")
        return
    columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, disable=given(context).is_json) as progress:
        task = progress.add_task("rows", total=total)
        counts = imports.sent(
            given(context).client,
            file,
            update=update,
            done=lambda more: progress.advance(task, more),
        )
    wrong = [
        {"row": each.row, "column": each.column, "code": each.code, "detail": each.detail}
        for each in counts.errors
    ]
    if given(context).is_json:
        as_json({"counts": counts.outcomes, "errors": wrong})
    else:
        said = ", ".join(f"{count} {word}" for word, count in sorted(counts.outcomes.items()))
        console.print(f"{said or 'no rows'}.")
        if wrong:
            table(wrong, ("row", "column", "code", "detail"), nothing="")
    if wrong:
        raise typer.Exit(ROWS_REFUSED)


def main() -> None:
    """Run a command. A refusal is a sentence and an exit status, never a trace."""
    try:
        app()
    except Refused as exc:
        _end(str(exc), REFUSED)
    except Unreachable as exc:
        _end(str(exc), UNREACHABLE)
    except (imports.NotAnImport, profiles.UnknownProfile, OSError) as exc:
        _end(str(exc), REFUSED)


def _end(sentence: str, status: int) -> None:
    errors.print(sentence, markup=False)
    sys.exit(status)


if __name__ == "__main__":
    main()
