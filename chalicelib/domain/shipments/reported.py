"""Reported shipments: when a recipient may say that something is wrong, and the event."""

from dataclasses import replace
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import ReportClosed
from chalicelib.domain.ids import EventId
from chalicelib.domain.messages.threads import Message
from chalicelib.domain.reports.reports import Report, ReportReason
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status

NOT_YET: Final = ON_THE_WAY | {Status.CREATED, Status.LOADED}
"""Nothing has gone wrong that a message or the support contact would not mend sooner."""


def may_report(shipment: Shipment) -> bool:
    """Whether something can be reported: after a visit, one thing at a time."""
    if shipment.last_attempt is None or shipment.status in NOT_YET:
        return False
    return shipment.report is None or not shipment.report.is_open


def require_may_report(shipment: Shipment) -> None:
    """Raise ReportClosed, with the reason in a sentence."""
    if may_report(shipment):
        return
    if shipment.report is not None and shipment.report.is_open:
        text = "This was reported already. The office answers in the messages."
        raise ReportClosed(text)
    text = "Something can be reported after the visit."
    raise ReportClosed(text)


def with_report(
    shipment: Shipment, reason: ReportReason, message: Message, *, actor: Actor, event_id: EventId
) -> tuple[Shipment, Event]:
    """The shipment with a report whose words are in this message of its thread, and the event."""
    after, event = append(
        replace(shipment, report=Report(reason, message.id, message.written_at)),
        EventType.REPORTED,
        actor=actor,
        event_id=event_id,
        occurred_at=message.written_at,
        now=message.written_at,
        data={"report_reason": reason.value, "message_id": message.id},
    )
    return replace(after, details_version=after.version), event
