from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogues import locale_of
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.instants import Range
from chalicelib.domain.shipments.next_steps import NextStep
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.domain.tracking.tracking import Sender, ShownCompanion, TrackingView
from chalicelib.pages.tracking.presentation import present
from chalicelib.pages.tracking.words import Words
from tests.support.builders import NOON, make_range, minutes, north_of
from tests.support.speaking import LANGUAGES
from tests.support.tracking_views import (
    DOOR,
    PROMISE,
    make_delayed,
    make_delivered,
    make_failed,
    make_milestone,
    make_position,
    make_stale,
    make_timeline,
    make_view,
    make_waiting,
)


def words(view: TrackingView, tag: str = "en") -> Words:
    return present(view, locale_of(tag))


def arriving(earliest_min: float, latest_min: float) -> TrackingView:
    point = NOON + minutes((earliest_min + latest_min) / 2)
    return make_view(eta=Eta(point, NOON + minutes(earliest_min), NOON + minutes(latest_min)))


@pytest.mark.parametrize(
    ("tag", "headline"),
    [
        ("en", "Arriving today 14:10–14:40"),
        ("en-US", "Arriving today 2:10–2:40 pm"),
        ("fi", "Saapuu tänään klo 14.10–14.40"),
        ("sv", "Kommer i dag 14:10–14:40"),
        ("de", "Ankunft heute 14:10–14:40 Uhr"),
    ],
)
def test_the_headline_answers_when(tag: str, headline: str) -> None:
    assert words(make_view(), tag).headline.text == headline


@pytest.mark.parametrize(
    ("earliest_min", "latest_min", "headline"),
    [
        (12, 38, "Arriving today 14:10–14:40"),
        (0, 38, "Arriving today by 14:40"),
        (2, 14, "Arriving today by 14:15"),
        (-9, 5, "Arriving today by 14:05"),
        (-9, 0, "Arriving any minute now"),
        (11 * 60, 11.5 * 60, "Arriving tomorrow 01:00–01:30"),
    ],
)
def test_a_headline_never_promises_the_past(
    earliest_min: float, latest_min: float, headline: str
) -> None:
    view = replace(arriving(earliest_min, latest_min), stops_before=0)

    assert words(view).headline.text == headline


@pytest.mark.parametrize(
    ("left_min", "headline"),
    [(4, "Arriving today by 14:05"), (3, "Arriving any minute now")],
)
def test_any_minute_is_when_what_was_shown_ends(left_min: int, headline: str) -> None:
    view = replace(arriving(-9, 5), stops_before=0, server_now=NOON + minutes(5 - left_min))

    assert words(view).headline.text == headline


@given(st.integers(-20, 20), st.integers(0, 30), st.integers(0, 3))
def test_any_minute_is_said_of_the_next_stop_only(
    earliest_min: int, length_min: int, stops_before: int
) -> None:
    view = replace(arriving(earliest_min, earliest_min + length_min), stops_before=stops_before)

    if words(view).headline.text == "Arriving any minute now":
        assert stops_before == 0


@pytest.mark.parametrize(
    ("stops_before", "status"),
    [(0, "Almost there"), (1, "Almost there"), (2, "Out for delivery"), (None, "Almost there")],
)
def test_nobody_is_almost_there_with_two_stops_before(
    stops_before: int | None, status: str
) -> None:
    assert words(make_view(Status.ARRIVING, stops_before=stops_before)).status == status


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.RETURNING, Status.RETURNED])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_end_is_a_dead_end(status: Status, language: str) -> None:
    (detail,) = words(make_waiting(status), language).details

    assert "Kukka & Korpi" in detail


def test_a_map_is_there_with_a_van_only_and_the_page_says_when() -> None:
    hidden = make_view(position=None, position_hidden_because="not_yet_near", last_seen_age_s=None)

    shown = words(hidden)

    assert shown.map.is_shown is False
    assert shown.details == ("The van appears on the map when it is close to you.",)
    assert words(make_view()).map.is_shown is True


def test_a_hidden_eta_leaves_the_promise() -> None:
    assert words(make_view(eta=None)).headline.text == "Arriving today 14:10–14:40"


def test_without_eta_and_promise_no_time_is_named() -> None:
    assert words(make_view(eta=None, promise=None)).headline.text == "On its way to you"


def test_an_agreed_window_is_the_answer_before_the_van_leaves() -> None:
    window = Range(NOON + timedelta(days=1), NOON + timedelta(days=1, hours=3))

    shown = words(make_waiting(Status.ACCEPTED, window=window))

    assert shown.headline.text == "Planned for tomorrow 14:00–17:00"


@pytest.mark.parametrize(
    ("tag", "headline"),
    [
        ("en", "Planned for Tuesday 1 December 09:00–17:00"),
        ("en-US", "Planned for Tuesday, December 1, 9:00 am–5:00 pm"),
        ("fi", "Suunniteltu tiistaina 1. joulukuuta klo 09.00–17.00"),
        ("sv", "Planerad tisdag 1 december 09:00–17:00"),
        ("de", "Geplant für Dienstag, 1. Dezember, 09:00–17:00 Uhr"),
    ],
)
def test_a_planned_day_has_one_preposition(tag: str, headline: str) -> None:
    day = Range(NOON + timedelta(days=7, hours=19), NOON + timedelta(days=8, hours=3))

    assert words(make_waiting(window=day), tag).headline.text == headline


@pytest.mark.parametrize(
    ("tag", "tomorrow", "later"),
    [
        ("en", "Planned for tomorrow", "Planned for Tuesday 1 December"),
        ("fi", "Suunniteltu huomenna", "Suunniteltu tiistaina 1. joulukuuta"),
        ("sv", "Planerad i morgon", "Planerad tisdag 1 december"),
        ("de", "Geplant für morgen", "Geplant für Dienstag, 1. Dezember"),
    ],
)
def test_a_day_without_a_window_is_named(tag: str, tomorrow: str, later: str) -> None:
    days = [date(2026, 11, 24), date(2026, 12, 1)]

    views = [make_waiting(Status.ACCEPTED, service_day=day) for day in days]

    assert [words(view, tag).headline.text for view in views] == [tomorrow, later]


def test_after_a_failed_attempt_the_next_day_is_named() -> None:
    shown = words(make_failed(service_day=date(2026, 11, 24)))

    assert "Next attempt: tomorrow" in shown.details


@pytest.mark.parametrize(
    ("data", "label", "detail"),
    [
        ({"service_day": "2026-11-24"}, "New time agreed", "Agreed time: tomorrow"),
        ({}, "The agreed time no longer holds", None),
    ],
)
def test_another_day_is_named_in_the_story_and_a_lost_time_is_owned_up_to(
    data: dict[str, object], label: str, detail: str | None
) -> None:
    line = make_milestone("shipment.rescheduled", NOON, **data)

    (told,) = words(make_waiting(timeline=(line,))).story

    assert (told.label, told.detail) == (label, detail)


@pytest.mark.parametrize("status", [Status.RETURNING, Status.RETURNED, Status.CANCELLED])
def test_what_no_van_brings_has_no_road(status: Status) -> None:
    assert not words(make_waiting(status)).has_road
    assert words(make_waiting(Status.ACCEPTED)).has_road


def test_a_window_of_several_days_is_told_with_both() -> None:
    window = Range(NOON + timedelta(days=8, hours=-5), NOON + timedelta(days=10, hours=3))

    headline = words(make_waiting(window=window)).headline

    assert headline.lead == "Planned for"
    assert headline.main == "Tuesday 1 December 09:00 – Thursday 3 December 17:00"
    assert headline.size == "days"


@pytest.mark.parametrize(
    ("now_min", "headline"),
    [
        (0, "Arriving tonight 23:50–00:10"),
        (25, "Arriving tonight by 00:10"),
        (35, "Arriving today by 00:10"),
    ],
)
def test_midnight_is_not_tomorrow(now_min: float, headline: str) -> None:
    half_past = NOON + timedelta(hours=9, minutes=30)
    eta = Eta(half_past + minutes(30), half_past + minutes(20), half_past + minutes(40))
    view = make_view(eta=eta, server_now=half_past + minutes(now_min))

    assert words(view).headline.text == headline


def test_an_agreed_window_has_its_day_also_while_it_is_open() -> None:
    window = Range(NOON - timedelta(hours=16), NOON + timedelta(hours=1))
    over_night = Range(NOON + timedelta(hours=8), NOON + timedelta(hours=12))
    after_midnight = NOON + timedelta(hours=10, minutes=30)

    by_day = words(make_view(window=window)).details
    by_night = words(make_waiting(window=over_night, server_now=after_midnight)).headline

    assert by_day == ("Agreed time: Sunday 22 November 22:00 – today 15:00",)
    assert by_night.text == "Planned for tonight 22:00–02:00"


def test_a_window_that_has_passed_is_not_planned_any_more() -> None:
    window = Range(NOON - timedelta(hours=5), NOON - timedelta(hours=2))

    shown = words(make_waiting(window=window))

    assert shown.headline.text == "We are expecting your delivery"
    assert shown.details[-1] == "We said 09:00–12:00. That has passed."


def test_a_window_of_a_whole_day_is_the_day() -> None:
    midnight = NOON.astimezone(ZoneInfo("Europe/Helsinki")).replace(hour=0)
    window = Range(midnight + timedelta(days=1), midnight + timedelta(days=2, seconds=-1))

    assert words(make_waiting(window=window)).headline.text == "Planned for tomorrow"


@pytest.mark.parametrize(
    ("stops_before", "text"),
    [(0, "You are the next stop"), (1, "1 stop before you"), (14, "14 stops before you")],
)
def test_stops_before_are_counted(stops_before: int, text: str) -> None:
    assert words(make_view(stops_before=stops_before)).nearness[0] == text


def test_a_delay_says_what_was_told_and_what_holds_now() -> None:
    shown = words(make_delayed())

    assert shown.tone == "late"
    assert shown.change is not None
    assert shown.change.text == "We said 14:10–14:40. It is now 14:55–15:20."


@pytest.mark.parametrize(
    ("first_promise", "text"),
    [
        (PROMISE, "We said 14:10–14:40. It is now 14:55–15:20."),
        (None, "We now expect to arrive 14:55–15:20."),
    ],
)
def test_a_delay_is_told_without_the_lines_of_what_was_told(
    first_promise: Range | None, text: str
) -> None:
    """As when twenty newer lines have pushed them out of the page's history."""
    arriving = make_milestone("shipment.arriving", NOON - minutes(1))
    shown = words(make_delayed(timeline=(arriving,), first_promise=first_promise))

    assert shown.change is not None
    assert shown.change.text == text


def test_back_on_time_takes_a_delay_back() -> None:
    told = make_milestone("eta.back_on_time", NOON - minutes(1), promise=PROMISE)
    view = make_view(timeline=(*make_delayed().timeline, told))

    change = words(view).change

    assert change is not None
    assert (change.kind, change.title) == ("back_on_time", "Back on time")


def test_an_earlier_time_is_told_with_both_ranges() -> None:
    old, new = make_range(NOON + minutes(70)), make_range(NOON + minutes(10))
    out = make_milestone("shipment.out_for_delivery", NOON - minutes(60), promise=old)
    told = make_milestone("eta.promised", NOON - minutes(1), promise=new)

    change = words(make_view(timeline=(out, told))).change

    assert change is not None
    assert (change.kind, change.title) == ("earlier", "Earlier than we told you")
    assert "15:10" in change.text.partition("now")[0]
    assert "14:10" in change.text.partition("now")[2]
    later = make_milestone("eta.promised", NOON, promise=old)
    assert words(make_view(timeline=(out, told, later))).change is None


def test_a_finished_delay_is_not_told_any_more() -> None:
    assert words(make_delivered(delayed=True)).change is None


def test_a_stale_position_becomes_words() -> None:
    shown = words(make_stale())

    assert shown.seen is not None
    assert shown.seen.text == "Van last seen 4 min ago"
    assert shown.map.is_shown is False
    assert shown.details == ("The last news of the van is 4 min old, so the time is less certain.",)
    assert shown.nearness == ("3 stops before you",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_promise_that_is_past_in_silence_is_owned_up_to(language: str) -> None:
    view = make_stale(
        server_now=NOON + minutes(130),
        last_seen_age_s=110 * 60,
        eta_age_s=110 * 60,
        eta=Eta(NOON + minutes(130), NOON + minutes(130), NOON + minutes(145)),
    )

    shown = words(view, language)

    assert shown.tone == "late"
    assert shown.headline.text == locale_of(language).say("headline.overdue")
    assert len(shown.details) == 3
    assert ":10" in shown.details[0] or ".10" in shown.details[0]
    assert "20" in shown.details[1]
    assert "3" in shown.details[1]
    assert shown.nearness == ()
    assert shown.change is None
    assert shown.seen is not None


def test_owning_up_says_what_was_told_and_what_is_known() -> None:
    view = make_stale(server_now=NOON + minutes(130), last_seen_age_s=6_600, eta_age_s=6_600)
    later = replace(view, server_now=NOON + minutes(140), last_seen_age_s=7_200, eta_age_s=7_200)

    assert words(view).headline.text == "Later than we told you"
    assert words(view).details == (
        "We said 14:10–14:40. That has passed.",
        "Last news of the van: 14:20. It had 3 stops before yours then.",
        "We say more here as soon as we hear from it.",
    )
    assert words(later).details == words(view).details


def test_a_van_that_nobody_heard_is_owned_up_to() -> None:
    view = make_view(eta=None, position=None, last_seen_age_s=None, server_now=NOON + minutes(41))

    assert words(view).details[1].startswith("There is no news of the van.")


def test_fresh_news_after_the_promise_name_a_time() -> None:
    eta = Eta(NOON + minutes(50), NOON + minutes(45), NOON + minutes(60))
    view = make_view(eta=eta, server_now=NOON + minutes(42))

    assert words(view).headline.text == "Arriving today 14:45–15:00"


@pytest.mark.parametrize(
    ("promise", "headline"),
    [(PROMISE, "Arriving today by 14:40"), (None, "On its way to you")],
)
def test_a_time_that_only_rolls_on_is_not_told(promise: Range | None, headline: str) -> None:
    now = NOON + minutes(30)
    rolling = Eta(now, now, now + minutes(25))
    view = make_stale(server_now=now, eta=rolling, promise=promise, expected=promise)

    assert words(view).headline.text == headline


@pytest.mark.parametrize(
    ("north_m", "near", "text"),
    [
        (3, "At the door", "The van is at your door."),
        (40, "Less than 100 yd away", "The van is less than 100 yd from your address."),
        (950, "About 0.6 mi away", "The van is about 0.6 mi from your address."),
    ],
)
def test_a_distance_is_in_the_units_of_the_address(north_m: float, near: str, text: str) -> None:
    van = make_position(north_of(DOOR, north_m), accuracy_m=9)
    shown = words(make_view(position=van, stops_before=None, country="GB"))

    assert shown.nearness[0].replace("\N{NO-BREAK SPACE}", " ") == near
    assert shown.map.text.replace("\N{NO-BREAK SPACE}", " ") == text


def test_a_rough_position_says_so() -> None:
    van = make_position(accuracy_m=180)

    text = words(make_view(position=van)).map.text.replace("\N{NO-BREAK SPACE}", " ")

    assert text.endswith("with 3 stops before yours. Its position may be wrong by 200 m.")


def test_the_text_says_all_that_the_map_shows() -> None:
    text = words(make_view()).map.text.replace("\N{NO-BREAK SPACE}", " ")

    assert text == "The van is about 900 m from your address, with 3 stops before yours."


def test_a_driver_who_is_there_has_no_distance_any_more() -> None:
    shown = words(make_view(Status.ARRIVED, stops_before=0, position=make_position(DOOR)))

    assert shown.headline.text == "Your driver has arrived"
    assert shown.nearness == ()


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", "Delivered today at 03:30 EEST"),
        ("de", "Zugestellt heute um 03:30 Uhr EEST"),
        ("fi", "Toimitettu tänään klo 03.30 EEST"),
    ],
)
def test_a_delivery_in_an_hour_that_comes_twice_says_which_it_was(tag: str, written: str) -> None:
    at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    outcome = make_delivered().outcome
    assert outcome is not None
    view = make_delivered(
        outcome=replace(outcome, at=at), server_now=at + minutes(5), time_zone="Europe/Helsinki"
    )

    assert words(view, tag).headline.text == written


def test_a_delivery_is_told_with_its_minute_and_its_proof() -> None:
    shown = words(make_delivered())

    assert shown.headline.text == "Delivered today at 13:56"
    assert shown.map.is_shown is False
    assert shown.ending is not None
    assert shown.ending.note == "Left with the concierge in the lobby"
    assert [picture.id for picture in shown.ending.pictures] == ["prf_01JD8X4Q2M7V9K3N5P6R8T0W1Y"]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (NextStep.OPEN, "The driver takes it back to the depot."),
        (NextStep.ADDRESS, "Please send Kukka & Korpi the right address"),
        (NextStep.ACCESS, "Please write below how the driver gets to your door"),
        (NextStep.CHOOSE, "Please choose below when it is tried again"),
        (NextStep.SENDER, "Please ask Kukka & Korpi what happens next"),
    ],
)
def test_a_failure_says_where_it_is_and_who_has_to_act(step: NextStep, said: str) -> None:
    ending = words(make_failed(next_step=step)).ending
    planned = words(make_failed(next_step=step, service_day=date(2026, 11, 24))).ending

    assert ending is not None
    assert ending.text is not None
    assert said in ending.text
    assert "depot" in ending.text
    assert planned is not None
    assert planned.text == "It is tried again: tomorrow. Until then it is at the depot."


@pytest.mark.parametrize("reason", FailureReason)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_failure_says_why_and_what_comes_next(reason: FailureReason, language: str) -> None:
    shown = words(make_failed(reason), language)

    assert shown.details == (locale_of(language).say(f"reason.{reason}"),)
    assert shown.ending is not None
    assert shown.ending.text
    assert "Kukka & Korpi" in shown.ending.text


def test_the_departure_and_its_promise_are_one_line() -> None:
    lines = words(make_view()).story

    assert [line.label for line in lines][:2] == ["The van set off", "Loaded onto the van"]
    assert lines[0].detail == "Expected 14:10–14:40"


def test_only_the_newest_line_is_the_current_step() -> None:
    newest, *earlier = words(make_view()).story

    assert newest.current == "step"
    assert {line.current for line in earlier} == {None}


def test_a_photo_is_told_with_its_delivery_which_stays_the_current_step() -> None:
    delivered, photo, second = (
        make_milestone(each, NOON) for each in ("shipment.delivered", "proof.added", "proof.added")
    )

    (line,) = words(make_view(timeline=(delivered, photo, second))).story

    assert (line.label, line.detail, line.current) == ("Delivered", "Photo received", "step")


def test_a_wish_is_a_line_but_not_the_current_step() -> None:
    left, wish = (
        make_milestone(f"shipment.{each}", NOON)
        for each in ("out_for_delivery", "instructions_changed")
    )

    newest, before = words(make_view(timeline=(left, wish))).story

    assert (newest.current, before.current) == (None, "step")


def test_a_photo_of_a_failed_attempt_is_a_line_but_not_the_current_step() -> None:
    failed, photo = (
        make_milestone(each, NOON) for each in ("shipment.attempt_failed", "proof.added")
    )

    newest, before = words(make_view(timeline=(failed, photo))).story

    assert (newest.label, newest.current) == ("Photo received", None)
    assert (before.label, before.current) == ("Delivery attempt failed", "step")


def test_an_event_without_words_is_left_out() -> None:
    odd = make_milestone("parcel.teleported", NOON)

    assert len(words(make_view(timeline=(odd,))).story) == 0


def test_braces_in_a_name_are_only_braces() -> None:
    shown = words(make_waiting(sender=Sender("{evil} {0.__class__}", None)))

    assert shown.story[-1].label == "{evil} {0.__class__} announced the delivery"


@given(
    status=st.sampled_from(Status),
    language=st.sampled_from(sorted(LANGUAGES)),
    has_eta=st.booleans(),
    has_position=st.booleans(),
    stops_before=st.none() | st.integers(0, 200),
    hidden=st.sampled_from([None, "not_yet_near", "stale", "done"]),
    age_s=st.none() | st.integers(0, 200_000),
)
def test_every_state_has_words_in_every_language(  # noqa: PLR0917 - hypothesis fills them in
    status: Status,
    language: str,
    has_eta: bool,  # noqa: FBT001
    has_position: bool,  # noqa: FBT001
    stops_before: int | None,
    hidden: str | None,
    age_s: int | None,
) -> None:
    view = make_view(status, stops_before=stops_before, timeline=make_timeline(status))
    view = replace(view, position_hidden_because=hidden, last_seen_age_s=age_s)
    view = view if has_eta else replace(view, eta=None)
    view = replace(view, eta_age_s=age_s)
    view = view if has_position else replace(view, position=None)

    shown = words(view, language)

    assert shown.headline.main
    assert "{" not in f"{shown.headline.text} {shown.announcement} {shown.map.text}"
    assert "{" not in "".join(shown.details)


def test_those_who_share_the_visit_are_counted_and_each_has_its_own_status() -> None:
    others = (ShownCompanion("Kirja", 2, Status.ATTEMPT_FAILED),)
    shown = words(make_delivered(companions=others, parcels_total=3, parcels_later=1)).company

    assert shown is not None
    assert shown.title == "4 parcels at this visit"
    assert [(line.sender, line.status) for line in shown.lines] == [
        ("Kukka & Korpi", "Delivered"),
        ("Kirja", "Not delivered"),
    ]
    assert words(make_delivered()).company is None


def test_what_is_in_the_same_van_is_not_nearer() -> None:
    others = (ShownCompanion("Kirja", 1, Status.ARRIVING),)
    shown = words(make_view(Status.ARRIVING, stops_before=2, companions=others)).company

    assert shown is not None
    assert {line.status for line in shown.lines} == {"Out for delivery"}
