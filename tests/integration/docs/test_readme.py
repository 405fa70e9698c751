"""The tour of the README, typed into a shell beside a stack that has just started."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from local import environment

ROOT: Final = Path(__file__).parents[3]
AS_PRINTED: Final = "http://127.0.0.1:8000"
OUTSIDE: Final = environment.present()

pytestmark = pytest.mark.skipif(
    shutil.which("bash") is None or shutil.which("curl") is None,
    reason="the README's commands are for bash and curl, which are not here",
)


def tour() -> tuple[str, str]:
    """The two blocks of commands: creating a shipment, and from there to the road."""
    text = (ROOT / "README.md").read_text("utf-8")
    section = text.partition("\n## A taste of the API\n")[2].partition("\n## ")[0]
    creating, driving = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return creating, driving


@contextmanager
def empty_carrier() -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "local", "--json", "--demo", "none", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, env=OUTSIDE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


def typed(script: str, facts: dict[str, Any], **ids: str) -> list[dict[str, Any]]:
    """What the commands answer, after all that the page leaves to the reader is filled in."""
    keys = facts["keys"]
    known = {
        "SHIPPER_KEY": keys["shipper"],
        "DISPATCHER_KEY": keys["dispatcher"],
        "DRIVER_TOKEN": keys["driver"],
    }
    for name, value in (known | ids).items():
        script = re.sub(rf"\b{name}=\S*…", f"{name}={value}", script)
    assert "…" not in script
    script = script.replace(AS_PRINTED, facts["base_url"])
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        check=True,
    )
    decoder, left, replies = json.JSONDecoder(), run.stdout.strip(), []
    while left:
        reply, end = decoder.raw_decode(left)
        replies.append(reply)
        left = left[end:].lstrip()
    return replies


def test_the_tour_ends_with_the_van_on_the_page() -> None:
    creating, driving = tour()
    looking_up, going = driving.split("export HUB=")
    functions = looking_up.partition("\ncall ")[0] + "\n"
    with empty_carrier() as facts:
        (created,) = typed(creating, facts)
        hubs, drivers = typed(looking_up, facts)

        planned, scanned, started, taken = typed(
            functions + "export HUB=" + going,
            facts,
            HUB=hubs["data"][0]["id"],
            DRIVER=drivers["data"][0]["id"],
            SHIPMENT=created["id"],
        )

        assert planned["status"] == "planned"
        assert [scan["verdict"] for scan in scanned["results"]] == ["loaded"]
        assert started["status"] == "active"
        assert taken["accepted"] == 1
        with urllib.request.urlopen(f"{created['tracking_url']}/state") as answer:  # noqa: S310
            state = json.load(answer)
        assert state["position"]["lat_deg"] == pytest.approx(60.1717)
        assert state["eta"] is not None
