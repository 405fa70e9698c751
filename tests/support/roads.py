"""Routing servers for tests: one model of roads, answered in the format of each network.

The formats are those of the recorded answers in tests/contract/road_networks, which come from the
real servers.
"""

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chalicelib.domain.geography import Coordinates

Way = Callable[[Coordinates, Coordinates], float | None]
"""Gives the seconds from one place to another; None when there is no road."""
IsNowhere = Callable[[Coordinates], bool]
"""Tells whether a place is far from every road."""


@dataclass(frozen=True)
class Question:
    """One request. `body` is its JSON, None without one."""

    method: str
    path: str
    body: Any = None


Answer = tuple[int, Any]
Tell = Callable[[Question], Answer]


def tell_osrm(way: Way, is_nowhere: IsNowhere = lambda _: False) -> Tell:
    def tell(question: Question) -> Answer:
        found = re.fullmatch(r"/table/v1/driving/([^?]+)\?(.*)", question.path)
        assert found, question.path
        places = [_place(*map(float, pair.split(","))) for pair in found[1].split(";")]
        options = dict(option.split("=") for option in found[2].split("&"))
        starts = [places[int(i)] for i in options["sources"].split(";")]
        ends = [places[int(i)] for i in options["destinations"].split(";")]
        for i, place in enumerate(places):
            if is_nowhere(place):
                text = f"Could not find a matching segment for coordinate {i}"
                return 400, {"code": "NoSegment", "message": text}
        return 200, {"code": "Ok", "durations": _table(starts, ends, way)}

    return tell


def tell_valhalla(way: Way, is_nowhere: IsNowhere = lambda _: False) -> Tell:
    def tell(question: Question) -> Answer:
        asked = question.body
        assert (question.method, question.path) == ("POST", "/sources_to_targets")
        assert asked["costing"] == "auto"
        starts, ends = (
            [Coordinates(at["lat"], at["lon"]) for at in asked[name]]
            for name in ("sources", "targets")
        )
        if any(map(is_nowhere, starts + ends)):
            return 400, {
                "error_code": 171,
                "error": "No suitable edges near location",
                "status_code": 400,
            }
        table = _table(starts, ends, way)
        return 200, {"sources_to_targets": {"durations": table}, "units": "kilometers"}

    return tell


def tell_amazon(way: Way, is_nowhere: IsNowhere = lambda _: False) -> Tell:
    def tell(question: Question) -> Answer:
        asked = question.body
        assert (question.method, question.path) == ("POST", "/v2/routes")
        between = [waypoint["Position"] for waypoint in asked["Waypoints"]]
        places = [_place(*at) for at in (asked["Origin"], *between, asked["Destination"])]
        pairs = list(itertools.pairwise(places))
        times = [None if is_nowhere(a) or is_nowhere(b) else way(a, b) for a, b in pairs]
        known = [seconds for seconds in times if seconds is not None]
        routes = [] if len(known) < len(times) else [{"Legs": list(map(amazon_section, known))}]
        return 200, {"LegGeometryFormat": "FlexiblePolyline", "Notices": [], "Routes": routes}

    return tell


def amazon_section(seconds: float, kind: str = "Vehicle") -> dict[str, Any]:
    """A section in Amazon's answer: a leg, or a part of one."""
    overview = {"Distance": 1_000, "Duration": round(seconds)}
    details = {"Summary": {"Overview": overview}}
    return {"Type": kind, "TravelMode": "Car", "Geometry": {}, f"{kind}LegDetails": details}


@dataclass
class RoadServer:
    """A server that answers every question by `tell` and keeps the questions."""

    tell: Tell
    url: str = ""
    questions: list[Question] = field(default_factory=list)

    def answer(self, question: Question) -> tuple[int, bytes]:
        self.questions.append(question)
        status, body = self.tell(question)
        return status, json.dumps(body).encode()


@contextmanager
def road_server(tell: Tell) -> Iterator[RoadServer]:
    roads = RoadServer(tell)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Any) -> None:
            status, content = roads.answer(Question(self.command, self.path, body))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    roads.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield roads
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _place(lon_deg: float, lat_deg: float) -> Coordinates:
    """A place from the order of networks that put longitude first."""
    return Coordinates(lat_deg, lon_deg)


def _table(
    starts: Sequence[Coordinates], ends: Sequence[Coordinates], way: Way
) -> list[list[float | None]]:
    return [[way(start, end) for end in ends] for start in starts]
