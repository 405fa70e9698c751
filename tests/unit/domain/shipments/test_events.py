import json

import pytest

from chalicelib.domain.shipments.events import EventType, eta_data, range_data
from tests.support.builders import NOON, make_eta, make_event, make_range, minutes


@pytest.mark.parametrize("event_type", EventType)
def test_two_types_are_for_our_record_alone(event_type: EventType) -> None:
    event = make_event(type=event_type)

    is_internal = event_type in {EventType.SUPERSEDED, EventType.CONCERN_CLOSED}
    assert event.audience == ("internal" if is_internal else "public")


@pytest.mark.parametrize("event_type", EventType)
def test_bad_news_is_a_warning(event_type: EventType) -> None:
    event = make_event(type=event_type)

    assert (event.severity == "warning") == (
        event_type
        in {
            EventType.DELAYED,
            EventType.ATTEMPT_FAILED,
            EventType.DRIVER_SILENT,
            EventType.REPORTED,
            EventType.PROOF_REJECTED,
            EventType.PROOF_MISSING,
        }
    )


def test_ranges_and_etas_are_told_as_json() -> None:
    eta = eta_data(make_eta(NOON, margin=minutes(5)))
    promise = range_data(make_range(NOON, minutes(30)))

    assert json.loads(json.dumps(eta)) == {
        "point": "2026-11-23T12:00:00+00:00",
        "earliest": "2026-11-23T11:55:00+00:00",
        "latest": "2026-11-23T12:05:00+00:00",
    }
    assert promise == {
        "earliest": "2026-11-23T12:00:00+00:00",
        "latest": "2026-11-23T12:30:00+00:00",
    }
    assert range_data(None) is None
