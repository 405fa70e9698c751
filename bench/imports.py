"""`python bench/imports.py`: a file of 10,000 orders, three of them bad, on the laptop's stack.

It uploads the file, waits for the import, and uploads it again: the second run adds nothing. Only
the function that imports is played, not those that publish what has happened. Beside its time it
prints what the function itself has in memory at most: the stack in the same process plays DynamoDB,
so that the process grows with each shipment.
"""

import argparse
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.memory import size_mb  # noqa: E402
from local.client import Api, Refused, upload  # noqa: E402
from local.demo.carrier import small  # noqa: E402
from local.stack import RunningStack, running_stack  # noqa: E402

HEADINGS: Final = "Reference;Name;Phone;Address;City;Country;Lat;Lon;Barcode"
PLAYED: Final = ("ImportsRule", "import_shipments")
BAD: Final = {3: ("0401234567", "12"), 4_000: ("60,17", "north"), 7_777: ("B7777", "3,40434E+17")}


def main() -> int:
    """Print a line for each run, and then one of JSON."""
    parser = argparse.ArgumentParser(prog="python bench/imports.py", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="of the file")
    options = parser.parse_args()
    content = b"".join(file_of(options.rows))
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        running_stack(log_level="CRITICAL", in_background=False) as stack,
    ):
        shop = small(stack.api()).shops[0].api
        with redirect_stdout(nowhere):  # the application's metrics
            runs = [_run(stack, shop, content, f"run {number}") for number in (1, 2)]
    told = {"rows": options.rows, "bytes": len(content), "runs": runs}
    peaks = {str(rows): peak_mb(rows) for rows in (options.rows // 5, options.rows)}
    for rows, peak in peaks.items():
        print(f"the function alone, {rows} rows: {peak:.1f} MB at most")
    print(json.dumps(told | {"peak_mb": peaks}))
    return 0


def file_of(rows: int) -> Iterator[bytes]:
    """The file, row by row, as a German spreadsheet writes it."""
    yield HEADINGS.encode("cp1252") + b"\r\n"
    for number in range(rows):
        row = f"R{number};Väinö {number};0401234567;Kuja {number};Helsinki;FI;60,17;24,94;B{number}"
        if number in BAD:
            row = row.replace(*BAD[number])
        yield row.encode("cp1252") + b"\r\n"


def _run(stack: RunningStack, shop: Api, content: bytes, name: str) -> dict[str, Any]:
    begun = shop.post("/v1/imports", {"file_name": f"{name}.csv"})
    sources = [each for each in stack.bridge.sources if each.name in PLAYED]
    began_s, cpu_s = time.monotonic(), time.process_time()
    form = begun["upload"]
    upload(form["url"], form["fields"], content, "text/csv")
    found = begun
    while found["ended_at"] is None:
        for source in sources:
            source.poll()
        with suppress(Refused, OSError):  # a busy machine
            found = shop.get(f"/v1/imports/{begun['id']}")
    took_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
    _say(f"{name}: {found['counts']}, {took_s:.0f} s ({cpu_s:.0f} s of CPU), {_process_mb()} MB")
    for error in found["errors"]:
        _say(f"  row {error['row']}, {error['column']}: {error['detail']}")
    return {"counts": found["counts"], "took_s": round(took_s, 1), "cpu_s": round(cpu_s, 1)}


def _say(line: str) -> None:
    print(line, file=sys.__stdout__, flush=True)


def _process_mb() -> int:
    return size_mb(os.getpid())


def peak_mb(rows: int) -> float:
    """The most memory that one import has allocated, with the shipments stored elsewhere."""
    from chalicelib.api.schemas.imports import read_row  # noqa: PLC0415
    from chalicelib.domain.actors import Actor, Role  # noqa: PLC0415
    from chalicelib.domain.ids import ShipperId  # noqa: PLC0415
    from chalicelib.domain.imports.imports import Wishes  # noqa: PLC0415
    from chalicelib.domain.shipments.batches import RowOutcome, RowVerdict  # noqa: PLC0415
    from chalicelib.services.imports.begin_import import BeginImport  # noqa: PLC0415
    from chalicelib.services.imports.import_shipments import ImportShipments  # noqa: PLC0415
    from tests.support.in_memory import InMemoryCarrier  # noqa: PLC0415

    def create(orders: Sequence[object], **_: object) -> tuple[RowVerdict | None, ...]:
        done = RowVerdict(RowOutcome.UNCHANGED)
        return tuple(None if order is None else done for order in orders)

    def run(rows: int) -> None:
        carrier = InMemoryCarrier()
        actor = Actor(Role.SHIPPER, "key_1", ShipperId("shr_1"))
        key = carrier.use(BeginImport)(Wishes(), actor=actor).found.file_key
        carrier.import_files.versions[key] = [b"elsewhere"]
        carrier.import_files.chunks = lambda *_: file_of(rows)  # type: ignore[method-assign]
        carrier.use(ImportShipments)(
            key, None, read=read_row, create=create, time_left_s=lambda: 1e9
        )

    run(10)  # tables of phone numbers and the like stay
    tracemalloc.start()
    run(rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


if __name__ == "__main__":
    sys.exit(main())
