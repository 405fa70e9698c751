"""What holds for every test: no AWS account, no network, no warning, a stated number of examples,
one seed.

The environment is set here, before any test module imports boto3: botocore reads keys and region
when a client is made.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from chalicelib.observability import counted
from tests.support.depth import times
from tests.support.seeds import EXPLORES, seed_of_run

AWS_REGION = "us-east-1"
HERE = Path(__file__).parent
OFFLINE = (HERE / "unit", HERE / "architecture")
LOOPBACK = ["127.0.0.1", "::1", "localhost"]

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_REGION": AWS_REGION,
    "AWS_DEFAULT_REGION": AWS_REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",  # else streams get a host that moto does not know
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

PROFILE = "explore" if EXPLORES else "ci"
settings.register_profile(
    PROFILE,
    max_examples=times(quick=30, deep=2_000),
    deadline=None,  # two cores shared with others: time says nothing about the code
    derandomize=not EXPLORES,  # in CI the examples of a test change only with the test
    database=None,  # a find is kept as an example in the test's file, not on one machine
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(PROFILE)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """One seed for everything, set before pytest-randomly and hypothesis look for theirs.

    The worker processes of pytest-xdist get the options, and so the seed, of the main process.
    """
    options = config.option
    if getattr(options, "randomly_seed", None) == "default":
        options.randomly_seed = seed_of_run()
    seed = getattr(options, "randomly_seed", None)
    if EXPLORES and options.hypothesis_seed is None and isinstance(seed, int):
        options.hypothesis_seed = str(seed)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Unit and architecture tests get no socket at all, the others reach this machine only."""
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in OFFLINE):
            item.add_marker(pytest.mark.disable_socket)
        else:
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


@pytest.fixture
def nothing_counted_yet(capsys: pytest.CaptureFixture[str]) -> None:
    """What other tests left, by calling a use case without its trigger or with metrics switched
    off, is written first.
    """
    with counted():
        pass
    capsys.readouterr()
