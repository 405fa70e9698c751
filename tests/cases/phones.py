"""Cases of phones with location apps of others."""

import gzip
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tests.cases.reading import Case, instant
from tests.support.carrier import Carrier, Reply, Round, fix
from tests.support.phones import Phone


def _going(carrier: Carrier) -> tuple[Round, Phone]:
    """A van that has left ten minutes ago, heard from a minute ago, and its driver's phone."""
    van = carrier.round(1).started()
    carrier.clock.advance(timedelta(minutes=9))
    van.drive(-3_000.0)
    carrier.clock.advance(timedelta(minutes=1))
    return van, Phone.of(carrier, van.driver_id)


def _seconds(text: str, carrier: Carrier) -> int:
    now = carrier.clock.now()
    return int((instant(text, now) if text.startswith("now") else now).timestamp())


def _sent(phone: Phone, said: Mapping[str, Any]) -> Reply:
    """One request of a case; ``now`` becomes the time of now in seconds."""
    s = str(_seconds("now", phone.carrier))
    path, _, query = said["POST"].partition("?")
    body = said.get("body")
    if isinstance(body, dict):
        body = json.dumps(body)
    raw = (body or "").replace('"now"', s).replace("now", s).encode()
    headers = {"Content-Type": said["content_type"]} if "content_type" in said else {}
    return phone.report(path.split("/")[2], raw, query=query.replace("now", s), headers=headers)


def heartbeats(carrier: Carrier, case: Case) -> None:
    """Signs of life of a phone that stands still."""
    van, phone = _going(carrier)
    before, track = van.state(van.ids[0][0]).json, van.track()
    for said in case.said["input"]:
        reply = _sent(phone, said)
        assert reply.status == 200, reply.body
        assert "owntracks" not in said["POST"] or reply.json == []
    _assert_only_heard(van, phone, before, track)


def nested_heartbeat(carrier: Carrier, case: Case) -> None:
    """A sign of life in the JSON of Traccar Client 9."""
    van, phone = _going(carrier)
    before, track = van.state(van.ids[0][0]).json, van.track()
    body = case.said["body"]
    body["location"]["timestamp"] = carrier.clock.now().isoformat()
    assert phone.report("osmand", body).status == case.said["expect"]["status"]
    _assert_only_heard(van, phone, before, track)


def _assert_only_heard(van: Round, phone: Phone, before: Any, track: list[Any]) -> None:
    after = van.state(van.ids[0][0]).json
    assert van.track() == track
    assert (after["position"], after["eta"]) == (before["position"], before["eta"])
    seen_at = datetime.fromisoformat(phone.seen()["last_seen_at"])
    assert abs(seen_at - van.carrier.clock.now()) < timedelta(seconds=1)


def wrappings(carrier: Carrier, case: Case) -> None:
    """One report in the wrappings of its apps: each is one fix."""
    for said in case.said["input"]:
        van, phone = _going(carrier)
        before = len(van.track())
        if said.get("content_encoding") == "gzip":
            report = {"_type": "location", "lat": 60.1701, "lon": 24.9401}
            packed = gzip.compress(json.dumps(report | {"tst": _seconds("now", carrier)}).encode())
            reply = phone.report("owntracks", packed, headers={"Content-Encoding": "gzip"})
        else:
            reply = _sent(phone, said)
        assert reply.status == 200, (said, reply.body)
        assert len(van.track()) == before + 1, said
    assert phone.report("owntracks", b"").json == []


def rolled_over(carrier: Carrier, case: Case) -> None:
    """A time that is early by 1,024 weeks, from OwnTracks."""
    van, phone = _going(carrier)
    before = van.track()
    s = _seconds("now", carrier)
    said = case.said["body"] | {"tst": s - 619_315_200, "created_at": s}

    reply = phone.report("owntracks", said)

    assert reply.status == case.said["expect"]["status"]
    (kept,) = (each for each in van.track() if each not in before)
    within = timedelta(seconds=case.said["expect"]["within_s"])
    assert abs(kept.recorded_at - carrier.clock.now()) <= within


def mocked(carrier: Carrier, case: Case) -> None:
    """A place that an app made up, from our own app and from another."""
    van, phone = _going(carrier)
    before = van.state(van.ids[0][0]).json["position"]
    now = carrier.clock.now()

    own = van.positions(fix(now, -2_000.0, mock=True))
    query = {"id": 1, "lat": 60.17, "lon": 24.94, "timestamp": int(now.timestamp()), "mock": "true"}
    other = phone.report("osmand", query=urlencode(query))

    assert (own.status, other.status) == (200, 200)
    assert own.json["suspect"] == [{"reasons": [case.said["expect"]["suspect"]], "indexes": [0]}]
    assert van.state(van.ids[0][0]).json["position"] == before
