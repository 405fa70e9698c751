"""Address searches: what each of them finds, and a plain refusal when one is not well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from chalicelib.adapters.aws import forget_clients
from chalicelib.adapters.dynamodb.ledger.places import DynamoPlaces
from chalicelib.adapters.geocoders.amazon_location import SOURCE, AmazonPlaces
from chalicelib.adapters.geocoders.memory import KEPT_FOR, RememberedSearch, key_of
from chalicelib.adapters.geocoders.nominatim import Nominatim
from chalicelib.adapters.geocoders.photon import Photon
from chalicelib.adapters.geocoders.questions import OPEN_STREET_MAP
from chalicelib.adapters.geocoders.turns import Turns
from chalicelib.adapters.road_networks.servers import RoutingServer
from chalicelib.adapters.time_zones import WorldZones
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.shipments.placing import FoundPlace, Precision, WantedAddress
from chalicelib.services.ports.places import Geocoder
from local.environment import changed
from tests.support.aws import aws
from tests.support.builders import HELSINKI, NOON
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.places import InMemoryGeocoder
from tests.support.receivers import Receiver, says
from tests.support.roads import Tell, road_server
from tests.support.searches import Known, tell_amazon, tell_nominatim, tell_photon

DOOR: Final = FoundPlace(
    coordinates=HELSINKI,
    precision=Precision.DOOR,
    label="Mannerheimintie 12",
    source=OPEN_STREET_MAP,
    country="FI",
    postal_code="00100",
    house_number="12",
)
STREET: Final = replace(DOOR, precision=Precision.STREET, house_number=None)
AREA: Final = replace(STREET, precision=Precision.AREA, postal_code=None)
KNOWN: Final = {"Mannerheimintie 12": DOOR, "Mannerheimintie 999": STREET, "Nowhere 1": AREA}


@dataclass(frozen=True)
class Search:
    """How to make it for an address, and how a server of a test speaks for it."""

    name: str
    at: Callable[[str, float], Geocoder]
    tell: Callable[[Known], Tell]

    @contextmanager
    def open(self, url: str, deadline_s: float = 5.0) -> Iterator[Geocoder]:
        with changed({"AWS_ENDPOINT_URL_GEO_PLACES": url}):
            forget_clients()
            yield self.at(url, deadline_s)
        forget_clients()


NOMINATIM: Final = Search(
    "nominatim",
    lambda url, deadline_s: Nominatim(
        RoutingServer(url, user_agent="Doorstep (+https://track.example)"), deadline_s=deadline_s
    ),
    tell_nominatim,
)
SEARCHES: Final = (
    NOMINATIM,
    Search(
        "photon",
        lambda url, deadline_s: Photon(RoutingServer(url), deadline_s=deadline_s),
        tell_photon,
    ),
    Search("amazon", lambda _, deadline_s: AmazonPlaces(deadline_s=deadline_s), tell_amazon),
)
every_search = pytest.mark.parametrize("search", SEARCHES, ids=lambda each: each.name)


def address(*lines: str) -> WantedAddress:
    return WantedAddress(lines=lines, city="Helsinki", country="FI", postal_code="00100")


@pytest.fixture(params=[*SEARCHES, None], ids=lambda each: each.name if each else "in memory")
def geocoder(request: pytest.FixtureRequest) -> Iterator[Geocoder]:
    if request.param is None:
        yield InMemoryGeocoder(dict(KNOWN))
        return
    with road_server(request.param.tell(KNOWN)) as server, request.param.open(server.url) as found:
        yield found


def test_a_door_a_street_and_a_town_are_told_apart(geocoder: Geocoder) -> None:
    asked = [
        geocoder.find(address("c/o Virtanen", "Mannerheimintie 12 B 34")),
        geocoder.find(address("Mannerheimintie 999")),
        geocoder.find(address("Nowhere 1")),
        geocoder.find(address("Unknown 5")),
    ]

    plain = [each and replace(each, source="", label="") for each in asked]
    assert plain == [
        each and replace(each, source="", label="") for each in (DOOR, STREET, AREA, None)
    ]
    assert asked[0] is not None
    assert asked[0].source in {SOURCE, OPEN_STREET_MAP}
    assert "Mannerheimintie 12" in asked[0].label


@every_search
@pytest.mark.parametrize(
    "answer",
    [
        (500, {"error": "no"}),
        (200, {"nonsense": 1}),
        (200, {"features": [{}], "ResultItems": [{}]}),
        (429, {}),
    ],
    ids=str,
)
def test_any_other_answer_is_unavailable(search: Search, answer: tuple[int, object]) -> None:
    with road_server(lambda _: answer) as server, search.open(server.url) as geocoder:
        with pytest.raises(Unavailable) as refused:
            geocoder.find(address("Mannerheimintie 12"))

        assert refused.value.data == {"dependency": "address search"}


@every_search
def test_a_silent_server_is_unavailable_in_time(search: Search) -> None:
    def never(_: object) -> None:
        receiver.closing.wait(5)

    receiver = Receiver(never)
    try:
        base = receiver.url.partition("/hooks")[0]
        with search.open(base, 0.2) as geocoder, pytest.raises(Unavailable):
            geocoder.find(address("Mannerheimintie 12"))
    finally:
        receiver.close()


def test_the_server_is_told_who_asks() -> None:
    receiver = Receiver(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"))
    try:
        with NOMINATIM.open(receiver.url.partition("/hooks")[0]) as geocoder:
            assert geocoder.find(address("Mannerheimintie 12")) is None
    finally:
        receiver.close()

    assert b"User-Agent: Doorstep (+https://track.example)\r\n" in receiver.requests[0]


def test_an_address_is_searched_for_once_a_month() -> None:
    search, clock = InMemoryGeocoder(dict(KNOWN)), ManualClock()
    with aws():
        remembered = RememberedSearch(search, DynamoPlaces(), clock)
        first = [remembered.find(address("Mannerheimintie 12")) for _ in range(3)]
        none = [remembered.find(address("Unknown 5")) for _ in range(2)]
        clock.go_on(KEPT_FOR)
        later = remembered.find(address("Mannerheimintie 12"))

    assert first == [DOOR] * 3
    assert none == [None, None]
    assert later == DOOR
    assert len(search.asked) == 1 + 2 + 1
    assert "mannerheim" not in key_of(address("Mannerheimintie 12")).casefold()


def test_all_containers_together_ask_once_a_second() -> None:
    taken: set[str] = set()
    now, slept = [NOON], list[float]()

    def claim(key: str) -> bool:
        is_free = key not in taken
        taken.add(key)
        return is_free

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += timedelta(seconds=seconds)

    def clock() -> datetime:
        return now[0]

    first, second = (Turns(claim, clock, monotonic_s=lambda: 0.0, sleep=sleep) for _ in range(2))
    first.take(5.0)
    now[0] += timedelta(milliseconds=250)
    second.take(5.0)

    assert slept == [0.75]
    with pytest.raises(TimeoutError):
        first.take(0.5)


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        (HELSINKI, "Europe/Helsinki"),
        (Coordinates(40.71, -74.0), "America/New_York"),
        (Coordinates(28.1, -15.4), "Atlantic/Canary"),
        (Coordinates(0.0, -30.0), None),
    ],
    ids=str,
)
def test_a_place_has_its_zone_and_the_sea_has_none(place: Coordinates, zone: str | None) -> None:
    assert WorldZones().at(place) == zone
