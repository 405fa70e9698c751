"""The days of hubs: the facts of all routes of a service day, added up by driver and by shipper."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from chalicelib.domain.ids import DriverId, HubId, ShipperId
from chalicelib.domain.metrics.facts import RouteFacts
from chalicelib.domain.metrics.tallies import Tally, added


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


def day_of(hub_id: HubId, service_day: date, routes: Iterable[RouteFacts]) -> HubDay:
    """The day that these facts make, whatever their order."""
    drivers: dict[DriverId, list[Tally]] = defaultdict(list)
    shippers: dict[ShipperId, list[Tally]] = defaultdict(list)
    for each in routes:
        for driver_id, tally in each.vans.items():
            drivers[driver_id].append(tally)
        for (driver_id, shipper_id), tally in each.goods.items():
            drivers[driver_id].append(_without_etas(tally))
            shippers[shipper_id].append(tally)
    return HubDay(
        hub_id,
        service_day,
        {driver_id: added(drivers[driver_id]) for driver_id in sorted(drivers)},
        {shipper_id: added(shippers[shipper_id]) for shipper_id in sorted(shippers)},
    )


def _without_etas(tally: Tally) -> Tally:
    """Without the ETAs, which the van has counted once for its stop."""
    return {name: count for name, count in tally.items() if not name.startswith("eta.")}
