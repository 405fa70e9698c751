"""Wishes: one rule of change, parts that are numbered, and events without a person's words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Invalid, Outdated, TooLateToChange
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.domain.shipments.wished import BEFORE_IT_LEAVES, Open, may_change, wished
from chalicelib.domain.wishes.wishes import (
    NO_WISHES,
    Absence,
    Access,
    Neighbour,
    Part,
    SafePlace,
    Spot,
    Wishes,
    WishesOrder,
)
from tests.support.builders import NOON, make_actor, make_shipper, make_travelling
from tests.support.strategies import wishes, wishes_orders

ALLOWING = make_shipper(safe_places=tuple(SafePlace))
FAR = 9


def wish(
    shipment: Shipment,
    order: WishesOrder,
    *,
    shipper: Shipper = ALLOWING,
    stops_before: int | None = FAR,
) -> tuple[Shipment, Event] | None:
    return wished(
        shipment,
        order,
        shipper,
        stops_before=stops_before,
        actor=make_actor(Role.RECIPIENT),
        event_id=EventId("evt_9"),
        now=NOON,
    )


@given(
    st.sampled_from(Status), st.none() | st.integers(0, 60), st.integers(1, 50), st.integers(1, 2)
)
def test_the_rule_until_so_many_stops_before_and_not_once_arrived(
    status: Status, stops_before: int | None, until: int, again: int
) -> None:
    shipment = make_travelling(status=status)
    shipper = make_shipper(changes_until_stops=until)

    found = may_change(shipment, shipper, stops_before)

    if status in BEFORE_IT_LEAVES:
        assert found is Open.YES
    elif status not in ON_THE_WAY:
        assert found is Open.OVER
    elif status is Status.ARRIVED:
        assert found is Open.THERE
    else:
        assert (found is Open.YES) == (stops_before is not None and stops_before >= until)
    order = WishesOrder(seen=0, is_contact_free=True)
    if found is Open.YES:
        after = wish(shipment, order, shipper=shipper, stops_before=stops_before)
        assert after is not None
        for _ in range(again):
            assert wish(after[0], order, shipper=shipper, stops_before=0) is None
    else:
        with pytest.raises(TooLateToChange) as refused:
            wish(shipment, order, shipper=shipper, stops_before=stops_before)
        assert refused.value.data["because"] == found.value


@given(wishes(), wishes_orders())
def test_what_was_left_empty_stays_and_each_change_has_a_number(
    before: Wishes, said: WishesOrder
) -> None:
    order = replace(said, seen=before.number)
    shipment = make_travelling(wishes=before)
    try:
        found = wish(shipment, order)
    except Invalid:
        assert order.absence is not Absence.NOTHING
        return
    wanted = order.of(before)
    if found is None:
        assert wanted.differs_from(before) == ()
        return
    after, event = found
    changed = after.wishes.differs_from(before)

    assert after.wishes.differs_from(wanted) == ()
    assert after.wishes.changed_since(before.number) == changed
    assert event.data["changed"] == [part.value for part in changed]
    assert (event.data["before"], event.data["after"]) == (before.facts, after.wishes.facts)
    if not order.forgets_access:
        for name in ("entrance", "door_code", "floor", "note"):
            kept = getattr(order.access, name) or getattr(before.access, name)
            assert getattr(after.wishes.access, name) == kept
    assert not (after.wishes.safe_place and after.wishes.neighbour)
    assert wish(after, replace(order, seen=after.wishes.number, forgets_access=False)) is None or (
        order.forgets_access
    )


def test_a_stale_page_is_told_the_parts_that_were_changed() -> None:
    first = wish(make_travelling(), WishesOrder(seen=0, is_contact_free=True))
    assert first is not None
    place = WishesOrder(
        seen=1,
        absence=Absence.SAFE_PLACE,
        safe_place=Spot(SafePlace.GARAGE),
        is_contact_free=True,
    )
    second = wish(first[0], place)
    assert second is not None

    with pytest.raises(Outdated) as refused:
        wish(second[0], WishesOrder(seen=1, access=Access(floor="3")))

    assert refused.value.data["changed"] == ["safe_place"]
    assert second[0].wishes.changed_since(0) == (Part.SAFE_PLACE, Part.CONTACT_FREE)


@pytest.mark.parametrize(
    ("order", "part"),
    [
        (
            WishesOrder(0, absence=Absence.SAFE_PLACE, safe_place=Spot(SafePlace.SHED)),
            "/safe_place",
        ),
        (WishesOrder(0, absence=Absence.NEIGHBOUR, neighbour=Neighbour("Eero")), "/neighbour"),
        (WishesOrder(0, is_contact_free=True), "/contact_free"),
    ],
)
def test_what_the_shipper_does_not_offer_is_refused_but_stays_where_it_was_allowed(
    order: WishesOrder, part: str
) -> None:
    strict = make_shipper(allows_neighbour=False, allows_contact_free=False)
    with pytest.raises(Invalid) as refused:
        wish(make_travelling(), order, shipper=strict)
    assert refused.value.data["errors"] == [
        {"pointer": part, "code": "not_offered", "detail": "The sender does not offer this."}
    ]

    allowed = wish(make_travelling(), order)
    assert allowed is not None
    more = wish(
        allowed[0], replace(order, seen=1, access=Access(note="Ring twice")), shipper=strict
    )
    assert more is not None


def test_a_choice_without_what_it_needs_is_refused() -> None:
    for absence in (Absence.SAFE_PLACE, Absence.NEIGHBOUR):
        with pytest.raises(Invalid, match=r"Choose one|neighbour's name"):
            wish(make_travelling(), WishesOrder(0, absence=absence))


@given(wishes())
def test_facts_have_no_words(found: Wishes) -> None:
    facts = found.facts

    assert {type(value) for value in facts.values()} <= {bool, str, type(None)}
    assert facts["safe_place"] in {None, *SafePlace}
    assert bool(NO_WISHES) is False
