from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Outdated, StoppedByRecipient
from chalicelib.domain.preferences.preferences import (
    NO_PREFERENCES,
    Part,
    Preferences,
    Subject,
    Way,
)
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.preferred import Wanted, preferred
from chalicelib.domain.shipments.shipments import Shipment
from tests.support.builders import NOON, make_actor, make_event, make_shipment, minutes
from tests.support.strategies import preferences

WAYS = st.dictionaries(st.sampled_from(Subject), st.sampled_from(Way))


def change(
    before: Preferences, wanted: Wanted, role: Role = Role.RECIPIENT, **options: Any
) -> tuple[Shipment, Event] | None:
    return preferred(
        make_shipment(preferences=before),
        wanted,
        actor=make_actor(role),
        event_id=make_event(1).id,
        now=NOON,
        **options,
    )


@given(preferences(), WAYS)
def test_ways_are_as_chosen_and_others_as_before(
    before: Preferences, ways: Mapping[Subject, Way]
) -> None:
    after = before.with_ways(ways)

    assert {each: after.way_of(each) for each in ways} == dict(ways)
    others = set(Subject) - set(ways)
    assert all(after.way_of(each) is before.way_of(each) for each in others)
    assert Way.BEST not in after.ways.values()


@given(preferences())
def test_the_same_again_is_no_change(before: Preferences) -> None:
    assert before.differs_from(before) == ()
    assert before.stopped(NOON).stopped(NOON + minutes(9)) == before.stopped(NOON)
    assert before.resumed().resumed() == before.resumed()
    assert not before.resumed().is_stopped
    assert before.stopped(NOON).resumed() == before.resumed()


def test_an_event_says_what_changed_and_nothing_of_it() -> None:
    found = change(
        NO_PREFERENCES,
        lambda before: Preferences({Subject.TIMES: Way.SMS}, "fi", number=before.number),
    )

    assert found is not None
    after, event = found
    assert event.type is EventType.PREFERENCES_CHANGED
    assert event.data["changed"] == [Part.WAYS, Part.LANGUAGE]
    assert event.data["is_stopped"] is False
    assert "sms" not in repr(event.data)
    assert after.details_version == after.version
    assert after.preferences.number == 1
    assert after.locale == "fi"


def test_what_changes_nothing_is_no_event() -> None:
    assert change(NO_PREFERENCES, lambda before: before) is None
    assert change(NO_PREFERENCES.stopped(NOON), lambda before: before.stopped(NOON)) is None


def test_a_page_that_is_old_changes_nothing() -> None:
    before = Preferences(number=2)
    assert change(before, Preferences.resumed, seen=1) is None
    for seen in (1, 3):
        with pytest.raises(Outdated):
            change(before, lambda old: old.stopped(NOON), seen=seen)
    assert change(before, lambda old: old.stopped(NOON), seen=2) is not None


@pytest.mark.parametrize("role", [Role.SHIPPER, Role.DISPATCHER, Role.ADMIN])
def test_nobody_else_starts_what_the_recipient_has_stopped(role: Role) -> None:
    by_recipient = NO_PREFERENCES.stopped(NOON)
    by_office = NO_PREFERENCES.stopped(NOON, by_office=True)

    with pytest.raises(StoppedByRecipient):
        change(by_recipient, Preferences.resumed, role)
    assert change(by_office, Preferences.resumed, role) is not None
    assert change(by_recipient, Preferences.resumed) is not None
    assert change(by_recipient, lambda before: before.stopped(NOON, by_office=True), role) is None


def test_a_recipient_who_stops_what_the_office_had_stopped_decides_from_then_on() -> None:
    by_office = NO_PREFERENCES.stopped(NOON, by_office=True)

    found = change(by_office, lambda before: before.stopped(NOON + minutes(5)))

    assert found is not None
    assert found[0].preferences == Preferences(stopped_at=NOON, number=1)
