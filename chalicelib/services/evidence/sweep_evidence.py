"""Sweep for what was lost: events without a manifest are asked to be sealed once more.

A message may be lost for good: in a dead-letter queue, by a mistake of ours, by a subscription that
was taken away for an hour. So the feeds of all shippers are compared with the manifests. The sweeps
overlap, hence one that fails is made up for by the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.evidence.links import KINDS, Head
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.shipments.events import Event
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.evidence import EvidenceChain, SealQueue
from chalicelib.services.ports.shipments import EventFeed
from chalicelib.services.ports.system import Clock

EVERY: Final = timedelta(hours=1)
"""How often it runs; the template says so, too."""
SEALED_WITHIN: Final = timedelta(minutes=20)
"""The queue's delay, a batch's window, and a retry: what is older than that is late."""
LOOKS_BACK: Final = timedelta(hours=4)
"""Three sweeps may fail in a row, and nothing is missed."""
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class SweptEvidence:
    """How many shipments were asked to be sealed, and how many shippers could not be looked at."""

    late: int
    failed: int


@dataclass(frozen=True, slots=True)
class SweepEvidence:
    """One sweep. A shipper that fails is left to the next one, and holds up no other."""

    shippers: Shippers
    feed: EventFeed
    evidence_chain: EvidenceChain
    seal_queue: SealQueue
    clock: Clock

    def __call__(self) -> SweptEvidence:
        """Raises Unavailable when the shippers cannot be listed."""
        now, late, failed = self.clock.now(), 0, 0
        for shipper_id in self._shipper_ids():
            try:
                late += self._swept(shipper_id, now)
            except Unavailable as exc:
                failed += 1
                extra = {"shipper_id": shipper_id, "code": exc.code}
                logger.warning("evidence not swept", extra=extra)
        count(Metric.MANIFESTS_SEALED_LATE, late)
        logger.info("evidence swept", extra={"late": late, "failed": failed})
        return SweptEvidence(late, failed)

    def _shipper_ids(self) -> Iterator[ShipperId]:
        position = None
        while True:
            page = self.shippers.page(limit=PAGE, position=position)
            yield from (shipper.id for shipper in page.data)
            position = page.position
            if position is None:
                return

    def _swept(self, shipper_id: ShipperId, now: datetime) -> int:
        newest: dict[ShipmentId, Event] = {}
        for event in self._events(shipper_id, now):
            known = newest.get(event.shipment_id)
            if event.type in KINDS and (known is None or known.seq < event.seq):
                newest[event.shipment_id] = event
        late = 0
        for shipment_id, event in newest.items():
            if self._is_late(shipment_id, event):
                self.seal_queue.put(event)
                late += 1
        return late

    def _is_late(self, shipment_id: ShipmentId, event: Event) -> bool:
        """A chain that cannot be read was changed by somebody: sealing says so, and loudly."""
        texts = [each.text for each in self.evidence_chain.of(shipment_id)]
        try:
            return Head.of(texts).last_sequence < event.seq
        except (KeyError, TypeError, ValueError):
            logger.exception("evidence cannot be read", extra={"shipment_id": shipment_id})
            return True

    def _events(self, shipper_id: ShipperId, now: datetime) -> Iterator[Event]:
        """Those that should have been sealed by now. The feed ends when it brings nothing more."""
        position = None
        while True:
            page = self.feed.page(
                shipper_id,
                since=now - LOOKS_BACK,
                until=now - SEALED_WITHIN,
                limit=PAGE,
                position=position,
            )
            yield from page.data
            if page.position is None or page.position == position:
                return
            position = page.position
