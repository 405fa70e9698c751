"""The command line knows a deployment by its address alone: nothing of the server is imported."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTED = """
import doorstep_cli.__main__, sys
print([m for m in sys.modules if m.startswith(("app", "boto3", "chalice"))])
"""


def test_it_imports_nothing_of_the_server() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LISTED],
        cwd=ROOT / "cli",
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
