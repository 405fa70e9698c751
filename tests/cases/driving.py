"""Cases of a van on the road: fixes and reports in steps, and what must come of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.driving.live import Live
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId
from tests.cases.reading import Case, instant
from tests.support.carrier import Carrier, Reply, Round, Shop, indexes_of


def hub_at(carrier: Carrier, place: Sequence[float], zone: str) -> None:
    """Make the hub of the next routes."""
    body = {"name": "Case", "time_zone": zone, "lat_deg": place[0], "lon_deg": place[1]}
    carrier._hub_id = carrier.made("/v1/hubs", body, carrier.dispatcher)["id"]


def van_of(carrier: Carrier, hub: Sequence[float], stops: Sequence[Sequence[float]]) -> Round:
    """A van with a loaded route over these stops; one shipment for each."""
    hub_at(carrier, hub, "Europe/Helsinki")
    shop: Shop = carrier.shop()
    visits = [[shop.shipment(place=Coordinates(*place))] for place in stops]
    return carrier.planned(shop, visits).loaded()


@dataclass
class Drive:
    """A route under way and the time of its start."""

    van: Round
    started_at: datetime

    @classmethod
    def begin(cls, carrier: Carrier, world: Mapping[str, Any]) -> "Drive":
        """Load and start."""
        van = van_of(carrier, world["hub"], world["stops"])
        started = van.start()
        assert started.status == 200, started.body
        return cls(van, carrier.clock.now())

    def at(self, seconds: float) -> datetime:
        """So long after the start."""
        return self.started_at + timedelta(seconds=seconds)

    def recorded(self, said: float | str) -> str:
        """When a fix says that it was recorded."""
        if isinstance(said, str):
            return instant(said, self.van.carrier.clock.now()).isoformat()
        return self.at(said).isoformat()

    def fix(self, said: Sequence[Any]) -> dict[str, Any]:
        """A fix of a case as the API takes it."""
        recorded, lat_deg, lon_deg, *more = said
        body = {"recorded_at": self.recorded(recorded), "lat_deg": lat_deg, "lon_deg": lon_deg}
        return body | (more[0] if more else {})

    def step(self, said: Mapping[str, Any]) -> Reply:
        """Do one step at its time."""
        clock = self.van.carrier.clock
        clock.set_to(max(clock.now(), self.at(said["at_s"])))
        if said["do"] == "fixes":
            sent = said.get("sent_at_s")
            more = {} if sent is None else {"sent_at": self.at(sent).isoformat()}
            return self.van.positions(*map(self.fix, said["fixes"]), **more)
        body = self.van.action(occurred_at=self.at(said["occurred_at_s"]).isoformat())
        if "sent_at_s" in said:
            body["sent_at"] = self.at(said["sent_at_s"]).isoformat()
        if said["what"] == "fail":
            body["reason"] = "not_home"
        return self.van.work(said["stop"], said["what"], body)

    def events_of(self, stop: int) -> list[dict[str, Any]]:
        """The history of the shipment of a stop."""
        return self.van.shop.events(self.van.ids[stop][0])

    def state_of(self, stop: int) -> Any:
        """What the recipient of a stop sees."""
        return self.van.state(self.van.ids[stop][0]).json


def drive(carrier: Carrier, case: Case) -> None:
    """Steps with what each must answer, then one event of the whole."""
    going = Drive.begin(carrier, case.said["world"])
    newest_true: Sequence[Any] | None = None
    pattern = iter(case.said.get("pattern", ""))
    for said in case.said["steps"]:
        reply = going.step(said)
        if next(pattern, "") == "t":
            newest_true = said["fixes"][-1]
        _assert_step(reply, said, said.get("expect", {"status": 200}))
        if said.get("expect", {}).get("position_is"):
            assert newest_true is not None
            head = head_place(going.van)
            assert (round(head.lat_deg, 5), round(head.lon_deg, 5)) == tuple(newest_true[1:3])
    expected = case.said.get("expect")
    if expected:
        _assert_event(going, expected)


def _assert_step(reply: Reply, said: Mapping[str, Any], expect: Mapping[str, Any]) -> None:
    assert reply.status == expect.get("status", 200), reply.body
    report = reply.json
    for count in ("accepted", "duplicates"):
        if count in expect:
            assert report[count] == expect[count], report
    rejected = indexes_of(report.get("rejected", ()))
    suspect = indexes_of(report.get("suspect", ()))
    assert rejected.isdisjoint(expect.get("kept_indexes", ())), report
    assert rejected >= set(expect.get("rejected_indexes", ())), report
    assert suspect >= set(expect.get("suspect_indexes", ())), (report, said)


def _assert_event(going: Drive, expected: Mapping[str, Any]) -> None:
    events = going.events_of(expected["stop"])
    found = [event for event in events if event["type"] == expected["event"]]
    assert found, [event["type"] for event in events]
    wanted = going.at(expected["occurred_at_s"])
    off_s = abs((datetime.fromisoformat(found[0]["occurred_at"]) - wanted).total_seconds())
    assert off_s <= expected["within_s"], found[0]


def two_routes(carrier: Carrier, case: Case) -> None:
    """What was recorded on the first route is sent only after the second has started."""
    first_stops, second_stops = case.said["world"]["routes"]
    hub = case.said["world"]["hub"]
    first = van_of(carrier, hub, first_stops)
    shop = first.shop
    visits = [[shop.shipment(place=Coordinates(*place))["id"]] for place in second_stops]
    assert first.start().status == 200
    going = Drive(first, carrier.clock.now())
    carrier.clock.set_to(going.at(600))
    assert first.work(0, "deliver").status == 200
    carrier.clock.set_to(going.at(900))
    second = carrier.plan(first.driver_id, visits).json
    codes = [s["parcels"][0]["barcode"] for v in visits for s in map(shop.get, v)]
    assert first.scan(*codes).status == 200
    assert first.start().status == 200
    before = live_of(first)
    carrier.clock.set_to(going.at(960))

    reply = first.positions(*map(going.fix, case.said["late_fixes"]))

    assert reply.status == 200, reply.body
    assert reply.json["accepted"] == case.said["expect"]["accepted"], reply.json
    assert len(first.track()) == case.said["expect"]["accepted"]
    after = live_of(first)
    assert after.route_id == before.route_id == second["id"]
    assert (after.recent, after.etas) == (before.recent, before.etas)


def live_of(van: Round) -> Live:
    """The stored live state of the driver."""
    return bootstrap.container().adapters.fleet.live(DriverId(van.driver_id))


def head_place(van: Round) -> Coordinates:
    """Where the van is taken to be."""
    head = live_of(van).head(bootstrap.container().adapters.policy)
    assert head is not None
    return head.coordinates


def track(carrier: Carrier, case: Case) -> None:
    """A track on lines and at places, sent as the case says; nothing but fixes."""
    said = case.said["input"]
    going = Drive.begin(carrier, {"hub": said["hub"], "stops": said["stops"]})
    batches: list[list[dict[str, Any]]] = [[]]
    at_s = 1.0
    for part in said["track"]:
        if "wait_s" in part:
            at_s += part["wait_s"]
            batches.append([])
            continue
        for place in _places(part):
            accuracy = part.get("accuracy_m", said.get("accuracy_m"))
            more = [] if accuracy is None else [{"accuracy_m": accuracy}]
            batches[-1].append(going.fix([at_s, *place, *more]))
            at_s += part["every_s"]
        if not said.get("one_fix_a_request"):
            batches.append([])
    carrier.clock.set_to(going.at(at_s))
    if said.get("one_fix_a_request"):
        batches = [[fix] for batch in batches for fix in batch]
    suspect: set[int] = set()
    sent = 0
    for batch in filter(None, batches):
        reply = going.van.positions(*batch)
        assert reply.status == 200, reply.body
        suspect |= {sent + index for index in indexes_of(reply.json["suspect"])}
        sent += len(batch)
    _assert_track(going, case.said["check"], suspect)


def _places(part: Mapping[str, Any]) -> list[tuple[float, float]]:
    if "at" in part:
        return [tuple(part["at"])] * part["n"]
    (lat_1, lon_1), (lat_2, lon_2), n = part["from"], part["to"], part["n"]
    shares = [i / max(n - 1, 1) for i in range(n)]
    return [(lat_1 + (lat_2 - lat_1) * f, lon_1 + (lon_2 - lon_1) * f) for f in shares]


def _assert_track(going: Drive, check: Mapping[str, Any], suspect: set[int]) -> None:
    for stop, event in check.get("events_lack", ()):
        assert event not in [found["type"] for found in going.events_of(stop)]
    for stop, status in check.get("status_not", ()):
        assert going.state_of(stop)["status"] != status
    for stop in check.get("has_eta", ()):
        assert going.state_of(stop)["eta"] is not None
    assert suspect >= set(check.get("suspect_indexes", ()))
