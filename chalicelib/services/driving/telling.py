"""How alerts become events of the shipments that they concern."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import SYSTEM
from chalicelib.domain.driving.alerts import Alert, AlertKind
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.events import Event, EventType, eta_data, range_data
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment

NOTED: Final[Mapping[AlertKind, EventType]] = {
    AlertKind.DELAYED: EventType.DELAYED,
    AlertKind.BACK_ON_TIME: EventType.BACK_ON_TIME,
    AlertKind.SILENT: EventType.DRIVER_SILENT,
    AlertKind.HEARD_AGAIN: EventType.DRIVER_BACK,
    AlertKind.BROUGHT_FORWARD: EventType.PROMISED,
}
"""The alerts that leave the status as it is."""
_IS_DELAYED: Final = {
    AlertKind.DELAYED: True,
    AlertKind.BACK_ON_TIME: False,
    AlertKind.BROUGHT_FORWARD: False,
}


def noted(
    shipment: Shipment, alert: Alert, *, event_id: EventId, now: datetime
) -> tuple[Shipment, Event]:
    """The shipment with the alert in its history, and with the new promise if there is one."""
    told = replace(
        shipment,
        promise=alert.promise or shipment.promise,
        is_delayed=_IS_DELAYED.get(alert.kind, shipment.is_delayed),
    )
    return append(
        told,
        NOTED[alert.kind],
        actor=SYSTEM,
        event_id=event_id,
        occurred_at=alert.occurred_at,
        now=now,
        data={**alert_data(alert), "previous_promise": range_data(shipment.promise)},
    )


def alert_data(alert: Alert) -> dict[str, object]:
    """The facts of an alert, as event data."""
    told: dict[str, object] = {}
    if alert.eta is not None:
        told["eta"] = eta_data(alert.eta)
    if alert.stops_before is not None:
        told["stops_before"] = alert.stops_before
    if alert.promise is not None:
        told["promise"] = range_data(alert.promise)
    if alert.heard_at is not None:
        told["heard_at"] = alert.heard_at.isoformat()
    return told
