"""Requests of keys are counted in memory and on DynamoDB, there also by several processes."""

from collections.abc import Iterator

import pytest

from chalicelib.adapters.dynamodb.ledger.request_counts import SHARES, DynamoRequestCounts
from chalicelib.services.ports.accounts import RequestCounts
from local.cloud.capacity import CapacityMeter
from tests.support import faults
from tests.support.aws import dynamodb, dynamodb_clients
from tests.support.fakes.accounts import InMemoryRequestCounts
from tests.support.faults import Faults

WINDOW = 29_000_000


@pytest.fixture(params=[InMemoryRequestCounts, DynamoRequestCounts])
def counts(request: pytest.FixtureRequest) -> Iterator[RequestCounts]:
    with dynamodb():
        yield request.param()


def used_up(counts: RequestCounts, *, limit: int, window: int = WINDOW) -> int:
    """How many requests one process lets through until the first refusal."""
    return next(
        n for n in range(10_000) if counts.count("key_1", window=window, limit=limit) > limit
    )


def test_they_are_counted_up_to_the_limit(counts: RequestCounts) -> None:
    counted = [counts.count("key_1", window=WINDOW, limit=3) for _ in range(5)]

    assert counted == [1, 2, 3, 4, 4]
    assert counts.count("key_2", window=WINDOW, limit=3) == 1
    assert counts.count("key_1", window=WINDOW + 1, limit=3) == 1


@pytest.mark.parametrize("limit", [1, 7, SHARES * 4 + 7])
def test_one_process_lets_exactly_the_limit_through(limit: int) -> None:
    with dynamodb():
        assert used_up(DynamoRequestCounts(), limit=limit) == limit


def test_few_requests_cost_no_call_and_many_one_for_each_share() -> None:
    limit = SHARES * 4
    with dynamodb():
        counts = DynamoRequestCounts()
        with CapacityMeter().watching(*dynamodb_clients()) as few:
            counts.count("key_0", window=WINDOW, limit=limit)
            counts.count("key_0", window=WINDOW, limit=limit)
            counts.count("key_0", window=WINDOW, limit=limit)
        with CapacityMeter().watching(*dynamodb_clients()) as many:
            used_up(counts, limit=limit)
            used_up(counts, limit=limit)

    assert few.call_count == 0
    assert many.call_count == SHARES
    assert many.write_units == SHARES


def test_several_processes_let_little_more_through_than_the_limit() -> None:
    limit, processes = SHARES * 4, 5
    with dynamodb():
        several = [DynamoRequestCounts() for _ in range(processes)]
        let_through = 0
        while True:
            allowed = [
                counts.count("key_1", window=WINDOW, limit=limit) <= limit for counts in several
            ]
            let_through += sum(allowed)
            if not any(allowed):
                break

    assert limit <= let_through <= limit * (1 + processes / SHARES)


def test_without_the_ledger_each_process_counts_for_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults.never_wait(monkeypatch)
    limit = 10
    with dynamodb():
        counts = DynamoRequestCounts()
        counts.count("key_0", window=WINDOW, limit=1)  # the client is there
        outage = {
            ("dynamodb", "UpdateItem", n): faults.json_error("ThrottlingException")
            for n in range(1, 40)
        }
        with Faults(plan=outage).on(*dynamodb_clients()):
            assert used_up(counts, limit=limit) == limit
