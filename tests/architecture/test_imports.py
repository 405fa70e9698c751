"""The import contracts hold, and each of them notices when it is broken."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
CONTRACTS: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
    "importlinter"
]["contracts"]

# contract id → (file that gets one more line, the line); a new file where there is none
PLANTED: Final = {
    "one-way": [
        ("settings.py", "import chalicelib.bootstrap.container"),
        ("adapters/__init__.py", "import chalicelib.services.ports"),
        ("pages/__init__.py", "import chalicelib.api"),
        ("edge/__init__.py", "import chalicelib.api"),
        ("helpers.py", ""),
    ],
    "order-of-nouns": [
        ("domain/ids.py", "import chalicelib.domain.shipments.shipments"),
        ("domain/shipments/shipments.py", "import chalicelib.domain.driving.live"),
        ("domain/rumours.py", ""),
    ],
    "order-in-eta": [
        ("domain/eta/estimates.py", "import chalicelib.domain.eta.chain"),
        ("domain/eta/rumours.py", ""),
    ],
    "learned-is-private": [
        ("domain/driving/live.py", "import chalicelib.domain.eta.learned.pages"),
        ("services/routes/plan_routes.py", "import chalicelib.domain.eta.learned.state"),
    ],
    "blind-use-cases": [
        ("services/routes/use_case.py", "import chalicelib.services.shipments.use_case"),
        ("services/ports/fleet.py", "import chalicelib.services.shipments.use_case"),
    ],
    "blind-routes": [
        ("api/shipments.py", "import chalicelib.api.routes"),
        ("api/schemas/__init__.py", "import chalicelib.api.health"),
        ("api/rumours.py", ""),
    ],
    "pure-domain": [
        ("domain/__init__.py", "import pydantic"),
        ("domain/__init__.py", "def later() -> None:\n    import boto3"),
    ],
    "aws-in-adapters": [
        ("services/__init__.py", "import boto3"),
        ("api/__init__.py", "from botocore.exceptions import ClientError"),
        ("pages/__init__.py", "import boto3"),
        ("triggers/streams.py", "import pynamodb"),
        ("settings.py", "import boto3"),
    ],
    "pynamodb-in-one-folder": [
        ("adapters/s3.py", "from pynamodb.models import Model"),
        ("bootstrap/container.py", "import pynamodb"),
    ],
    "blind-stores": [
        ("adapters/dynamodb/routes/changes.py", "import chalicelib.adapters.dynamodb.accounts"),
        ("adapters/dynamodb/errors.py", "import chalicelib.adapters.dynamodb.writing"),
        ("adapters/dynamodb/rumours.py", ""),
    ],
    "http-at-the-edge": [
        ("services/__init__.py", "import pydantic"),
        ("adapters/dynamodb/__init__.py", "from pydantic import BaseModel"),
        ("observability.py", "import chalice"),
        ("bootstrap/container.py", "import chalice"),
    ],
    "declared-routes": [
        ("api/health.py", "from chalice.app import Response"),
    ],
    "one-wiring": [
        ("api/__init__.py", "import chalicelib.adapters.dynamodb"),
        ("triggers/streams.py", "import chalicelib.settings"),
        ("settings.py", "import chalicelib.adapters"),
    ],
    "app-on-top": [
        ("bootstrap/container.py", "import app"),
        ("domain/__init__.py", "import app"),
    ],
}
NAMES_BY_ID: Final = {contract["id"]: contract["name"] for contract in CONTRACTS}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of chalicelib that a test may spoil; two use cases exist in it alone."""
    root = tmp_path_factory.mktemp("planted")
    shutil.copytree(ROOT / "chalicelib", root / "chalicelib", ignore=only_python)
    shutil.copy(ROOT / "pyproject.toml", root)
    for noun in ("routes", "shipments"):
        (root / "chalicelib" / "services" / noun / "use_case.py").touch()
    return root / "chalicelib"


@contextmanager
def planted(line: str, file: Path) -> Iterator[None]:
    """One more line at the end of the file, which is as before (or gone again) afterwards."""
    before = file.read_text("utf-8") if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n", "utf-8")
    try:
        yield
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before, "utf-8")


def only_python(folder: str, names: list[str]) -> set[str]:
    return {n for n in names if Path(folder, n).is_file() and not n.endswith(".py")}


def broken_contracts(root: Path) -> set[str]:
    """Names of the contracts that `lint-imports` reports as broken in the tree below `root`."""
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "200", "PYTHONUTF8": "1"},
    )
    broken = set(re.findall(r"^(.+?) BROKEN", run.stdout, re.MULTILINE))
    assert (run.returncode == 0) == (not broken), run.stdout + run.stderr
    return broken


def test_the_contracts_hold(package: Path) -> None:
    assert broken_contracts(package.parent) == set()


@pytest.mark.parametrize(
    ("contract_id", "file", "line"),
    [(key, *violation) for key, violations in PLANTED.items() for violation in violations],
)
def test_a_planted_violation_breaks_its_contract_alone(
    contract_id: str, file: str, line: str, package: Path
) -> None:
    with planted(line, package / file):
        broken = broken_contracts(package.parent)

    assert broken == {NAMES_BY_ID[contract_id]}


def test_each_contract_has_a_planted_violation() -> None:
    assert set(PLANTED) == set(NAMES_BY_ID)


def test_the_domain_imports_nothing_but_the_standard_library_and_itself() -> None:
    own = {*sys.stdlib_module_names, "chalicelib"}
    foreign = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "chalicelib" / "domain").rglob("*.py")
        for name in imported(path)
        if name.split(".", maxsplit=1)[0] not in own
    }

    assert foreign == set()


def imported(path: Path) -> set[str]:
    """Modules that a file imports absolutely, wherever in it the import stands."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module}
