"""A route for the person at the terminal: a driver of their own, with parcels to load.

The first recipient writes to the driver as soon as the parcel is on the van.
"""

import logging
import random
import uuid
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from chalicelib.domain.instants import written
from local.agenda import Agenda, Doings
from local.client import Api, Refused, submit
from local.demo import carrier, planning
from local.demo.vans import TIME_ZONE, World

NAME: Final = "You"
MOST_STOPS: Final = 5
LOADING: Final = timedelta(minutes=20)
LOOK_EVERY_S: Final = 5.0
MOST_LOOKS: Final = 500
"""Then nobody drives, and nobody has to be answered."""
WORDS: Final = "I am in the yard behind the house. The gate on the left is open."

logger = logging.getLogger(__name__)


def invited(world: World, agenda: Agenda, now: datetime, seed: int) -> str:
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
    made = [[_made(world, order) for order in visit.orders] for visit in visits]
    stops = [{"shipment_ids": [shipment["id"] for shipment in each]} for each in made]
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
    shop = world.carrier.shops[visits[0].orders[0].shop].api
    agenda.add(_recipient(made[0][0], shop, pause_s=LOOK_EVERY_S * max(1.0, world.clock.speed)))
    return carrier.invitation_link(office, driver_id)


def _recipient(shipment: dict[str, Any], shop: Api, *, pause_s: float) -> Doings:
    """Looks at the parcel now and then, and writes once it is loaded."""
    yield 0.0
    try:
        for _ in range(MOST_LOOKS):
            if shop.get(f"/v1/shipments/{shipment['id']}")["status"] not in {"created", "accepted"}:
                fields = {"action_id": uuid.uuid4().hex, "lang": "en", "text": WORDS}
                submit(f"{shipment['tracking_url']}/messages", fields)
                return
            yield pause_s
    except (Refused, OSError) as exc:
        logger.info("the recipient gives up writing: %s", exc)


def _made(world: World, order: planning.Order) -> dict[str, Any]:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    shop = world.carrier.shops[order.shop].api
    shipment: dict[str, Any] = shop.post("/v1/shipments", order.body, headers=headers)
    return shipment
