"""Quiet hours: from ten in the evening to eight in the morning nobody is told of what can wait.

The clock is that of the address. What has become untrue by the morning is never told.
"""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.notices.kinds import Kind
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY

EVENING: Final = time(22)
MORNING: Final = time(8)

CANNOT_WAIT: Final = frozenset({Kind.ARRIVING, Kind.MESSAGE, Kind.PUT_OFF})
"""Somebody is waiting at this moment: for the van, for an answer."""


def told_at(kind: Kind, shipment: Shipment, now: datetime) -> datetime:
    """When the notice may be sent: ``now``, or the next morning at eight.

    A notice about a van that comes before the morning is sent at once, also at night.
    """
    morning = end_of_quiet(now, ZoneInfo(shipment.address.time_zone))
    if morning <= now or kind in CANNOT_WAIT:
        return now
    promise = shipment.promise
    is_on_the_way = shipment.status in ON_THE_WAY
    comes_before = is_on_the_way and promise is not None and promise.earliest < morning
    return now if comes_before else morning


def end_of_quiet(now: datetime, zone: ZoneInfo) -> datetime:
    """The end of the quiet hours that ``now`` is in; ``now`` itself by day."""
    local = now.astimezone(zone)
    if MORNING <= local.time() < EVENING:
        return now
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(now.tzinfo)
