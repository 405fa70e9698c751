"""Behind the queue of files: what fails comes again, and nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.proofs.notices import notice_of, read_notice
from chalicelib.triggers.imports import import_shipments
from tests.unit.triggers.batches import batch, failures


def nothing(*_: Any, **__: Any) -> Any:
    raise AssertionError


def handled(go_on: Callable[..., None], *bodies: str) -> Any:
    records = [{"messageId": f"m{i}", "body": body} for i, body in enumerate(bodies)]
    return import_shipments(
        batch(*records), go_on=go_on, read=nothing, create=nothing, time_left_s=lambda: 99.0
    )


def test_each_notice_is_worked_on_with_all_that_it_needs() -> None:
    seen: list[Any] = []

    def go_on(key: str, version: str | None, **tools: Any) -> None:
        seen.append((key, version, set(tools)))

    answer = handled(go_on, notice_of("a", "1"), notice_of("b"))

    tools = {"read", "create", "time_left_s"}
    assert seen == [("a", "1", tools), ("b", None, tools)]
    assert answer == failures()


@pytest.mark.parametrize("error", [Unavailable(), ValueError("a mistake of ours")])
def test_what_fails_comes_again_and_holds_up_nobody(error: Exception) -> None:
    def go_on(key: str, version: str | None, **_: Any) -> None:
        if key == "a":
            raise error

    assert handled(go_on, notice_of("a"), notice_of("b")) == failures("m0")


def test_what_is_no_notice_ends_in_the_dead_letter_queue() -> None:
    assert handled(nothing, "{}") == failures("m0")


def test_a_notice_of_s3_is_read() -> None:
    text = json.dumps(
        {
            "version": "0",
            "detail-type": "Object Created",
            "source": "aws.s3",
            "detail": {"bucket": {"name": "b"}, "object": {"key": "k", "size": 9, "etag": "e"}},
        }
    )

    assert read_notice(text) == ("k", None)
