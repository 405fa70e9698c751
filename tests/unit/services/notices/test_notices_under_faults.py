"""Seeded schedules of crashes, outages, lost answers, repeats and slow calls, all in one thread.

A slow call lets other workers run before it returns, so two of them can be at the provider at once.
Held to be true (reliability.md I4, I5): every notice is sent or its message lies in the dead-letter
queue, and none is sent twice unless a fault hit its own row. Planted mistakes show that it notices.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import AnswerLost, ConcurrentUpdate, Unavailable
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.journal.claims import Claim
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.notices.notify_recipient import NotifyRecipient
from chalicelib.services.ports.system import PublicBaseUrl
from tests.support.builders import NOON, make_event, make_shipper, make_travelling
from tests.support.depth import times
from tests.support.fakes.accounts import InMemoryShippers
from tests.support.fakes.allowances import InMemoryAllowances
from tests.support.fakes.contacts import InMemoryContacts
from tests.support.fakes.ledger import InMemoryLedger
from tests.support.fakes.senders import InMemoryQueue

SEEDS = times(quick=150, deep=5_000)
POWER_SEEDS = 200
EVENTS = 4
TYPES = (EventType.OUT_FOR_DELIVERY, EventType.ARRIVING)  # one by e-mail, one by SMS
VISIBILITY_S = 360
MOST_RECEIVES = 5
SLOWEST_S = 25  # two channels and what is between them stay below the function's minute
FAULT_RATE = 0.12


class Crash(BaseException):
    """The function is killed; no handler of ours may survive it."""


@dataclass
class Message:
    event: Event
    visible_at: datetime
    receives: int = 0


@dataclass
class World:
    """A queue, workers, a ledger and a provider, at the mercy of one random number generator."""

    seed: int
    make_ledger: Callable[["World"], Any]
    time: datetime = NOON
    has_faults: bool = True
    depth: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    hurt: set[str] = field(default_factory=set)
    contacts: InMemoryContacts = field(default_factory=InMemoryContacts)
    allowances: InMemoryAllowances = field(default_factory=InMemoryAllowances)
    queue: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.ledger = self.make_ledger(self)
        self.key = ""
        self.queue = [
            Message(make_event(seq, type=self.chance.choice(TYPES)), self.time)
            for seq in range(1, EVENTS + 1)
        ]

    def now(self) -> datetime:
        return self.time

    def get(self, shipment_id: ShipmentId) -> Shipment:
        return make_travelling(id=shipment_id, status=Status.ARRIVING)

    def tracking_token(self, *_: Any) -> str:
        return "token"

    def take(self, key: str, member: str, **options: Any) -> bool:
        """A place among the SMS, unless a fault comes in between."""

        def act() -> bool:
            return self.allowances.take(key, member, **options)

        taken: bool = self.maybe_fail(self.key, act, Unavailable())
        return taken

    def phone_tag(self, phone: str) -> str:
        return phone

    def mailbox_tag(self, _: Any, email: str) -> str:
        return email

    def stop_token(self, *_: Any) -> str:
        return "stop"

    def note(self, tag: str, shipment_id: ShipmentId, **options: Any) -> bool:
        """Note the shipment, unless a fault comes in between."""

        def act() -> bool:
            return self.contacts.note(tag, shipment_id, **options)

        noted: bool = self.maybe_fail(self.key, act, Unavailable())
        return noted

    def is_muted(self, tag: str) -> bool:
        muted: bool = self.maybe_fail(self.key, lambda: self.contacts.is_muted(tag), Unavailable())
        return muted

    def send(self, *_: Any, **__: Any) -> None:
        """An SMS or a mail; the ledger has just been asked for its key."""
        key = self.key
        if self.chance.random() < 0.3:
            self.time += timedelta(seconds=self.chance.randint(0, SLOWEST_S))
            if self.depth < 3:
                self.step()  # somebody else works meanwhile
        self.maybe_fail(key, lambda: self.sent.update([key]), AnswerLost())

    def maybe_fail(self, key: str, act: Callable[[], Any], lost: Exception) -> Any:
        """Do it, or fail before or after."""
        if not self.has_faults or self.chance.random() >= FAULT_RATE:
            return act()
        self.hurt.add(key)
        match self.chance.choice(["refused", "lost", "crash before", "crash after", "lost before"]):
            case "refused":
                raise Unavailable
            case "lost":
                act()
                raise lost
            case "lost before":
                raise lost
            case "crash before":
                raise Crash
            case _:
                act()
                raise Crash

    def step(self) -> None:
        """One worker takes one message that is visible, or finds none."""
        ready = [message for message in self.queue if message.visible_at <= self.time]
        if not ready:
            return
        message = self.chance.choice(ready)
        message.receives += 1
        message.visible_at = self.time + timedelta(seconds=VISIBILITY_S)
        if self.chance.random() < 0.15 and self.has_faults:
            self.queue.append(Message(message.event, self.time))  # at least once, says AWS
        self.depth += 1
        try:
            is_done = self.notify(message.event)
        except Crash:
            is_done = False
        finally:
            self.depth -= 1
        if is_done:
            self.queue.remove(message)
        elif message.receives >= MOST_RECEIVES and self.has_faults is False:
            self.queue.remove(message)
            self.dead.append(message)

    def notify(self, event: Event) -> bool:
        world: Any = self
        shippers = InMemoryShippers({shipper.id: shipper for shipper in [make_shipper()]})
        use_case = NotifyRecipient(
            shipments=world,
            shippers=shippers,
            ledger=self.ledger,
            allowances=world,
            contacts=world,
            sms=world,
            email=world,
            queue=InMemoryQueue(),
            signer=world,
            clock=world,
            public_base_url=PublicBaseUrl("https://d.example"),
        )
        return use_case(event).is_complete

    def run(self) -> "World":
        """Some turmoil, then calm until nothing is left."""
        for _ in range(40):
            self.step()
            self.time += timedelta(seconds=self.chance.choice([0, 1, 30, 200]))
        self.has_faults = False
        for _ in range(1_000):
            if not self.queue:
                break
            self.step()
            self.time += timedelta(seconds=100)
        return self

    def unsent(self) -> set[str]:
        """Notices that were neither sent nor are in the dead-letter queue."""
        wanted = {f"notice#evt_{i}" for i in range(1, EVENTS + 1)}
        dead = {message.event.id for message in self.dead}
        return {key for key in wanted if not self.sent[key] and key.split("#")[1] not in dead}

    def unexplained(self) -> set[str]:
        """Notices sent twice though nothing happened to them."""
        return {key for key, count in self.sent.items() if count > 1 and key not in self.hurt}


@dataclass
class FaultyLedger(InMemoryLedger):
    """The ledger whose every call may fail before or after."""

    world: Any = None

    def claim(self, key: str, **options: Any) -> Claim:
        def act() -> Claim:
            return InMemoryLedger.claim(self, key, **options)

        claim: Claim = self.world.maybe_fail(key, act, Unavailable())
        self.world.key = key
        return claim

    def finish(self, key: str, **options: Any) -> None:
        self.world.maybe_fail(
            key, lambda: InMemoryLedger.finish(self, key, **options), Unavailable()
        )

    def release(self, key: str, **options: Any) -> None:
        self.world.maybe_fail(
            key, lambda: InMemoryLedger.release(self, key, **options), Unavailable()
        )


@dataclass
class ShortLease(FaultyLedger):
    """Planted: the lease ends while a slow call is still under way."""

    def claim(self, key: str, **options: Any) -> Claim:
        return super().claim(key, **options | {"lease_s": 2})


@dataclass
class Forgetful(FaultyLedger):
    """Planted: what is done is not remembered."""

    def finish(self, key: str, **options: Any) -> None:
        super().release(key, owner=options["owner"])


@dataclass
class Generous(FaultyLedger):
    """Planted: looks first and writes later, so two may get it."""

    def claim(self, key: str, **options: Any) -> Claim:
        held = self.entries.get(key)
        if held is not None and held.state == "done":
            return Claim(granted=False, done=True)
        self.entries.pop(key, None)
        return super().claim(key, **options)

    def finish(self, key: str, **options: Any) -> None:
        try:
            super().finish(key, **options)
        except ConcurrentUpdate:
            return


@dataclass
class Hasty(FaultyLedger):
    """Planted: marked as done before the call, so a crash loses the notice."""

    def claim(self, key: str, **options: Any) -> Claim:
        claim = super().claim(key, **options)
        if claim.granted:
            super().finish(key, owner=options["owner"], outcome="sent", now=options["now"])
        return claim


def run(seed: int, ledger: type[FaultyLedger] = FaultyLedger) -> World:
    return World(seed, lambda world: ledger(world=world)).run()


def test_no_notice_is_lost_and_none_is_sent_twice_without_a_reason() -> None:
    repeats = 0
    for seed in range(SEEDS):
        world = run(seed)

        assert not world.queue, f"seed {seed}"
        assert world.unsent() == set(), f"seed {seed}"
        assert world.unexplained() == set(), f"seed {seed}"
        repeats += sum(count - 1 for count in world.sent.values() if count > 1)

    assert repeats  # the faults do reach the calls


@pytest.mark.parametrize("ledger", [ShortLease, Forgetful, Generous])
def test_a7_a_ledger_with_a_mistake_is_caught_sending_twice(ledger: type[FaultyLedger]) -> None:
    assert any(run(seed, ledger).unexplained() for seed in range(POWER_SEEDS))


def test_a_mark_before_the_call_is_caught_losing_a_notice() -> None:
    assert any(run(seed, Hasty).unsent() for seed in range(POWER_SEEDS))


def test_the_same_seed_tells_the_same_story() -> None:
    first, second = run(7), run(7)

    assert (first.sent, first.hurt, first.time) == (second.sent, second.hurt, second.time)
