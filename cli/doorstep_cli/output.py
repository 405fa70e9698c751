"""What is printed: tables for people, JSON for programs; refusals go to the other stream."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from rich.console import Console
from rich.table import Table

INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)
console: Final = Console(highlight=False)
errors: Final = Console(stderr=True, highlight=False)


def as_json(value: object) -> None:
    """One JSON document, for other programs."""
    console.print(json.dumps(value, ensure_ascii=False), soft_wrap=True, markup=False)


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, nothing: str) -> None:
    """Rows under the names of their fields; ``nothing`` is said where there are none."""
    found = list(rows)
    if not found:
        console.print(nothing)
        return
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column.replace("_", " "), overflow="fold")
    for row in found:
        made.add_row(*(plain(row.get(column)) for column in columns))
    console.print(made)


def plain(value: object) -> str:
    """A field as people read it: a range as its two ends, nothing as a dash."""
    match value:
        case None | "":
            return "–"
        case bool():
            return "yes" if value else "no"
        case {"earliest": str(earliest), "latest": str(latest)}:
            return f"{moment(earliest)}–{moment(latest)[11:]}"
        case Mapping():
            return ", ".join(f"{name} {plain(each)}" for name, each in value.items())
        case list() | tuple():
            return ", ".join(map(plain, value))
        case str() if INSTANT.match(value):
            return moment(value)
    return str(value)


def moment(text: str) -> str:
    """A time of an answer, on the clock of this machine and without its seconds."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")
