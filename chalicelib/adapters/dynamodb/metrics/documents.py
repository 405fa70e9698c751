"""Facts and days ↔ packed values. Total both ways; a property test goes round.

Tallies repeat the same names over and over, so the packed value is deflated: a tenth remains.
"""

import zlib
from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec

from chalicelib.adapters.dynamodb.stored import Packed, PackedPart, pack, unpack
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.metrics.facts import GoodsFacts, RouteFacts, VanFacts
from chalicelib.domain.metrics.tallies import Tally

MOST_BYTES: Final = 16_000_000
"""No item of 400 kB holds more that we have written."""


class PackedVan(PackedPart, frozen=True):
    """A driver's tally."""

    driver_id: str
    tally: dict[str, int]


class PackedGoods(PackedPart, frozen=True):
    """A shipment's tally."""

    shipment_id: str
    shipper_id: str
    driver_id: str
    tally: dict[str, int]


class PackedFacts(Packed, frozen=True):
    """The facts of a route. Their hub, day and route are in the key."""

    vans: tuple[PackedVan, ...] = ()
    goods: tuple[PackedGoods, ...] = ()
    shipment_ids: tuple[str, ...] = ()


class PackedTallies(Packed, frozen=True):
    """A part of a hub's day."""

    tallies: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)


def pack_facts(facts: RouteFacts) -> bytes:
    """The bytes of the facts; always the same for the same facts."""
    value = PackedFacts(
        vans=tuple(PackedVan(each.driver_id, dict(each.tally)) for each in facts.vans),
        goods=tuple(
            PackedGoods(each.shipment_id, each.shipper_id, each.driver_id, dict(each.tally))
            for each in facts.goods
        ),
        shipment_ids=tuple(facts.shipment_ids),
    )
    return zlib.compress(pack(value), 9)


def unpack_facts(packed: bytes, hub_id: HubId, service_day: date, route_id: RouteId) -> RouteFacts:
    """The facts again."""
    value = unpack(PackedFacts, _inflated(packed))
    return RouteFacts(
        route_id=route_id,
        hub_id=hub_id,
        service_day=service_day,
        vans=tuple(VanFacts(DriverId(each.driver_id), each.tally) for each in value.vans),
        goods=tuple(
            GoodsFacts(
                ShipmentId(each.shipment_id),
                ShipperId(each.shipper_id),
                DriverId(each.driver_id),
                each.tally,
            )
            for each in value.goods
        ),
        shipment_ids=tuple(map(ShipmentId, value.shipment_ids)),
    )


def pack_tallies(tallies: Mapping[str, Tally]) -> bytes:
    """The bytes of a part of a day; always the same for the same tallies."""
    value = PackedTallies(tallies={key: dict(tallies[key]) for key in sorted(tallies)})
    return zlib.compress(pack(value), 9)


def unpack_tallies(packed: bytes) -> dict[str, dict[str, int]]:
    """The tallies again."""
    return unpack(PackedTallies, _inflated(packed)).tallies


def _inflated(packed: bytes) -> bytes:
    """Raises ValueError for damaged bytes."""
    inflating = zlib.decompressobj()
    try:
        found = inflating.decompress(packed, MOST_BYTES)
    except zlib.error as exc:
        msg = "The packed metrics are damaged."
        raise ValueError(msg) from exc
    if not inflating.eof:
        msg = "The packed metrics are cut off, or too long."
        raise ValueError(msg)
    return found
