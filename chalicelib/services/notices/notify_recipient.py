"""Notify the recipient: one event becomes at most one notice per channel.

We claim the notice in the ledger before we send it, and mark it as sent after. If we crash in
between, the lease runs out and the notice is sent again; the log marks it as a possible repeat. In
all other cases nobody gets a notice twice.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from chalicelib.domain.errors import AnswerLost, ConcurrentUpdate, Invalid, NotFound, Unavailable
from chalicelib.domain.notices.notices import Channel, Notice, compose, is_stale, kind_of
from chalicelib.domain.policy import LEDGER_KEEP_S, NOTICE_LEASE_S
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.senders import EmailSender, Ledger, SmsSender
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, PublicBaseUrl, Signer


class Outcome(StrEnum):
    """The outcome of a notice on one channel."""

    SENT = "sent"
    ALREADY_DONE = "already_done"
    REJECTED = "rejected"
    STALE = "suppressed:stale"
    NO_ADDRESS = "suppressed:no_address"
    ERASED = "suppressed:erased"
    HELD = "held"
    FAILED = "failed"
    ANSWER_LOST = "answer_lost"


UNFINISHED: Final = frozenset({Outcome.HELD, Outcome.FAILED, Outcome.ANSWER_LOST})
"""These need another try, by the holder of the claim or with the next message."""

_METRICS: Final = {
    Outcome.SENT: Metric.NOTICES_SENT,
    Outcome.FAILED: Metric.NOTICES_FAILED,
    Outcome.ANSWER_LOST: Metric.NOTICES_FAILED,
    Outcome.REJECTED: Metric.NOTICES_REJECTED,
    Outcome.STALE: Metric.NOTICES_SUPPRESSED,
    Outcome.NO_ADDRESS: Metric.NOTICES_SUPPRESSED,
    Outcome.ERASED: Metric.NOTICES_SUPPRESSED,
}


@dataclass(frozen=True, slots=True)
class NoticeReport:
    """The outcomes of one event by channel; empty for an event that recipients do not hear of."""

    outcomes: Mapping[Channel, Outcome] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether no channel has to be tried again."""
        return not UNFINISHED & set(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class NotifyRecipient:
    """Sends notices to a shipment's recipient. ``public_base_url`` does not end with a slash."""

    shipments: Shipments
    shippers: Shippers
    ledger: Ledger
    sms: SmsSender
    email: EmailSender
    signer: Signer
    clock: Clock
    public_base_url: PublicBaseUrl

    def __call__(self, event: Event) -> NoticeReport:
        """Send the notice on every channel that has an address. Safe to repeat.

        The notice tells the present state of the shipment. A stale notice is not sent. Raises
        Unavailable when the shipment cannot be read.
        """
        if kind_of(event) is None:
            return NoticeReport()
        shipment = self._shipment(event)
        outcomes = {channel: self._tell(channel, event, shipment) for channel in Channel}
        for outcome in outcomes.values():
            if outcome in _METRICS:
                count(_METRICS[outcome])
        logger.info("recipient notified", extra={"event_id": event.id, "outcomes": outcomes})
        return NoticeReport(outcomes)

    def _tell(self, channel: Channel, event: Event, shipment: Shipment | None) -> Outcome:
        key, owner = f"notice#{event.id}#{channel}", secrets.token_hex(8)
        try:
            claim = self.ledger.claim(
                key, owner=owner, now=self.clock.now(), lease_s=NOTICE_LEASE_S, keep_s=LEDGER_KEEP_S
            )
            if not claim.granted:
                return Outcome.ALREADY_DONE if claim.done else Outcome.HELD
            if claim.maybe_duplicate:
                count(Metric.NOTICES_MAYBE_REPEATED)
                logger.warning("notice maybe repeated", extra={"key": key})
            outcome = self._attempt(channel, event, shipment)
            match outcome:
                case Outcome.FAILED:
                    self.ledger.release(key, owner=owner)
                case Outcome.ANSWER_LOST:
                    pass  # keep the claim: after its lease, the repeat is marked as possible
                case _:
                    self.ledger.finish(key, owner=owner, outcome=outcome, now=self.clock.now())
        except (ConcurrentUpdate, Unavailable) as exc:  # from the ledger; the claim stays
            logger.warning("ledger failed", extra={"key": key, "code": exc.code})
            return Outcome.FAILED
        return outcome

    def _attempt(self, channel: Channel, event: Event, shipment: Shipment | None) -> Outcome:
        if shipment is None:
            return Outcome.ERASED
        if is_stale(event, shipment):
            return Outcome.STALE
        address = _address(channel, shipment)
        return self._send_to(address, channel, event, shipment) if address else Outcome.NO_ADDRESS

    def _send_to(self, address: str, channel: Channel, event: Event, shipment: Shipment) -> Outcome:
        try:
            self._send(channel, address, self._compose(event, shipment))
        except Invalid as exc:
            logger.warning("notice rejected", extra={"event_id": event.id, "errors": exc.data})
            return Outcome.REJECTED
        except AnswerLost:
            return Outcome.ANSWER_LOST
        except Unavailable:
            return Outcome.FAILED
        return Outcome.SENT

    def _compose(self, event: Event, shipment: Shipment) -> Notice:
        token = self.signer.tracking_token(shipment.id, shipment.link_generation)
        return compose(
            event,
            shipment,
            sms_name=self._sms_name(shipment),
            url=f"{self.public_base_url}/t/{token}",
            now=self.clock.now(),
        )

    def _sms_name(self, shipment: Shipment) -> str | None:
        try:
            return self.shippers.get(shipment.shipper_id).sms_name
        except NotFound:
            return None

    def _send(self, channel: Channel, address: str, notice: Notice) -> None:
        if channel is Channel.SMS:
            self.sms.send(address, notice.sms())
        else:
            email = notice.email()
            self.email.send(address, email.subject, email.text, email.html)

    def _shipment(self, event: Event) -> Shipment | None:
        try:
            return self.shipments.get(event.shipment_id)
        except NotFound:
            return None


def _address(channel: Channel, shipment: Shipment) -> str | None:
    recipient = shipment.recipient
    return recipient.phone if channel is Channel.SMS else recipient.email
