"""Threads: nobody writes faster than people read, repeats are known, notices keep a distance."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import ThreadFull, TooManyMessages
from chalicelib.domain.ids import MessageId, ShipmentId
from chalicelib.domain.messages.quick_replies import OF_DRIVER, OF_RECIPIENT, QuickReply
from chalicelib.domain.messages.threads import Author, Thread
from chalicelib.domain.policy import Policy
from tests.support.builders import NOON, make_message, minutes, seconds

POLICY = Policy()
EMPTY = Thread(ShipmentId("shp_0001"))


def written(thread: Thread, number: int, at: datetime, author: Author = Author.RECIPIENT) -> Thread:
    return thread.with_message(
        make_message(number, author=author, written_at=at), f"mark {number}", POLICY
    )


def test_who_writes_too_fast_waits_until_the_oldest_of_the_burst_is_past() -> None:
    thread = EMPTY
    for number in range(POLICY.messages_per_burst):
        thread = written(thread, number, NOON + seconds(number))

    with pytest.raises(TooManyMessages) as refused:
        written(thread, 99, NOON + seconds(30))
    free_at = NOON + seconds(30 + refused.value.retry_after_s)

    assert free_at == NOON + POLICY.message_burst_interval
    assert written(thread, 99, free_at).count == thread.count + 1


def test_the_other_side_writes_whatever_the_first_one_does() -> None:
    thread = EMPTY
    for number in range(POLICY.messages_per_burst):
        thread = written(thread, number, NOON)

    assert written(thread, 99, NOON, Author.DRIVER).count == POLICY.messages_per_burst + 1


def test_a_thread_has_an_end() -> None:
    policy = Policy(messages_per_thread=1)
    thread = EMPTY.with_message(make_message(1), "mark", policy)

    with pytest.raises(ThreadFull):
        thread.with_message(make_message(2), "other", policy)


def test_a_repeat_is_known_by_its_mark_and_nothing_else() -> None:
    thread = written(written(EMPTY, 1, NOON), 2, NOON)

    found = thread.repeat_of("mark 1")

    assert found is not None
    assert found.message_id == "msg_0001"
    assert thread.repeat_of("mark 3") is None


@given(
    st.lists(
        st.tuples(st.sampled_from(Author), st.integers(min_value=0, max_value=1_200)), max_size=40
    )
)
def test_notices_keep_their_distance_whoever_writes(steps: list[tuple[Author, int]]) -> None:
    thread, now, told = EMPTY, NOON, list[datetime]()
    for number, (author, passed_s) in enumerate(steps):
        now += seconds(passed_s)
        message = make_message(number, author=author, written_at=now)
        tells = thread.tells_recipient(message, POLICY)
        try:
            thread = thread.with_message(message, f"mark {number}", POLICY)
        except TooManyMessages:
            continue
        if tells:
            assert author is not Author.RECIPIENT
            told.append(now)
    assert all(later - earlier >= minutes(15) for earlier, later in itertools.pairwise(told))


@given(st.lists(st.tuples(st.sampled_from(Author), st.integers(1, 30)), max_size=20))
def test_what_was_read_stays_read_in_any_order(reads: list[tuple[Author, int]]) -> None:
    thread = EMPTY
    for reader, number in reads:
        thread = thread.with_read(reader, MessageId(f"msg_{number:04d}"))

    newest = {reader: max(n for r, n in reads if r is reader) for reader, _ in reads}
    assert thread.read == {reader: f"msg_{number:04d}" for reader, number in newest.items()}


def test_every_quick_reply_is_offered_to_somebody_and_has_words() -> None:
    assert set(OF_DRIVER) | set(OF_RECIPIENT) == set(QuickReply)
    assert POLICY.message_notice_interval == timedelta(minutes=15)
