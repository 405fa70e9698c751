import pytest

from chalicelib.domain.events import EventType
from tests.builders import make_event


@pytest.mark.parametrize("event_type", EventType)
def test_superseded_reports_are_the_only_ones_told_to_nobody(event_type: EventType) -> None:
    event = make_event(type=event_type)

    assert event.audience == ("internal" if event_type is EventType.SUPERSEDED else "public")


@pytest.mark.parametrize("event_type", EventType)
def test_bad_news_is_a_warning(event_type: EventType) -> None:
    event = make_event(type=event_type)

    assert (event.severity == "warning") == (
        event_type in {EventType.DELAYED, EventType.ATTEMPT_FAILED}
    )
