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
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.notices.notices import Channel
from chalicelib.domain.policy import LEDGER_KEEP_S, NOTICE_LEASE_S
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.observability import logger
from chalicelib.services.notices.notify_recipient import NotifyRecipient, Outcome
from chalicelib.services.ports.system import PublicBaseUrl
from tests.support.builders import NOON, make_event, make_recipient, make_shipper, make_travelling
from tests.support.fakes.accounts import InMemoryShippers
from tests.support.fakes.ledger import InMemoryLedger
from tests.support.fakes.senders import InMemoryEmail, InMemorySms

OUT = make_event(5, type=EventType.OUT_FOR_DELIVERY, data={"status": "out_for_delivery"})
SMS_KEY, EMAIL_KEY = "notice#evt_5#sms", "notice#evt_5#email"
NOBODY_LEFT = {Channel.SMS: Outcome.ALREADY_DONE, Channel.EMAIL: Outcome.ALREADY_DONE}


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
    shelf: Shelf = field(default_factory=lambda: Shelf([make_travelling()]))
    ledger: Any = field(default_factory=InMemoryLedger)
    sms: InMemorySms = field(default_factory=InMemorySms)
    email: InMemoryEmail = field(default_factory=InMemoryEmail)
    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def tracking_token(self, shipment_id: ShipmentId, link_generation: int) -> str:
        return f"token-of-{shipment_id}-{link_generation}"

    def pass_by(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def notify(self, event: Event = OUT) -> dict[Channel, Outcome]:
        world: Any = self
        shippers = InMemoryShippers({s.id: s for s in self.shelf.shippers})
        notify = NotifyRecipient(
            shipments=world.shelf,
            shippers=shippers,
            ledger=self.ledger,
            sms=self.sms,
            email=self.email,
            signer=world,
            clock=world,
            public_base_url=PublicBaseUrl("https://track.example"),
        )
        report = notify(event)
        assert report.is_complete == (
            not {Outcome.HELD, Outcome.FAILED, Outcome.ANSWER_LOST} & set(report.outcomes.values())
        )
        return dict(report.outcomes)


@pytest.fixture
def world() -> World:
    return World()


def with_shipment(**changes: Any) -> World:
    return World(Shelf([make_travelling(**changes)]))


def test_a_recipient_is_told_on_both_channels(world: World) -> None:
    assert world.notify() == {Channel.SMS: Outcome.SENT, Channel.EMAIL: Outcome.SENT}

    assert [sms.phone for sms in world.sms.sent] == ["+358401234567"]
    assert [mail.to for mail in world.email.sent] == ["aino@example.com"]
    link = "https://track.example/t/token-of-shp_0001-1"
    assert world.sms.sent[0].text == (
        "Kirjakauppa: Your parcel is out for delivery and arrives today 14:00-14:30. " + link
    )
    assert link in world.email.sent[0].text
    assert world.ledger.outcome(SMS_KEY) == world.ledger.outcome(EMAIL_KEY) == "sent"


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
    assert world.notify(make_event(5, type=event_type)) == {}
    assert not world.ledger.entries


def test_the_same_event_again_tells_nobody_twice(world: World) -> None:
    for _ in range(10):
        world.notify()
        world.pass_by(3_600)

    assert world.notify() == NOBODY_LEFT
    assert len(world.sms.sent) == len(world.email.sent) == 1


def test_weeks_later_it_is_still_remembered(world: World) -> None:
    world.notify()
    world.pass_by(LEDGER_KEEP_S - 1)

    assert world.notify() == NOBODY_LEFT


@pytest.mark.parametrize(
    ("recipient", "outcomes"),
    [
        ({"phone": None}, {Channel.SMS: Outcome.NO_ADDRESS, Channel.EMAIL: Outcome.SENT}),
        ({"email": None}, {Channel.SMS: Outcome.SENT, Channel.EMAIL: Outcome.NO_ADDRESS}),
        ({"phone": "12"}, {Channel.SMS: Outcome.REJECTED, Channel.EMAIL: Outcome.SENT}),
        ({"email": "aino"}, {Channel.SMS: Outcome.SENT, Channel.EMAIL: Outcome.REJECTED}),
    ],
)
def test_a_missing_or_wrong_address_is_written_down(
    recipient: dict[str, Any], outcomes: dict[Channel, Outcome]
) -> None:
    world = with_shipment(recipient=make_recipient(**recipient))

    assert world.notify() == outcomes
    assert {c: world.ledger.outcome(f"notice#evt_5#{c}") for c in Channel} == outcomes
    assert world.notify() == NOBODY_LEFT


@pytest.mark.parametrize("event_type", [EventType.ARRIVING, EventType.DELAYED])
def test_what_the_shipment_has_overtaken_is_not_told(event_type: EventType) -> None:
    world = with_shipment(status=Status.DELIVERED, is_delayed=True)

    outcomes = world.notify(make_event(5, type=event_type))

    assert outcomes == {Channel.SMS: Outcome.STALE, Channel.EMAIL: Outcome.STALE}
    assert world.ledger.outcome(SMS_KEY) == "suppressed:stale"
    assert not world.sms.sent
    assert not world.email.sent


def test_an_erased_shipment_is_not_told() -> None:
    world = World(Shelf())

    assert world.notify() == {Channel.SMS: Outcome.ERASED, Channel.EMAIL: Outcome.ERASED}
    assert world.ledger.outcome(SMS_KEY) == "suppressed:erased"


def test_an_unknown_shipper_has_no_name(world: World) -> None:
    world.shelf.shippers = ()

    world.notify()

    assert world.sms.sent[0].text.startswith("Your parcel")


def test_one_channel_down_does_not_hold_up_the_other(world: World) -> None:
    world.sms.answers = [Unavailable()]

    assert world.notify() == {Channel.SMS: Outcome.FAILED, Channel.EMAIL: Outcome.SENT}
    assert world.notify() == {Channel.SMS: Outcome.SENT, Channel.EMAIL: Outcome.ALREADY_DONE}
    assert len(world.sms.sent) == len(world.email.sent) == 1


def test_a_lost_answer_is_repeated_once_after_the_lease_and_marked(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.sms.answers = [AnswerLost()]

    assert world.notify()[Channel.SMS] is Outcome.ANSWER_LOST
    assert world.notify()[Channel.SMS] is Outcome.HELD
    world.pass_by(NOTICE_LEASE_S)
    with caplog.at_level(logging.WARNING, logger=logger.name):
        assert world.notify()[Channel.SMS] is Outcome.SENT

    assert "notice maybe repeated" in caplog.messages
    assert world.notify() == NOBODY_LEFT


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

    assert world.notify()[Channel.SMS] is Outcome.HELD
    world.pass_by(NOTICE_LEASE_S)
    assert world.notify()[Channel.SMS] is Outcome.SENT
    assert world.notify()[Channel.SMS] is Outcome.ALREADY_DONE
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

    assert world.notify() == {Channel.SMS: Outcome.FAILED, Channel.EMAIL: Outcome.SENT}
    assert not world.sms.sent
    assert world.notify()[Channel.SMS] is Outcome.SENT


@pytest.mark.parametrize("failure", [Unavailable(), ConcurrentUpdate()])
def test_a_mark_that_fails_keeps_the_claim(world: World, failure: DomainError) -> None:
    world.ledger = Shaky(failures={"finish": failure})

    assert world.notify()[Channel.SMS] is Outcome.FAILED
    assert world.notify()[Channel.SMS] is Outcome.HELD
    assert len(world.sms.sent) == 1


def test_a_claim_that_cannot_be_given_back_runs_out(world: World) -> None:
    world.sms.answers = [Unavailable()]
    world.ledger = Shaky(failures={"release": Unavailable()})

    assert world.notify()[Channel.SMS] is Outcome.FAILED
    assert world.notify()[Channel.SMS] is Outcome.HELD
    world.pass_by(NOTICE_LEASE_S)
    assert world.notify()[Channel.SMS] is Outcome.SENT


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
