"""The plan of a wave of deliveries before it goes to the API: shipments, doors and their order."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.domain.geography import Coordinates, distance_m
from local.demo import people
from local.demo.streets import Door

FEWEST_STOPS: Final = 10
MOST_STOPS: Final = 14
ASKING_PIN: Final = 0.12
"""The share of visits with one shipment whose recipient says a PIN at the door."""
SECONDS_PER_STOP: Final = 200.0
"""A rough guess of drive and dwell together. The shops' windows follow from it."""


@dataclass(frozen=True, slots=True)
class Order:
    """One shipment to create. `shop` is the index of the shop that sends it."""

    shop: int
    barcodes: tuple[str, ...]
    body: dict[str, Any]

    @property
    def asks_pin(self) -> bool:
        """Whether the recipient has to say a PIN at the door."""
        return "pin" in self.body["proof_requirements"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One door and the shipments for it."""

    door: Door
    customer: people.Customer
    orders: tuple[Order, ...]


@dataclass
class Supply:
    """Endless supplies of phone numbers, barcodes and references."""

    phones: Iterator[str]
    barcodes: Iterator[str]
    references: Iterator[int]


def districts(doors: Sequence[Door], count: int) -> list[list[Door]]:
    """Split the doors into equal bands from south to north: an area for each van."""
    ranked = sorted(doors, key=lambda door: (door.place.lat_deg, door.street, door.number))
    return [ranked[len(ranked) * i // count : len(ranked) * (i + 1) // count] for i in range(count)]


def wave(
    doors: Sequence[Door],
    *,
    hub: Coordinates,
    starts_at: datetime,
    supply: Supply,
    chance: random.Random,
) -> list[Visit]:
    """10–14 visits in the order of a sensible round trip; one in eight is for two shops."""
    count = min(chance.randint(FEWEST_STOPS, MOST_STOPS), len(doors))
    rounds = _in_order(chance.sample(list(doors), count), hub)
    return [
        _visit(door, starts_at + timedelta(seconds=SECONDS_PER_STOP * number), supply, chance)
        for number, door in enumerate(rounds, start=1)
    ]


def hurry(visit: Visit, *, starts_at: datetime) -> None:
    """Promise a visit for the first quarter of an hour, wherever it lies in the order.

    So a van is late from the start, and whoever looks into the console finds something to do.
    """
    window = {"start": starts_at, "end": starts_at + timedelta(minutes=15)}
    for order in visit.orders:
        order.body["window"] = {name: at.isoformat() for name, at in window.items()}


def _in_order(doors: list[Door], hub: Coordinates) -> list[Door]:
    """Nearest neighbour, then 2-opt to remove crossings: short enough for a demo."""
    left, tour, here = list(doors), list[Door](), hub
    while left:
        nearest = min(left, key=lambda door, here=here: distance_m(here, door.place))  # type: ignore[misc]
        left.remove(nearest)
        tour.append(nearest)
        here = nearest.place
    for i in range(len(tour) - 1):
        for j in range(i + 1, len(tour)):
            turned = [*tour[:i], *tour[i : j + 1][::-1], *tour[j + 1 :]]
            if _length_m(turned, hub) < _length_m(tour, hub):
                tour = turned
    return tour


def _length_m(tour: Sequence[Door], hub: Coordinates) -> float:
    places = [hub, *(door.place for door in tour), hub]
    return sum(distance_m(a, b) for a, b in itertools.pairwise(places))


def _visit(door: Door, expected_at: datetime, supply: Supply, chance: random.Random) -> Visit:
    customer = people.customer(door, next(supply.phones), chance)
    window = _window(expected_at) if chance.random() < 0.35 else None
    shops = [0, 1] if chance.random() < 0.125 else [chance.randrange(len(people.SHOPS))]
    orders = [_order(shop, customer, window, supply, chance) for shop in shops]
    if len(orders) == 1 and chance.random() < ASKING_PIN:
        orders[0].body["proof_requirements"]["pin"] = "required"
    return Visit(door, customer, tuple(orders))


def _order(
    shop: int,
    customer: people.Customer,
    window: dict[str, str] | None,
    supply: Supply,
    chance: random.Random,
) -> Order:
    barcodes = tuple(next(supply.barcodes) for _ in range(1 if chance.random() < 0.85 else 2))
    instructions = chance.choice(people.INSTRUCTIONS) if chance.random() < 0.25 else None
    body = {
        "reference": f"{people.SHOPS[shop]['sms_name'][:3].upper()}-{next(supply.references)}",
        "recipient": customer.recipient,
        "address": customer.address(instructions),
        "parcels": [
            {"barcode": barcode, "description": chance.choice(people.GOODS)} for barcode in barcodes
        ],
        "proof_requirements": {"photo": "required" if chance.random() < 0.2 else "optional"},
        **({"window": window} if window else {}),
    }
    return Order(shop, barcodes, body)


def _window(expected_at: datetime) -> dict[str, str]:
    """A window of two hours on full half hours around the guess, as shops sell them."""
    start = expected_at - timedelta(minutes=50)
    start -= timedelta(
        minutes=start.minute % 30, seconds=start.second, microseconds=start.microsecond
    )
    return {"start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat()}
