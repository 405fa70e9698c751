"""The benefit of each part of the ETA engine: run all recorded journeys with one part removed.

    python -m bench.ablation [--task sf …] [--share 7]

The figures are mean errors, coverage and Winkler scores, as in `bench/eta.py`. We replace the parts
from outside during a run, so the engine itself has no switches. All tasks take almost an hour;
`--share 7` uses only every seventh driver or vehicle.
"""

import argparse
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from bench import eta
from bench.figures import Row, table
from chalicelib.domain.eta.learned import beliefs, keys, noise, priors, quantiles, travel
from chalicelib.domain.eta.learned.keys import Traits, Trip
from chalicelib.domain.eta.learned.priors import Kind

NAMED: Final = {"sf_taxi": "driver", "austin_bus": "vehicle"}
"""The column by which we thin out the rows. The other recordings are short."""
PAIRS: Final = (
    Kind.PAIR,
    Kind.ZONE_PAIR,
    Kind.PAIR_560,
    Kind.PAIR_560_SHIFTED,
    Kind.PAIR_250,
    Kind.PAIR_RECENT,
)
FOREVER: Final = 1e9
Replacement = tuple[object, str, object]


def without(*kinds: Kind) -> list[Replacement]:
    """Replacements that remove these kinds of keys from legs."""
    dropped = {int(kind) for kind in kinds}

    def traits(trip: Trip) -> Traits:
        found = keys.traits(trip)
        kept = tuple(key for key in found.keys if key[0] >> 16 & 15 not in dropped)
        return found._replace(keys=kept)

    return [(eta, "traits", traits)]


def larger(times: float) -> list[Replacement]:
    """Replacements with priors that are `times` as large."""
    return [
        (keys, "PLAIN_TAUS", tuple(times * tau for tau in priors.PLAIN_TAUS)),
        (keys, "ENGINE_TAUS", tuple(times * tau for tau in priors.ENGINE_TAUS)),
    ]


def unlearnt_ranges() -> list[Replacement]:
    """Replacements with fixed ranges of ± 1.28 deviations, from the variances alone."""
    return [(quantiles.RangeTracker, "learn", lambda *_, **__: None)]


PARTS: Final[dict[str, list[Replacement]]] = {
    "nothing": [],
    "hour of the week": without(Kind.HOUR),
    "driver": without(Kind.DRIVER),
    "customer": without(Kind.CUSTOMER),
    "cells of origin and destination": without(Kind.ORIGIN, Kind.DESTINATION),
    "bearing": without(Kind.BEARING, Kind.ORIGIN_BEARING, Kind.DESTINATION_BEARING),
    "all pairs of cells": without(*PAIRS),
    "the shifted and the finest pair": without(Kind.PAIR_560_SHIFTED, Kind.PAIR_250),
    "pace of the last 90 minutes": without(Kind.PAIR_RECENT, Kind.AREA_RECENT),
    "all keys: the curve alone": without(*Kind),
    "small priors (four times larger)": larger(4.0),
    "the bend at an hour of engine time (at 3 min)": [(keys, "ENGINE_BEND", keys.BEND)],
    "noise per driver": [(travel, "driver_factor", lambda *_: 1.0)],
    "noise learnt fast, then slowly (fixed rate)": [
        (noise, "RATE", 0.01),
        (noise, "WARM_UP", FOREVER),
    ],
    "ranges learnt from what was observed": unlearnt_ranges(),
    "ranges that share with neighbours": [(quantiles, "SHARED", 0.0)],
    "the clip at two deviations": [(travel, "CLIP", FOREVER)],
    "three quarters of the room (200 keys a page)": [
        (beliefs.Beliefs.__init__, "__defaults__", (200,))
    ],
}


@contextmanager
def replaced(where: object, name: str, value: object) -> Iterator[None]:
    """Another value under a name, until the block ends."""
    before = getattr(where, name)
    setattr(where, name, value)
    try:
        yield
    finally:
        setattr(where, name, before)


def thinned(bench: Callable[[Path], dict[str, Any]], share: int) -> Callable[[Path], Any]:
    """The bench with only one driver or vehicle in `share`."""

    def load(data: Path) -> dict[str, Any]:
        scope = bench(data)
        all_rows = scope["rows"]

        def rows(name: str, part: str, file: str) -> Iterator[dict[str, str]]:
            for row in all_rows(name, part, file):
                by = row.get(NAMED.get(name, ""))
                if by is None or zlib.crc32(by.encode()) % share == 0:
                    yield row

        scope["rows"] = rows
        return scope

    return load


def measure(data: Path, tasks: tuple[str, ...], share: int) -> Iterator[Row]:
    """One row for each removed part."""
    for part, replacements in PARTS.items():
        row: Row = {"without": part}
        with ExitStack() as stack:
            stack.enter_context(replaced(eta, "_bench", thinned(eta._bench, share)))  # noqa: SLF001
            for where, name, value in replacements:
                stack.enter_context(replaced(where, name, value))
            for task in tasks:
                found = eta._scored(data, task, "engine")  # noqa: SLF001 - one protocol for both
                row |= {f"{task} {name}": found[name] for name in FIGURES}
        yield row


FIGURES: Final = ("mae_min", "cover_pct", "winkler_min")


def main() -> None:
    """Print each row as soon as it is measured, and write them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=eta.data_folder(), help="recorded journeys")
    parser.add_argument("--task", choices=eta.TASKS, action="append", help="default: all")
    parser.add_argument("--share", type=int, default=1, help="one driver or vehicle of so many")
    parser.add_argument("--json", type=Path, default=eta.ROOT / "build" / "ablation.json")
    asked = parser.parse_args()
    if not (asked.data / "eta_bench.py").exists():
        print(f"ablation: skipped, no recorded journeys in {asked.data} (set DOORSTEP_DATA)")
        return
    rows: list[Row] = []
    for row in measure(asked.data, tuple(asked.task or eta.TASKS), asked.share):
        rows.append(row)
        print(table("ablation", [row]), flush=True)
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
