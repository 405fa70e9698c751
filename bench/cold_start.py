"""A fresh process until its first client, for each function, against a bare boto3 handler.

Everything runs in packaged form: as in the deployment zip, pruned and compiled, with the packages
built for this machine's processor. The design allows the API function 1.5 times the CPU of the bare
handler, the others 1.25 times.
"""

import platform
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.figures import Row
from bench.hot_path import FAKE
from infra.package import generate
from infra.vendor import compile_tree, vendor

BARE: Final = "import boto3; boto3.client('dynamodb')"
WIRED: Final = (
    "import app; from chalicelib.bootstrap.container import container; wired = container();"
)
DYNAMODB: Final = (
    "from chalicelib.adapters.dynamodb.item import shared_client; assert shared_client()"
)
STREAMS: Final = "from chalicelib.triggers import streams;"
QUEUES: Final = "from chalicelib.triggers import queues;"


def _asked(method: str, path: str, use_case: str) -> tuple[str, str]:
    """The API function until it could answer its first request, for this path."""
    views = f"assert '{method}' in app.app.routes['{path}']"
    return "app.app", f"{WIRED} {views}; wired.{use_case}; {DYNAMODB}"


PROGRAMS: Final = {
    "bare boto3 handler": ("", BARE),
    "api_handler, positions": _asked("POST", "/v1/driver/positions", "ingest_positions"),
    "api_handler, state of a page": _asked("GET", "/t/{token}/state", "follow_shipment"),
    "api_handler, new shipment": _asked("POST", "/v1/shipments", "create_shipment"),
    "publish_events": (
        "app.publish_events",
        (
            f"{WIRED} {STREAMS} wired.publish_events; wired.adapters.event_from_image;"
            "from chalicelib.adapters.aws import client; client('sns')"
        ),
    ),
    "expire_shipments": (
        "app.expire_shipments",
        f"{WIRED} {STREAMS} wired.expire_shipments; {DYNAMODB}",
    ),
    "learn_travel_times": (
        "app.learn_travel_times",
        f"{WIRED} {STREAMS} wired.learn_travel_times; {DYNAMODB}",
    ),
    "sweep_fleet": (
        "app.sweep_fleet",
        f"{WIRED} from chalicelib.triggers import schedules; wired.sweep_fleet; {DYNAMODB}",
    ),
    "notify_recipient": (
        "app.notify_recipient",
        f"{WIRED} {QUEUES} wired.notify_recipient; {DYNAMODB}",
    ),
    "deliver_webhook": (
        "app.deliver_webhook",
        f"{WIRED} {QUEUES} wired.deliver_webhook; {DYNAMODB}",
    ),
}
ROUNDS: Final = 9


def measure() -> list[Row]:
    """CPU milliseconds of each, medians of rounds that take turns, and the ratio to the first."""
    samples: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    with packaged() as paths:
        for _ in range(ROUNDS):
            for name, (handler, program) in PROGRAMS.items():
                samples[name].append(_cpu_ms(program, handler, paths))
    medians = {name: statistics.median(taken) for name, taken in samples.items()}
    bare_ms = next(iter(medians.values()))
    return [
        {"process": name, "cpu_ms": round(cpu_ms), "ratio": cpu_ms / bare_ms}
        for name, cpu_ms in medians.items()
    ]


@contextmanager
def packaged() -> Iterator[list[Path]]:
    """The folders of a deployment as they lie in Lambda: our code and Chalice's, the packages."""
    here = f"{platform.machine()}-manylinux2014" if sys.platform == "linux" else "macos"
    with tempfile.TemporaryDirectory() as scratch:
        code = Path(scratch) / "code"
        with zipfile.ZipFile(generate("dev", Path(scratch) / "made").zip_path) as archive:
            archive.extractall(code)  # made by us a second ago
        compile_tree(code)
        yield [code, vendor(platform=here)]


def _cpu_ms(program: str, handler: str, paths: list[Path]) -> float:
    timed = f"import time; {program}; print(time.process_time() * 1e3)"
    environment = {**FAKE, "PYTHONPATH": ":".join(map(str, paths))}
    done = subprocess.run(
        [sys.executable, "-S", "-c", timed],  # nothing of the virtual environment
        env=environment | ({"_HANDLER": handler} if handler else {}),
        cwd=paths[0],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)
