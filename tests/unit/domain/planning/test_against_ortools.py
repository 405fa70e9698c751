"""The built-in orders against those of OR-tools, in days of the same travel times and windows."""

import statistics
from pathlib import Path

import pytest

from bench import days, optimizer
from bench.eta import data_folder
from bench.figures import Row, table
from tests.support.depth import DEEP

DATA = data_folder()
MOST = 1.05
"""The total time may be so much longer."""
MOST_CPU_S = 2.0
CROWDED = 2.0
"""The machine of a test run has more to do: CPU time grows with what shares its caches."""
QUICK = ("generated 3", "generated 4")


def require_as_good(rows: list[Row]) -> None:
    """As many stops as OR-tools makes, none late, in 5 % more time at most."""
    for row in rows:
        assert row["late_s"] == 0, row
        assert int(row["left"]) <= int(row["OR-tools left"]), row
        if row["left"] == row["OR-tools left"]:
            assert float(row["ratio"]) <= MOST, row
        assert float(row["cpu_s"]) <= CROWDED * MOST_CPU_S, row


def test_days_of_a_town_take_at_most_a_twentieth_longer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = optimizer.generated_days(tuple(optimizer.GENERATED) if DEEP else QUICK)
    with capsys.disabled():
        print(table("orders against OR-tools", rows))  # noqa: T201 - the figures are what this is about

    require_as_good(rows)


@pytest.mark.skipif(not DEEP, reason="twenty days take a minute: DOORSTEP_TESTS=deep")
@pytest.mark.skipif(
    not (DATA / days.SF).exists(), reason=f"no recorded days in {DATA}: DOORSTEP_DATA"
)
def test_twenty_recorded_days_take_at_most_a_twentieth_longer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with capsys.disabled():
        rows = optimizer.recorded_days(DATA)
        print(table("orders against OR-tools", rows))  # noqa: T201 - as above

    assert len(rows) == 20
    require_as_good(rows)
    ratios = [float(row["ratio"]) for row in rows]
    assert statistics.geometric_mean(ratios) <= MOST


def test_without_recorded_days_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        optimizer.recorded_days(tmp_path)
