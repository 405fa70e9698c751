"""A route for the person at the terminal: a driver of their own, with parcels to load."""

import random
import uuid
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.instants import written
from local.demo import carrier, planning
from local.demo.vans import TIME_ZONE, World

NAME: Final = "You"
MOST_STOPS: Final = 5
LOADING: Final = timedelta(minutes=20)


def invited(world: World, now: datetime, seed: int) -> str:
    """Open the driver, plan the route, and give the link that signs a phone in once."""
    office = world.carrier.dispatcher
    starts_at = now + LOADING
    driver_id = office.post("/v1/drivers", {"name": NAME})["id"]
    visits = planning.wave(
        world.streets.doors,
        hub=world.streets.corners[world.hub],
        starts_at=starts_at,
        supply=world.supply,
        chance=random.Random(f"{seed} {NAME}"),
    )[:MOST_STOPS]
    stops = [{"shipment_ids": [_made(world, order) for order in visit.orders]} for visit in visits]
    office.post(
        "/v1/routes",
        {
            "driver_id": driver_id,
            "hub_id": world.carrier.hub_id,
            "service_day": starts_at.astimezone(ZoneInfo(TIME_ZONE)).date().isoformat(),
            "starts_at": written(starts_at),
            "stops": stops,
        },
    )
    return carrier.invitation_link(office, driver_id)


def _made(world: World, order: planning.Order) -> str:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    shop = world.carrier.shops[order.shop].api
    shipment_id: str = shop.post("/v1/shipments", order.body, headers=headers)["id"]
    return shipment_id
