"""Settling an order: the place, the zone and the times that it leaves open, or why it cannot be.

No place is guessed in silence. What a search found is told to the shipper in a warning; what it
found only roughly is refused, or waits for a dispatcher where the operator allows that.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.geography import KM_M, Coordinates, distance_m
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.addresses import Address, Placement
from chalicelib.domain.shipments.delivery_days import WrongEnd, require_possible_time
from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.domain.shipments.orders import NewShipment, Order
from chalicelib.domain.shipments.placing import FoundPlace, Precision, WantedAddress, is_surely
from chalicelib.services.ports.accounts import Hubs
from chalicelib.services.ports.places import Geocoder, TimeZones

FOUND_ONLY: Final = {
    Precision.DOOR: "a house that may be another one",
    Precision.STREET: "its street",
    Precision.AREA: "its town or its area",
}
HELP: Final = "Check the street, the postal code and the city, or send lat_deg and lon_deg."


@dataclass(frozen=True, slots=True)
class Settled:
    """An order with all that it left open, and what its shipper should look at."""

    wanted: NewShipment
    warnings: tuple[InputWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Settler:
    """Settles orders, as a part of the use cases that take them."""

    geocoder: Geocoder
    time_zones: TimeZones
    hubs: Hubs
    policy: Policy

    def __call__(self, order: Order, now: datetime, *, standing: Address | None = None) -> Settled:
        """Settle it. ``standing`` is the address of the shipment that has its reference already.

        Raises Invalid with the field that cannot be, and Unavailable where the address search
        fails.
        """
        address, warnings = self._address(order.address, standing)
        window = _window(order, address.time_zone)
        require_possible_time(window, order.service_day, address.time_zone, now)
        self.require_in_reach(address.coordinates)
        return Settled(order.settled(address, window), warnings)

    def require_in_reach(self, place: Coordinates) -> None:
        """Raises Invalid for a place that no van can serve. Without hubs nobody can tell."""
        for is_fresh in (False, True):  # a hub may have been opened a moment ago
            hubs = self.hubs.places(is_fresh=is_fresh)
            nearest_m = min((distance_m(hub, place) for hub in hubs), default=0.0)
            if nearest_m <= self.policy.reach_m:
                return
        text = (
            f"This place is {nearest_m / KM_M:,.0f} km from the nearest hub, and a van drives at "
            f"most {self.policy.reach_m / KM_M:,.0f} km a day. Check the address and its place."
        )
        raise Invalid(text, pointer="/address", code="out_of_reach")

    def _address(
        self, wanted: WantedAddress, standing: Address | None
    ) -> tuple[Address, tuple[InputWarning, ...]]:
        if wanted.coordinates is not None:
            return self._at(wanted, wanted.coordinates, Placement.GIVEN), ()
        if standing is not None and wanted.is_at(standing):
            zone = wanted.time_zone or standing.time_zone
            return wanted.at(standing.coordinates, zone, standing.placement), ()
        found = self._found(wanted)
        placement = Placement.FOUND if is_surely(found, wanted) else Placement.ROUGH
        if placement is Placement.ROUGH and not self.policy.takes_rough_places:
            text = f"The address search found only {FOUND_ONLY[found.precision]}. {HELP}"
            raise Invalid(text, pointer="/address", code="place_unsure")
        return self._at(wanted, found.coordinates, placement), (_told(found, placement),)

    def _found(self, wanted: WantedAddress) -> FoundPlace:
        if not self.geocoder.is_there:
            text = "Write lat_deg and lon_deg: there is no address search here."
            raise Invalid(text, pointer="/address/lat_deg", code="missing")
        found = self.geocoder.find(wanted)
        if found is None or found.country not in {None, wanted.country}:
            text = f"The address search does not find this address. {HELP}"
            raise Invalid(text, pointer="/address", code="place_unknown")
        return found

    def _at(self, wanted: WantedAddress, place: Coordinates, placement: Placement) -> Address:
        zone = wanted.time_zone or self.time_zones.at(place)
        if zone is None:
            text = "No time zone is known for this place. Write time_zone, like Europe/Helsinki."
            raise Invalid(text, pointer="/address/time_zone", code="missing")
        return wanted.at(place, zone, placement)


def _window(order: Order, time_zone: str) -> Range | None:
    if order.window is None:
        return None
    try:
        return order.window.at(time_zone)
    except WrongEnd as exc:
        raise Invalid(str(exc), pointer=f"/window/{exc.name}", code=exc.code) from exc


def _told(found: FoundPlace, placement: Placement) -> InputWarning:
    place = f"{found.coordinates.lat_deg}, {found.coordinates.lon_deg}"
    text = f"The address search placed this at {place}: {found.label} ({found.source})."
    if placement is Placement.ROUGH:
        text += " That is not surely the door, so a dispatcher will place it."
    return InputWarning("/address", text)
