"""Measuring and showing figures: CPU time of this process, medians, rounds in turn."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Row = dict[str, str | float | int]


def in_turns(
    contenders: Mapping[str, Callable[[], object]], *, rounds: int, repeats: int
) -> dict[str, float]:
    """Median CPU microseconds of one call of each. They run in turn, so noise affects all alike."""
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for call in contenders.values():
        call()
    for _ in range(rounds):
        for name, call in contenders.items():
            began_s = time.process_time()
            for _ in range(repeats):
                call()
            samples[name].append((time.process_time() - began_s) / repeats * 1e6)
    return {name: statistics.median(values) for name, values in samples.items()}


def table(name: str, rows: Sequence[Row]) -> str:
    """The rows as text with aligned columns."""
    columns = list(rows[0])
    shown = [[_text(row[column]) for column in columns] for row in rows]
    widths = [
        max(len(column), *(len(line[i]) for line in shown)) for i, column in enumerate(columns)
    ]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in [columns, *shown]
    ]
    return "\n".join([f"\n{name}", *(f"  {line}" for line in lines)])


def _text(value: str | float) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
