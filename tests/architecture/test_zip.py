"""The zip holds what Lambda runs, compiled, and nothing else; and it runs by itself."""

import json
import marshal
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec
import pydantic_core
import pytest

from chalicelib.precompiled import FILE_NAME
from infra.bundle import SIZE_LIMIT_MB, bundle, bundle_layer, size_mb
from infra.package import Generated
from infra.vendor import (
    BOTOCORE_SERVICES,
    LAMBDA_ROOT,
    READS_ITS_VERSION,
    ROOT,
    locked,
    needed,
    vendor,
    vendor_layer,
)
from tests.architecture.templates import FUNCTION, Packaged

LAYER_LIMIT_MB: Final = 10
AARCH64: Final = b"\xb7\x00"  # e_machine of ELF
CODE_SUFFIXES: Final = {".py", ".pyc", ".so", ".json", ".gz", ".pem", ".bin"}
PAGE_SUFFIXES: Final = {
    ".html",
    ".txt",
    ".js",
    ".css",
    ".svg",
    ".png",
    ".ico",
    ".webmanifest",
    ".map",
}
DEVELOPMENT: Final = {"moto", "pytest", "hypothesis", "mypy", "ruff", "pip", "setuptools", "click"}


@pytest.fixture(scope="module")
def members(zip_path: Path) -> set[str]:
    with zipfile.ZipFile(zip_path) as archive:
        return set(archive.namelist())


def test_the_zip_is_small(zip_path: Path) -> None:
    assert size_mb(zip_path) <= SIZE_LIMIT_MB


def test_every_source_has_its_byte_code(members: set[str]) -> None:
    tag = sys.implementation.cache_tag
    sources = {PurePosixPath(name) for name in members if name.endswith(".py")}
    compiled = {
        (path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").as_posix() for path in sources
    }

    assert compiled == {name for name in members if name.endswith(".pyc")}


def test_byte_code_is_used_without_looking_at_the_source(zip_path: Path) -> None:
    with zipfile.ZipFile(zip_path) as archive:
        compiled = [name for name in archive.namelist() if name.endswith(".pyc")]
        flags = {archive.read(name)[4:8] for name in compiled}

    assert flags == {b"\x01\x00\x00\x00"}  # PEP 552: hash-based, unchecked


def test_no_dataclass_is_compiled_at_a_cold_start(zip_path: Path) -> None:
    with zipfile.ZipFile(zip_path) as archive:
        code_by_source = marshal.loads(archive.read(f"chalicelib/{FILE_NAME}"))  # noqa: S302 - ours

    ran = subprocess.run(
        [sys.executable, "-c", SOURCES], cwd=ROOT, check=True, capture_output=True, text=True
    )

    sources = set(json.loads(ran.stdout))
    assert any("plan_version" in source for source in sources)
    assert sources <= code_by_source.keys()


SOURCES: Final = """
import dataclasses, json
sources = []
def note(source, names, found):
    sources.append(source)
    exec(source, names, found)
dataclasses.exec = note
import app
print(json.dumps(sources))
"""


def test_stacks_name_the_files_as_lambda_has_them(zip_path: Path) -> None:
    with zipfile.ZipFile(zip_path) as archive:
        compiled = archive.read(f"__pycache__/app.{sys.implementation.cache_tag}.pyc")

    assert f"{LAMBDA_ROOT}/app.py".encode() in compiled


def test_all_of_our_code_is_in_and_nothing_beside_it(
    generated_dev: Generated, members: set[str]
) -> None:
    sources = {
        path.relative_to(generated_dev.project).as_posix()
        for path in (generated_dev.project / "chalicelib").rglob("*")
        if path.is_file()
    }
    packed = {name for name in members if name.startswith("chalicelib/")}

    assert {"app.py", "chalice/app.py"} <= members
    assert "chalicelib/bootstrap/container.py" in sources
    assert {name for name in packed if not name.endswith(".pyc")} == sources


def test_pillow_is_in_the_layer_of_one_function_and_nowhere_else(
    members: set[str], dev: Packaged, tmp_path: Path
) -> None:
    layer = bundle_layer(vendor_layer(), tmp_path / "layer.zip")
    with zipfile.ZipFile(layer) as archive:
        names = archive.namelist()
        machines = {archive.read(name)[18:20] for name in names if name.endswith(".so")}

    assert not [name for name in members if name.startswith(("PIL/", "pillow"))]
    assert {name.split("/")[1] for name in names} == {"PIL", "pillow.libs"}
    assert machines == {AARCH64}
    assert size_mb(layer) <= LAYER_LIMIT_MB
    layered = {name for name, found in dev.resources(FUNCTION).items() if "Layers" in found}
    assert layered == {"InspectProof"}


def test_nothing_foreign_is_in(members: set[str]) -> None:
    packages = {path.name for path in vendor().iterdir()} | {"app.py", "chalicelib", "chalice"}
    tops = {name.partition("/")[0] for name in members}
    useless = re.compile(r"(^|/)(tests?|\.[^/]*)/|\.pyi$|\.dist-info/")

    assert tops <= packages | {"__pycache__"}
    assert not tops & DEVELOPMENT
    assert {name.partition("-")[0] for name in members if useless.search(name)} <= (
        set(READS_ITS_VERSION)
    )


def test_every_kind_of_file_is_expected(members: set[str]) -> None:
    of_pages = {name for name in members if name.startswith("chalicelib/pages/")}
    of_code = {name for name in members - of_pages if not name.startswith("tzdata/")}
    about = {name for name in of_code if ".dist-info/" in name}

    assert {PurePosixPath(name).suffix for name in of_code - about} <= CODE_SUFFIXES
    assert {PurePosixPath(name).suffix for name in of_pages} <= CODE_SUFFIXES | PAGE_SUFFIXES


def test_native_code_is_for_lambdas_processor(zip_path: Path, members: set[str]) -> None:
    libraries = {name for name in members if ".so" in name}

    with zipfile.ZipFile(zip_path) as archive:
        machines = {name: archive.read(name)[18:20] for name in libraries}
    assert machines
    assert machines == dict.fromkeys(libraries, AARCH64)


def test_every_client_that_the_adapters_make_is_described(members: set[str]) -> None:
    sources = (ROOT / "chalicelib").rglob("*.py")
    asked = {
        service
        for path in sources
        for service in re.findall(
            r"\b(?:create_)?client\(\s*[\"']([a-z0-9-]+)[\"']", path.read_text("utf-8")
        )
    }
    described = {
        name.split("/")[2]
        for name in members
        if name.startswith("botocore/data/") and name.count("/") > 2
    }

    assert asked <= described == set(BOTOCORE_SERVICES)


def test_what_ships_is_what_is_locked() -> None:
    shipped = needed()

    assert len(list(locked(shipped))) == len(shipped)
    assert not shipped & DEVELOPMENT


def test_the_same_input_gives_the_same_zip(
    generated_dev: Generated, zip_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "unpacked").mkdir()
    again = bundle(generated_dev.zip_path, vendor(), tmp_path / "unpacked", tmp_path / "again.zip")

    assert again.read_bytes() == zip_path.read_bytes()


def test_the_zip_runs_without_anything_else(zip_path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(zip_path) as archive:
        archive.extractall(tmp_path)
    for package in (pydantic_core, msgspec):  # compiled, here for this machine's processor
        for library in Path(str(package.__file__)).parent.glob("*.so"):
            shutil.copy(library, tmp_path / package.__name__)

    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-W", "error", "-c", IMPORT_ALL, str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert ran.stderr == ""
    assert json.loads(ran.stdout) == {"handlers": ["app"], "services": sorted(BOTOCORE_SERVICES)}


IMPORT_ALL: Final = """
import json, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import app, botocore.session, chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    if module.name == "chalicelib.adapters.pictures.remaking":  # a program for where the layer is
        continue
    __import__(module.name)
session = botocore.session.get_session()
services = session.get_available_services()
for service in services:
    session.create_client(
        service, "us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
handlers = sorted({event.handler_string.partition(".")[0] for event in app.app.event_sources})
print(json.dumps({"handlers": handlers, "services": sorted(services)}))
"""
