"""The answers of requests with an Idempotency-Key: found, refused, claimed, kept for a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import (
    ConcurrentUpdate,
    IdempotencyKeyReused,
    RequestRunning,
    Unavailable,
)
from chalicelib.domain.journal.changes import Remembered, RequestRemembered
from chalicelib.domain.journal.requests import RequestKey, ToldAnswer
from chalicelib.services.repeats import LEASE, Earlier, Repeats
from tests.support.builders import NOON, seconds
from tests.support.fakes.contested import cut_off, goes_well, lost_race
from tests.support.in_memory import InMemoryCarrier

KEY = RequestKey("request#1", "one body")
MENDED = replace(KEY, fingerprint="a mended body")
ANSWER = ToldAnswer(201, {"Content-Type": "application/json"}, '{"secret":"ä"}')


@pytest.fixture
def carrier() -> InMemoryCarrier:
    return InMemoryCarrier()


@pytest.fixture
def repeats(carrier: InMemoryCarrier) -> Repeats:
    return carrier.use(Repeats)


def test_a_first_request_has_nothing_earlier(repeats: Repeats) -> None:
    assert repeats.earlier(KEY) is None


def test_a_recorded_answer_is_told_again(carrier: InMemoryCarrier, repeats: Repeats) -> None:
    carrier.journal.commit(repeats.record(KEY, ANSWER, result_id="shp_1"))

    assert repeats.earlier(KEY) == Earlier(ANSWER, "shp_1")


def test_another_body_is_refused_whether_answered_or_not(
    carrier: InMemoryCarrier, repeats: Repeats
) -> None:
    carrier.journal.commit(repeats.record(KEY, ANSWER))
    repeats.claim(RequestKey("request#2", "one body"))

    for name in ("request#1", "request#2"):
        with pytest.raises(IdempotencyKeyReused) as refused:
            repeats.earlier(RequestKey(name, "another body"))
        assert "'code': 'idempotency_key_reused'" in str(refused.value.data)


def test_a_key_is_kept_for_a_day(carrier: InMemoryCarrier, repeats: Repeats) -> None:
    carrier.journal.commit(repeats.record(KEY, ANSWER))

    carrier.clock.at = NOON + timedelta(hours=24)
    assert repeats.earlier(KEY) is not None

    carrier.clock.at = NOON + timedelta(hours=24, seconds=1)
    assert repeats.earlier(KEY) is None


def test_while_a_request_runs_a_repeat_is_told_when_to_come_back(
    carrier: InMemoryCarrier, repeats: Repeats
) -> None:
    repeats.claim(KEY)
    carrier.clock.go_on(seconds(4.5))

    with pytest.raises(RequestRunning) as running:
        repeats.earlier(KEY)
    with pytest.raises(RequestRunning):
        repeats.claim(KEY)

    assert running.value.retry_after_s == 26
    carrier.clock.go_on(seconds(26))
    assert repeats.earlier(KEY) is None
    repeats.claim(KEY)


def test_a_finished_request_is_told_again(repeats: Repeats) -> None:
    repeats.finish(repeats.claim(KEY), ANSWER)

    assert repeats.earlier(KEY) == Earlier(ANSWER, "")
    with pytest.raises(RequestRunning):
        repeats.claim(KEY)


def test_a_released_request_may_be_tried_at_once(repeats: Repeats) -> None:
    repeats.release(repeats.claim(KEY))

    assert repeats.earlier(KEY) is None
    repeats.finish(repeats.claim(KEY), ANSWER)


def test_a_failed_request_keeps_its_key_for_its_body(repeats: Repeats) -> None:
    repeats.release(repeats.claim(KEY))

    with pytest.raises(IdempotencyKeyReused):
        repeats.earlier(MENDED)


def test_a_refused_request_leaves_its_key_to_whatever_body_comes_next(repeats: Repeats) -> None:
    repeats.refuse(repeats.claim(KEY))
    assert repeats.earlier(KEY) is None
    assert repeats.earlier(MENDED) is None

    repeats.finish(repeats.claim(MENDED), ANSWER)

    assert repeats.earlier(MENDED) == Earlier(ANSWER, "")
    with pytest.raises(IdempotencyKeyReused):
        repeats.earlier(KEY)


@pytest.mark.parametrize("fault", [cut_off, lost_race])
def test_a_release_that_fails_leaves_it_to_the_lease(
    carrier: InMemoryCarrier, repeats: Repeats, fault: object
) -> None:
    carrier.journal.before = [goes_well, fault]  # type: ignore[list-item] # both raise
    repeats.release(repeats.claim(KEY))

    with pytest.raises(RequestRunning):
        repeats.earlier(KEY)
    carrier.clock.go_on(LEASE)
    assert repeats.earlier(KEY) is None


def test_who_was_taken_over_from_keeps_nothing(carrier: InMemoryCarrier, repeats: Repeats) -> None:
    gone = repeats.claim(KEY)
    carrier.clock.go_on(LEASE)
    repeats.finish(repeats.claim(KEY), ANSWER)

    with pytest.raises(ConcurrentUpdate):
        repeats.finish(gone, replace(ANSWER, body="another"))
    repeats.release(gone)

    assert repeats.earlier(KEY) == Earlier(ANSWER, "")


def test_what_an_earlier_release_left_is_the_id_of_the_result(
    carrier: InMemoryCarrier, repeats: Repeats
) -> None:
    left = Remembered(KEY.name, KEY.fingerprint, "shp_1", NOON + timedelta(hours=1))
    carrier.journal.commit(RequestRemembered(left, NOON))

    assert repeats.earlier(KEY) == Earlier(None, "shp_1")


def test_an_answer_that_nobody_can_read_any_more_is_not_made_twice(
    carrier: InMemoryCarrier, repeats: Repeats
) -> None:
    carrier.journal.commit(repeats.record(KEY, ANSWER))
    carrier.signer.concealed.clear()

    with pytest.raises(Unavailable):
        repeats.earlier(KEY)


def test_neither_key_nor_answer_is_kept_in_the_clear(
    carrier: InMemoryCarrier, repeats: Repeats
) -> None:
    carrier.journal.commit(repeats.record(KEY, ANSWER))

    assert "secret" not in str(carrier.requests.memory)
