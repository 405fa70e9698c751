import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.errors import (
    AnswerLost,
    ConcurrentUpdate,
    DomainError,
    Invalid,
    NotFound,
    Unavailable,
)
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.notices.channels import MOST_TEXTS, Channel
from chalicelib.domain.notices.held import HeldNotice, from_text
from chalicelib.domain.policy import LEDGER_KEEP_S, NOTICE_LEASE_S
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.observability import logger
from chalicelib.services.notices.notify_recipient import NoticeReport, NotifyRecipient, Outcome
from chalicelib.services.ports.senders import LONGEST_DELAY_S
from chalicelib.services.ports.system import PublicBaseUrl
from tests.support.builders import NOON, make_event, make_recipient, make_shipper, make_travelling
from tests.support.fakes.accounts import InMemoryShippers
from tests.support.fakes.allowances import InMemoryAllowances
from tests.support.fakes.contacts import InMemoryContacts
from tests.support.fakes.ledger import InMemoryLedger
from tests.support.fakes.senders import InMemoryEmail, InMemoryQueue, InMemorySms

OUT = make_event(5, type=EventType.OUT_FOR_DELIVERY, data={"status": "out_for_delivery"})
NEAR = make_event(6, type=EventType.ARRIVING, data={"status": "arriving"})
OUT_KEY, NEAR_KEY = "notice#evt_5", "notice#evt_6"
BY_MAIL = NoticeReport(Outcome.SENT, Channel.EMAIL)
BY_SMS = NoticeReport(Outcome.SENT, Channel.SMS)
ALREADY_DONE = NoticeReport(Outcome.ALREADY_DONE)


class Crash(BaseException):
    """The function is killed."""


@dataclass
class Shelf:
    """Shipments and shippers to read from."""

    shipments: Sequence[Shipment] = ()
    shippers: Sequence[Shipper] = (make_shipper(sms_name="Kirjakauppa"),)
    failure: DomainError | None = None

    def get(self, shipment_id: ShipmentId) -> Shipment:
        if self.failure:
            raise self.failure
        found = next((s for s in self.shipments if s.id == shipment_id), None)
        if found is None:
            raise NotFound
        return found


@dataclass
class World:
    shelf: Shelf = field(default_factory=lambda: Shelf([make_travelling(status=Status.ARRIVING)]))
    ledger: Any = field(default_factory=InMemoryLedger)
    allowances: Any = field(default_factory=InMemoryAllowances)
    contacts: InMemoryContacts = field(default_factory=InMemoryContacts)
    sms: InMemorySms = field(default_factory=InMemorySms)
    email: InMemoryEmail = field(default_factory=InMemoryEmail)
    queue: InMemoryQueue = field(default_factory=InMemoryQueue)
    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def tracking_token(self, shipment_id: ShipmentId, link_generation: int) -> str:
        return f"token-of-{shipment_id}-{link_generation}"

    def phone_tag(self, phone: str) -> str:
        return f"phone {phone}"

    def mailbox_tag(self, shipper_id: ShipperId, email: str) -> str:
        return f"mailbox {email} of {shipper_id}"

    def stop_token(self, shipment_id: ShipmentId, tag: str) -> str:
        return f"stop-{shipment_id}-{len(tag)}"

    def pass_by(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    @property
    def use_case(self) -> NotifyRecipient:
        world: Any = self
        return NotifyRecipient(
            shipments=world.shelf,
            shippers=InMemoryShippers({s.id: s for s in self.shelf.shippers}),
            ledger=self.ledger,
            allowances=self.allowances,
            contacts=self.contacts,
            sms=self.sms,
            email=self.email,
            queue=self.queue,
            signer=world,
            clock=world,
            public_base_url=PublicBaseUrl("https://track.example"),
        )

    def notify(self, event: Event = NEAR) -> NoticeReport:
        report = self.use_case(event)
        is_open = report.outcome in {Outcome.HELD, Outcome.FAILED, Outcome.ANSWER_LOST}
        assert report.is_complete != is_open
        return report

    def night(self) -> list[tuple[HeldNotice, NoticeReport]]:
        """What waits in the queue comes when it is due, again and again, until nothing is left."""
        came = []
        while self.queue.waiting:
            text, delay_s = self.queue.waiting.pop(0)
            self.pass_by(delay_s)
            held = from_text(text)
            came.append((held, self.use_case.again(held)))
        return came


@pytest.fixture
def world() -> World:
    return World()


def with_shipment(**changes: Any) -> World:
    return World(Shelf([make_travelling(**({"status": Status.ARRIVING} | changes))]))


def test_calm_news_go_by_mail(world: World) -> None:
    assert world.notify(OUT) == BY_MAIL

    assert [mail.to for mail in world.email.sent] == ["aino@example.com"]
    assert "https://track.example/t/token-of-shp_0001-1" in world.email.sent[0].text
    assert not world.sms.sent
    assert not world.allowances.taken
    assert world.ledger.outcome(OUT_KEY) == "sent"


def test_what_cannot_wait_goes_by_sms(world: World) -> None:
    assert world.notify(NEAR) == BY_SMS

    assert [sms.phone for sms in world.sms.sent] == ["+358401234567"]
    assert world.sms.sent[0].text.startswith("Kirjakauppa: ")
    assert world.sms.sent[0].text.endswith("https://track.example/t/token-of-shp_0001-1")
    assert not world.email.sent


@pytest.mark.parametrize(
    "event_type",
    [
        EventType.CREATED,
        EventType.ACCEPTED,
        EventType.LOADED,
        EventType.ARRIVED,
        EventType.SUPERSEDED,
        EventType.RETURNED,
    ],
)
def test_quiet_events_tell_nobody(world: World, event_type: EventType) -> None:
    assert world.notify(make_event(5, type=event_type)) == NoticeReport()
    assert not world.ledger.entries


def test_the_same_event_again_tells_nobody_twice(world: World) -> None:
    for _ in range(10):
        world.notify()
        world.pass_by(600)

    assert world.notify() == ALREADY_DONE
    assert len(world.sms.sent) == 1
    assert not world.email.sent


def test_weeks_later_it_is_still_remembered(world: World) -> None:
    world.notify()
    world.pass_by(LEDGER_KEEP_S - 1)

    assert world.notify() == ALREADY_DONE


@pytest.mark.parametrize(
    ("recipient", "event", "report"),
    [
        ({"phone": None}, NEAR, BY_MAIL),
        ({"email": None}, OUT, BY_SMS),
        ({"phone": "12"}, NEAR, BY_MAIL),
        ({"email": "aino"}, OUT, BY_SMS),
        ({"phone": "12", "email": None}, NEAR, NoticeReport(Outcome.REJECTED, Channel.SMS)),
        ({"phone": None, "email": None}, NEAR, NoticeReport(Outcome.NO_ADDRESS)),
    ],
)
def test_a_missing_or_wrong_address_leaves_the_other_one(
    recipient: dict[str, Any], event: Event, report: NoticeReport
) -> None:
    world = with_shipment(recipient=make_recipient(**recipient))

    assert world.notify(event) == report
    assert world.ledger.outcome(f"notice#{event.id}") == report.outcome
    assert world.notify(event) == ALREADY_DONE


def test_there_are_at_most_three_sms_then_mails(world: World) -> None:
    news = [make_event(seq, type=EventType.ARRIVING) for seq in range(1, MOST_TEXTS + 2)]

    reports = [world.notify(event) for event in news]

    assert reports == [BY_SMS] * MOST_TEXTS + [BY_MAIL]
    assert {world.notify(event).outcome for event in news} == {Outcome.ALREADY_DONE}


def test_without_a_mailbox_a_fourth_sms_says_only_that_nothing_comes() -> None:
    world = with_shipment(recipient=make_recipient(email=None))
    for seq in range(1, MOST_TEXTS + 1):
        assert world.notify(make_event(seq, type=EventType.ARRIVING)) == BY_SMS

    late = world.notify(make_event(7, type=EventType.ARRIVING))
    world.shelf.shipments = [
        make_travelling(
            status=Status.ATTEMPT_FAILED, attempts=1, recipient=make_recipient(email=None)
        )
    ]
    failed = world.notify(make_event(8, type=EventType.ATTEMPT_FAILED))
    again = world.notify(make_event(9, type=EventType.ATTEMPT_FAILED))

    assert late == NoticeReport(Outcome.ENOUGH, Channel.SMS)
    assert failed == BY_SMS
    assert again == NoticeReport(Outcome.ENOUGH, Channel.SMS)


def test_the_next_attempt_has_its_own_three(world: World) -> None:
    for seq in range(1, MOST_TEXTS + 2):
        world.notify(make_event(seq, type=EventType.ARRIVING))
    world.shelf.shipments = [make_travelling(status=Status.ARRIVING, attempts=1)]

    assert world.notify(make_event(9, type=EventType.ARRIVING)) == BY_SMS


def test_a_repeat_after_an_outage_takes_no_second_place(world: World) -> None:
    world.sms.answers = [Unavailable()] * 5

    reports = [world.notify() for _ in range(6)]

    assert [report.outcome for report in reports] == [Outcome.FAILED] * 5 + [Outcome.SENT]
    assert world.allowances.taken == {"texts#shp_0001#0": {NEAR.id}}


def in_the_evening(**changes: Any) -> World:
    world = with_shipment(**({"status": Status.DELIVERED, "attempts": 1} | changes))
    world.time = NOON.replace(hour=21)  # 23:00 at the door
    return world


DELIVERED = make_event(8, type=EventType.DELIVERED)


def test_at_night_it_waits_for_the_morning() -> None:
    world = in_the_evening()

    assert world.notify(DELIVERED) == NoticeReport(Outcome.PUT_OFF)
    assert not world.email.sent
    assert not world.ledger.entries
    came = world.night()

    assert came[-1][1] == BY_MAIL
    assert world.time == NOON.replace(hour=6) + timedelta(days=1)  # 8:00 at the door
    assert [report.outcome for _, report in came[:-1]] == [Outcome.PUT_OFF] * (len(came) - 1)
    assert len(came) == 9 * 3_600 / LONGEST_DELAY_S


def test_what_became_untrue_by_the_morning_is_never_told() -> None:
    world = in_the_evening()
    world.notify(DELIVERED)
    world.shelf.shipments = [make_travelling(status=Status.ACCEPTED, attempts=1)]

    assert world.night()[-1][1] == NoticeReport(Outcome.STALE)
    assert not world.email.sent


def test_a_repeat_at_night_is_told_once_in_the_morning() -> None:
    world = in_the_evening()
    for _ in range(3):
        world.notify(DELIVERED)

    world.night()

    assert len(world.email.sent) == 1


def test_a_queue_that_is_down_loses_nothing() -> None:
    world = in_the_evening()
    world.queue.answers = [Unavailable()]

    with pytest.raises(Unavailable):
        world.notify(DELIVERED)
    world.notify(DELIVERED)

    assert world.night()[-1][1] == BY_MAIL


@pytest.mark.parametrize("event_type", [EventType.ARRIVING, EventType.DELAYED])
def test_what_the_shipment_has_overtaken_is_not_told(event_type: EventType) -> None:
    world = with_shipment(status=Status.DELIVERED, is_delayed=True)

    assert world.notify(make_event(6, type=event_type)) == NoticeReport(Outcome.STALE)
    assert world.ledger.outcome(NEAR_KEY) == "suppressed:stale"
    assert not world.sms.sent
    assert not world.email.sent


def test_an_erased_shipment_is_not_told() -> None:
    world = World(Shelf())

    assert world.notify() == NoticeReport(Outcome.ERASED)
    assert world.ledger.outcome(NEAR_KEY) == "suppressed:erased"


def test_an_unknown_shipper_has_no_name(world: World) -> None:
    world.shelf.shippers = ()

    world.notify()

    assert not world.sms.sent[0].text.startswith("Kirjakauppa")


def test_a_channel_that_is_down_is_tried_again_and_not_the_other(world: World) -> None:
    world.sms.answers = [Unavailable()]

    assert world.notify().outcome is Outcome.FAILED
    assert world.notify() == BY_SMS
    assert not world.email.sent


def test_a_lost_answer_is_repeated_once_after_the_lease_and_marked(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.sms.answers = [AnswerLost()]

    assert world.notify().outcome is Outcome.ANSWER_LOST
    assert world.notify().outcome is Outcome.HELD
    world.pass_by(NOTICE_LEASE_S)
    with caplog.at_level(logging.WARNING, logger=logger.name):
        assert world.notify() == BY_SMS

    assert "notice maybe repeated" in caplog.messages
    assert world.notify() == ALREADY_DONE


@pytest.mark.parametrize("answers", [[Crash()], [None]])
def test_a_crash_about_the_call_leads_to_one_repeat(answers: list[Any]) -> None:
    world = World()
    sms = InMemorySms()

    class Dying(InMemorySms):
        def send(self, phone: str, text: str) -> None:
            if answers[0] is None:
                sms.send(phone, text)
            raise Crash

    world.sms = Dying()
    with pytest.raises(Crash):
        world.notify()
    world.sms = sms

    assert world.notify().outcome is Outcome.HELD
    world.pass_by(NOTICE_LEASE_S)
    assert world.notify() == BY_SMS
    assert world.notify() == ALREADY_DONE
    assert len(sms.sent) <= 2


@dataclass
class Shaky(InMemoryLedger):
    """A ledger whose named calls fail once each."""

    failures: dict[str, DomainError] = field(default_factory=dict)

    def claim(self, key: str, **options: Any) -> Any:
        self._fail("claim")
        return super().claim(key, **options)

    def finish(self, key: str, **options: Any) -> None:
        self._fail("finish")
        super().finish(key, **options)

    def release(self, key: str, **options: Any) -> None:
        self._fail("release")
        super().release(key, **options)

    def _fail(self, call: str) -> None:
        if call in self.failures:
            raise self.failures.pop(call)


def test_a_ledger_that_is_down_sends_nothing(world: World) -> None:
    world.ledger = Shaky(failures={"claim": Unavailable()})

    assert world.notify().outcome is Outcome.FAILED
    assert not world.sms.sent
    assert world.notify() == BY_SMS


@pytest.mark.parametrize("failure", [Unavailable(), ConcurrentUpdate()])
def test_a_mark_that_fails_keeps_the_claim(world: World, failure: DomainError) -> None:
    world.ledger = Shaky(failures={"finish": failure})

    assert world.notify().outcome is Outcome.FAILED
    assert world.notify().outcome is Outcome.HELD
    assert len(world.sms.sent) == 1


def test_a_claim_that_cannot_be_given_back_runs_out(world: World) -> None:
    world.sms.answers = [Unavailable()]
    world.ledger = Shaky(failures={"release": Unavailable()})

    assert world.notify().outcome is Outcome.FAILED
    assert world.notify().outcome is Outcome.HELD
    world.pass_by(NOTICE_LEASE_S)
    assert world.notify() == BY_SMS


def test_a_shipment_that_cannot_be_read_is_for_later(world: World) -> None:
    world.shelf.failure = Unavailable()

    with pytest.raises(Unavailable):
        world.notify()
    assert not world.ledger.entries


def test_no_personal_data_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.sms.answers = [Invalid(code="phone_refused")]

    with caplog.at_level(logging.DEBUG, logger=logger.name):
        world.notify()

    said = "".join(str(record.__dict__) for record in caplog.records)
    assert "recipient notified" in said
    for private in ("Aino", "+358", "aino@", "Mannerheim", "token-of", "track.example"):
        assert private not in said
