from pathlib import Path

import pytest

from bench.eta import data_folder, measure

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
