"""Ratings as use cases: by the link, once, and dealt with by the office."""

from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import NotFound, RatingClosed
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.messages.threads import Draft
from chalicelib.domain.ratings.ratings import RatingReason, Verdict
from chalicelib.domain.shipments.concerns import About
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.attention.close_concern import CloseConcern
from chalicelib.services.messages.write_message import WriteMessage
from chalicelib.services.ratings.rate_delivery import RateDelivery
from chalicelib.services.repeats import NO_MEMORY
from tests.support.builders import (
    NOON,
    make_actor,
    make_attempt,
    make_rating,
    make_travelling,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier

DISPATCHER = make_actor(Role.DISPATCHER)
BAD = Verdict(1, (RatingReason.PLACE,), "It stood in the rain")
ID = make_travelling().id


def carrier(**changes: Any) -> InMemoryCarrier:
    made = InMemoryCarrier()
    made.clock.at = NOON + minutes(10)
    attempt = make_attempt(occurred_at=NOON)
    default: dict[str, Any] = {
        "status": Status.DELIVERED,
        "last_attempt": attempt,
        "completed_at": NOON,
    }
    made.has(make_travelling(**default | changes))
    return made


def rate(made: InMemoryCarrier, verdict: Verdict, generation: int = 1) -> None:
    made.use(RateDelivery)(made.signer.tracking_token(ID, generation), verdict)


def test_the_same_form_twice_is_one_rating() -> None:
    made = carrier()

    rate(made, BAD)
    rate(made, BAD)

    assert made.told() == [EventType.RATED]
    assert made.shipment().rating == make_rating(
        verdict=BAD, rated_at=made.clock.at, changed_at=made.clock.at
    )


def test_a_link_that_was_revoked_rates_nothing() -> None:
    made = carrier(link_generation=2)

    with pytest.raises(NotFound):
        rate(made, BAD)
    assert made.told() == []


def test_a_parcel_on_its_way_is_not_rated() -> None:
    made = carrier(status=Status.ARRIVING, last_attempt=None, completed_at=None)

    with pytest.raises(RatingClosed):
        rate(made, BAD)


def test_who_writes_at_the_same_time_does_not_lose_the_rating() -> None:
    made = carrier()
    made.journal.before = [lambda: _write(made)]

    rate(made, BAD)

    assert made.told() == [EventType.MESSAGE_SENT, EventType.RATED]
    assert made.shipment().messages == 1


def test_an_answer_of_the_office_closes_it_and_so_does_closing_it_by_hand() -> None:
    for close in (_write, _close):
        made = carrier()
        rate(made, BAD)

        close(made)
        close(made)

        rating = made.shipment().rating
        assert rating is not None
        assert not rating.waits
        assert made.told()[1] in {EventType.MESSAGE_SENT, EventType.CONCERN_CLOSED}
    assert made.told() == [EventType.RATED, EventType.CONCERN_CLOSED]


def test_what_was_never_open_is_not_closed() -> None:
    made = carrier()

    _close(made)

    assert made.told() == []
    with pytest.raises(NotFound):
        made.use(CloseConcern)(ShipmentId("shp_9999"), About.LOW_RATING, actor=DISPATCHER)


def _close(made: InMemoryCarrier) -> None:
    made.use(CloseConcern)(ID, About.LOW_RATING, actor=DISPATCHER)


def _write(made: InMemoryCarrier) -> None:
    draft = Draft(text="We are sorry")
    made.use(WriteMessage).of_office(ID, draft, actor=DISPATCHER, memory=NO_MEMORY)
