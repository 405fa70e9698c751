"""The days of hubs: the facts of all routes of a service day, added up by driver and by shipper."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.ids import DriverId, HubId, ShipperId
from chalicelib.domain.metrics.facts import RouteFacts
from chalicelib.domain.metrics.tallies import Tally, added


class Grouping(StrEnum):
    """How a day is divided. A part of it is read without the others."""

    TOTAL = "total"
    DRIVER = "driver"
    SHIPPER = "shipper"


@dataclass(frozen=True, slots=True)
class DayPart:
    """A hub's day as one grouping divides it: tallies by id, or one tally by an empty id."""

    hub_id: HubId
    service_day: date
    counted_at: datetime
    tallies: Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class HubDay:
    """All that happened on a hub's service day, twice: by driver, and by shipper.

    The day is that of the hub's zone, as the routes say it. Goods that a driver handled for a
    shipper are in both. Of a shipper there is nothing about vans.
    """

    hub_id: HubId
    service_day: date
    by_driver: Mapping[DriverId, Tally] = field(default_factory=dict)
    by_shipper: Mapping[ShipperId, Tally] = field(default_factory=dict)

    @property
    def total(self) -> Tally:
        """The whole day."""
        return added(self.by_driver.values())

    def divided(self, grouping: Grouping) -> Mapping[str, Tally]:
        """The tallies by id; the total has an empty one."""
        match grouping:
            case Grouping.TOTAL:
                return {"": self.total}
            case Grouping.DRIVER:
                return {str(key): tally for key, tally in self.by_driver.items()}
            case Grouping.SHIPPER:
                return {str(key): tally for key, tally in self.by_shipper.items()}


def day_of(hub_id: HubId, service_day: date, routes: Iterable[RouteFacts]) -> HubDay:
    """The day that these facts make, whatever their order."""
    drivers: dict[DriverId, list[Tally]] = defaultdict(list)
    shippers: dict[ShipperId, list[Tally]] = defaultdict(list)
    for each in routes:
        for van in each.vans:
            drivers[van.driver_id].append(van.tally)
        for goods in each.goods:
            drivers[goods.driver_id].append(_without_etas(goods.tally))
            shippers[goods.shipper_id].append(goods.tally)
    return HubDay(
        hub_id,
        service_day,
        {driver_id: added(drivers[driver_id]) for driver_id in sorted(drivers)},
        {shipper_id: added(shippers[shipper_id]) for shipper_id in sorted(shippers)},
    )


def _without_etas(tally: Tally) -> Tally:
    """Without the ETAs, which the van has counted once for its stop."""
    return {name: count for name, count in tally.items() if not name.startswith("eta.")}
