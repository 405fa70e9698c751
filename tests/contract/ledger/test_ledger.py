"""The ledger, in memory and on DynamoDB: who may make a call, at most once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)
from moto import mock_aws

from chalicelib.adapters.dynamodb import tables
from chalicelib.adapters.dynamodb.ledger.items import LedgerItem
from chalicelib.adapters.dynamodb.ledger.repository import DynamoLedger
from chalicelib.domain.errors import ConcurrentUpdate, Unavailable
from chalicelib.domain.journal.claims import Claim
from infra.template import Stack
from tests.support import faults
from tests.support.aws import table_names
from tests.support.builders import NOON, seconds
from tests.support.depth import times
from tests.support.fakes.ledger import InMemoryLedger
from tests.support.faults import Action, Crash, Faults

LEASE_S, KEEP_S = 120, 3_600
KEY = "notice#evt_1#sms"
GRANTED = Claim(granted=True, done=False)
HELD = Claim(granted=False, done=False)
DONE = Claim(granted=False, done=True)
TAKEN_OVER = Claim(granted=True, done=False, maybe_duplicate=True)


@pytest.fixture(scope="module")
def table() -> Iterator[None]:
    """The one table, made once: a client takes a second to make."""
    with mock_aws():
        tables.bind(table_names(Stack("test")))
        LedgerItem.create_table(billing_mode="PAY_PER_REQUEST")
        yield


def empty_dynamo_ledger() -> DynamoLedger:
    for row in LedgerItem.scan():
        row.delete()
    return DynamoLedger()


@pytest.fixture
def dynamo(table: None) -> DynamoLedger:
    return empty_dynamo_ledger()


@pytest.fixture(params=["in memory", "on moto"])
def ledger(request: pytest.FixtureRequest) -> Any:
    return InMemoryLedger() if request.param == "in memory" else request.getfixturevalue("dynamo")


def claim(ledger: Any, owner: str, after_s: float = 0, key: str = KEY) -> Claim:
    now = NOON + seconds(after_s)
    claimed: Claim = ledger.claim(key, owner=owner, now=now, lease_s=LEASE_S, keep_s=KEEP_S)
    return claimed


def finish(ledger: Any, owner: str) -> None:
    ledger.finish(KEY, owner=owner, outcome="sent", now=NOON)


def test_the_first_gets_it_and_the_second_waits(ledger: Any) -> None:
    assert claim(ledger, "one") == GRANTED
    assert claim(ledger, "two") == HELD
    assert claim(ledger, "two", LEASE_S - 1) == HELD


def test_other_keys_are_free(ledger: Any) -> None:
    claim(ledger, "one")

    assert claim(ledger, "two", key="notice#evt_1#email") == GRANTED


def test_what_is_done_stays_done(ledger: Any) -> None:
    claim(ledger, "one")
    finish(ledger, "one")

    for after_s in (0, LEASE_S, KEEP_S - 1):
        assert claim(ledger, "two", after_s) == DONE
        assert claim(ledger, "one", after_s) == DONE


def test_a_holder_that_vanished_is_followed_by_one_marked_try(ledger: Any) -> None:
    claim(ledger, "one")

    assert claim(ledger, "two", LEASE_S) == TAKEN_OVER
    assert claim(ledger, "three", LEASE_S) == HELD
    with pytest.raises(ConcurrentUpdate):
        finish(ledger, "one")
    finish(ledger, "two")
    assert claim(ledger, "three", 2 * LEASE_S) == DONE


def test_what_was_given_back_is_free_and_no_duplicate(ledger: Any) -> None:
    claim(ledger, "one")
    ledger.release(KEY, owner="one")

    assert claim(ledger, "two", 1) == GRANTED


def test_nobody_gives_back_what_is_not_theirs(ledger: Any) -> None:
    claim(ledger, "one")

    with pytest.raises(ConcurrentUpdate):
        ledger.release(KEY, owner="two")
    finish(ledger, "one")
    with pytest.raises(ConcurrentUpdate):
        ledger.release(KEY, owner="one")


def test_nobody_finishes_what_is_not_there(ledger: Any) -> None:
    with pytest.raises(ConcurrentUpdate):
        finish(ledger, "one")


def test_o3_an_expired_entry_counts_as_absent(ledger: Any) -> None:
    claim(ledger, "one")
    finish(ledger, "one")

    assert claim(ledger, "two", KEEP_S) == GRANTED


def test_an_owner_recognises_its_own_claim(ledger: Any) -> None:
    claim(ledger, "one")

    assert claim(ledger, "one") == GRANTED


def test_a_finish_may_be_repeated(ledger: Any) -> None:
    claim(ledger, "one")
    finish(ledger, "one")
    finish(ledger, "one")

    assert claim(ledger, "two") == DONE


class Agreement(RuleBasedStateMachine):
    """Whatever is asked in whatever order, both ledgers say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.ledgers = (InMemoryLedger(), empty_dynamo_ledger())
        self.passed_s = 0
        self.calls = 0

    @rule(span_s=st.sampled_from([1, LEASE_S - 1, LEASE_S, KEEP_S]))
    def time_passes(self, span_s: int) -> None:
        self.passed_s += span_s

    @rule(owner=st.sampled_from(["one", "two", "three"]))
    def claim(self, owner: str) -> None:
        said = [claim(ledger, owner, self.passed_s) for ledger in self.ledgers]
        self.calls += 1
        assert said[0] == said[1]

    @precondition(lambda self: self.calls)
    @rule(owner=st.sampled_from(["one", "two"]), action=st.sampled_from(["finish", "release"]))
    def end(self, owner: str, action: str) -> None:
        said = [self._end(ledger, owner, action) for ledger in self.ledgers]
        assert said[0] == said[1]

    def _end(self, ledger: Any, owner: str, action: str) -> bool:
        try:
            finish(ledger, owner) if action == "finish" else ledger.release(KEY, owner=owner)
        except ConcurrentUpdate:
            return False
        return True


def test_the_fake_and_the_table_agree(table: None) -> None:
    run_state_machine_as_test(
        Agreement,
        settings=settings(max_examples=times(quick=10, deep=300), stateful_step_count=25),
    )


def ledger_client() -> Any:
    return LedgerItem._get_connection().connection.client


@pytest.mark.parametrize(
    "action",
    [faults.ack_lost, faults.THROTTLE, faults.RESET],
    ids=["answer lost", "throttle", "reset"],
)
@pytest.mark.parametrize("call", ["claim", "finish", "release", "take_over"])
def test_a_call_whose_answer_is_lost_recognises_itself(
    call: str, action: Action, dynamo: DynamoLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    operation = "UpdateItem" if call in {"finish", "release"} else "PutItem"
    if call != "claim":
        claim(dynamo, "zero" if call == "take_over" else "one")
    plan = {("dynamodb", operation, 2 if call == "take_over" else 1): action}

    with Faults(plan=plan).on(ledger_client()) as injected:
        match call:
            case "claim":
                assert claim(dynamo, "one") == GRANTED
            case "take_over":
                assert claim(dynamo, "one", LEASE_S) == TAKEN_OVER
            case "finish":
                finish(dynamo, "one")
            case "release":
                dynamo.release(KEY, owner="one")

    assert len(injected.log) == 1
    assert (
        claim(dynamo, "two", LEASE_S)
        == {
            "claim": TAKEN_OVER,
            "take_over": HELD,
            "finish": DONE,
            "release": GRANTED,
        }[call]
    )


@pytest.mark.parametrize(
    "action",
    [faults.THROTTLE, faults.DYNAMODB_500, faults.RESET, faults.CONNECT_TIMEOUT],
    ids=["throttle", "500", "reset", "connect"],
)
def test_a_table_that_is_down_is_for_later(
    action: Action, dynamo: DynamoLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    with Faults(outage={"dynamodb": action}).on(ledger_client()) as injected:
        with pytest.raises(Unavailable):
            claim(dynamo, "one")
        with pytest.raises(Unavailable):
            finish(dynamo, "one")
        with pytest.raises(Unavailable):
            dynamo.release(KEY, owner="one")

    assert injected.calls["dynamodb", "PutItem"] == 3  # in all: one retry layer
    assert claim(dynamo, "one") == GRANTED


def test_a_crash_after_the_claim_is_followed_by_a_marked_try(dynamo: DynamoLedger) -> None:
    plan = {("dynamodb", "PutItem", 1): faults.crash_after}
    with Faults(plan=plan).on(ledger_client()), pytest.raises(Crash):
        claim(dynamo, "one")

    assert claim(dynamo, "two") == HELD
    assert claim(dynamo, "two", LEASE_S) == TAKEN_OVER


def test_a_free_claim_is_one_write(dynamo: DynamoLedger) -> None:
    with Faults().on(ledger_client()) as injected:
        claim(dynamo, "one")
        finish(dynamo, "one")

    assert dict(injected.calls) == {("dynamodb", "PutItem"): 1, ("dynamodb", "UpdateItem"): 1}


def test_the_row_says_what_happened(dynamo: DynamoLedger) -> None:
    claim(dynamo, "one")
    claim(dynamo, "two", LEASE_S)
    finish(dynamo, "two")

    row = LedgerItem.get(KEY)
    assert (row.state, row.outcome, row.owner) == ("done", "sent", "two")
    assert row.maybe_duplicate
    assert row.expires_at == (NOON + timedelta(seconds=LEASE_S + KEEP_S)).timestamp()
