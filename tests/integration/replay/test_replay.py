"""Recorded trips through the whole of Doorstep: made-up ones always, real ones where they are."""

import json
from pathlib import Path

import pytest

from local.replay.__main__ import main
from local.replay.recordings import DataMissing, require, usual_folder
from tests.unit.local.replay.recorded import write_recordings

STOPS = 8


@pytest.fixture
def real_recordings() -> Path:
    """The recorded buses of Austin; skips where they are not."""
    folder = usual_folder()
    try:
        require(folder)
    except DataMissing as exc:
        pytest.skip(f"{exc}: set DOORSTEP_DATA to the folder with austin_bus/public")
    return folder


def test_two_trips_are_told_rightly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_recordings(tmp_path, trips=2, stops=STOPS)
    written = tmp_path / "figures.json"

    status = main(["--data", str(tmp_path), "--trips", "2", "--json", str(written)])

    figures = json.loads(written.read_text(encoding="utf-8"))
    shipments = 2 * (STOPS - 1)
    assert status == 0, figures["contradictions"]
    assert figures["shipments"] == shipments
    assert figures["eta"]["at_start"]["count"] == shipments
    assert figures["eta"]["next_stop"]["count"] == shipments
    assert figures["eta"]["at_start"]["naive"]["count"] == shipments
    assert figures["compared"]["trips"] == 1
    assert figures["compared"]["first"]["at_start"]["count"] == STOPS - 1
    assert figures["compared"]["last"]["at_start"]["count"] == STOPS - 1
    assert figures["histories"] == figures["notices"]["shipments"] == shipments
    assert figures["events"]["shipment.delivered"] == shipments
    assert figures["notices"]["told_twice"] == 0
    assert not any(each["failed"] for each in figures["requests"])
    steady = figures["positions"]["steady"]
    assert steady["write_units"]["max"] == 2
    assert steady["calls"]["max"] <= 4  # the first of a quarter of an hour reads what was learnt
    assert steady["calls"]["mean"] < 3.5
    printed = capsys.readouterr().out
    assert "next stop" in printed
    assert "first 1 trips" in printed


def test_a_real_trip(
    real_recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "figures.json"
    wanted = ["--trips", "1", "--max-stops", "6", "--json", str(written)]

    status = main(["--data", str(real_recordings), *wanted])

    figures = json.loads(written.read_text(encoding="utf-8"))
    assert status == 0, figures["contradictions"]
    assert figures["fixes"]["accepted"] > 0
    assert "recorded trips" in capsys.readouterr().out
