"""Preferences as use cases: by the link, by the office, by an e-mail."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import NotFound, Outdated, StoppedByRecipient
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.preferences.preferences import Preferences, Subject, Way
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.versions import Expected
from chalicelib.services.preferences.change_preferences import ChangePreferences
from chalicelib.services.preferences.show_preferences import ShowPreferences
from chalicelib.services.preferences.unsubscribe import Unsubscribe
from tests.support.builders import (
    NOON,
    make_actor,
    make_recipient,
    make_shipper,
    make_travelling,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier

ID = make_travelling().id
DISPATCHER = make_actor(Role.DISPATCHER)
CHANGED = EventType.PREFERENCES_CHANGED


def carrier(**changes: Any) -> InMemoryCarrier:
    made = InMemoryCarrier()
    made.clock.at = NOON + minutes(10)
    made.shippers.put(make_shipper())
    made.has(make_travelling(**changes))
    return made


def link(made: InMemoryCarrier, generation: int = 1) -> str:
    return made.signer.tracking_token(ID, generation)


def mail(made: InMemoryCarrier) -> str:
    shipment = made.shipment()
    tag = made.signer.mailbox_tag(shipment.shipper_id, shipment.recipient.email or "")
    return made.signer.stop_token(ID, tag)


def by_office(made: InMemoryCarrier, *, stops: bool, actor: Actor = DISPATCHER) -> None:
    made.use(ChangePreferences).by_office(
        ID, lambda before: before, stops=stops, expected=Expected(None), actor=actor
    )


def test_a_choice_is_kept_once() -> None:
    made = carrier()
    choose = made.use(ChangePreferences).choose

    choose(link(made), {Subject.TIMES: Way.EMAIL}, "sv", seen=0)
    choose(link(made), {Subject.TIMES: Way.EMAIL}, "sv", seen=0)

    assert made.told() == [CHANGED]
    assert made.shipment().preferences == Preferences({Subject.TIMES: Way.EMAIL}, "sv", number=1)
    with pytest.raises(Outdated):
        choose(link(made), {}, None, seen=0)


def test_stopping_twice_and_starting_twice_are_two_events() -> None:
    made = carrier()
    use = made.use(ChangePreferences)

    for tap in (use.stop, use.stop, use.resume, use.resume):
        tap(link(made))

    assert made.told() == [CHANGED, CHANGED]
    assert [event.data["is_stopped"] for event in made.news()] == [True, False]


@pytest.mark.parametrize("tap", [ChangePreferences.stop, ChangePreferences.resume])
def test_a_link_that_was_revoked_changes_nothing(
    tap: Callable[[ChangePreferences, str], None],
) -> None:
    made = carrier(link_generation=2)

    with pytest.raises(NotFound):
        tap(made.use(ChangePreferences), link(made))
    assert made.told() == []


def test_who_writes_at_the_same_time_does_not_lose_the_stop() -> None:
    made = carrier()
    made.journal.before = [lambda: made.use(ChangePreferences).choose(link(made), {}, "de", seen=0)]

    made.use(ChangePreferences).stop(link(made))

    preferences = made.shipment().preferences
    assert preferences.is_stopped
    assert preferences.language == "de"


def test_a_mail_stops_its_shipment_and_its_mailbox_and_both_start_again() -> None:
    made = carrier()
    use, shown = made.use(Unsubscribe), made.use(ShowPreferences)

    for _ in range(2):
        use.stop(mail(made))
    assert made.told() == [CHANGED]
    assert use.is_stopped(mail(made))
    assert made.shipment().preferences.is_stopped
    found = shown.behind(link(made))
    assert (found.is_mailbox_muted, found.is_phone_muted) == (True, False)

    made.use(ChangePreferences).resume(link(made))
    assert not use.is_stopped(mail(made))
    assert not shown.one(ID, DISPATCHER).is_mailbox_muted
    use.stop(mail(made))
    for _ in range(2):
        use.undo(mail(made))
    assert not made.shipment().preferences.is_stopped
    assert not use.is_stopped(mail(made))


def test_an_old_mail_does_not_stop_what_goes_to_another_mailbox_by_now() -> None:
    made = carrier()
    token = mail(made)
    made.has(make_travelling(recipient=make_recipient(email="eino@example.com")))

    made.use(Unsubscribe).stop(token)

    assert made.told() == []
    assert made.use(Unsubscribe).is_stopped(token)


def test_a_mail_about_what_is_gone_still_mutes_its_mailbox() -> None:
    made = carrier()
    token = made.signer.stop_token(ShipmentId("shp_9999"), "mailbox")

    made.use(Unsubscribe).stop(token)

    assert made.use(Unsubscribe).is_stopped(token)
    assert made.use(Unsubscribe).locale(token) is None
    for call in (Unsubscribe.stop, Unsubscribe.undo, Unsubscribe.is_stopped, Unsubscribe.locale):
        with pytest.raises(NotFound):
            call(made.use(Unsubscribe), "made up")


def test_the_office_stops_and_starts_but_not_what_the_recipient_has_stopped() -> None:
    made = carrier()

    by_office(made, stops=True)
    by_office(made, stops=False)
    made.use(ChangePreferences).stop(link(made))

    with pytest.raises(StoppedByRecipient):
        by_office(made, stops=False)
    assert made.told() == [CHANGED] * 3


def test_others_see_and_change_nothing() -> None:
    made = carrier()
    stranger = make_actor(Role.SHIPPER, shipper_id=ShipperId("shr_9"))

    with pytest.raises(NotFound):
        by_office(made, stops=True, actor=stranger)
    with pytest.raises(NotFound):
        made.use(ShowPreferences).one(ID, stranger)
    with pytest.raises(NotFound):
        made.use(ShowPreferences).behind(link(made, 2))
