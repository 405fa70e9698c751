from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from chalicelib.catalogues import locale_of
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.tracking.tracking import Sender, TrackingView
from chalicelib.pages.tracking.calendars import calendar_of
from chalicelib.pages.tracking.visit_times import has_time
from tests.support.builders import NOON, make_range, minutes
from tests.support.tracking_views import (
    make_delivered,
    make_failed,
    make_view,
    make_waiting,
)

URL = "https://track.example/t/token"
WINDOW = make_range(NOON + minutes(1440))


def entry(view: TrackingView, language: str = "en") -> dict[str, str]:
    """The lines of the file by their names."""
    found = calendar_of(replace(view, uid="shp_1"), locale_of(language), URL)
    assert found is not None
    lines = found.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VEVENT", "END:VCALENDAR"]
    return dict(line.split(":", 1) for line in lines)


def waiting(**changes: Any) -> TrackingView:
    return replace(make_waiting(), **{"window": None, "service_day": None} | changes)


def test_what_is_told_moves_the_same_entry() -> None:
    before = entry(make_view(promise=make_range(NOON + minutes(70)), expected=None, version=7))
    after = entry(make_view(promise=make_range(NOON + minutes(10)), expected=None, version=9))

    assert before["UID"] == after["UID"] == "shp_1@doorstep"
    assert (before["DTSTART"], before["DTEND"]) == ("20261123T131000Z", "20261123T134000Z")
    assert (after["DTSTART"], after["DTEND"]) == ("20261123T121000Z", "20261123T124000Z")
    assert int(before["SEQUENCE"]) < int(after["SEQUENCE"])
    assert before["STATUS"] == "CONFIRMED"
    assert before["URL"] == URL


def test_the_day_before_it_has_the_window_or_the_whole_day() -> None:
    window = entry(waiting(window=WINDOW, service_day=date(2026, 11, 24)))
    day = entry(waiting(service_day=date(2026, 11, 24)))

    assert window["DTSTART"] == "20261124T120000Z"
    assert day["DTSTART;VALUE=DATE"] == "20261124"
    assert day["DTEND;VALUE=DATE"] == "20261125"


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.RETURNING, Status.RETURNED])
def test_what_is_called_off_is_called_off_there(status: Status) -> None:
    for view in (waiting(window=WINDOW), waiting(wanted_day=date(2026, 11, 24))):
        called_off = replace(view, status=status, service_day=None)

        assert entry(called_off)["STATUS"] == "CANCELLED"
        assert not has_time(called_off)


def test_a_delivery_stands_where_it_was() -> None:
    view = make_delivered()
    assert view.outcome is not None

    assert entry(view)["DTSTART"] == f"{view.outcome.at:%Y%m%dT%H%M%SZ}"
    assert not has_time(view)


def test_without_a_time_there_is_no_file() -> None:
    assert calendar_of(waiting(), locale_of("en"), URL) is None
    failed = make_failed(window=make_range(NOON - minutes(60)), service_day=None)
    assert calendar_of(failed, locale_of("en"), URL) is None
    assert has_time(replace(failed, service_day=date(2026, 11, 24)))


def test_a_sender_writes_no_line_of_its_own() -> None:
    sender = Sender("Evil; Corp, Oy\r\nATTENDEE:mailto:x@example.com \u2067", None)

    found = entry(replace(make_view(), sender=sender))

    assert "ATTENDEE" not in found
    assert found["SUMMARY"].startswith("Delivery from Evil\\; Corp\\, Oy\\nATTENDEE")


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(make_view(expected=None), id="on the way"),
        pytest.param(waiting(window=WINDOW), id="a window"),
        pytest.param(waiting(service_day=date(2026, 11, 24)), id="a day"),
        pytest.param(waiting(window=WINDOW, status=Status.CANCELLED), id="called off"),
        pytest.param(make_delivered(), id="delivered"),
        pytest.param(make_view(sender=Sender("Kukka; Korpi, \\ Oy\n" * 9, None)), id="any text"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_reader_of_somebody_else_reads_what_we_mean(view: TrackingView, language: str) -> None:
    """The package icalendar, which knows RFC 5545 and nothing of ours."""
    written = calendar_of(replace(view, uid="shp_1"), locale_of(language), URL)
    assert written is not None

    calendar = Calendar.from_ical(written)

    events: list[Any] = calendar.walk("VEVENT")
    (event,) = events
    assert calendar.errors == event.errors == []
    assert str(event["UID"]) == "shp_1@doorstep"
    assert int(event["SEQUENCE"]) == view.version
    assert event["DTSTAMP"].dt == view.server_now
    assert str(event["URL"]) == URL
    assert str(event["DESCRIPTION"]).endswith(f"{view.reference}\n{URL}")
    assert " ".join(view.sender.name.split()) in " ".join(str(event["SUMMARY"]).split())
    starts, ends = event["DTSTART"].dt, event["DTEND"].dt
    assert starts < ends
    if view.service_day is not None:
        assert (starts, ends) == (view.service_day, view.service_day + timedelta(days=1))
    elif view.window is not None:
        assert (starts, ends) == (view.window.earliest, view.window.latest)
