"""In CI two runs are the same run; on a desk each run is a new one."""

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SUBSET: Final = "tests/unit/domain/test_geography.py"


def collected(**environment: str) -> list[str]:
    """The seed and the tests of a run, in their order."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--collect-only", "-v"]
    done = subprocess.run(
        [*command, SUBSET], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    told = ("Using --randomly-seed", "hypothesis profile", "<Function")
    return [line for line in done.stdout.splitlines() if line.strip().startswith(told)]


def test_in_ci_order_and_examples_are_fixed() -> None:
    first, second = collected(CI="true"), collected(CI="true")

    assert first == second
    assert "derandomize=True" in first[1]
    assert len(first) > 5


def test_on_a_desk_each_run_has_a_new_seed() -> None:
    first, second = collected(), collected()

    assert first[0].startswith("Using --randomly-seed=")
    assert first[0] != second[0]


def test_a_deep_run_explores_in_ci_too() -> None:
    deep = collected(CI="true", DOORSTEP_TESTS="deep")

    assert deep[0] != collected(CI="true")[0]
    assert "derandomize=True" not in " ".join(deep)
