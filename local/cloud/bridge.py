"""The bridge feeds the functions of `app.py` from their event sources, with one thread for each.

Batch size and starting position come from the Chalice application. Filters, retries, bisecting and
destination come from `infra/resources.yaml`. When nothing happens, the bridge polls rarely; call
`wake` when there is something new.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Final

import boto3
from chalice.app import (
    Chalice,
    DynamoDBEventConfig,
    ScheduledEventConfig,
    SQSEventConfig,
)
from chalice.local import LambdaContext

from infra import template
from local.clock import VirtualClock
from local.cloud.delivery import Handler
from local.cloud.peeking import has_messages, has_objects, stream_length
from local.cloud.resources import Provisioned
from local.cloud.sources import (
    BucketSource,
    QueueSource,
    ScheduleSource,
    Source,
    StreamSource,
    interval,
)

SHORTEST_WAIT_S: Final = 0.1
"""The least time between two polls of a source. Writes in between form one batch, as on AWS."""
LONGEST_WAIT_S: Final = 1.6
LONGEST_PAUSE_S: Final = 5.0
DEFAULT_TIMEOUT_S: Final = 60
MOST_RETRIES: Final = 10
"""Of a batch of a stream. On AWS they go on for hours, which nobody waits for on a laptop."""
PATIENCE_S: Final = 1.0

logger = logging.getLogger(__name__)


class Stopping(Exception):
    """The bridge stops in the middle of a batch. The batch will come again."""


@dataclass
class Bridge:
    """Feeds the functions. Without `start` all work happens in `settle`, in the caller's thread."""

    sources: list[Source] = field(default_factory=list)
    after_delivery: list[Callable[[], object]] = field(default_factory=list)
    """Functions to call after each batch, for example to collect sent messages."""
    _stopping: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _threads: list[threading.Thread] = field(default_factory=list)
    _wakes: dict[str, threading.Event] = field(default_factory=dict)
    _passes: dict[str, int] = field(default_factory=dict)
    _taken: int = 0

    def start(self) -> None:
        """Start a thread for every source."""
        for source in self.sources:
            self._wakes[source.name] = threading.Event()
            self._passes[source.name] = 0
            thread = threading.Thread(
                target=self._run, args=(source,), name=source.name, daemon=True
            )
            self._threads.append(thread)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End all threads. A running batch has a moment to finish, else it comes again."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self._threads.clear()

    def wake(self) -> None:
        """Poll every source now."""
        for wake in self._wakes.values():
            wake.set()

    def after_request(self) -> None:
        """Poll the sources of the API's writes, because a request may have written something."""
        for source in self.sources:
            if source.follows_requests and source.name in self._wakes:
                self._wakes[source.name].set()

    def pause(self, attempt: int) -> None:
        """Wait before a retry, longer each time. Raises Stopping when the bridge is stopped."""
        if self._stopping.wait(min(0.05 * 2**attempt, LONGEST_PAUSE_S)):
            raise Stopping

    def settle(self, timeout_s: float = 30.0) -> None:
        """Wait until all events are delivered. Raises TimeoutError.

        This does not wait for messages that a function failed: they come back after their
        visibility time-out.
        """
        if not self._threads:
            while sum(self._poll(source) for source in self.sources):
                pass
            return
        while (taken := self._taken) != self._after_two_passes(timeout_s):
            logger.debug("not settled yet: %d records", self._taken - taken)

    def _after_two_passes(self, timeout_s: float) -> int:
        """The number of records taken, after every source has polled once more completely."""
        with self._changed:
            goals = {name: passes + 2 for name, passes in self._passes.items()}

            def is_there() -> bool:
                self.wake()
                return all(self._passes[name] >= goal for name, goal in goals.items())

            if not self._changed.wait_for(is_there, timeout_s):
                msg = f"events were still under way after {timeout_s} s"
                raise TimeoutError(msg)
            return self._taken

    def _run(self, source: Source) -> None:
        wake, wait_s = self._wakes[source.name], SHORTEST_WAIT_S
        while not self._stopping.is_set():
            wake.clear()
            taken = self._poll(source)
            with self._changed:
                self._passes[source.name] += 1
                self._changed.notify_all()
            if taken:
                wait_s = SHORTEST_WAIT_S
                self.wake()
            self._stopping.wait(SHORTEST_WAIT_S)
            if not wake.wait(wait_s - SHORTEST_WAIT_S):
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def _poll(self, source: Source) -> int:
        try:
            taken = source.poll()
        except Stopping:
            return 0
        except Exception:
            if not self._stopping.is_set():  # at the end the emulator stops before us
                logger.exception("event source %s failed", source.name)
            return 0
        if taken:
            for collect in self.after_delivery:
                collect()
            with self._changed:
                self._taken += taken
        return taken


def bridge(
    app: Chalice,
    provisioned: Provisioned,
    session: boto3.Session,
    clock: VirtualClock,
    *,
    peeks: bool = False,
) -> Bridge:
    """A bridge for all event sources of the application. Raises ValueError for an unknown kind.

    With `peeks` it looks into moto's memory before it polls. Then moto must run in this process.
    """
    made = Bridge()
    maker = _Maker(app, provisioned, session, clock, made, peeks)
    made.sources = [*map(maker.source, app.event_sources), *maker.rules()]
    return made


@dataclass(frozen=True)
class _Maker:
    app: Chalice
    provisioned: Provisioned
    session: boto3.Session
    clock: VirtualClock
    bridge: Bridge
    peeks: bool

    @cached_property
    def sqs(self) -> Any:
        """One client for all queues."""
        return self.session.client("sqs")

    def source(self, config: Any) -> Source:
        match config:
            case DynamoDBEventConfig():
                return self._stream(config)
            case SQSEventConfig():
                return self._queue(config)
            case ScheduledEventConfig():
                return self._schedule(config)
            case _:
                msg = f"{config.name}: the laptop stack cannot play {type(config).__name__}"
                raise ValueError(msg)

    def _stream(self, config: DynamoDBEventConfig) -> StreamSource:
        declared = self._declared(config.name)
        sqs = self.sqs
        dlq_arn = declared["DestinationConfig"]["OnFailure"]["Destination"]
        filters = declared.get("FilterCriteria", {}).get("Filters", ())
        stream_arn = self.provisioned.stream_arn(declared["Stream"])
        return StreamSource(
            name=config.name,
            handler=self._handler(config.name),
            streams=self.session.client("dynamodbstreams"),
            stream_arn=stream_arn,
            region=self.provisioned.stack.region,
            park=lambda message: sqs.send_message(
                QueueUrl=self.provisioned.queue_urls[dlq_arn], MessageBody=message
            ),
            pause=self.bridge.pause,
            now=self.clock.now,
            batch_size=config.batch_size,
            max_retries=min(declared["MaximumRetryAttempts"], MOST_RETRIES),
            bisect=declared.get("BisectBatchOnFunctionError", False),
            patterns=[json.loads(each["Pattern"]) for each in filters],
            starting_position=config.starting_position,
            length=partial(stream_length, stream_arn) if self.peeks else None,
        )

    def _queue(self, config: SQSEventConfig) -> QueueSource:
        queue_arn = self._declared(config.name)["Queue"]
        return QueueSource(
            name=config.name,
            handler=self._handler(config.name),
            sqs=self.sqs,
            queue_url=self.provisioned.queue_urls[queue_arn],
            queue_arn=queue_arn,
            region=self.provisioned.stack.region,
            batch_size=config.batch_size,
            has_some=partial(has_messages, queue_arn) if self.peeks else _always,
        )

    def _schedule(self, config: ScheduledEventConfig) -> ScheduleSource:
        expression = config.schedule_expression
        text = expression if isinstance(expression, str) else expression.to_string()
        return ScheduleSource(
            name=config.name,
            handler=self._handler(config.name),
            every=interval(text.lower()),
            clock=self.clock,
            account_id=self.provisioned.stack.account_id,
            region=self.provisioned.stack.region,
        )

    def rules(self) -> Iterator[BucketSource]:
        """The rules that send the bucket's events to queues that a function of ours reads."""
        stack, sqs = self.provisioned.stack, self.sqs
        read = {self._declared(c.name)["Queue"] for c in self.app.event_sources if _is_queue(c)}
        for rule in stack.resources(template.RULE):
            pattern = rule.properties["EventPattern"]
            (target,) = rule.properties["Targets"]
            if target["Arn"] not in read:
                continue
            (bucket,) = pattern["detail"]["bucket"]["name"]
            (key,) = pattern["detail"]["object"]["key"]
            yield BucketSource(
                name=rule.logical_id,
                send=partial(_send, sqs, self.provisioned.queue_urls[target["Arn"]]),
                s3=self.session.client("s3"),
                bucket=bucket,
                pattern=pattern,
                now=self.clock.now,
                account_id=stack.account_id,
                region=stack.region,
                prefix=key["prefix"],
                has_some=partial(has_objects, bucket, key["prefix"]) if self.peeks else _always,
            )

    def _declared(self, name: str) -> Mapping[str, Any]:
        """The template's settings for this function's event source."""
        return self.provisioned.stack.event_source(_logical_id(name))

    def _handler(self, name: str) -> Handler:
        call = self.app.handler_map[name]
        stack = self.provisioned.stack
        here = f"{stack.region}:{stack.account_id}"
        arn = f"arn:aws:lambda:{here}:function:doorstep-{stack.stage}-{name}"

        def handler(event: dict[str, Any]) -> Any:
            context = LambdaContext(name, 512, max_runtime_ms=DEFAULT_TIMEOUT_S * 1000)
            context.invoked_function_arn = arn
            return call(event, context)

        return handler


def _is_queue(config: Any) -> bool:
    return isinstance(config, SQSEventConfig)


def _send(sqs: Any, queue_url: str, text: str) -> None:
    sqs.send_message(QueueUrl=queue_url, MessageBody=text)


def _always() -> bool:
    return True


def _logical_id(function: str) -> str:
    """Chalice's name for a function in CloudFormation.

    >>> _logical_id("publish_events")
    'PublishEvents'
    """
    return "".join(word.capitalize() for word in function.split("_"))
