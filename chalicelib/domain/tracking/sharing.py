"""Sharing: a second link to a delivery that shows others when it comes and where the van is.

It is a list of what is allowed, as the page's own view is: whoever adds something to that page has
to add it here too, or others do not see it. Nobody learns from it who gets a delivery, from whom,
at which address or how it ended. So the van stands at full hundreds of metres, and at the door it
is not shown any more.
"""

from dataclasses import replace
from typing import Final

from chalicelib.domain.geography import Coordinates
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status, external_status
from chalicelib.domain.tracking.tracking import Position, Sender, TrackingView

ROUGH_DECIMALS: Final = 3  # a hundred metres
ROUGH_M: Final = 100.0
TO_COME: Final = frozenset({Status.CREATED, Status.ACCEPTED, Status.LOADED})
NOBODY: Final = Sender("", None)
NOWHERE: Final = Coordinates(0.0, 0.0)


def for_others(view: TrackingView) -> TrackingView:
    """What a share link shows of this delivery; once it is over, only that."""
    if view.status not in ON_THE_WAY | TO_COME:
        return _over(view)
    is_at_the_door = view.status is Status.ARRIVED
    return replace(
        _over(view),
        status=view.status,
        external_status=view.external_status,
        eta_age_s=view.eta_age_s,
        expected=view.expected,
        promise=view.promise,
        window=view.window,
        service_day=view.service_day,
        stops_before=view.stops_before,
        position=None if is_at_the_door else _rough(view.position),
        position_hidden_because=view.position_hidden_because,
        last_seen_age_s=None if is_at_the_door else view.last_seen_age_s,
        poll_after_s=view.poll_after_s,
        live_version=view.live_version,
    )


def _over(view: TrackingView) -> TrackingView:
    return TrackingView(
        status=Status.DELIVERED,
        external_status=external_status(Status.DELIVERED),
        reference="",
        sender=NOBODY,
        city="",
        time_zone=view.time_zone,
        locale=view.locale,
        server_now=view.server_now,
        version=view.version,
        eta=None,
        eta_age_s=None,
        promise=None,
        delayed=False,
        window=None,
        stops_before=None,
        position=None,
        position_hidden_because=None,
        last_seen_age_s=None,
        destination=NOWHERE,
        timeline=(),
        outcome=None,
        poll_after_s=None,
    )


def _rough(position: Position | None) -> Position | None:
    if position is None:
        return None
    return replace(
        position,
        lat_deg=round(position.lat_deg, ROUGH_DECIMALS),
        lon_deg=round(position.lon_deg, ROUGH_DECIMALS),
        accuracy_m=max(ROUGH_M, position.accuracy_m or 0.0),
    )
