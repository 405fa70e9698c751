"""A mistaken outcome is put right: the shipment's new state, its event, and the driver's sheet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.actors import Actor
from chalicelib.domain.ids import EventId
from chalicelib.domain.journal.changes import Change, ShipmentChange
from chalicelib.domain.shipments.corrections import CorrectionOrder, concerned_by, put_right
from chalicelib.domain.shipments.custody import parts_data
from chalicelib.domain.shipments.lifecycle import take, transitions
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.routes import Routes
from chalicelib.services.routes.whereabouts import Whereabouts


def correction(
    shipment: Shipment,
    order: CorrectionOrder,
    *,
    is_aboard: bool,
    routes: Routes,
    actor: Actor,
    event_id: EventId,
    occurred_at: datetime,
    now: datetime,
) -> tuple[Shipment, Sequence[Change]]:
    """The shipment as it is then, and all that is written for it in one transaction.

    Raises IllegalTransition.
    """
    step = order.step(shipment, is_aboard=is_aboard)
    right = put_right(shipment, order, is_aboard=is_aboard, now=now)
    then = replace(right, status=transitions()[step].target)
    after, event = take(
        right,
        step,
        actor=actor,
        event_id=event_id,
        occurred_at=occurred_at,
        now=now,
        data=order.facts(shipment) | parts_data(then, concerned_by(shipment)),
    )
    place = Whereabouts.of(shipment, routes)
    told = place.on_sheet(after, routes, now, is_read_anew=True) if is_aboard else ()
    return after, (ShipmentChange(after, (event,), shipment.version), *told)
