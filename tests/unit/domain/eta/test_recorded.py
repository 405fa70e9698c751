from pathlib import Path

import pytest

from bench import headlines
from bench.eta import data_folder, measure
from tests.support.depth import times

DATA = data_folder()


@pytest.mark.skipif(
    not (DATA / "eta_bench.py").exists(), reason=f"no recorded journeys in {DATA}: DOORSTEP_DATA"
)
def test_truck_legs_are_told_better_than_by_the_routing_engine_and_ranges_hold() -> None:
    naive, ref, engine = measure(DATA, ("delhivery",))

    assert float(engine["mae_min"]) < 0.40 * float(naive["mae_min"])
    assert float(engine["winkler_min"]) < 0.95 * float(ref["winkler_min"])
    assert 78.0 <= float(engine["cover_pct"]) <= 82.0
    for bin_ in str(engine["cover by bin"]).split():
        assert 75.0 <= float(bin_.split(":")[1]) <= 86.0


def test_without_recordings_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(tmp_path) == []
    assert "skipped" in capsys.readouterr().out


@pytest.mark.skipif(
    not (DATA / headlines.STOPS).exists(), reason=f"no recorded days in {DATA}: DOORSTEP_DATA"
)
def test_headlines_of_recorded_days_are_calm_and_hold(capsys: pytest.CaptureFixture[str]) -> None:
    """Of few lines the engine has not learnt enough: then what is shown holds as its ETAs do."""
    one_in = times(quick=20, deep=2)
    shown, plain = headlines.measure(DATA, one_in=one_in, look_at=5)
    with capsys.disabled():
        print(f"\n{shown}\n{plain}")  # noqa: T201 - the figures are what this is about

    assert float(shown["changes/h"]) <= 3.0 < float(plain["changes/h"])
    holds, eta_holds = float(shown["shown holds, %"]), float(shown["ETA holds, %"])
    assert abs(holds - eta_holds) <= 3.0
    assert one_in > 2 or 77.0 <= holds <= 83.0  # the ETAs of these lines hold in 81.6 %


def test_without_recorded_days_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert headlines.measure(tmp_path) == []
    assert "skipped" in capsys.readouterr().out
