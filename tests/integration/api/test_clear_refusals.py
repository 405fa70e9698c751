"""Refusals say what to do, and all lists have one shape."""

import re

import pytest
from pydantic import BaseModel

from tests.support.carrier import Carrier, Round
from tests.support.declarations import DECLARATIONS

LISTS = [
    (path, model)
    for (method, path), declaration in DECLARATIONS.items()
    for model in declaration.gives
    if method == "GET" and {"data", "next_cursor"} & {*model.model_fields}
]


@pytest.fixture(scope="module")
def van(shared: Carrier) -> Round:
    return shared.round(2)


@pytest.mark.parametrize("sent", ["1", "abc", 'W/"x"', '"1x"', ","])
def test_an_etag_that_is_none_is_told_with_an_example(van: Round, sent: str) -> None:
    reply = van.carrier.call(
        "PATCH",
        f"/v1/routes/{van.route_id}",
        {"operations": []},
        token=van.carrier.dispatcher,
        headers={"If-Match": sent},
    )

    assert (reply.status, reply.code) == (412, "outdated")
    assert 'If-Match: "3"' in reply.json["detail"]


def test_a_change_without_an_etag_is_told_so_before_its_body_is_read(van: Round) -> None:
    path, body = f"/v1/routes/{van.route_id}", {"operations": "nonsense"}

    reply = van.carrier.call("PATCH", path, body, token=van.carrier.dispatcher)

    assert (reply.status, reply.code) == (428, "version_needed")


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_a_body_that_is_needed_and_missing_is_told(van: Round, body: bytes) -> None:
    reply = van.carrier.call("POST", "/v1/shipments", body, token=van.shop.key)

    assert (reply.status, reply.code) == (400, "invalid_json")
    assert reply.json["detail"] == "This needs a body in JSON, and none was sent."


def test_an_action_whose_words_may_be_left_out_needs_no_body(van: Round) -> None:
    shipment = van.shop.shipment()

    reply = van.carrier.call("POST", f"/v1/shipments/{shipment['id']}/cancel", token=van.shop.key)

    assert reply.json["status"] == "cancelled"


def test_a_switch_takes_true_or_false(van: Round) -> None:
    path = f"/v1/routes/{van.route_id}?dry_run=maybe"
    body = {"operations": [{"op": "remove", "stop_id": van.stop_ids[0]}]}

    reply = van.carrier.call(
        "PATCH", path, body, token=van.carrier.dispatcher, headers={"If-Match": "*"}
    )

    assert (reply.status, reply.pointers) == (422, ["?dry_run"])
    assert reply.json["errors"][0]["detail"] == "Write true or false."


def test_a_plus_sign_that_was_not_escaped_is_taken_as_it_was_meant(van: Round) -> None:
    path = "/v1/events?since=2026-11-23T14:00:00+02:00"

    assert van.carrier.call("GET", path, token=van.shop.key).status == 200


@pytest.mark.parametrize("names", [("start", "end"), ("earliest", "latest")])
def test_the_window_of_a_stop_is_written_as_it_is_asked_for_or_read(
    van: Round, names: tuple[str, str]
) -> None:
    now = van.carrier.clock.now()

    def changed(first: str, last: str) -> tuple[int, list[str]]:
        window = dict(zip(names, (first, last), strict=True))
        body = {"op": "change_stop", "stop_id": van.stop_ids[0], "window": window}
        reply = van.carrier.call(
            "PATCH",
            f"/v1/routes/{van.route_id}?dry_run=true",
            {"operations": [body]},
            token=van.carrier.dispatcher,
            headers={"If-Match": "*"},
        )
        return reply.status, reply.pointers if reply.status >= 400 else []

    early, late = now.isoformat(), now.replace(hour=now.hour + 2).isoformat()
    assert changed(early, late) == (200, [])
    assert changed(late, early) == (422, [f"/operations/0/window/{names[1]}"])


@pytest.mark.parametrize(("path", "model"), LISTS)
def test_every_list_has_data_and_a_cursor(path: str, model: type[BaseModel]) -> None:
    assert {"data", "next_cursor"} <= {*model.model_fields}, path


def test_all_lists_are_looked_at() -> None:
    paths = {path for path, _ in LISTS}

    assert {"/v1/webhooks", "/v1/shipments", "/v1/driver/messages"} <= paths


def test_a_page_links_to_the_next_one(shared: Carrier) -> None:
    shop = shared.shop()
    made = {shop.shipment()["id"] for _ in range(3)}
    path, found = "/v1/shipments", list[str]()
    address = f"{path}?limit=2"
    for _ in range(2):
        reply = shared.call("GET", address, token=shop.key)
        found += [each["id"] for each in reply.json["data"]]
        link = re.fullmatch(r'<(.*)>; rel="next"', reply.headers.get("Link", ""))
        address = f"{path}{link[1]}" if link else ""

    assert ({*found}, len(found), address) == (made, 3, "")
