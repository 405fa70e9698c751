import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.catalogues import locale_of
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.instants import Range
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.pages.tracking.documents import digest_of, dumps, state_document
from chalicelib.pages.tracking.presentation import present
from tests.support.builders import NOON, minutes, seconds
from tests.support.tracking_views import SOON, make_delivered, make_position, make_stale, make_view


def document(view: TrackingView, tag: str = "en") -> dict:
    return state_document(view, present(view, locale_of(tag)))


def tag_of(view: TrackingView, language: str = "en") -> str:
    return digest_of(view, document(view, language))


def test_the_state_has_the_published_structure() -> None:
    state = json.loads(dumps(document(make_view(window=Range(NOON, NOON + minutes(60))))))

    assert state.keys() == {
        "status",
        "external_status",
        "reference",
        "sender",
        "city",
        "time_zone",
        "server_now",
        "eta",
        "eta_age_s",
        "expected",
        "promise",
        "delayed",
        "window",
        "stops_before",
        "position",
        "position_hidden_because",
        "last_seen_age_s",
        "destination",
        "timeline",
        "outcome",
        "poll_after_s",
        "parcels_total",
        "parcels_later",
        "service_day",
        "messages",
        "may_write",
        "rating",
        "may_rate",
        "pin",
        "rating_until",
        "wishes",
        "may_report",
        "reported",
        "companions",
        "words",
    }
    assert state["external_status"] == {
        "status": "OutForDelivery",
        "sub_status": "OutForDelivery_001",
    }
    assert state["window"] == {
        "start": "2026-11-23T12:00:00.000Z",
        "end": "2026-11-23T13:00:00.000Z",
    }
    assert state["eta"].keys() == {"point", "earliest", "latest"}
    assert state["position"].keys() == {
        "lat_deg",
        "lon_deg",
        "recorded_at",
        "age_s",
        "heading_deg",
        "accuracy_m",
    }


def test_a_finished_state_has_an_outcome_and_no_position() -> None:
    state = document(make_delivered())

    assert state["position"] is None
    assert state["poll_after_s"] is None
    assert state["outcome"]["proofs"] == [{"id": "prf_01JD8X4Q2M7V9K3N5P6R8T0W1Y", "kind": "photo"}]


def test_time_alone_changes_nothing() -> None:
    view = make_view()
    later = replace(
        view,
        server_now=NOON + seconds(10),
        last_seen_age_s=30,
        position=make_position(age_s=30),
        eta=Eta(SOON.point + seconds(4), SOON.earliest, SOON.latest - seconds(9)),
    )

    assert tag_of(later) == tag_of(view)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 5},
        {"stops_before": 2},
        {"position": make_position(recorded_at=NOON)},
        {"position": None, "position_hidden_because": "not_yet_near"},
        {"eta": Eta(SOON.point + minutes(2), SOON.earliest, SOON.latest)},
        {"delayed": True},
        {"poll_after_s": 60},
        {"server_now": NOON + timedelta(days=1)},
    ],
)
def test_what_a_reader_would_see_changes_the_tag(changes: dict) -> None:
    assert tag_of(make_view(**changes)) != tag_of(make_view())


def test_another_language_is_another_representation() -> None:
    assert tag_of(make_view(), "fi") != tag_of(make_view(), "en")


def test_a_position_that_becomes_stale_is_a_change() -> None:
    assert tag_of(make_stale()) != tag_of(make_view())
