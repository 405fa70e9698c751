"""The demo carrier: three vans on the real streets of Helsinki, with invented people."""

import itertools
import logging
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from chalicelib.domain.geography import Coordinates
from local.agenda import Agenda
from local.demo import carrier, people, planning, recipients, streets
from local.demo.vans import TIME_ZONE, Stop, Van, World
from local.stack import RunningStack

HUB_NAME: Final = "Helsinki Elielinaukio"
HUB_PLACE: Final = Coordinates(60.17175, 24.93735)  # behind the old main post office
PICTURES: Final = 6
PATIENCE_S: Final = 1.0
HEAD_START: Final = timedelta(minutes=6)
"""The first van was loaded this long before the demo starts."""
STAGGER_S: Final = 30.0
"""The time between the loading of two vans. The other vans load after the start of the demo."""

logger = logging.getLogger(__name__)


@dataclass
class Demo:
    """A carrier at work. `run` drives the vans until `stop`."""

    carrier: carrier.Carrier
    vans: list[Van]
    agenda: Agenda
    world: World
    _thread: threading.Thread | None = field(default=None)

    def run(self) -> None:
        self._thread = threading.Thread(target=self._go, name="vans", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.agenda.stopping.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)

    def tracking_links(self) -> list[str]:
        """One link for each remaining stop: the vans in turn, the nearest stops first."""
        coming = [[stop for stop in van.stops if not stop.outcome][1:] for van in self.vans]
        in_turn = itertools.chain(*itertools.zip_longest(*coming))
        parcels = [stop.parcels[0] for stop in in_turn if stop is not None]
        self.world.printed.update(parcel.id for parcel in parcels)
        return [parcel.tracking_url for parcel in parcels]

    def board(self) -> list[dict[str, Any]]:
        """The data of the start page: each van with its stops."""
        return [
            {
                "driver": van.name,
                "stops": [_shown(stop) for stop in van.stops],
            }
            for van in self.vans
        ]

    def _go(self) -> None:
        try:
            self.agenda.run()
        except Exception:
            if not self.agenda.stopping.is_set():
                logger.exception("the demo came to an end")


def prepare(
    stack: RunningStack,
    *,
    seed: int,
    progress: Callable[[str], object],
    drivers: Sequence[tuple[str, str]] = people.DRIVERS,
) -> Demo:
    """Open the carrier and drive the vans up to now, so that there is something to see at once."""
    ground = streets.load()
    progress(f"streets of Helsinki: {len(ground.doors)} addresses, {streets.ATTRIBUTION}")
    speed, now = stack.clock.speed, stack.clock.now()
    with _time_set_by_us(stack):
        stack.clock.set_to(now - HEAD_START)
        demo = _opened(stack, ground, seed, drivers)
        progress(f"a carrier with two shops, a hub and {len(drivers)} drivers")
        demo.agenda.run_until(now)
        demo.world.in_a_hurry = False
    stack.clock.run(speed)
    progress(f"a van on the road with {len(demo.vans[0].stops)} stops; the others follow")
    return demo


@contextmanager
def _time_set_by_us(stack: RunningStack) -> Iterator[None]:
    speed = stack.clock.speed
    stack.clock.run(0.0)
    try:
        yield
    finally:
        stack.clock.run(speed)


def _opened(
    stack: RunningStack, ground: streets.Streets, seed: int, drivers: Sequence[tuple[str, str]]
) -> Demo:
    hub = ground.nearest(HUB_PLACE)
    opened = carrier.open_carrier(
        stack.api(),
        shops=people.SHOPS,
        hub_name=HUB_NAME,
        hub_place=ground.corners[hub],
        time_zone=TIME_ZONE,
        drivers=drivers,
    )
    for shop in opened.shops:
        recipients.allow(stack.api(), shop.id)
    supply = planning.Supply(people.phones(), people.barcodes(), itertools.count(48_211))
    agenda = Agenda(stack.clock)
    world = World(
        clock=stack.clock,
        streets=ground,
        carrier=opened,
        hub=hub,
        supply=supply,
        photo=_pictures(seed),
        forget=_forgetter(stack),
        stopping=agenda.stopping,
        in_a_hurry=True,
    )
    areas = planning.districts(ground.doors, len(drivers))
    vans = []
    for number, (driver_id, (name, _team)) in enumerate(
        zip(opened.driver_ids, drivers, strict=True)
    ):
        van = Van(
            name,
            driver_id,
            areas[number],
            world,
            random.Random(f"{seed} {name}"),
            begins_late=number == len(drivers) - 1,
        )
        wait_s = HEAD_START.total_seconds() + STAGGER_S * (number - 1) + 1 if number else 0.0
        agenda.add(van.doings(wait_s=wait_s))
        vans.append(van)
    return Demo(opened, vans, agenda, world)


def _forgetter(stack: RunningStack) -> Callable[[Sequence[str]], None]:
    """A function that deletes shipments with all their items.

    It bypasses the API, because no real carrier does this.
    """
    dynamodb = stack.session.client("dynamodb")
    table = stack.provisioned.stack.resource("ShipmentsTable").name

    def forget(shipment_ids: Sequence[str]) -> None:
        for shipment_id in shipment_ids:
            pages = dynamodb.get_paginator("query").paginate(
                TableName=table,
                KeyConditionExpression="shipment_id = :id",
                ExpressionAttributeValues={":id": {"S": shipment_id}},
            )
            items = [item for page in pages for item in page["Items"]]
            for item in items:
                key = {name: item[name] for name in ("shipment_id", "item")}
                dynamodb.delete_item(TableName=table, Key=key)

    return forget


def _pictures(seed: int) -> Callable[[random.Random], bytes]:
    """A few photos, drawn when first needed."""

    @lru_cache
    def picture(number: int) -> bytes:
        from local.demo.photo import doorstep_jpeg  # noqa: PLC0415 (Pillow is not needed to start)

        return doorstep_jpeg(random.Random(f"{seed} {number}"))

    return lambda chance: picture(chance.randrange(PICTURES))


def _shown(stop: Stop) -> dict[str, Any]:
    return {
        "number": stop.number,
        "name": stop.visit.customer.name,
        "address": f"{stop.visit.door.street} {stop.visit.door.number}",
        "tracking_url": stop.parcels[0].tracking_url,
        "outcome": stop.outcome,
    }
