"""Answers are small whatever comes: a hostile body is never paid for with a larger answer."""

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from chalicelib.domain.actors import Role
from chalicelib.edge.bodies import FORM
from tests.support.carrier import Carrier, Reply, Round, fix, indexes_of, note
from tests.support.declarations import DECLARATIONS
from tests.support.depth import times
from tests.support.phones import Phone

MOST_BYTES: Final = 32 * 1024
MOST_VERDICT_BYTES: Final = 16 * 1024
BODIES: Final = times(quick=120, deep=12_000)
FIXES: Final = 1_000
WORDS: Final = ("x", "\U0001f69a", "/~", "\u202e", '\\"', "\u0000", "lat_deg", "\u00e4")
PUBLIC_BYTES: Final = 8 * 1024


@pytest.fixture(scope="module")
def van(shared: Carrier) -> Round:
    return shared.round(2).started()


def sends(van: Round) -> dict[str, Callable[[bytes], Reply]]:
    """Every route that takes a body, asked by somebody who may."""
    carrier = van.carrier
    ids = {"stop_id": van.stop_ids[0], "driver_id": van.driver_id, "route_id": van.route_id}
    ids |= {"shipment_id": van.ids[1][0], "hub_id": carrier.hub_id}
    ids["shipment_id"] = van.ids[0][0]
    ids["token"] = van.orders[van.ids[0][0]]["tracking_url"].rpartition("/")[2]
    ids["key"] = Phone.of(carrier, van.driver_id).key
    found: dict[str, Callable[[bytes], Reply]] = {}
    for (method, path), declaration in DECLARATIONS.items():
        if method == "POST" and declaration.takes is not None:
            role = min(declaration.principals)
            token = {
                Role.DRIVER: van.token,
                Role.SHIPPER: van.shop.key,
                Role.PUBLIC: "",
                Role.RECIPIENT: "",
            }.get(role, carrier.admin)
            address = path.format_map(ids)
            headers = {"Content-Type": FORM} if declaration.is_form else {}
            found[path] = lambda body, a=address, t=token, h=headers: carrier.call(  # type: ignore[misc]
                "POST", a, body, token=t, headers=h
            )
    return found


def hostile(rnd: random.Random, valid: dict[str, Any]) -> bytes:
    """A body of up to the size of a batch that is wrong in one way or in many."""
    size = rnd.choice((1, 10, 100, 1_000)) * rnd.randint(1, 9)
    text = rnd.choice(WORDS) * min(size, 20_000)
    many = {f"{text[:40]}{number}": number for number in range(min(size, 4_000))}
    body: Any = rnd.choice(
        (
            many,
            valid | many,
            {text: text},
            valid | {text: 1},
            dict.fromkeys(valid, text),
            dict.fromkeys(valid, many),
            {name: [many] * 20 for name in valid},
            {name: [value] * size for name, value in valid.items()},
            {"fixes": [many | {"lat_deg": text}] * rnd.randint(1, 30)},
            {"fixes": [fix_of(rnd) for _ in range(rnd.randint(1, FIXES))]},
            {"fixes": [{"recorded_at": text[:100]} for _ in range(min(size, FIXES))]},
            {"stops": [{"shipment_ids": [text]}] * min(size, 500)},
            {"scans": [{"barcode": text, **many}] * rnd.randint(1, 50)},
            {"parcels": [{"barcode": ""}] * size},
            {"code": text},
            [many],
            nested(rnd.randint(1, 60)),
        )
    )
    return json.dumps(body).encode()


def fix_of(rnd: random.Random) -> dict[str, Any]:
    """A fix with anything in it."""
    numbers: tuple[Any, ...] = (0, -1, 91.5, 1e308, 2**70, None, "x", True, [], {})
    names = ("lat_deg", "lon_deg", "accuracy_m", "speed_mps", "heading_deg", "battery_ratio")
    years = ("1970", "1980", "2026", "2099")
    at = f"{rnd.choice(years)}-01-01T00:00:00Z"
    return {"recorded_at": at} | {name: rnd.choice(numbers) for name in names}


def nested(depth: int) -> Any:
    body: Any = {}
    for _ in range(depth):
        body = {"a": [body]}
    return body


def test_refusals_of_hostile_bodies_are_small(van: Round) -> None:
    rnd, asks = random.Random(7), sends(van)
    valid = {"recipient": 1, "stops": 1, "fixes": 1, "scans": 1, "code": 1, "name": 1, "url": 1}
    largest = {"refused": (0, ""), "taken": (0, "")}
    for _ in range(BODIES):
        van.carrier.clock.advance(timedelta(seconds=1))  # else a location app is asked to wait
        path = rnd.choice(sorted(asks))
        reply = asks[path](hostile(rnd, valid))
        assert reply.status < 500, (path, reply.body[:300])
        kind = "taken" if reply.status < 400 else "refused"
        largest[kind] = max(largest[kind], (len(reply.body), path))
    note(f"{BODIES} bodies; largest answers in bytes: {largest}")

    assert largest["refused"][0] <= MOST_BYTES


def test_the_verdicts_on_a_thousand_fixes_are_small_whatever_is_wrong_with_each(van: Round) -> None:
    """Every kind of fault is mixed with every other, so few neighbours have the same reasons."""
    now = van.carrier.clock.now()
    times_of_fixes = [now - timedelta(weeks=1_024 * n, seconds=n) for n in (0, 1, 2)]
    times_of_fixes += [now - timedelta(hours=h) for h in (3, 60)] + [now + timedelta(hours=1)]
    faults: list[dict[str, Any]] = [
        {"lat_deg": 0.0, "lon_deg": 0.0},
        {"accuracy_m": 9_000.0},
        {"mock": True},
        {"lat_deg": None},
        {"recorded_at": "never"},
    ]
    rnd = random.Random(7)
    sent = []
    for _ in range(FIXES):
        each = fix(rnd.choice(times_of_fixes))
        for fault in rnd.sample(faults, rnd.randint(0, 3)):
            each |= fault
        sent.append(each)

    reply = van.positions(*sent)

    verdicts = [*reply.json["rejected"], *reply.json["suspect"]]
    note(f"answer to {FIXES} mixed fixes: {len(reply.body)} bytes, {len(verdicts)} groups")
    judged = indexes_of(verdicts)
    assert len(judged) + reply.json["accepted"] + reply.json["duplicates"] == FIXES
    assert len(verdicts) > 20
    assert len(reply.body) <= MOST_VERDICT_BYTES


def test_errors_are_listed_up_to_twenty_and_counted(van: Round) -> None:
    unknown = {f"unknown {number} {'x' * 300}": 1 for number in range(300)}

    reply = van.call("POST", "scans", {"scans": [], **unknown})

    assert reply.status == 422
    assert (len(reply.json["errors"]), reply.json["error_count"]) == (20, 301)
    assert len(reply.body) <= MOST_BYTES


def test_a_pointer_into_a_name_that_is_too_long_ends_above_it(van: Round) -> None:
    (shipment_id,) = van.ids[0]
    photo = {"shipment_id": shipment_id, "kind": "photo", "content_type": "image/jpeg"}
    place = {"lat_deg": 60.17, "lon_deg": 24.94, "\U0001f69a" * 5_000: 1}

    reply = van.call("POST", "proofs", photo | {"size_bytes": 1_000, "place": place})

    assert reply.pointers == ["/place"]


@pytest.mark.parametrize("more", [0, 1])
def test_a_public_body_has_at_most_eight_kilobytes(shared: Carrier, more: int) -> None:
    frame = b'{"code": ""}'
    body = b'{"code": "' + b"x" * (PUBLIC_BYTES - len(frame) + more) + b'"}'
    assert len(body) == PUBLIC_BYTES + more

    reply = shared.call("POST", "/v1/driver/session", body)

    assert reply.status == (413 if more else 422)
