import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib.domain.errors import ConcurrentUpdate, Invalid, Unavailable
from chalicelib.domain.ids import ShipperId, WebhookId
from chalicelib.domain.policy import NOTICE_LEASE_S
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.webhooks.answers import WebhookAnswer
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint
from chalicelib.domain.webhooks.schedule import MOST_TRIES
from chalicelib.domain.webhooks.tries import from_text
from chalicelib.services.webhooks.deliver_webhook import (
    DeliverWebhook,
    DeliveryReport,
    Outcome,
    signed_headers,
)
from tests.support.builders import NOON, make_event, make_webhook
from tests.support.fakes.ledger import InMemoryLedger
from tests.support.fakes.senders import InMemoryQueue, InMemoryWebhooks

URL = "https://shop.example/hooks"
ONE, TWO = WebhookId("whk_1"), WebhookId("whk_2")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # of the published vector, product.md §12
DELIVERED = make_event(9, type=EventType.DELIVERED, data={"status": "delivered"})


@dataclass
class World:
    endpoints: Sequence[WebhookEndpoint] = (make_webhook(),)
    ledger: Any = field(default_factory=InMemoryLedger)
    sender: Any = field(default_factory=InMemoryWebhooks)
    queue: Any = field(default_factory=InMemoryQueue)
    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def of_shipper(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        return tuple(e for e in self.endpoints if e.shipper_id == shipper_id)

    def switch_off(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        off = replace(endpoint, switched_off_at=now)
        self.endpoints = [off if e.id == endpoint.id else e for e in self.endpoints]

    @property
    def use_case(self) -> DeliverWebhook:
        world: Any = self
        return DeliverWebhook(
            endpoints=world, ledger=self.ledger, sender=self.sender, queue=self.queue, clock=world
        )

    def deliver(self, event: Event = DELIVERED) -> dict[WebhookId, Outcome]:
        return self._outcomes(self.use_case(event))

    def next_message(self) -> dict[WebhookId, Outcome]:
        """Wait for the first message in the queue, and work on it."""
        text, delay_s = self.queue.waiting.pop(0)
        self.time += timedelta(seconds=delay_s)
        return self._outcomes(self.use_case.again(from_text(text)))

    def next_try(self) -> dict[WebhookId, Outcome]:
        """Go on until a try is made."""
        while (outcomes := self.next_message()) == dict.fromkeys(outcomes, Outcome.NOT_DUE):
            if not outcomes:
                break
        return outcomes

    def _outcomes(self, report: DeliveryReport) -> dict[WebhookId, Outcome]:
        assert report.is_complete == (
            not {Outcome.HELD, Outcome.FAILED} & set(report.outcomes.values())
        )
        return dict(report.outcomes)


@pytest.fixture
def world() -> World:
    return World()


def test_an_event_is_posted_with_its_id_and_signature(world: World) -> None:
    world.time = datetime.now(UTC)  # noqa: TID251 - the verifier reads the real clock
    world.endpoints = [make_webhook(secret=SECRET)]

    assert world.deliver() == {ONE: Outcome.DELIVERED}

    (post,) = world.sender.posts
    body = Webhook(SECRET).verify(post.body, dict(post.headers))
    assert post.url == URL
    assert post.headers["webhook-id"] == DELIVERED.id
    assert body["type"] == "shipment.delivered"
    assert body["data"]["sequence"] == 9
    assert len(post.body) < 20_000


def test_the_published_vector() -> None:
    at = datetime.fromtimestamp(1_614_265_330, UTC)

    headers = signed_headers(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}')

    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_signature_is_of_the_instant_in_whatever_zone() -> None:
    helsinki = NOON.astimezone(timezone(timedelta(hours=2)))

    assert signed_headers(SECRET, "evt_1", helsinki, "{}") == signed_headers(
        SECRET, "evt_1", NOON, "{}"
    )


@pytest.mark.parametrize("change", ["webhook-id", "webhook-timestamp", "body", "early", "late"])
def test_any_change_spoils_the_signature(change: str) -> None:
    shift = {"early": -301, "late": 301}.get(change, 0)
    now = datetime.now(UTC) + timedelta(seconds=shift)  # noqa: TID251 - as above
    body = "{}"
    headers = signed_headers(SECRET, "evt_1", now, body)
    Webhook(SECRET).verify(body, headers) if not shift else None
    if change == "body":
        body = "[]"
    elif not shift:
        headers[change] = headers[change][:-1] + str((int(headers[change][-1]) + 1) % 10)

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, headers)


def test_only_endpoints_that_want_the_type_get_it(world: World) -> None:
    world.endpoints = [
        make_webhook(1, event_types=frozenset({"shipment.delivered"})),
        make_webhook(2, event_types=frozenset({"shipment.created"})),
        make_webhook(3, shipper_id=ShipperId("shr_2")),
    ]

    assert world.deliver() == {ONE: Outcome.DELIVERED}


def test_internal_events_stay_here(world: World) -> None:
    assert world.deliver(make_event(type=EventType.SUPERSEDED)) == {}
    assert not world.sender.posts


def test_without_endpoints_nothing_is_written(world: World) -> None:
    world.endpoints = []

    assert world.deliver() == {}
    assert not world.ledger.entries


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_success_and_is_not_repeated(world: World, status: int) -> None:
    world.sender.answers = {URL: [status]}

    assert world.deliver() == {ONE: Outcome.DELIVERED}
    assert world.deliver() == {ONE: Outcome.ALREADY_DONE}
    assert len(world.sender.posts) == 1


@pytest.mark.parametrize(
    "answer", [100, 301, 302, 307, 308, 400, 404, 429, 500, 503, Unavailable()]
)
def test_all_else_is_tried_again_under_the_same_id(world: World, answer: Any) -> None:
    world.sender.answers = {URL: [answer]}

    assert world.deliver() == {ONE: Outcome.LATER}
    assert world.next_try() == {ONE: Outcome.DELIVERED}

    first, second = world.sender.posts
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_410_switches_the_endpoint_off(world: World) -> None:
    world.sender.answers = {URL: [500]}
    other = make_event(10, type=EventType.DELIVERED)

    assert world.deliver() == {ONE: Outcome.LATER}
    world.sender.answers = {URL: [503, 410]}
    assert world.deliver(other) == {ONE: Outcome.LATER}
    assert world.next_try() == {ONE: Outcome.GONE}
    posts = len(world.sender.posts)

    assert world.endpoints[0].switched_off_at == world.time
    assert world.deliver(make_event(11, type=EventType.DELIVERED)) == {}
    while world.queue.waiting:
        assert world.next_message() == {}
    assert len(world.sender.posts) == posts


def test_a_target_that_we_must_not_call_is_not_tried_again(world: World) -> None:
    world.sender.answers = {URL: [Invalid(pointer="/url", code="target_not_public")]}

    assert world.deliver() == {ONE: Outcome.REFUSED}
    assert world.deliver() == {ONE: Outcome.ALREADY_DONE}


def test_a_failing_endpoint_is_retried_alone(world: World) -> None:
    world.endpoints = [make_webhook(1), make_webhook(2, url="https://dead.example")]
    world.sender.answers = {"https://dead.example": [500]}

    assert world.deliver() == {ONE: Outcome.DELIVERED, TWO: Outcome.LATER}
    assert world.deliver() == {ONE: Outcome.ALREADY_DONE, TWO: Outcome.ALREADY_DONE}
    assert world.next_try() == {TWO: Outcome.DELIVERED}


def test_a_slow_endpoint_holds_up_no_other(world: World) -> None:
    both_are_here = threading.Barrier(2, timeout=10)

    class Meeting(InMemoryWebhooks):
        def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> WebhookAnswer:
            both_are_here.wait()
            return super().post(url, body, headers)

    world.endpoints = [make_webhook(1), make_webhook(2)]
    world.sender = Meeting()

    assert world.deliver() == {ONE: Outcome.DELIVERED, TWO: Outcome.DELIVERED}


def test_a_crash_leaves_the_claim_and_the_next_try_delivers(world: World) -> None:
    class Crash(BaseException):
        pass

    class Dying(InMemoryWebhooks):
        def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> WebhookAnswer:
            super().post(url, body, headers)
            raise Crash

    world.sender = Dying()
    with pytest.raises(Crash):
        world.deliver()
    world.sender = InMemoryWebhooks()

    assert world.deliver() == {ONE: Outcome.HELD}
    world.time += timedelta(seconds=NOTICE_LEASE_S)
    assert world.deliver() == {ONE: Outcome.DELIVERED}


@pytest.mark.parametrize("failure", [Unavailable(), ConcurrentUpdate()])
def test_a_ledger_that_fails_is_for_later(world: World, failure: Exception) -> None:
    class Failing(InMemoryLedger):
        def finish(self, *_: Any, **__: Any) -> None:
            raise failure

    world.ledger = Failing()

    assert world.deliver() == {ONE: Outcome.FAILED}


def test_receivers_can_sort_by_sequence(world: World) -> None:
    for seq in (3, 1, 2):
        world.deliver(make_event(seq, type=EventType.LOADED))

    sequences = [json.loads(post.body)["data"]["sequence"] for post in world.sender.posts]
    assert sorted(sequences) == [1, 2, 3]


def test_a_receiver_that_never_answers_is_tried_ten_times_in_three_days(world: World) -> None:
    world.sender.answers = {URL: [500] * 99}
    times = [world.time]

    assert world.deliver() == {ONE: Outcome.LATER}
    while world.queue.waiting:
        outcomes = world.next_try()
        times.append(world.time)

    assert outcomes == {ONE: Outcome.GIVEN_UP}
    assert len(times) == len(world.sender.posts) == MOST_TRIES == 10
    waits = [after - before for before, after in pairwise(times)]
    assert waits == sorted(waits)
    assert waits[0] <= timedelta(seconds=6)
    assert timedelta(hours=75) < times[-1] - times[0] < timedelta(hours=84)
    assert len({post.body for post in world.sender.posts}) == 1
    assert {post.headers["webhook-id"] for post in world.sender.posts} == {DELIVERED.id}
    assert len({post.headers["webhook-signature"] for post in world.sender.posts}) == 10


def test_retry_after_is_kept_to(world: World) -> None:
    world.sender.answers = {URL: [WebhookAnswer(429, "7200")]}

    world.deliver()
    assert world.next_try() == {ONE: Outcome.DELIVERED}

    assert world.time - NOON >= timedelta(hours=2)


def test_a_receiver_that_was_away_for_two_hours_gets_everything(world: World) -> None:
    events = [make_event(seq, type=EventType.LOADED) for seq in range(1, 6)]
    world.sender.answers = {URL: [Unavailable()] * 99}
    for event in events:
        world.deliver(event)
    while world.time < NOON + timedelta(hours=2):
        world.queue.waiting.sort(key=lambda each: from_text(each[0]).due_at)
        text, _ = world.queue.waiting.pop(0)
        due = from_text(text)
        world.time = max(world.time, due.due_at)
        world.use_case.again(due)
    before = len(world.sender.posts)

    world.sender.answers = {}
    while world.queue.waiting:
        world.next_try()

    arrived = [json.loads(post.body)["data"]["sequence"] for post in world.sender.posts[before:]]
    assert sorted(arrived) == [1, 2, 3, 4, 5]


def test_a_try_that_the_queue_did_not_take_is_made_again(world: World) -> None:
    world.sender.answers = {URL: [500, 500]}
    world.queue.answers = [Unavailable()]

    assert world.deliver() == {ONE: Outcome.FAILED}
    assert world.deliver() == {ONE: Outcome.LATER}

    assert len(world.queue.waiting) == 1


def test_a_try_lost_between_the_call_and_the_queue_is_made_again(world: World) -> None:
    class Crash(BaseException):
        pass

    class Dying(InMemoryQueue):
        def put(self, *_: Any, **__: Any) -> None:
            raise Crash

    world.sender.answers = {URL: [500]}
    world.queue = Dying()
    with pytest.raises(Crash):
        world.deliver()
    world.queue = InMemoryQueue()

    world.time += timedelta(seconds=NOTICE_LEASE_S)
    assert world.deliver() == {ONE: Outcome.DELIVERED}


def test_a_message_that_comes_twice_is_one_try(world: World) -> None:
    world.sender.answers = {URL: [500, 500]}
    world.deliver()
    world.queue.waiting *= 2

    assert world.next_try() == {ONE: Outcome.LATER}
    assert world.next_message() == {ONE: Outcome.ALREADY_DONE}
    assert len(world.queue.waiting) == 1


def test_a_deleted_endpoint_gets_nothing_more(world: World) -> None:
    world.sender.answers = {URL: [500]}
    world.deliver()
    world.endpoints = []

    assert world.next_message() == {}
    assert len(world.sender.posts) == 1
