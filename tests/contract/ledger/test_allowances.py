"""Allowances, in memory and on DynamoDB: only so many may take something, and each again."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.dynamodb import tables
from chalicelib.adapters.dynamodb.ledger.allowances import DynamoAllowances
from chalicelib.adapters.dynamodb.ledger.items import AllowanceItem
from infra.template import Stack
from tests.support.aws import table_names
from tests.support.builders import NOON
from tests.support.fakes.allowances import InMemoryAllowances

KEEP_S = 3_600


@pytest.fixture
def dynamo() -> Iterator[DynamoAllowances]:
    with mock_aws():
        tables.bind(table_names(Stack("test")))
        AllowanceItem.create_table(billing_mode="PAY_PER_REQUEST")
        yield DynamoAllowances()


@pytest.fixture(params=["in memory", "on moto"])
def allowances(request: pytest.FixtureRequest) -> Any:
    if request.param == "in memory":
        return InMemoryAllowances()
    return request.getfixturevalue("dynamo")


def take(allowances: Any, member: str, *, key: str = "texts#shp_1#0", most: int = 2) -> bool:
    taken: bool = allowances.take(key, member, most=most, now=NOON, keep_s=KEEP_S)
    return taken


def test_the_first_ones_may_and_may_again(allowances: Any) -> None:
    asked = [take(allowances, member) for member in ("a", "b", "c", "a", "b", "c")]

    assert asked == [True, True, False, True, True, False]


def test_each_key_counts_for_itself(allowances: Any) -> None:
    assert take(allowances, "a", most=1)
    assert not take(allowances, "b", most=1)
    assert take(allowances, "b", key="texts#shp_1#1", most=1)


def test_who_may_have_more_gets_it(allowances: Any) -> None:
    assert take(allowances, "a", most=1)
    assert not take(allowances, "b", most=1)
    assert take(allowances, "b", most=2)


def test_it_is_kept_no_longer_than_asked(dynamo: DynamoAllowances) -> None:
    take(dynamo, "a")

    assert AllowanceItem.get("texts#shp_1#0").expires_at == int(NOON.timestamp()) + KEEP_S
