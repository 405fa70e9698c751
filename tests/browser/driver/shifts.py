"""A driver's day whose orders are as a test needs them."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from local.client import Api
from tests.browser.test_journey import HUB, TIME_ZONE, Delivery
from tests.support.builders import north_of
from tests.support.tracking_views import DOOR

BETWEEN_STOPS_M: Final = 300.0
Order = dict[str, Any]
"""A shipment as the API has it, but for ``parcels``, which is how many there are."""


class Shift(Delivery):
    """A route with the orders of each stop. ``shipments`` are all of them, one after the other."""

    def __init__(self, facts: dict[str, Any], stops: Sequence[Sequence[Order]]) -> None:
        api, keys = Api(facts["base_url"]), facts["keys"]
        self.shop, self.office = api.as_(keys["shipper"]), api.as_(keys["dispatcher"])
        self.public, self.names, self._actions = api, [], 0
        made = [[self._made(stop, order) for order in each] for stop, each in enumerate(stops)]
        self.shipments = [shipment for each in made for shipment in each]
        self.first = self.shipments[0]
        self.driver_id = self.office.post("/v1/drivers", {"name": "Matti"})["id"]
        place = {"lat_deg": HUB.lat_deg, "lon_deg": HUB.lon_deg}
        hub = self.office.post("/v1/hubs", {"name": "Kamppi", "time_zone": TIME_ZONE, **place})
        now = datetime.now(UTC)  # noqa: TID251 - the stack runs on the real clock
        route = {
            "driver_id": self.driver_id,
            "hub_id": hub["id"],
            "service_day": now.astimezone(ZoneInfo(TIME_ZONE)).date().isoformat(),
            "starts_at": now.isoformat(),
            "stops": [{"shipment_ids": [shipment["id"] for shipment in each]} for each in made],
        }
        planned = self.office.post("/v1/routes", route)
        self.route_id, self.stops = planned["id"], planned["stops"]
        code = self.office.post(f"/v1/drivers/{self.driver_id}/invitations")["code"]
        self.van = api.as_(api.post("/v1/driver/session", {"code": code})["token"])

    def _made(self, stop: int, order: Order) -> dict[str, Any]:
        reference, place = uuid4().hex[:8], north_of(DOOR, stop * BETWEEN_STOPS_M)
        names = [f"{reference}-{number}" for number in range(order.get("parcels", 1))]
        self.names += names
        body = {
            "reference": reference,
            "recipient": {"name": "Aino Virtanen"},
            "address": {
                "lines": [f"Mannerheimintie {12 + stop}"],
                "city": "Helsinki",
                "country": "FI",
                "time_zone": TIME_ZONE,
                "lat_deg": place.lat_deg,
                "lon_deg": place.lon_deg,
            },
            **order,
            "parcels": [{"barcode": f"BARCODE-{name}"} for name in names],
        }
        created: dict[str, Any] = self.shop.post("/v1/shipments", body)
        return created

    def state_of(self, number: int = 0) -> dict[str, Any]:
        """A shipment as the office sees it now."""
        found: dict[str, Any] = self.office.get(f"/v1/shipments/{self.shipments[number]['id']}")
        return found

    def proofs_of(self, number: int = 0) -> list[dict[str, Any]]:
        """Its proofs as the office sees them now."""
        path = f"/v1/shipments/{self.shipments[number]['id']}/proofs"
        found: list[dict[str, Any]] = self.office.get(path)["data"]
        return found


@contextmanager
def a_shift(facts: dict[str, Any], *stops: Sequence[Order]) -> Iterator[Shift]:
    """A day with these orders at each stop."""
    with closing(Shift(facts, stops)) as shift:
        yield shift
