from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.attention.handling import Handled, Handling, Wanted
from chalicelib.domain.errors import Invalid, NotFound, Outdated
from chalicelib.domain.versions import Expected
from chalicelib.services.attention.handle_concern import HandleConcern
from chalicelib.services.attention.show_attention import ShowAttention
from tests.support.builders import NOON, make_actor, make_travelling, minutes
from tests.support.in_memory import InMemoryCarrier

CONCERN = "late~rte_" + "0" * 26
MINE, THEIRS = (make_actor(Role.DISPATCHER, id=each) for each in ("key_1", "key_2"))
NEWS_AT = NOON + minutes(45)


@pytest.fixture
def carrier() -> InMemoryCarrier:
    return InMemoryCarrier()


def handle(
    carrier: InMemoryCarrier,
    state: Handled,
    version: int = 0,
    *,
    actor: Actor = MINE,
    **wanted: Any,
) -> Handling:
    change = Wanted(state, **{"news_at": NEWS_AT} | wanted)
    expected = Expected(frozenset({version}))
    return carrier.use(HandleConcern)(CONCERN, change, expected, actor=actor)


def test_a_colleague_sees_who_has_it_and_since_when(carrier: InMemoryCarrier) -> None:
    taken = handle(carrier, Handled.TAKEN)

    assert carrier.use(HandleConcern).now(CONCERN) == taken
    assert (taken.by, taken.at, taken.version) == ("key_1", NOON, 1)
    with pytest.raises(Outdated) as refused:
        handle(carrier, Handled.TAKEN, actor=THEIRS)
    assert refused.value.data == {"state": "taken", "by": "key_1"}


def test_a_repeat_of_ones_own_is_harmless(carrier: InMemoryCarrier) -> None:
    taken = handle(carrier, Handled.TAKEN)

    assert handle(carrier, Handled.TAKEN) == taken
    assert handle(carrier, Handled.DONE, 1).version == 2


def test_whoever_knows_of_it_may_take_it_over_or_give_it_back(carrier: InMemoryCarrier) -> None:
    handle(carrier, Handled.TAKEN)
    handle(carrier, Handled.TAKEN, 1, actor=THEIRS)

    given_back = handle(carrier, Handled.OPEN, 2, actor=THEIRS)

    assert (given_back.state, given_back.version) == (Handled.OPEN, 3)
    with pytest.raises(Outdated) as refused:
        handle(carrier, Handled.DONE, 1)
    assert refused.value.data == {}


@pytest.mark.parametrize(
    ("state", "until"),
    [
        (Handled.SNOOZED, None),
        (Handled.SNOOZED, NOON),
        (Handled.SNOOZED, NOON + timedelta(days=7, seconds=1)),
        (Handled.TAKEN, NOON + minutes(5)),
        (Handled.DONE, NOON + minutes(5)),
    ],
)
def test_a_snooze_has_an_end_in_the_next_week_and_nothing_else_has_one(
    carrier: InMemoryCarrier, state: Handled, until: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        handle(carrier, state, until=until)
    assert refused.value.data["errors"][0]["pointer"] == "/until"  # type: ignore[index]
    assert carrier.use(HandleConcern).now(CONCERN) is None


@pytest.mark.parametrize("name", ["", "late", "late~rte_1", "late~" + "x" * 300, "late~rte_\n"])
def test_what_is_no_name_of_a_concern_is_not_there(carrier: InMemoryCarrier, name: str) -> None:
    with pytest.raises(NotFound):
        carrier.use(HandleConcern).now(name)


@pytest.mark.parametrize(
    ("state", "later", "news", "found"),
    [
        (Handled.TAKEN, minutes(0), False, Handled.TAKEN),
        (Handled.TAKEN, minutes(99), True, Handled.TAKEN),
        (Handled.DONE, minutes(99), False, Handled.DONE),
        (Handled.DONE, minutes(0), True, Handled.OPEN),
        (Handled.SNOOZED, minutes(19), False, Handled.SNOOZED),
        (Handled.SNOOZED, minutes(19), True, Handled.OPEN),
        (Handled.SNOOZED, minutes(20), False, Handled.OPEN),
        (Handled.OPEN, minutes(0), False, Handled.OPEN),
    ],
)
def test_what_is_hidden_comes_back_with_news_and_after_the_snooze(
    state: Handled, later: timedelta, *, news: bool, found: Handled
) -> None:
    until = NOON + minutes(20) if state is Handled.SNOOZED else None
    done = Handling(CONCERN, state, "key_1", Role.DISPATCHER, NOON, NEWS_AT, until)

    assert done.of(NEWS_AT + minutes(int(news)), NOON + later) is found


def test_the_list_has_what_is_done_only_for_whom_asks_until_a_new_message_comes(
    carrier: InMemoryCarrier,
) -> None:
    def listed(handled: Handled | None = None) -> list[str]:
        show = carrier.use(ShowAttention)
        page = show(kind=None, due_by=None, limit=50, position=None, handled=handled)
        return [each.id for each in page.data]

    asked = replace(make_travelling(7), unanswered_since=NOON)
    carrier.has(asked)
    carrier.clock.at = NOON + minutes(30)
    (concern,) = carrier.use(ShowAttention)(
        kind=None, due_by=None, limit=50, position=None, handled=None
    ).data
    done = Handling(concern.id, Handled.DONE, "key_1", Role.DISPATCHER, NOON, concern.news_at)
    carrier.handlings.put(done, 0)

    assert listed() == listed(Handled.OPEN) == listed(Handled.TAKEN) == []
    assert listed(Handled.DONE) == [concern.id]

    carrier.has(replace(asked, unanswered_since=NOON + minutes(5)))
    assert listed() == [concern.id]
    assert listed(Handled.DONE) == []
