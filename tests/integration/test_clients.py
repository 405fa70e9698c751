"""The generated clients create a shipment and follow it, over a real socket."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.clients import CLIENTS, DOCUMENT, GENERATED, PACKAGE, generate
from local.demo.carrier import small
from local.stack import RunningStack, running_stack

NODE = Path(sys.executable).with_name("node")


def ran(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module", autouse=True)
def generated() -> None:
    generate()  # raises for a warning, and for what was left out


@pytest.fixture(scope="module")
def stack() -> Iterator[RunningStack]:
    with running_stack() as running:
        yield running


@pytest.mark.parametrize(
    ("language", "command"),
    [
        ("python", [sys.executable, str(CLIENTS / "follow.py")]),
        ("typescript", [str(NODE), str(CLIENTS / "follow.ts")]),
    ],
)
def test_a_client_creates_a_shipment_and_follows_it(
    stack: RunningStack, language: str, command: list[str]
) -> None:
    (shop,) = small(stack.api()).shops
    run = [*command, stack.base_url, str(shop.api.token), f"ORDER-{language}"]

    first, again = ran(*run), ran(*run)

    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    told: dict[str, Any] = json.loads(first.stdout)
    assert told["status"] == "created"
    assert told["events"] == ["shipment.created"]
    assert json.loads(again.stdout) == told


def test_the_example_in_typescript_is_typed() -> None:
    compiler = CLIENTS / "node_modules" / "typescript" / "bin" / "tsc"

    checked = ran(str(NODE), str(compiler), "--project", str(CLIENTS))

    assert (checked.stdout, checked.returncode) == ("", 0)


def test_every_operation_is_in_both_clients() -> None:
    document = json.loads(DOCUMENT.read_text("utf-8"))
    names = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
    }

    modules = {path.stem for path in (GENERATED / PACKAGE / "api").rglob("*.py")}
    types = (GENERATED / "doorstep.d.ts").read_text()

    assert len(names) > 80
    assert names <= modules
    assert {name for name in names if f'operations["{name}"]' not in types} == set()
