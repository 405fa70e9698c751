"""Any text in any field of any body that is posted: taken or refused, never a fault of ours."""

import collections
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.edge.bodies import FORM
from chalicelib.edge.problems import PROBLEM
from tests.support.carrier import Carrier, Round, note
from tests.support.declarations import DECLARATIONS
from tests.support.depth import times
from tests.support.input_models import INPUTS, fields_of, replaced

ODD: Final = (
    "",
    " ",
    "\0",
    "\u200b",
    "\ufeff",
    "\u202e",
    "\ud83e",
    "\U0010ffff",
    "e\u0301" * 500,
    "\u0301" * 5_000,
    "\u0345\u0300" * 2_000,
    "A" * 5_000,
    "٣" * 40,
    "+" * 40,
    "+" + "9" * 39,
    "00" * 20,
    "@" * 300,
    "a@" + "xn--" * 60 + ".fi",
    "a@ß.de",
    "http://[::1",
    "https://例え.テスト:1/",
    "https://user:secret@/\\",
    "https://a.example:99999999999/",
    "9999-12-31T23:59:60+00:00",
    "0000-00-00",
    "2026-11-28T24:00:00Z",
    "2026112818",
    "Europe/../zone.tab",
    "NaN",
    "-0",
    "1e999",
    "${jndi:x}",
    "{0.__class__}",
    "%s%n",
    "shp_" + "0" * 26,
    "' OR 1=1 --",
    "<script>",
    "\u2028",
)
UNKNOWN_TEAM: Final = "tem_" + "0" * 26
UNKNOWN_MESSAGE: Final = "msg_" + "0" * 26
UNKNOWN_ROUTE: Final = "rte_" + "0" * 26
UNKNOWN_MEMBER: Final = "mbr_" + "0" * 26
UNKNOWN_STOP: Final = "stp_" + "0" * 26
FORMS: Final = {route for route, declaration in DECLARATIONS.items() if declaration.is_form}
UNKNOWN_VEHICLE: Final = "veh_" + "0" * 26
TEXTS: Final = st.sampled_from(ODD) | st.text(max_size=300) | st.characters().map(lambda c: c * 30)
PLACES: Final = [(route, at) for route in sorted(INPUTS) for at in fields_of(INPUTS[route])]


@dataclass
class Counter:
    """A driver with a loaded route, so that every path leads to something; and what was answered.

    Hypothesis prints the arguments of a failure: this one has no more to say than its counts.
    """

    van: Round = field(repr=False)
    statuses: collections.Counter[int] = field(default_factory=collections.Counter)


@pytest.fixture(scope="module")
def counter(shared: Carrier) -> Iterator[Counter]:
    opened = Counter(shared.round(2).loaded())
    yield opened
    counts = dict(sorted(opened.statuses.items()))
    note(f"{sum(counts.values())} bodies with any text in any field: {counts}")


def good_bodies(van: Round) -> dict[str, tuple[str, str, Any]]:
    """For each route: the token, the path, and a body that is taken."""
    carrier, now = van.carrier, van.carrier.clock.now().isoformat()
    report = {"action_id": "any-1", "occurred_at": now}
    place = {"lat_deg": 60.2, "lon_deg": 24.9, "time_zone": "Europe/Helsinki"}
    order = van.shop.order()
    later = (carrier.clock.now() + timedelta(hours=1)).isoformat()
    order |= {"window": {"start": now, "end": later}, "service_time_s": 60.0}
    order |= {"service_day": now[:10], "metadata": {"source": "any"}}
    upload = {"shipment_id": van.ids[0][0], "kind": "photo", "content_type": "image/jpeg"}
    route = {
        "driver_id": van.driver_id,
        "hub_id": carrier.hub_id,
        "service_day": now[:10],
        "starts_at": now,
        "stops": [{"shipment_ids": [van.ids[0][0]]}],
        "breaks": [{"earliest": now, "latest": now, "duration_s": 60}],
    }
    scan = {"action_id": "any-2", "barcode": "any", "scanned_at": now}
    fix = {"recorded_at": now, "lat_deg": 60.2, "lon_deg": 24.9}
    other = van.ids[1][0]
    changes = {name: order[name] for name in ("recipient", "address", "window", "service_time_s")}
    correction = {"outcome": "attempt_failed", "explanation": "any", "reason": "lost"}
    move = {"op": "move", "stop_id": van.stop_ids[0], "before": None}
    link = van.orders[van.ids[0][0]]["tracking_url"].rpartition("/")[2]
    written = {"shipment_id": van.ids[0][0], "action_id": "any-3"}
    seen = {"shipment_id": van.ids[0][0], "message_id": UNKNOWN_MESSAGE}
    return {
        "/t/{token}/messages": ("", link, {"action_id": "any-4", "text": "any"}),
        "/t/{token}/messages/seen": ("", link, {"message_id": UNKNOWN_MESSAGE}),
        "/t/{token}/settings": ("", link, {"seen": "0", "times": "sms", "language": "fi"}),
        "/t/{token}/data/forget": ("", link, {"sure": "1", "lang": "fi"}),
        "/t/{token}/settings/stop": ("", link, {"lang": "fi"}),
        "/t/{token}/settings/resume": ("", link, {"lang": "fi"}),
        "/v1/shipments/{shipment_id}/preferences": (
            van.shop.key,
            van.ids[0][0],
            {"language": "fi", "is_stopped": False, "ways": {"times": "sms"}},
        ),
        "/t/{token}/rating": ("", link, {"stars": "4", "comment": "any"}),
        "/t/{token}/address": (
            "",
            link,
            {"seen": "1", "street": "Kauppakatu 12", "city": "Helsinki"},
        ),
        "/t/{token}/check": ("", link, {"answer": "12b"}),
        "/t/{token}/share": ("", link, {"seen": "1"}),
        "/t/{token}/day": ("", link, {"choice": "2026-11-30", "seen": ""}),
        "/t/{token}/reports": (
            "",
            link,
            {"seen": "", "reason": "damaged", "text": "any"},
        ),
        "/t/{token}/wishes": (
            "",
            link,
            {"seen": "0", "note": "any", "absence": "neighbour", "neighbour_name": "any"},
        ),
        "/v1/attention/close": (
            carrier.dispatcher,
            "",
            {"shipment_id": van.ids[0][0], "kind": "low_rating"},
        ),
        "/v1/attention/{concern}": (
            carrier.dispatcher,
            f"late~{UNKNOWN_ROUTE}",
            {"state": "snoozed", "news_at": now, "until": later},
        ),
        "/v1/driver/messages": (van.token, "", written | {"text": "any"}),
        "/v1/driver/messages/seen": (van.token, "", seen),
        "/v1/shipments/{shipment_id}/messages": (van.shop.key, van.ids[0][0], {"text": "any"}),
        "/v1/shippers": (carrier.admin, "", {"name": "Any", "sms_name": "Any"}),
        "/v1/keys": (carrier.admin, "", {"role": "dispatcher", "label": "any"}),
        "/v1/hubs": (carrier.dispatcher, "", {"name": "Any", **place}),
        "/v1/drivers": (carrier.dispatcher, "", {"name": "Any"}),
        "/v1/teams": (carrier.dispatcher, "", {"name": "Any"}),
        "/v1/vehicles": (carrier.dispatcher, "", {"name": "Any", "plate": "ANY-1"}),
        "/v1/shippers/{shipper_id}": (carrier.admin, van.shop.shipper_id, {"name": "Any"}),
        "/v1/hubs/{hub_id}": (carrier.dispatcher, carrier.hub_id, {"name": "Any", **place}),
        "/v1/drivers/{driver_id}": (carrier.dispatcher, van.driver_id, {"name": "Any"}),
        "/v1/teams/{team_id}": (carrier.dispatcher, UNKNOWN_TEAM, {"name": "Any"}),
        "/v1/vehicles/{vehicle_id}": (carrier.dispatcher, UNKNOWN_VEHICLE, {"plate": "ANY-1"}),
        "/v1/drivers/{driver_id}/invitations": (carrier.dispatcher, van.driver_id, {}),
        "/v1/drivers/{driver_id}/devices": (
            carrier.dispatcher,
            van.driver_id,
            {"label": "any"},
        ),
        "/v1/driver/session": ("", "", {"code": "x" * 30}),
        "/console/sign-in": ("", "", {"email": "any@example.com", "next": "/console"}),
        "/console/sign-in/{code}": ("", "x" * 43, {"next": "/console"}),
        "/console/sign-out": ("", "", {"everywhere": "1"}),
        "/v1/members": (
            carrier.admin,
            "",
            {"name": "Any", "email": "any@example.com", "role": "manager"},
        ),
        "/v1/members/{member_id}": (carrier.admin, UNKNOWN_MEMBER, {"name": "Any"}),
        "/v1/shipments": (van.shop.key, "", order),
        "/v1/shipments/{shipment_id}": (van.shop.key, other, changes),
        "/v1/shipments/{shipment_id}/cancel": (van.shop.key, other, {"reason": "any"}),
        "/v1/shipments/{shipment_id}/retry": (
            carrier.dispatcher,
            other,
            {"window": order["window"]},
        ),
        "/v1/shipments/{shipment_id}/return": (carrier.dispatcher, other, {"reason": "any"}),
        "/v1/shipments/{shipment_id}/corrections": (carrier.dispatcher, other, correction),
        "/v1/hubs/{hub_id}/scans": (carrier.dispatcher, carrier.hub_id, {"scans": [scan]}),
        "/v1/driver/unloads": (van.token, "", {"scans": [scan]}),
        "/v1/shipments/batch": (van.shop.key, "", {"shipments": [order]}),
        "/v1/shipments/{shipment_id}/place": (
            carrier.dispatcher,
            van.ids[0][0],
            {"lat_deg": 60.2, "lon_deg": 24.9},
        ),
        "/v1/shipments/{shipment_id}/links": (van.shop.key, van.ids[0][0], {}),
        "/v1/routes": (carrier.dispatcher, "", route),
        "/v1/routes/suggestions": (
            carrier.dispatcher,
            "",
            {
                "hub_id": carrier.hub_id,
                "service_day": route["service_day"],
                "vans": [
                    {
                        "driver_id": van.driver_id,
                        "starts_at": route["starts_at"],
                        "stops": route["stops"],
                    }
                ],
                "keep_order": True,
            },
        ),
        "/v1/routes/{route_id}": (carrier.dispatcher, van.route_id, {"operations": [move]}),
        "/v1/routes/{route_id}/moves": (
            carrier.dispatcher,
            van.route_id,
            {
                "stop_id": van.stop_ids[0],
                "plan_version": 1,
                "to_route_id": UNKNOWN_ROUTE,
                "to_plan_version": 1,
                "before": UNKNOWN_STOP,
                "shipment_ids": [van.ids[0][0]],
            },
        ),
        "/v1/imports": (
            van.shop.key,
            "",
            {
                "file_name": "july.csv",
                "columns": {"Nr": "reference"},
                "defaults": {"address.city": "Helsinki"},
            },
        ),
        "/v1/webhooks": (van.shop.key, "", {"url": "https://shop.example/hook"}),
        "/v1/driver/scans": (van.token, "", {"scans": [scan]}),
        "/v1/driver/positions": (van.token, "", {"fixes": [fix]}),
        "/v1/driver/proofs": (van.token, "", upload | {"size_bytes": 9}),
        "/v1/driver/route/start": (van.token, "", report),
        "/v1/driver/stops/{stop_id}/arrive": (van.token, van.stop_ids[0], report),
        "/v1/driver/stops/{stop_id}/deliver": (van.token, van.stop_ids[0], report),
        "/v1/driver/stops/{stop_id}/fail": (
            van.token,
            van.stop_ids[0],
            report | {"reason": "not_home"},
        ),
    }


def test_every_route_that_takes_a_body_has_a_good_one(counter: Counter) -> None:
    routes = {route.partition(" ")[2] for route in INPUTS}

    assert routes <= set(good_bodies(counter.van)), routes


@settings(
    max_examples=times(quick=60, deep=5_000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(PLACES), TEXTS)
def test_any_text_in_any_field_is_answered(
    counter: Counter,
    place: tuple[str, tuple[str | int, ...]],
    text: str,
) -> None:
    van, (route, at) = counter.van, place
    method, _, path = route.partition(" ")
    token, named, body = good_bodies(van)[path]
    to = re.sub(r"{\w+}", named, path)

    sent, headers = replaced(body, at, text), {"If-Match": "*"}
    if (method, path) in FORMS:
        sent = urlencode(sent, errors="surrogatepass").encode()
        headers |= {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
    reply = van.carrier.call(method, to, sent, token=token or None, headers=headers)

    counter.statuses[reply.status] += 1
    assert reply.status < 500, (route, at, text, reply.body)
    if reply.headers["Content-Type"] == PROBLEM:
        details = [error["detail"] for error in reply.json.get("errors", ())]
        assert all(detail.endswith(".") for detail in details), details
