"""The first admin key of a deployed stack opens the API."""

import os
from collections.abc import Iterator

import pytest

from chalicelib.bootstrap import container
from chalicelib.domain.actors import Role
from infra.admin_key import new_key
from tests.aws import SESSION, aws


@pytest.fixture(autouse=True)
def _leave_no_trace() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
    container.cache_clear()


def test_the_key_that_is_printed_is_an_admins() -> None:
    with aws("dev"):
        text = new_key("dev", "first", SESSION)

        actor = container().authenticate(text)

    assert actor.role is Role.ADMIN
