"""Import of a CSV file: read row by row, sent 500 at a time, and safe to be sent again as a whole.

A column is the name of a field of the API, with dots inside: ``recipient.name``. The address lines
are ``address.lines``, one under the other or as ``address.lines.1`` and ``.2``; barcodes are
``parcels.barcode``, several with a blank between. Words of your own are ``metadata.…``.
"""

import csv
import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from doorstep_cli.client import Client

BATCH: Final = 500
LATER: Final = "later"
TRIES: Final = 20
"""Each brings some rows through, unless the deployment is down."""
NUMBERS: Final = frozenset({"address.lat_deg", "address.lon_deg", "service_time_s"})
NEEDED: Final = ("reference", "recipient.name", "parcels.barcode")


Row = tuple[int, dict[str, str]]


class NotAnImport(Exception):
    """The file cannot be imported at all: a sentence says why."""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in a row: its number in the file, the column, and a sentence."""

    row: int
    column: str
    code: str
    detail: str


@dataclass
class Counts:
    """How many rows had which outcome, and what was wrong."""

    outcomes: dict[str, int] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)

    def add(self, outcome: str) -> None:
        """One more."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


def rows(path: Path) -> Iterator[Row]:
    """The rows with their numbers, from 2. Raises NotAnImport for a file without the columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.read(4_096)
        file.seek(0)
        delimiter = max(",;\t", key=head.partition("\n")[0].count)
        reader = csv.DictReader(file, delimiter=delimiter, strict=True)
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            msg = f"The file has no column {' and no column '.join(missing)}."
            raise NotAnImport(msg)
        _require_plain(reader.fieldnames or ())
        try:
            for row in reader:
                if None in row:
                    msg = f"Line {reader.line_num} has more cells than there are columns."
                    raise NotAnImport(msg)
                yield reader.line_num, {k: v for k, v in row.items() if k and v and v.strip()}
        except (csv.Error, UnicodeDecodeError) as exc:
            msg = f"Line {reader.line_num + 1} cannot be read: {exc}."
            raise NotAnImport(msg) from exc


def _require_plain(columns: Sequence[str]) -> None:
    """Raises NotAnImport where one column is the whole of what another is a part of."""
    for name in columns:
        part = next((each for each in columns if each.startswith(f"{name}.")), None)
        if part is not None and name != "address.lines":
            msg = f"The columns {name} and {part} say the same thing twice."
            raise NotAnImport(msg)


def order_of(row: Mapping[str, str]) -> dict[str, Any]:
    """A row as an order of the API."""
    order: dict[str, Any] = {}
    for name, text in row.items():
        *path, last = name.split(".")
        place = order
        if name.startswith("address.lines"):
            place.setdefault("address", {}).setdefault("lines", []).extend(text.splitlines())
        elif name == "parcels.barcode":
            order["parcels"] = [{"barcode": code} for code in text.split()]
        else:
            for part in path:
                place = place.setdefault(part, {})
            place[last] = _number(text) if name in NUMBERS else text
    return order


def sent(client: Client, path: Path, *, update: bool, done: Callable[[int], object]) -> Counts:
    """Send all rows; ``done`` is called with how many more are through. Again is harmless.

    A batch has a key made of what it says, so a repeat of a cut-off run is answered as before.
    Rows for which the deployment had no time are sent again. Raises NotAnImport if it never has.
    """
    counts = Counts()
    for group in _groups(rows(path)):
        left = group
        for number in range(TRIES):
            later = _send(client, left, counts, update=update, number=number)
            done(len(left) - len(later))
            left = later
            if not left:
                break
        else:
            msg = f"The deployment has no time for row {left[0][0]} and those after it. Try later."
            raise NotAnImport(msg)
    return counts


def _send(
    client: Client, group: list[Row], counts: Counts, *, update: bool, number: int
) -> list[Row]:
    """Send some rows, for the ``number``-th time, and return those that are to be sent again."""
    body = {"shipments": [order_of(row) for _, row in group]}
    mark = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    query = {"if_exists": "update" if update else None}
    answer = client.post("/v1/shipments/batch", body, key=f"import {mark} {number}", **query)
    later = []
    for result in answer["results"]:
        row = group[result["index"]]
        if result["outcome"] == LATER:
            later.append(row)
            continue
        counts.add(result["outcome"])
        counts.errors += [
            RowError(row[0], _column(each["pointer"]), each["code"], each["detail"])
            for each in result["errors"]
        ]
    return later


def _groups(found: Iterator[Row]) -> Iterator[list[Row]]:
    """As many rows as one request takes: the file is never read whole."""
    while group := list(islice(found, BATCH)):
        yield group


def _number(text: str) -> float | str:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _column(pointer: str) -> str:
    """The column of a pointer: /address/lines/0 is address.lines."""
    return ".".join(part for part in pointer.split("/") if part and not part.isdigit())
