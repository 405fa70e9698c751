"""The road networks as a contract test makes them, at whatever address answers for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from chalicelib.adapters.aws import forget_clients
from chalicelib.adapters.road_networks.amazon_location import AmazonLocation
from chalicelib.adapters.road_networks.osrm import Osrm
from chalicelib.adapters.road_networks.servers import RoutingServer
from chalicelib.adapters.road_networks.valhalla import Valhalla
from chalicelib.domain.geography import Coordinates
from chalicelib.services.ports.routes import RoadNetwork
from local.environment import changed
from tests.support.roads import Tell, tell_amazon, tell_osrm, tell_valhalla

VADUZ: Final = Coordinates(47.1410, 9.5215)
SCHAAN: Final = Coordinates(47.1660, 9.5095)
RUGGELL: Final = Coordinates(47.2383, 9.5250)
MALBUN: Final = Coordinates(47.1025, 9.6100)
NOWHERE: Final = Coordinates(47.0500, 9.9000)
"""In Vorarlberg, which is no part of the map of Liechtenstein."""

QUESTIONS: Final = {
    "round": (VADUZ, SCHAAN, RUGGELL, MALBUN, VADUZ),
    "one stop, twice": (VADUZ, SCHAAN, SCHAAN),
    "one address without a road": (VADUZ, NOWHERE, SCHAAN, RUGGELL),
}
"""What was asked for the recorded answers, by name."""


@dataclass(frozen=True)
class Network:
    """How to make it for an address, and how a server of a test speaks for it."""

    name: str
    at: Callable[[str, float], RoadNetwork]
    tell: Callable[..., Tell]

    @contextmanager
    def open(self, url: str, deadline_s: float = 5.0) -> Iterator[RoadNetwork]:
        with changed({"AWS_ENDPOINT_URL_GEO_ROUTES": url}):
            forget_clients()
            yield self.at(url, deadline_s)
        forget_clients()


OSRM: Final = Network(
    "osrm", lambda url, deadline_s: Osrm(RoutingServer(url), deadline_s=deadline_s), tell_osrm
)
VALHALLA: Final = Network(
    "valhalla",
    lambda url, deadline_s: Valhalla(RoutingServer(url), deadline_s=deadline_s),
    tell_valhalla,
)
AMAZON: Final = Network(
    "amazon_location", lambda _, deadline_s: AmazonLocation(deadline_s=deadline_s), tell_amazon
)
NETWORKS: Final = (OSRM, VALHALLA, AMAZON)
