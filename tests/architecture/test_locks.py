"""The lock files pin everything, agree with each other, and name no place to download from."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
LOCKS: Final = ("requirements.txt", "requirements-images.txt", "requirements-dev.txt")


def entries(lock: str) -> list[str]:
    """The lock's requirements, each with the hashes that follow it, on one line."""
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins(lock: str) -> set[str]:
    return {entry.split(" ", maxsplit=1)[0] for entry in entries(lock)}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_with_a_hash(lock: str) -> None:
    loose = [e for e in entries(lock) if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:", e)]

    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_an_index(lock: str) -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links", (ROOT / lock).read_text("utf-8"))


def test_development_runs_on_the_versions_that_ship() -> None:
    shipped = pins("requirements.txt") | pins("requirements-images.txt")

    assert shipped <= pins("requirements-dev.txt")


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_asked_for_is_in_the_lock(lock: str) -> None:
    wanted = re.findall(
        r"^([\w.-]+)(?:\[.*\])?(==\S+)$",
        (ROOT / lock).with_suffix(".in").read_text("utf-8"),
        re.MULTILINE,
    )

    assert {name + version for name, version in wanted} <= pins(lock)
