"""Events on the wire: the type says which facts there are, and whatever was stored can be read."""

import json
from typing import Any

import pytest
from hypothesis import given

from chalicelib.api.schemas.events import EventsOut
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.ids import StopId
from chalicelib.domain.shipments.events import Event, EventType, eta_data, range_data
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import FailureReason
from chalicelib.edge.schemas import Listed
from tests.support.builders import NOON, make_eta, make_event, make_proof, make_range
from tests.support.strategies import events

PROMISE = range_data(make_range())
FORECAST = {"eta": eta_data(make_eta()), "stops_before": 2, "promise": PROMISE}


def told(event: Event) -> dict[str, Any]:
    """An event as a page of one carries it."""
    page = json.loads(EventsOut.of(Listed((event,), None)).model_dump_json())
    line: dict[str, Any] = page["data"][0]
    return line


def report(step: Step, reason: FailureReason | None = None) -> dict[str, object]:
    made = StopReport(
        StopId("stp_1"), step, "action-1", NOON, reason=reason, note="a person's text"
    )
    return made.event_data([make_proof()])


@pytest.mark.parametrize(
    ("event_type", "facts"),
    [
        (EventType.CREATED, {}),
        (EventType.UPDATED, {"changed": ["window"]}),
        (EventType.ACCEPTED, {}),
        (EventType.LOADED, {}),
        (EventType.CANCELLED, {}),
        (EventType.RETURNING, {}),
        (EventType.RETURNED, {}),
        (EventType.SUPERSEDED, {}),
        (EventType.UPDATED, {"changed": ["recipient"]}),
        (EventType.REDIRECTED, {"changed": ["address", "place"]}),
        (EventType.INSTRUCTIONS_CHANGED, {"changed": ["instructions"]}),
        (EventType.RESCHEDULED, {"window": PROMISE, "previous_window": None}),
        (EventType.CORRECTED, {"outcome": "none", "previous_outcome": "delivered"}),
        (EventType.PROMISED, {"promise": PROMISE, "previous_promise": None}),
        (EventType.UNASSIGNED, {"previous_promise": PROMISE}),
        (EventType.OUT_FOR_DELIVERY, {"promise": PROMISE, "eta": FORECAST["eta"]}),
        (EventType.ARRIVING, FORECAST),
        (EventType.ARRIVED, FORECAST),
        (EventType.ARRIVAL_WITHDRAWN, {"eta": FORECAST["eta"], "stops_before": 1}),
        (EventType.ARRIVAL_WITHDRAWN, {}),
        (EventType.ARRIVED, {"action_id": "action-1"}),
        (EventType.DELAYED, FORECAST | {"previous_promise": PROMISE}),
        (EventType.BACK_ON_TIME, FORECAST | {"previous_promise": None}),
        (EventType.DELIVERED, report(Step.DELIVER)),
        (EventType.ATTEMPT_FAILED, report(Step.FAIL, FailureReason.NOT_HOME)),
    ],
    ids=str,
)
def test_an_event_tells_its_facts_and_no_others(
    event_type: EventType, facts: dict[str, Any]
) -> None:
    event = make_event(type=event_type, data={"status": "loaded", **facts})

    assert told(event)["data"] == as_answered({"status": "loaded", **facts})


def as_answered(stored: object) -> Any:
    """Answers write all times alike, in milliseconds with a Z; events are stored as Python does."""
    return json.loads(json.dumps(stored).replace("+00:00", ".000Z"))


@pytest.mark.parametrize("event_type", EventType)
def test_every_type_has_a_place_and_keeps_its_name(event_type: EventType) -> None:
    line = told(make_event(type=event_type, data={"status": "loaded"}))

    assert line["type"] == event_type.value


@pytest.mark.parametrize("event_type", EventType)
def test_a_fact_of_another_release_is_left_out_and_nothing_fails(event_type: EventType) -> None:
    stored = {"status": "loaded", "weather": {"is_wet": True}, "note": "a person's text"}

    line = told(make_event(type=event_type, data=stored))

    nothing = {"previous_promise": None, "window": None, "previous_window": None}
    nothing |= {"previous_stars": None}
    assert line["data"].items() <= {"status": "loaded", **nothing}.items()


def test_a_fact_that_grew_is_told_without_its_new_part() -> None:
    grown = {**eta_data(make_eta()), "model": "v9"}

    line = told(make_event(type=EventType.ARRIVING, data={"status": "arriving", "eta": grown}))

    assert line["data"]["eta"] == as_answered(eta_data(make_eta()))


def test_an_event_without_any_fact_can_be_read() -> None:
    assert told(make_event(type=EventType.LOADED, data={}))["data"] == {}


@given(events())
def test_of_the_actor_only_the_role_is_told(event: Event) -> None:
    line = told(event)

    assert line["actor"] == event.actor_role.value
    assert line["sequence"] == event.seq
    assert set(line) == {
        "id",
        "shipment_id",
        "sequence",
        "type",
        "occurred_at",
        "recorded_at",
        "actor",
        "data",
    }
