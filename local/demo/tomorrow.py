"""What waits for tomorrow: shipments on no route yet, for the planning board."""

import random
import uuid
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from local.demo import planning
from local.demo.vans import TIME_ZONE, World

WAITING: Final = 18
"""Enough to see what a suggestion is worth, few enough to start at once."""
FIRST: Final = time(9)


def waits(world: World, now: datetime, seed: int) -> None:
    """Shops create these today; no dispatcher has planned them."""
    day = now.astimezone(ZoneInfo(TIME_ZONE)).date() + timedelta(days=1)
    starts_at = datetime.combine(day, FIRST, ZoneInfo(TIME_ZONE))
    chance = random.Random(f"{seed} tomorrow")
    waiting = 0
    while waiting < WAITING:
        visits = planning.wave(
            world.streets.doors,
            hub=world.streets.corners[world.hub],
            starts_at=starts_at,
            supply=world.supply,
            chance=chance,
        )
        orders = [order for visit in visits for order in visit.orders][: WAITING - waiting]
        chance.shuffle(orders)
        for order in orders:
            day_of = {} if "window" in order.body else {"service_day": day.isoformat()}
            headers = {"Idempotency-Key": uuid.uuid4().hex}
            shop = world.carrier.shops[order.shop].api
            shop.post("/v1/shipments", order.body | day_of, headers=headers)
        waiting += len(orders)
