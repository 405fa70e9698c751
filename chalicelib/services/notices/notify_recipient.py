"""Notify the recipient: one event becomes at most one notice, on one channel.

We claim the notice in the ledger before we send it, and mark it as sent after. If we crash in
between, the lease runs out and the notice is sent again; the log marks it as a possible repeat. In
all other cases nobody gets a notice twice.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chalicelib.catalogues import locale_for
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.errors import AnswerLost, ConcurrentUpdate, Invalid, NotFound, Unavailable
from chalicelib.domain.notices.channels import Channel, address, is_wanted, most_texts, ways
from chalicelib.domain.notices.held import HeldNotice, to_text
from chalicelib.domain.notices.kinds import Kind
from chalicelib.domain.notices.notices import Notice, compose, is_stale, kind_of
from chalicelib.domain.notices.quiet_hours import told_at
from chalicelib.domain.policy import LEDGER_KEEP_S, NOTICE_LEASE_S
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.observability import Metric, count, logger
from chalicelib.services.delays import put_until
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.senders import (
    Allowances,
    Contacts,
    EmailSender,
    Ledger,
    NoticeQueue,
    SmsSender,
)
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, PublicBaseUrl, Signer

AFTER_AN_ATTEMPT: Final = frozenset(
    {Status.DELIVERED, Status.ATTEMPT_FAILED, Status.RETURNING, Status.RETURNED}
)


class Outcome(StrEnum):
    """The outcome of a notice."""

    SENT = "sent"
    ALREADY_DONE = "already_done"
    REJECTED = "rejected"
    STALE = "suppressed:stale"
    NO_ADDRESS = "suppressed:no_address"
    ENOUGH = "suppressed:enough"
    ERASED = "suppressed:erased"
    UNWANTED = "suppressed:unwanted"
    MUTED = "suppressed:muted"
    PUT_OFF = "put_off"
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
    Outcome.ENOUGH: Metric.NOTICES_SUPPRESSED,
    Outcome.ERASED: Metric.NOTICES_SUPPRESSED,
    Outcome.UNWANTED: Metric.NOTICES_SUPPRESSED,
    Outcome.MUTED: Metric.NOTICES_SUPPRESSED,
}


@dataclass(frozen=True, slots=True)
class NoticeReport:
    """The outcome of one event, and on which channel; None where recipients do not hear of it."""

    outcome: Outcome | None = None
    channel: Channel | None = None

    @property
    def is_complete(self) -> bool:
        """Whether it does not have to be tried again."""
        return self.outcome not in UNFINISHED


@dataclass(frozen=True, slots=True)
class NotifyRecipient:
    """Sends notices to a shipment's recipient. ``public_base_url`` does not end with a slash."""

    shipments: Shipments
    shippers: Shippers
    ledger: Ledger
    allowances: Allowances
    contacts: Contacts
    sms: SmsSender
    email: EmailSender
    queue: NoticeQueue
    signer: Signer
    clock: Clock
    public_base_url: PublicBaseUrl

    def __call__(self, event: Event) -> NoticeReport:
        """Send the notice on the best channel that has an address. Safe to repeat.

        The notice tells the present state of the shipment. A stale notice is not sent, and in the
        quiet hours it is put off until the morning. What the recipient does not want is never sent:
        that is asked anew each time, also of what was put off. Raises Unavailable when the shipment
        cannot be read, and when nothing can be put off.
        """
        kind = kind_of(event)
        if kind is None:
            return NoticeReport()
        shipment = self._shipment(event)
        if shipment is not None and not is_wanted(kind, shipment):
            return self._told(event, NoticeReport(Outcome.UNWANTED))
        due_at = told_at(kind, shipment, self.clock.now()) if shipment else self.clock.now()
        if due_at > self.clock.now():
            self._put_off(HeldNotice(event, due_at))
            report = NoticeReport(Outcome.PUT_OFF)
        else:
            report = self._tell(event, kind, shipment)
        return self._told(event, report)

    def _told(self, event: Event, report: NoticeReport) -> NoticeReport:
        if report.outcome in _METRICS:
            count(_METRICS[report.outcome])
        about = {"event_id": event.id, "outcome": report.outcome, "channel": report.channel}
        logger.info("recipient notified", extra=about)
        return report

    def again(self, held: HeldNotice) -> NoticeReport:
        """Send what was put off, if it is due and still true; else let it wait on.

        Raises Unavailable.
        """
        if held.due_at <= self.clock.now():
            return self(held.event)
        self._put_off(held)
        return NoticeReport(Outcome.PUT_OFF)

    def _put_off(self, held: HeldNotice) -> None:
        put_until(self.queue, to_text(held), held.due_at, now=self.clock.now())

    def _tell(self, event: Event, kind: Kind, shipment: Shipment | None) -> NoticeReport:
        key, owner = f"notice#{event.id}", secrets.token_hex(8)
        try:
            claim = self.ledger.claim(
                key, owner=owner, now=self.clock.now(), lease_s=NOTICE_LEASE_S, keep_s=LEDGER_KEEP_S
            )
            if not claim.granted:
                return NoticeReport(Outcome.ALREADY_DONE if claim.done else Outcome.HELD)
            if claim.maybe_duplicate:
                count(Metric.NOTICES_MAYBE_REPEATED)
                logger.warning("notice maybe repeated", extra={"key": key})
            report = self._attempt(event, kind, shipment)
            match report.outcome:
                case Outcome.FAILED:
                    self.ledger.release(key, owner=owner)
                case Outcome.ANSWER_LOST:
                    pass  # keep the claim: after its lease, the repeat is marked as possible
                case outcome:
                    self.ledger.finish(key, owner=owner, outcome=str(outcome), now=self.clock.now())
        except (ConcurrentUpdate, Unavailable) as exc:  # from the ledger; the claim stays
            logger.warning("ledger failed", extra={"key": key, "code": exc.code})
            return NoticeReport(Outcome.FAILED)
        return report

    def _attempt(self, event: Event, kind: Kind, shipment: Shipment | None) -> NoticeReport:
        if shipment is None:
            return NoticeReport(Outcome.ERASED)
        if is_stale(event, shipment):
            return NoticeReport(Outcome.STALE)
        report = NoticeReport(Outcome.NO_ADDRESS)
        for channel in ways(kind, shipment):
            if not self._is_open(channel, shipment):
                report = NoticeReport(Outcome.MUTED, channel)
                continue
            if channel is Channel.SMS and not self._may_text(event, kind, shipment):
                report = NoticeReport(Outcome.ENOUGH, channel)
                continue
            report = NoticeReport(self._send_to(channel, event, shipment), channel)
            if report.outcome is not Outcome.REJECTED:
                break
        return report

    def _is_open(self, channel: Channel, shipment: Shipment) -> bool:
        """Whether this phone or mailbox is not muted. A phone notes its shipments, for STOP."""
        to = address(channel, shipment.recipient) or ""
        if channel is Channel.EMAIL:
            tag = self.signer.mailbox_tag(shipment.shipper_id, to)
            return not self.contacts.is_muted(tag)
        tag = self.signer.phone_tag(to)
        return self.contacts.note(tag, shipment.id, now=self.clock.now(), keep_s=LEDGER_KEEP_S)

    def _may_text(self, event: Event, kind: Kind, shipment: Shipment) -> bool:
        """Whether this is among the SMS that there may be about this attempt."""
        most = most_texts(kind, shipment.recipient)
        if most is None:
            return True
        attempt = max(0, shipment.attempts - (shipment.status in AFTER_AN_ATTEMPT))
        return self.allowances.take(
            f"texts#{shipment.id}#{attempt}",
            event.id,
            most=most,
            now=self.clock.now(),
            keep_s=LEDGER_KEEP_S,
        )

    def _send_to(self, channel: Channel, event: Event, shipment: Shipment) -> Outcome:
        to = address(channel, shipment.recipient) or ""
        try:
            self._send(channel, to, self._compose(event, shipment), shipment)
        except Invalid as exc:
            about = {"event_id": event.id, "channel": channel, "errors": exc.data}
            logger.warning("notice rejected", extra=about)
            return Outcome.REJECTED
        except AnswerLost:
            return Outcome.ANSWER_LOST
        except Unavailable:
            return Outcome.FAILED
        return Outcome.SENT

    def _compose(self, event: Event, shipment: Shipment) -> Notice:
        token = self.signer.tracking_token(shipment.id, shipment.link_generation)
        shipper = self._shipper(shipment)
        return compose(
            event,
            shipment,
            locale=locale_for(shipment.locale),
            sms_name=None if shipper is None else shipper.sms_name,
            url=f"{self.public_base_url}/t/{token}",
            now=self.clock.now(),
            shipper=shipper,
        )

    def _shipper(self, shipment: Shipment) -> Shipper | None:
        try:
            return self.shippers.get(shipment.shipper_id)
        except NotFound:
            return None

    def _send(self, channel: Channel, to: str, notice: Notice, shipment: Shipment) -> None:
        if channel is Channel.SMS:
            self.sms.send(to, notice.sms())
        else:
            email = notice.email()
            tag = self.signer.mailbox_tag(shipment.shipper_id, to)
            stop = f"{self.public_base_url}/stop/{self.signer.stop_token(shipment.id, tag)}"
            self.email.send(to, email.subject, email.text, email.html, stop_url=stop)

    def _shipment(self, event: Event) -> Shipment | None:
        try:
            return self.shipments.get(event.shipment_id)
        except NotFound:
            return None
