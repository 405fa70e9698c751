"""A departure ↔ the attributes of its item. Total both ways; a property test goes round.

The stop's number is the attribute ``stop_index``: before plans could be edited it was the index.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.adapters.dynamodb.values.departure_keys import item_of
from chalicelib.adapters.dynamodb.values.etas import pack_etas, unpack_etas
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, RouteId


def to_attributes(departure: Departure) -> dict[str, Any]:
    """Times in milliseconds, but for ``expires_at``; the place in 1e-7 degrees."""
    stood_at = departure.stood_at
    return {
        "route_id": departure.route_id,
        "item": item_of(departure.key),
        "driver_id": departure.driver_id,
        "stop_index": departure.stop_number,
        "arrived_ms": None if departure.arrived_at is None else to_ms(departure.arrived_at),
        "left_ms": to_ms(departure.left_at),
        "told_ms": to_ms(departure.told_at),
        "news_ms": None if departure.news_at is None else to_ms(departure.news_at),
        "stop_count": len(departure.etas),
        "etas": pack_etas(departure.etas),
        "stood_at": None if stood_at is None else f"{stood_at.lat_deg:.7f} {stood_at.lon_deg:.7f}",
        "expires_at": int(departure.expires_at.timestamp()),
    }


def from_attributes(attributes: Mapping[str, Any]) -> Departure:
    """The departure again."""
    told = unpack_etas(attributes["etas"])
    stop_number, arrived_ms = attributes.get("stop_index"), attributes.get("arrived_ms")
    stood_at, news_ms = attributes.get("stood_at"), attributes.get("news_ms")
    return Departure(
        route_id=RouteId(attributes["route_id"]),
        driver_id=DriverId(attributes["driver_id"]),
        stop_number=None if stop_number is None else int(stop_number),
        left_at=from_ms(int(attributes["left_ms"])),
        told_at=from_ms(int(attributes["told_ms"])),
        expires_at=from_ms(int(attributes["expires_at"]) * 1000),
        arrived_at=None if arrived_ms is None else from_ms(int(arrived_ms)),
        etas=tuple(told.get(i) for i in range(int(attributes["stop_count"]))),
        stood_at=None if stood_at is None else Coordinates(*map(float, stood_at.split())),
        news_at=None if news_ms is None else from_ms(int(news_ms)),
    )
