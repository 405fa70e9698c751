import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.catalogues import locale_for
from chalicelib.domain.notices.gsm7 import is_plain, segments, written
from chalicelib.domain.notices.kinds import Kind
from chalicelib.domain.notices.notices import (
    KINDS,
    STILL_TRUE,
    Notice,
    compose,
    is_stale,
    kind_of,
)
from chalicelib.domain.shipments.events import INTERNAL, EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status
from tests.support.builders import (
    NOON,
    make_address,
    make_attempt,
    make_event,
    make_range,
    make_recipient,
    make_travelling,
    minutes,
)
from tests.support.speaking import LANGUAGES

HOST = "track.example.com"
URL = f"https://{HOST}/t/{'A1_-' * 16}abc"  # 27 characters longer than they are now
TYPES = {kind: event_type for event_type, kind in KINDS.items()} | {
    Kind.SILENT: EventType.DELAYED,
    Kind.EARLIER: EventType.PROMISED,
}
PROMISE = {"earliest": "2026-11-23T12:10:00+00:00", "latest": "2026-11-23T12:40:00Z"}
LATER = {"earliest": "2026-11-23T12:40:00+00:00", "latest": "2026-11-23T13:10:00Z"}

STARS = [f"{URL}?stars={n}#rating" for n in range(1, 6)]

NEEDED: dict[Kind, dict[str, object]] = {
    Kind.SILENT: {"heard_at": "2026-11-23T11:16:30+00:00", "previous_promise": PROMISE},
    Kind.HEARD_AGAIN: {"promise": PROMISE},
    Kind.EARLIER: {"promise": PROMISE, "previous_promise": LATER},
    Kind.RESCHEDULED: {"window": PROMISE},
    Kind.MESSAGE: {"notice": True},
}
"""What makes an event one of these kinds."""
OTHER_STATUSES = {
    Kind.CANCELLED: Status.CANCELLED,
    Kind.RESCHEDULED: Status.ACCEPTED,
    Kind.RETURNING: Status.RETURNING,
}


def make_shipment_for(kind: Kind, **changes: Any) -> Shipment:
    """A shipment about which that kind is still true."""
    status = Status.DELIVERED if kind is Kind.DELIVERED else Status.ATTEMPT_FAILED
    if kind not in {Kind.DELIVERED, Kind.FAILED}:
        status = OTHER_STATUSES.get(kind, Status.ARRIVING)
    default: dict[str, Any] = {
        "status": status,
        "promise": make_range(NOON + minutes(10)),
        "window": make_range(NOON + minutes(10)),
        "last_attempt": make_attempt(occurred_at=NOON) if kind is Kind.FAILED else None,
        "is_delayed": kind in {Kind.DELAYED, Kind.SILENT, Kind.HEARD_AGAIN},
    }
    return make_travelling(**default | changes)


def make_notice(
    kind: Kind,
    *,
    locale: str = "en",
    sms_name: str | None = "Kirjakauppa",
    url: str = URL,
    now: datetime = NOON,
    data: dict[str, object] | None = None,
    **changes: Any,
) -> Notice:
    shipment = make_shipment_for(kind, recipient=make_recipient(locale=locale), **changes)
    event = make_event(5, type=TYPES[kind], data=NEEDED.get(kind, {}) | (data or {}))
    return compose(event, shipment, locale=locale_for(locale), sms_name=sms_name, url=url, now=now)


@pytest.mark.parametrize(
    ("kind", "locale", "data", "text"),
    [
        (
            Kind.OUT_FOR_DELIVERY,
            "en",
            {},
            "Kirjakauppa: Your parcel arrives today 14:10-14:40.",
        ),
        (Kind.OUT_FOR_DELIVERY, "fi", {}, "Kirjakauppa: Pakettisi saapuu tänään 14.10-14.40."),
        (
            Kind.OUT_FOR_DELIVERY,
            "sv-FI",
            {},
            "Kirjakauppa: Ditt paket är på väg och kommer i dag 14:10-14:40.",
        ),
        (Kind.OUT_FOR_DELIVERY, "de", {}, "Kirjakauppa: Ihr Paket kommt heute 14:10-14:40 Uhr."),
        (
            Kind.ARRIVING,
            "en",
            {"stops_before": 0, "eta": {"point": "2026-11-23T12:08:00Z"}},
            "Kirjakauppa: You are next, about 8 min.",
        ),
        (
            Kind.ARRIVING,
            "fi",
            {"stops_before": 2},
            "Kirjakauppa: 2 pysähdystä ennen sinua.",
        ),
        (
            Kind.ARRIVING,
            "en",
            {},
            "Kirjakauppa: Your parcel is almost there: any moment now.",
        ),
        (Kind.DELAYED, "en", {}, "Kirjakauppa: Delayed: today 14:10-14:40."),
        (Kind.BACK_ON_TIME, "sv", {}, "Kirjakauppa: Ditt paket är i tid igen: i dag 14:10-14:40."),
        (Kind.DELIVERED, "de", {}, "Kirjakauppa: Ihr Paket wurde zugestellt."),
        (Kind.CANCELLED, "fi", {}, "Kirjakauppa: Pakettisi toimitus on peruttu."),
        (
            Kind.RESCHEDULED,
            "sv",
            {},
            "Kirjakauppa: Ditt paket kommer en annan tid: i dag 14:10-14:40.",
        ),
        (Kind.CORRECTED, "en", {"outcome": "none"}, "Kirjakauppa: Our mistake: not delivered yet."),
        (
            Kind.CORRECTED,
            "de",
            {"outcome": "delivered"},
            "Kirjakauppa: Ihr Paket wurde zugestellt.",
        ),
        (Kind.NEW_TIME, "fi", {}, "Kirjakauppa: Paketillesi on uusi aika: tänään 14.10-14.40."),
        (
            Kind.EARLIER,
            "sv",
            {},
            "Kirjakauppa: Ditt paket kommer tidigare: i dag 14:10-14:40.",
        ),
        (Kind.PUT_OFF, "en", {}, "Kirjakauppa: Not with this van. A new time follows."),
        (
            Kind.FAILED,
            "en",
            {"reason": "not_home"},
            "Kirjakauppa: Not delivered: nobody was there.",
        ),
    ],
)
def test_an_sms_says_it_in_the_recipients_words_and_time(
    kind: Kind, locale: str, data: dict[str, object], text: str
) -> None:
    sms = make_notice(kind, locale=locale, data=data).sms()

    assert sms == f"{text} {URL}"
    assert segments(sms) == 1


def test_a_short_link_leaves_room_for_the_full_sentence() -> None:
    notice = make_notice(Kind.FAILED, data={"reason": "lost"}, url="https://d.example/t/x")

    assert notice.sms() == (
        "Kirjakauppa: We could not deliver your parcel: we cannot find it. "
        "Please contact the sender. https://d.example/t/x"
    )


def test_a_host_that_fills_a_message_gets_what_two_can_hold() -> None:
    url = f"https://{'a' * 100}.example.com/t/{'x' * 40}"
    sms = make_notice(Kind.DELIVERED, url=url).sms()

    assert sms == f"Kirjakauppa: Your parcel has been delivered. {url}"
    assert segments(sms) == 2


def test_an_email_says_the_range_with_a_dash() -> None:
    email = make_notice(Kind.OUT_FOR_DELIVERY, sms_name=None).email()

    assert email.subject == "Your parcel arrives today 14:10–14:40"
    assert email.text == (
        "Your parcel is out for delivery and arrives today 14:10–14:40.\n\n"
        f"Follow your parcel: {URL}\n"
        f"\nChoose or stop messages: {URL}/settings\n"
    )


@pytest.mark.parametrize(
    ("locale", "day"),
    [
        ("en", "Wed 25 Nov"),
        ("en-US", "Wed, Nov 25, 2:10–2:40 pm"),
        ("fi", "ke 25.11."),
        ("sv", "ons 25 nov."),
        ("de", "Mi, 25. Nov.,"),
    ],
)
def test_a_range_of_another_day_says_which(locale: str, day: str) -> None:
    later = make_range(NOON + timedelta(days=2, minutes=10))
    notice = make_notice(Kind.OUT_FOR_DELIVERY, locale=locale, promise=later)

    assert day in notice.email().text


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "Your parcel arrives tonight 23:50-00:10."),
        ("en-US", "Your parcel arrives tonight 11:50 pm-12:10 am."),
        ("fi", "Pakettisi saapuu tänä yönä 23.50-00.10."),
        ("sv", "Ditt paket är på väg och kommer i natt 23:50-00:10."),
        ("de", "Ihr Paket kommt heute Nacht 23:50-00:10 Uhr."),
    ],
)
def test_a_range_across_midnight_is_tonight(locale: str, text: str) -> None:
    late = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    promise = make_range(late + minutes(20), minutes(20))
    notice = make_notice(Kind.OUT_FOR_DELIVERY, locale=locale, promise=promise, now=late)

    assert text in notice.sms()


def test_a_range_of_several_days_says_both_in_one_message() -> None:
    promise = make_range(NOON + timedelta(days=8), timedelta(days=2))
    sms = make_notice(Kind.DELAYED, locale="de", promise=promise).sms()

    assert "Di, 1. Dez., 14:00 - Do, 3. Dez., 14:00 Uhr" in sms
    assert segments(sms) == 1


@pytest.mark.parametrize(
    ("time_zone", "range_text"),
    [
        ("America/New_York", "Mon 23 Nov 07:10–07:40"),
        ("Pacific/Kiritimati", "Tue 24 Nov 02:10–02:40"),
        ("Asia/Kathmandu", "Mon 23 Nov 17:55–18:25"),
    ],
)
def test_times_are_the_clocks_at_the_stop(time_zone: str, range_text: str) -> None:
    address = make_address(time_zone=time_zone)
    two_days_ago = NOON - timedelta(days=2)
    notice = make_notice(Kind.DELAYED, address=address, now=two_days_ago)

    assert range_text in notice.email().text


def test_a_range_over_the_change_of_clocks_reads_as_the_clocks_do() -> None:
    promise = make_range(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), timedelta(hours=1))
    address = make_address(time_zone="Europe/Paris")
    notice = make_notice(Kind.DELAYED, address=address, promise=promise, now=promise.earliest)

    assert "today 02:30 CEST–02:30 CET" in notice.email().text


def test_without_a_promise_it_is_today() -> None:
    assert "arrives today." in make_notice(Kind.OUT_FOR_DELIVERY, promise=None).email().text


@pytest.mark.parametrize("stops_before", [True, "2", None, 2.5])
def test_odd_facts_of_an_event_are_left_out(stops_before: object) -> None:
    data = {"stops_before": stops_before, "eta": "soon"}

    assert "any moment now" in make_notice(Kind.ARRIVING, data=data).email().text


def test_an_eta_that_has_passed_is_not_told() -> None:
    data = {"stops_before": 1, "eta": {"point": (NOON - minutes(1)).isoformat()}}

    assert "there: 1 stop before you." in make_notice(Kind.ARRIVING, data=data).email().text


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name in {"href", "src"}]


anything = st.text(max_size=30) | st.sampled_from(
    [
        "Visit http://evil.example",
        "<script>alert(1)</script>",
        "{url}",
        "{0}",
        "\r\nBcc: x@y.z",
        "\u202e",
    ]
)
facts = st.fixed_dictionaries(
    {},
    optional={
        "reason": st.sampled_from([*FailureReason, "no such", None]),
        "stops_before": st.integers(0, 300),
        "eta": st.builds(
            lambda s: {"point": (NOON + timedelta(seconds=s)).isoformat()},
            st.integers(-9_999, 9_999),
        ),
        "note": anything,
    },
)


@example(
    kind=Kind.BACK_ON_TIME,
    locale="de",
    sms_name=None,
    reference="",
    data={},
    offset_min=58 * 60 - 10,
    has_promise=True,
)
@given(
    kind=st.sampled_from(Kind),
    locale=st.sampled_from(["en", "fi", "sv", "de", "xx"]),
    sms_name=st.none() | anything,
    reference=anything,
    data=facts,
    offset_min=st.integers(-3_000, 3_000),
    has_promise=st.booleans(),
)
def test_every_notice_is_plain_short_and_has_our_one_link(
    *,
    kind: Kind,
    locale: str,
    sms_name: str | None,
    reference: str,
    data: dict[str, object],
    offset_min: int,
    has_promise: bool,
) -> None:
    notice = make_notice(
        kind,
        locale=locale,
        sms_name=sms_name,
        data=data,
        reference=reference,
        address=make_address(lines=(reference,), city=reference),
        promise=make_range(NOON + minutes(offset_min)) if has_promise else None,
    )
    sms, email = notice.sms(), notice.email()
    links = Links()
    links.feed(email.html)

    assert is_plain(sms)
    assert segments(sms) == 1
    asks = notice.kind is Kind.DELIVERED
    assert [sms.count(URL), email.text.count(URL)] == [1, 2 + asks]
    for text in (sms, email.text):
        assert set(re.findall(r"\w+://|www\.", text)) == {"https://"}
    assert links.found == [URL, *STARS[: 5 * asks], f"{URL}/settings"]
    assert links.tags == {"html", "meta", "title", "body", "p", "a", "small"}
    assert "\n" not in email.subject
    assert "\r" not in email.subject
    assert "{" not in sms + email.subject + email.text
    assert html.escape(notice.sentences[0]) in email.html


FACTS: dict[str, object] = {
    "stops_before": 2,
    "eta": {"point": "2026-11-23T12:08:00Z"},
    "reason": "missing_required_proof",
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("locale", ["en", "fi", "sv"])
def test_the_long_address_of_an_api_gateway_still_leaves_room(kind: Kind, locale: str) -> None:
    host = "abcdefghij.execute-api.eu-north-1.amazonaws.com"
    url = f"https://{host}/api/t/{'x' * 40}"

    assert segments(make_notice(kind, locale=locale, url=url, data=FACTS).sms()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_of_today_leaves_room_for_the_fullest_sentence(language: str) -> None:
    url = f"https://{HOST}/t/{'g' * 40}"
    for kind in Kind:
        notice = make_notice(kind, locale=language, url=url, data={"stops_before": 2})
        fullest = f"Kirjakauppa: {written(notice.sentences[0])} {url}"
        has_more_to_say = kind in {Kind.SILENT, Kind.FAILED}  # since when, and the reason

        assert notice.sms() == fullest or has_more_to_say
        assert segments(notice.sms()) == (1 if is_plain(notice.sms()) else 2)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_each_sentence_of_a_notice_is_shorter_than_the_last(kind: Kind, language: str) -> None:
    notice = make_notice(kind, locale=language, data=FACTS)

    assert len(notice.sentences) == len(make_notice(kind, data=FACTS).sentences)
    lengths = [len(sentence) for sentence in notice.sentences]
    assert lengths == sorted(lengths, reverse=True)


def test_some_events_are_told_and_the_rest_is_on_the_page() -> None:
    data: dict[str, object] = {"promise": PROMISE, "window": PROMISE, "notice": True}
    told = {
        event_type for event_type in EventType if kind_of(make_event(type=event_type, data=data))
    }

    assert told == set(KINDS)
    assert not told & INTERNAL
    assert {*KINDS.values(), Kind.SILENT, Kind.EARLIER} == set(Kind) == set(STILL_TRUE)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "Kirjakauppa: Your parcel comes at another time: tomorrow."),
        ("fi", "Kirjakauppa: Pakettisi saapuu eri aikaan: huomenna."),
    ],
)
def test_another_day_without_a_window_is_told(locale: str, text: str) -> None:
    tomorrow = NOON.date() + timedelta(days=1)
    shipment = make_shipment_for(
        Kind.RESCHEDULED,
        window=None,
        service_day=tomorrow,
        recipient=make_recipient(locale=locale),
    )
    event = make_event(
        5, type=EventType.RESCHEDULED, data={"window": None, "service_day": tomorrow.isoformat()}
    )

    notice = compose(
        event, shipment, locale=locale_for(locale), sms_name="Kirjakauppa", url=URL, now=NOON
    )

    assert not is_stale(event, shipment)
    assert is_stale(event, replace(shipment, service_day=NOON.date()))
    assert notice.sms() == f"{text} {URL}"


def test_a_time_that_was_taken_away_without_another_is_told_to_nobody() -> None:
    data: dict[str, object] = {"window": None, "service_day": None, "previous_window": PROMISE}

    assert kind_of(make_event(type=EventType.RESCHEDULED, data=data)) is None


def test_who_was_told_nothing_of_the_silence_is_told_nothing_of_its_end() -> None:
    assert kind_of(make_event(type=EventType.DRIVER_SILENT)) is None
    assert kind_of(make_event(type=EventType.DRIVER_BACK)) is None


def test_a_silent_van_is_old_news_once_it_is_heard_again() -> None:
    event = make_event(type=EventType.DELAYED, data=NEEDED[Kind.SILENT])
    shipment = make_shipment_for(Kind.SILENT)

    assert not is_stale(event, shipment)
    assert is_stale(event, replace(shipment, promise=make_range(NOON + minutes(50))))


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("kind", Kind)
def test_a_notice_is_told_only_while_it_is_true(kind: Kind, status: Status) -> None:
    event = make_event(type=TYPES[kind], data=NEEDED.get(kind, {}))
    shipment = make_shipment_for(kind, status=status)

    assert is_stale(event, shipment) == (status not in STILL_TRUE[kind])


@pytest.mark.parametrize("kind", Kind)
def test_after_the_delivery_only_the_delivery_is_told(kind: Kind) -> None:
    shipment = make_shipment_for(kind, status=Status.DELIVERED)

    assert is_stale(make_event(type=TYPES[kind]), shipment) == (kind is not Kind.DELIVERED)


def test_a_range_that_was_replaced_is_not_told() -> None:
    shipment = make_shipment_for(Kind.DELAYED)
    event = make_event(type=EventType.DELAYED, data={"promise": PROMISE})

    assert not is_stale(event, shipment)
    assert is_stale(event, replace(shipment, promise=make_range(NOON + minutes(40))))


@pytest.mark.parametrize(("kind", "is_delayed"), [(Kind.DELAYED, False), (Kind.BACK_ON_TIME, True)])
def test_a_notice_that_was_reversed_since_is_not_told(kind: Kind, *, is_delayed: bool) -> None:
    shipment = make_shipment_for(kind, is_delayed=is_delayed)

    assert is_stale(make_event(type=TYPES[kind]), shipment)


def test_an_event_without_a_range_is_judged_by_the_rest() -> None:
    event = make_event(type=EventType.DELAYED, data={"promise": {"earliest": None}})

    assert not is_stale(event, make_shipment_for(Kind.DELAYED))


@pytest.mark.parametrize(
    ("locale", "heard_at", "sentence"),
    [
        ("en", "2026-11-23T11:16:30Z", "We have not heard from the van since 13:16."),
        ("en", "2026-11-22T11:16:30Z", "We have not heard from the van since 22 Nov, 13:16."),
        ("fi", "2026-11-23T11:16:30Z", "Viimeisin tieto autosta: klo 13.16."),
        ("fi", "2026-11-22T11:16:30Z", "Viimeisin tieto autosta: 22.11. klo 13.16."),
        ("de", "2026-11-23T11:16:30Z", "Seit 13:16 Uhr haben wir nichts vom Fahrzeug gehört."),
        ("de", "2026-11-22T11:16:30Z", "Seit 22. Nov., 13:16 Uhr haben wir nichts"),
        ("sv", "2026-11-23T11:16:30Z", "något från bilen sedan kl. 13:16."),
    ],
)
def test_the_last_news_of_a_silent_van_is_a_time_in_the_words_of_its_language(
    locale: str, heard_at: str, sentence: str
) -> None:
    notice = make_notice(Kind.SILENT, locale=locale, data={"heard_at": heard_at})

    assert any(sentence in fit for fit in notice.sentences), notice.sentences


def test_a_new_time_that_is_not_earlier_is_only_new() -> None:
    later = make_event(
        type=EventType.PROMISED, data={"promise": LATER, "previous_promise": PROMISE}
    )
    first = make_event(type=EventType.PROMISED, data={"promise": LATER, "previous_promise": None})

    assert kind_of(later) is kind_of(first) is Kind.NEW_TIME


@pytest.mark.parametrize("is_delayed", [True, False])
def test_an_earlier_time_is_told_while_it_stands_also_of_what_is_late(*, is_delayed: bool) -> None:
    event = make_event(type=EventType.PROMISED, data=NEEDED[Kind.EARLIER])

    assert not is_stale(event, make_shipment_for(Kind.EARLIER, is_delayed=is_delayed))
    replaced = make_shipment_for(Kind.EARLIER, promise=make_range(NOON + minutes(55)))
    assert is_stale(event, replaced)
