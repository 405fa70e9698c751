"""How alerts become events of the shipments that they concern."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import SYSTEM
from chalicelib.domain.driving.alerts import Alert, AlertKind, is_later
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.events import Event, EventType, eta_data, range_data
from chalicelib.domain.shipments.lifecycle import Step, append, may_take, take
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Ids

NOTED: Final[Mapping[AlertKind, EventType]] = {
    AlertKind.DELAYED: EventType.DELAYED,
    AlertKind.BACK_ON_TIME: EventType.BACK_ON_TIME,
    AlertKind.EARLIER: EventType.PROMISED,
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
_STEPS: Final = {
    AlertKind.ARRIVED: Step.ARRIVE,
    AlertKind.APPROACHING: Step.APPROACH,
    AlertKind.WITHDRAWN: Step.DRIVE_OFF,
    AlertKind.WITHDRAWN_NEARBY: Step.DRIVE_ON,
}
"""The others are steps of the shipment."""


def told(
    alerts: Iterable[Alert], route: Route, *, shipments: Shipments, ids: Ids, now: datetime
) -> tuple[ShipmentChange, ...]:
    """The alerts as events, one change a shipment that is still on the way with this route.

    A step that a shipment cannot take any more is not told.
    """
    concerning: dict[ShipmentId, list[Alert]] = {}
    for alert in alerts:
        for shipment_id in route.stops[alert.stop_index].shipment_ids:
            concerning.setdefault(shipment_id, []).append(alert)
    found = shipments.get_many(tuple(concerning)) if concerning else {}
    changes = (
        _change(found[shipment_id], its_own, ids, now)
        for shipment_id, its_own in concerning.items()
        if shipment_id in found
        and found[shipment_id].status in ON_THE_WAY
        and found[shipment_id].is_on(route.id)
    )
    return tuple(change for change in changes if change.events)


def _change(shipment: Shipment, alerts: Sequence[Alert], ids: Ids, now: datetime) -> ShipmentChange:
    after, events = shipment, []
    for alert in alerts:
        step = _STEPS.get(alert.kind)
        if step is not None and not may_take(after, step, SYSTEM):
            continue
        event_id = EventId(ids.new(EVENT))
        if step is None:
            after, event = noted(after, alert, event_id=event_id, now=now)
        else:
            after, event = take(
                after,
                step,
                actor=SYSTEM,
                event_id=event_id,
                occurred_at=alert.occurred_at,
                now=now,
                data=_alert_data(alert),
            )
        events.append(event)
    return ShipmentChange(after, tuple(events), shipment.version)


def noted(
    shipment: Shipment, alert: Alert, *, event_id: EventId, now: datetime
) -> tuple[Shipment, Event]:
    """The shipment with the alert in its history, and with the new promise if there is one."""
    is_delayed = _IS_DELAYED.get(alert.kind, shipment.is_delayed)
    if alert.kind is AlertKind.EARLIER:
        is_delayed = is_delayed and is_later(alert.promise, shipment.first_promise)
    told = replace(shipment, promise=alert.promise or shipment.promise, is_delayed=is_delayed)
    return append(
        told,
        NOTED[alert.kind],
        actor=SYSTEM,
        event_id=event_id,
        occurred_at=alert.occurred_at,
        now=now,
        data={**_alert_data(alert), "previous_promise": range_data(shipment.promise)},
    )


def _alert_data(alert: Alert) -> dict[str, object]:
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
