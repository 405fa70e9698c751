"""The cold start: a new process up to its first DynamoDB client.

It is compared with a bare boto3 handler that does the same. The design allows 1.5 times the CPU of
the bare handler, both compiled.
"""

import os
import statistics
import subprocess
import sys

from bench.figures import Row
from bench.hot_path import FAKE

BARE = "import boto3; boto3.client('dynamodb')"
OURS = (
    "import app; from chalicelib.bootstrap.container import container; wired = container(); "
    "from chalicelib.adapters.dynamodb.fleet.items import LiveItem; "
    "LiveItem._get_connection().connection.client; wired.ingest_positions"
)
ROUNDS = 7


def measure() -> list[Row]:
    """CPU milliseconds of both: medians over rounds in turn."""
    samples: dict[str, list[float]] = {BARE: [], OURS: []}
    for program in samples:
        _cpu_ms(program)  # compiles
    for _ in range(ROUNDS):
        for program, taken in samples.items():
            taken.append(_cpu_ms(program))
    bare_ms, ours_ms = (statistics.median(taken) for taken in samples.values())
    return [
        {"process": "bare boto3 handler", "cpu_ms": round(bare_ms), "ratio": 1.0},
        {"process": "Doorstep's API handler", "cpu_ms": round(ours_ms), "ratio": ours_ms / bare_ms},
    ]


def _cpu_ms(program: str) -> float:
    timed = f"import time; {program}; print(time.process_time() * 1e3)"
    done = subprocess.run(
        [sys.executable, "-c", timed],
        # The zip has byte code, so allow it here even if the environment forbids it.
        env={**os.environ, **FAKE, "PYTHONDONTWRITEBYTECODE": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)
