"""Road networks: the same legs from each of them, and soon a plain refusal when one is not well.

The answers in road_networks/*.json were given by osrm-routed 26.10.0 and Valhalla 3.9.1 (of the
packages osrm-bindings and pyvalhalla on PyPI) with the OpenStreetMap extract of Liechtenstein;
`record.py` beside them asks anew. Those of Amazon Location were written after its API reference:
nothing here has been tried on AWS. With DOORSTEP_OSRM_URL or DOORSTEP_VALHALLA_URL a server that
knows Liechtenstein is asked for real.
"""

import itertools
import json
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from chalicelib.adapters.road_networks.great_circle import GreatCircle
from chalicelib.adapters.road_networks.legs import LONGEST_S
from chalicelib.adapters.road_networks.osrm import Osrm
from chalicelib.adapters.road_networks.servers import MOST_BYTES, RoutingServer
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.geography import Coordinates, distance_m
from tests.contract.road_networks.networks import (
    AMAZON,
    MALBUN,
    NETWORKS,
    OSRM,
    QUESTIONS,
    RUGGELL,
    SCHAAN,
    VADUZ,
    VALHALLA,
    Network,
)
from tests.support.authorities import make_authority
from tests.support.builders import HELSINKI
from tests.support.fakes.road_networks import InMemoryRoadNetwork
from tests.support.receivers import RUDE, Receiver, says
from tests.support.roads import Answer, Question, amazon_section, road_server

RECORDED: Final = Path(__file__).parent
DEADLINE_S: Final = 0.4
ENDLESS: Final = {name for name in RUDE if name.startswith("endless") or name == "10 MB"}
every_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda each: each.name)
servers = pytest.mark.parametrize("network", [OSRM, VALHALLA], ids=lambda each: each.name)


def street(stops: int) -> list[Coordinates]:
    """A hub and so many stops, about a kilometre after the other, to six decimals."""
    lat_deg = HELSINKI.lat_deg
    return [Coordinates(round(lat_deg + i / 100, 6), HELSINKI.lon_deg) for i in range(stops + 1)]


def numbered(places: Sequence[Coordinates]) -> Callable[[Coordinates, Coordinates], float | None]:
    """Ways that tell which leg they are; any other way is one that nobody should take."""
    found = {pair: 100.0 + i for i, pair in enumerate(itertools.pairwise(places))}
    return lambda a, b: found.get((a, b), 9_999.0)


# ---------------------------------------------------------------- recorded answers


@every_network
@pytest.mark.parametrize("title", QUESTIONS)
def test_recorded_answers_are_understood(network: Network, title: str) -> None:
    recorded = json.loads((RECORDED / f"{network.name}.json").read_text("utf-8"))
    conversation = recorded["conversations"][title]
    exchanges = iter(conversation["exchanges"])

    def tell(question: Question) -> Answer:
        exchange = next(exchanges)
        assert exchange["question"] == vars(question)
        return exchange["status"], exchange["body"]

    with road_server(tell) as server, network.open(server.url) as roads:
        times_s = roads.travel_times(QUESTIONS[title])

    assert list(times_s) == conversation["travel_times"]
    assert list(exchanges) == []


@every_network
def test_of_the_recorded_legs_those_to_an_address_without_a_road_are_unknown(
    network: Network,
) -> None:
    recorded = json.loads((RECORDED / f"{network.name}.json").read_text("utf-8"))
    times = {name: told["travel_times"] for name, told in recorded["conversations"].items()}

    assert times["one address without a road"] == [None, None, times["round"][1]]
    assert times["one stop, twice"] == [times["round"][0], 0.0]


# ---------------------------------------------------------------- legs


@every_network
@pytest.mark.parametrize("stops", [1, 23, 24, 25, 120])
def test_every_leg_has_its_own_seconds_in_order(network: Network, stops: int) -> None:
    places = street(stops)

    with road_server(network.tell(numbered(places))) as server, network.open(server.url) as roads:
        times_s = roads.travel_times(places)

    assert times_s == tuple(100.0 + i for i in range(stops))
    assert len(server.questions) == -(-stops // 24)


@every_network
def test_a_leg_without_a_way_is_unknown_and_the_others_are_not(network: Network) -> None:
    places = street(40)
    way = numbered(places)
    no_way = {(places[5], places[6]), (places[30], places[31])}
    tell = network.tell(lambda a, b: None if (a, b) in no_way else way(a, b))

    with road_server(tell) as server, network.open(server.url) as roads:
        times_s = roads.travel_times(places)

    assert [i for i, seconds in enumerate(times_s) if seconds is None] == [5, 30]
    assert times_s[31] == 131.0


@every_network
def test_a_place_without_a_road_costs_only_its_own_legs(network: Network) -> None:
    places = street(24)
    nowhere = {places[0], places[13]}

    tell = network.tell(numbered(places), nowhere.__contains__)
    with road_server(tell) as server, network.open(server.url) as roads:
        times_s = roads.travel_times(places)

    assert [i for i, seconds in enumerate(times_s) if seconds is None] == [0, 12, 13]
    assert len(server.questions) < 24  # halves, not one by one


@every_network
@pytest.mark.parametrize(
    "places",
    [
        [Coordinates(-89.9, 179.999), Coordinates(-89.8, -179.999), Coordinates(0.0, 0.0)],
        [HELSINKI, HELSINKI, HELSINKI],
    ],
    ids=["poles and antimeridian", "one place"],
)
def test_any_place_on_earth_may_be_asked_about(
    network: Network, places: Sequence[Coordinates]
) -> None:
    tell = network.tell(lambda a, b: 0.0 if a == b else 60.0)

    with road_server(tell) as server, network.open(server.url) as roads:
        times_s = roads.travel_times(places)

    expected = [0.0 if a == b else 60.0 for a, b in itertools.pairwise(places)]
    assert list(times_s) == expected


@pytest.mark.parametrize("roads", [GreatCircle(), InMemoryRoadNetwork()])
@pytest.mark.parametrize("stops", [1, 200])
def test_without_a_server_there_is_an_entry_for_every_leg_too(roads: Any, stops: int) -> None:
    assert len(roads.travel_times(street(stops))) == stops


def test_the_great_circle_knows_no_road() -> None:
    assert GreatCircle().travel_times([VADUZ, SCHAAN, RUGGELL]) == (None, None)


def test_amazons_ferry_belongs_to_the_leg_that_it_is_on() -> None:
    places = street(3)

    def tell(question: Question) -> Answer:
        waypoints = [tuple(each["Position"]) for each in question.body["Waypoints"]]
        asked = [tuple(question.body["Origin"]), *waypoints, tuple(question.body["Destination"])]
        sections = []
        for lon_deg, lat_deg in asked[:-1]:
            kinds = ["Vehicle"]
            if Coordinates(lat_deg, lon_deg) == places[1]:
                kinds = ["Vehicle", "Ferry", "Pedestrian"]
            sections += [amazon_section(60.0, kind) for kind in kinds]
        return 200, {"Routes": [{"Legs": sections}]}

    with road_server(tell) as server, AMAZON.open(server.url) as roads:
        assert roads.travel_times(places) == (60.0, 180.0, 60.0)


# ---------------------------------------------------------------- what goes wrong


@pytest.fixture
def receive() -> Iterator[Callable[..., str]]:
    receivers: list[Receiver] = []

    def start(talk: Any, **options: Any) -> str:
        receivers.append(Receiver(talk, **options))
        return f"http://127.0.0.1:{receivers[-1].port}"

    yield start
    for receiver in receivers:
        receiver.close()


def require_refusal(network: Network, url: str, deadline_s: float = DEADLINE_S) -> None:
    """It is a refusal, and soon."""
    began_at = time.monotonic()
    with network.open(url, deadline_s) as roads, pytest.raises(Unavailable) as refusal:
        roads.travel_times(street(30))

    assert time.monotonic() - began_at < deadline_s + 2
    assert refusal.value.__cause__ is not None


# AWS sends no endless answers, and botocore would read them: they stay with the servers
@pytest.mark.parametrize(
    ("network", "rudeness"),
    [
        (network, name)
        for network in NETWORKS
        for name in RUDE
        if network is not AMAZON or name not in ENDLESS
    ],
    ids=lambda each: getattr(each, "name", each),
)
def test_a_rude_server_is_a_fault_soon(receive: Any, network: Network, rudeness: str) -> None:
    require_refusal(network, receive(RUDE[rudeness]))


@every_network
@pytest.mark.parametrize("status", [204, 301, 307, 400, 401, 403, 404, 429, 500, 502, 503])
def test_any_other_status_is_a_fault(network: Network, status: int) -> None:
    elsewhere: list[Question] = []

    def tell(question: Question) -> Answer:
        elsewhere.append(question)
        return status, {"error_code": 999, "code": "TooBig", "message": "no"}

    with road_server(tell) as server:
        require_refusal(network, server.url, deadline_s=5.0)

    assert len(elsewhere) == 1  # neither repeated nor sent elsewhere


@servers
def test_a_redirect_is_not_followed(receive: Any, network: Network) -> None:
    with road_server(network.tell(lambda *_: 60.0)) as elsewhere:
        lines = ["HTTP/1.1 302 There", f"Location: {elsewhere.url}/", "Content-Length: 2", "", "{}"]
        require_refusal(network, receive(says("\r\n".join(lines).encode())))

    assert elsewhere.questions == []


TABLES: Final[dict[str, Any]] = {
    "a row too few": [[1.0, 2.0]],
    "a row too many": [[1.0, 2.0]] * 3,
    "a ragged row": [[1.0, 2.0], [1.0]],
    "no rows": [],
    "text": [["1", "2"], ["1", "2"]],
    "true": [[True, True], [True, True]],
    "negative": [[-1.0, 2.0], [1.0, -2.0]],
    "not a number": [[float("nan"), 1.0], [1.0, 1.0]],
    "infinite": [[float("inf"), 1.0], [1.0, 1.0]],
    "a sentinel": [[LONGEST_S + 1, 1.0], [1.0, 1.0]],
    "huge": [[10**400, 1.0], [1.0, 1.0]],
    "no table": None,
    "an object": {"0": [1.0]},
    "rows of objects": [{"0": 1.0}, {"1": 1.0}],
}


@servers
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_of_another_shape_is_a_fault(network: Network, table: Any) -> None:
    osrm = {"code": "Ok", "durations": table}
    valhalla = {"sources_to_targets": {"durations": table}}

    with (
        road_server(lambda _: (200, osrm if network is OSRM else valhalla)) as server,
        network.open(server.url) as roads,
        pytest.raises(Unavailable),
    ):
        roads.travel_times(street(2))


@servers
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"null", b"[]", b"{}", b'{"durations":', b"[" * 100_000, b"\xff\xfe"],
)
def test_an_answer_that_is_no_table_is_a_fault(receive: Any, network: Network, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"

    require_refusal(network, receive(says(head.encode() + body)), deadline_s=5.0)


AMAZONS: Final[dict[str, Any]] = {
    "no routes": {},
    "no legs": {"Routes": [{}]},
    "a section without details": {"Routes": [{"Legs": [{"Type": "Vehicle"}] * 2}]},
    "a section without a summary": {"Routes": [{"Legs": [{"VehicleLegDetails": {}}] * 2}]},
    "negative": {"Routes": [{"Legs": [amazon_section(-1.0)] * 2}]},
    "a sentinel": {"Routes": [{"Legs": [amazon_section(LONGEST_S + 1)] * 2}]},
}


@pytest.mark.parametrize("body", AMAZONS.values(), ids=AMAZONS)
def test_a_route_of_another_shape_is_a_fault(body: Any) -> None:
    with (
        road_server(lambda _: (200, body)) as server,
        AMAZON.open(server.url) as roads,
        pytest.raises(Unavailable),
    ):
        roads.travel_times(street(2))


def test_amazons_price_and_rights_are_refused_as_a_fault() -> None:
    refused = {"__type": "AccessDeniedException", "message": "not authorized"}

    with road_server(lambda _: (403, refused)) as server:
        require_refusal(AMAZON, server.url, deadline_s=5.0)


@every_network
def test_the_deadline_is_that_of_the_whole_plan(network: Network) -> None:
    tell = network.tell(lambda *_: 60.0)
    pause = threading.Event()

    def slowly(question: Question) -> Answer:
        pause.wait(0.35)
        return tell(question)

    with road_server(slowly) as server:
        began_at = time.monotonic()
        with network.open(server.url, DEADLINE_S) as roads, pytest.raises(Unavailable):
            roads.travel_times(street(200))

        assert time.monotonic() - began_at < DEADLINE_S + 1.5
    assert len(server.questions) < 9


@every_network
def test_nobody_there_is_a_fault(network: Network) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    require_refusal(network, f"http://127.0.0.1:{port}")


@servers
def test_an_address_may_have_a_path(network: Network) -> None:
    asked: list[str] = []
    tell = network.tell(lambda *_: 60.0)

    def below(question: Question) -> Answer:
        asked.append(question.path)
        return tell(Question(question.method, question.path.removeprefix("/roads"), question.body))

    with road_server(below) as server, network.open(f"{server.url}/roads/") as roads:
        assert roads.travel_times(street(1)) == (60.0,)
    assert asked[0].startswith("/roads/")


def test_a_long_matrix_fits_into_an_answer() -> None:
    row = [864_000.123456] * 24
    longest = json.dumps({"code": "Ok", "durations": [row] * 24})

    assert len(longest) < MOST_BYTES / 10


def test_a_server_without_tls_cannot_pose_as_one_with(receive: Any) -> None:
    url = receive(says(b"HTTP/1.1 200 OK\r\n\r\n{}")).replace("http:", "https:")

    with pytest.raises(Unavailable):
        Osrm(RoutingServer(url), deadline_s=DEADLINE_S).travel_times(street(1))


def over_tls(receive: Any, folder: Path, name: str) -> Osrm:
    """A server on localhost with a certificate of that name, by an authority that is trusted."""
    authority = make_authority(folder, name)
    body = b'{"code":"Ok","durations":[[60]]}'
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    port = urlsplit(receive(says(head + body), tls=authority.server)).port
    return Osrm(RoutingServer(f"https://localhost:{port}", tls=authority.trusting))


def test_a_server_may_be_reached_over_tls(receive: Any, tmp_path: Path) -> None:
    assert over_tls(receive, tmp_path, "localhost").travel_times(street(1)) == (60.0,)


def test_over_tls_nobody_else_may_answer(receive: Any, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        over_tls(receive, tmp_path, "other.example").travel_times(street(1))


def test_a_name_that_does_not_exist_is_a_fault() -> None:
    with pytest.raises(Unavailable):
        Osrm(RoutingServer("http://roads.invalid"), deadline_s=DEADLINE_S).travel_times(street(1))


# ---------------------------------------------------------------- real servers


@pytest.mark.parametrize(
    ("network", "variable"), [(OSRM, "DOORSTEP_OSRM_URL"), (VALHALLA, "DOORSTEP_VALHALLA_URL")]
)
def test_a_real_server_knows_its_roads(network: Network, variable: str) -> None:
    url = os.environ.get(variable)  # noqa: TID251 - chosen by whoever has such a server
    if not url:
        pytest.skip(f"{variable} is not set: no server that knows Liechtenstein")
    chance = random.Random(1)
    towns = (VADUZ, SCHAAN, RUGGELL, MALBUN)
    places = [
        Coordinates(
            town.lat_deg + chance.gauss(0.0, 0.002), town.lon_deg + chance.gauss(0.0, 0.002)
        )
        for town in chance.choices(towns, k=201)
    ]

    with network.open(url) as roads:
        began_at = time.monotonic()
        times_s = roads.travel_times(places)
        took_s = time.monotonic() - began_at
        legs = [
            (distance_m(a, b), seconds)
            for (a, b), seconds in zip(itertools.pairwise(places), times_s, strict=True)
            if seconds is not None
        ]
        print(f"{network.name}: {len(legs)} of 200 legs known, {took_s:.2f} s")  # noqa: T201
        assert roads.travel_times(QUESTIONS["one address without a road"])[:2] == (None, None)

    assert len(legs) > 190
    assert all(way_m <= 36.0 * seconds + 100.0 for way_m, seconds in legs)
    assert took_s < 5.0
