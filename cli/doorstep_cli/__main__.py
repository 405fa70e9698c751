"""`doorstep`: all commands, and how a refusal ends one."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from doorstep_cli import (
    accounts,
    desk,
    evidence,
    imports,
    members,
    profiles,
    shipments,
    webhooks,
)
from doorstep_cli.bundles import NotABundle
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
app.add_typer(members.members, name="members")
app.add_typer(shipments.shipments, name="shipments")
app.add_typer(desk.routes, name="routes")
app.add_typer(webhooks.webhooks, name="webhooks")
app.command("follow")(shipments.follow)
app.command("attention")(desk.attention)
app.command("bundle")(evidence.bundle)
app.command("verify")(evidence.verify)


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
def import_csv(  # noqa: PLR0917 - typer makes options of them
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file.")],
    update: Annotated[bool, typer.Option(help="Change shipments that have the reference.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Create nothing; say what would come.")] = False,
    column: Annotated[
        list[str] | None,
        typer.Option(help="What a heading means, like Kundennummer=metadata.customer."),
    ] = None,
    default: Annotated[
        list[str] | None,
        typer.Option(help="A value where the file has none, like address.country=FI."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Where to keep all errors and warnings.")
    ] = None,
) -> None:
    """Create the shipments of a CSV file. Repeated, it adds only what is not there."""
    wishes = {
        "dry_run": dry_run,
        "if_exists": "update" if update else "refuse",
        "columns": imports.pairs(column or ()),
        "defaults": imports.pairs(default or ()),
    }
    bars = (TextColumn("rows"), BarColumn(), MofNCompleteColumn())
    with Progress(*bars, console=errors, disable=given(context).is_json) as progress:
        task = progress.add_task("rows", total=None)
        found = imports.sent(
            given(context).client,
            file,
            wishes,
            seen=lambda now: progress.update(task, total=now["rows"], completed=now["rows_done"]),
        )
    if report is not None and not imports.save_report(found, report):
        errors.print("There are no errors and no warnings, so there is no report.")
    counts = {word: count for word, count in found["counts"].items() if count}
    if given(context).is_json:
        as_json({**found, "counts": counts})
    else:
        tell(found, counts)
    if found["counts"]["refused"]:
        raise typer.Exit(ROWS_REFUSED)


def tell(found: Mapping[str, Any], counts: Mapping[str, int]) -> None:
    """Say what came of an import."""
    said = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
    console.print(f"{said}{' if it were no dry run' if found['dry_run'] else ''}.")
    if found["ignored_columns"]:
        names = ", ".join(found["ignored_columns"])
        console.print(f"Not read, since nobody knows what they hold: {names}.", markup=False)
    if found["errors"]:
        table(found["errors"], ("row", "column", "code", "detail"), nothing="")
    more = found["error_count"] + found["warning_count"] - len(found["errors"])
    if more:
        console.print(f"And {more} more; --report keeps them all in a file.")


def main() -> None:
    """Run a command. A refusal is a sentence and an exit status, never a trace."""
    try:
        app()
    except Refused as exc:
        _end(str(exc), REFUSED)
    except Unreachable as exc:
        _end(str(exc), UNREACHABLE)
    except (imports.NotAnImport, NotABundle, profiles.UnknownProfile, OSError) as exc:
        _end(str(exc), REFUSED)


def _end(sentence: str, status: int) -> None:
    errors.print(sentence, markup=False)
    sys.exit(status)


if __name__ == "__main__":
    main()
