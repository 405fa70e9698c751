"""Sessions of a member: whatever happens in whatever order, what has ended never comes back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.accounts.members import (
    MOST_SESSIONS,
    SESSION_TTL,
    Sessions,
    SignInLink,
)
from chalicelib.domain.actors import Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import MemberId
from tests.support.builders import NOON, minutes

MAIJA = Sessions(MemberId("mbr_1"), Role.DISPATCHER)


def link(number: int) -> SignInLink:
    return SignInLink(f"{number:02x}" * 32, MAIJA.member_id, "salt", NOON + minutes(10))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["begin", "end", "end_all", "close"]),
        st.integers(0, 25),
        st.integers(0, 300),
    ),
    max_size=60,
)


@given(STEPS)
def test_what_has_ended_never_lives_again(steps: list[tuple[str, int, int]]) -> None:
    sessions, now, over = MAIJA, NOON, set[str]()
    for what, number, later_min in steps:
        now += minutes(later_min)
        session = link(number).session(f"hash {number}", NOON + minutes(number))
        if what == "begin":
            try:
                sessions = sessions.begun(session, now)
            except NotFound:
                continue
        elif what == "end":
            sessions = sessions.ended({session.id}, now)
            over |= {session.id} & {each.id for each in sessions.sessions}
        else:
            over |= {each.id for each in sessions.sessions}
            sessions = sessions.all_ended(now) if what == "end_all" else sessions.closed(now)
        live = {each.id for each in sessions.sessions if each.is_live(now)}

        assert not live & over
        assert len(sessions.sessions) <= MOST_SESSIONS
        assert all(each.expires_at - each.begun_at == SESSION_TTL for each in sessions.sessions)
        if sessions.is_closed:
            assert not live


def test_a_repeat_begins_the_same_session_once() -> None:
    session = link(1).session("hash", NOON)

    once = MAIJA.begun(session, NOON)

    assert once.begun(session, NOON + minutes(1)) == once
    assert once.sessions == (session,)


def test_a_session_ends_after_twelve_hours_and_is_forgotten_with_the_next() -> None:
    session = link(1).session("hash", NOON)
    sessions = MAIJA.begun(session, NOON)
    end = NOON + timedelta(hours=12)

    assert session.is_live(end - timedelta(milliseconds=1))
    assert not session.is_live(end)
    assert [each.id for each in sessions.begun(link(2).session("2", end), end).sessions] == [
        link(2).session("2", end).id
    ]


def test_another_browser_ends_the_oldest_when_there_are_too_many() -> None:
    sessions = MAIJA
    for number in range(MOST_SESSIONS + 1):
        at = NOON + minutes(number)
        sessions = sessions.begun(link(number).session(str(number), at), at)

    assert [each.secret_hash for each in sessions.sessions] == [
        str(number) for number in range(1, MOST_SESSIONS + 1)
    ]


@pytest.mark.parametrize("ended", ["one", "all", "closed"])
def test_the_link_of_a_session_that_has_ended_does_not_begin_it_again(ended: str) -> None:
    session = link(1).session("hash", NOON)
    begun = MAIJA.begun(session, NOON)
    over = {
        "one": begun.ended({session.id}, NOON),
        "all": begun.all_ended(NOON),
        "closed": begun.closed(NOON),
    }[ended]

    with pytest.raises(NotFound):
        over.begun(session, NOON + minutes(1))
    forgotten = replace(over, sessions=())
    if ended != "one":  # a sign-in that was under way then
        with pytest.raises(NotFound):
            forgotten.begun(session, NOON)
