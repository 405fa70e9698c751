"""The packaged application, made once for all tests that look at it: template, transform, zip."""

import warnings
from pathlib import Path

import pytest

from infra.bundle import bundle
from infra.package import Generated, generate
from infra.vendor import vendor
from tests.architecture.templates import Packaged


@pytest.fixture(scope="session")
def generated_dev(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return generate("dev", tmp_path_factory.mktemp("dev"))


@pytest.fixture(scope="session")
def generated_prod(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return generate("prod", tmp_path_factory.mktemp("prod"))


@pytest.fixture(scope="session")
def dev(generated_dev: Generated) -> Packaged:
    return transformed(generated_dev)


@pytest.fixture(scope="session")
def prod(generated_prod: Generated) -> Packaged:
    return transformed(generated_prod)


@pytest.fixture(scope="session")
def zip_path(generated_dev: Generated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    scratch = tmp_path_factory.mktemp("zip")
    unpacked = scratch / "unpacked"
    unpacked.mkdir()
    return bundle(generated_dev.zip_path, vendor(), unpacked, scratch / "deployment.zip")


def transformed(generated: Generated) -> Packaged:
    """Run SAM's transform; its libraries warn about themselves, which is not ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from infra.lint import transform  # noqa: PLC0415 (a slow import, for few tests)

        return Packaged(generated.template, transform(generated.template))
