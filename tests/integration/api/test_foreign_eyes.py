"""Every route for everybody whom it does not concern: no answer has anything of others in it.

What belongs to a shop is marked with a word that stands nowhere else, in each kind of item that
there is. All routes of the declarations are asked for it, with its real ids.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib.domain.actors import Role
from chalicelib.edge.bodies import FORM
from chalicelib.edge.replies import HTML
from tests.integration.api.test_any_text import good_bodies
from tests.support.carrier import Carrier, Reply, Round, note
from tests.support.declarations import DECLARATIONS
from tests.support.phones import Phone

CANARY: Final = "Kanarienvogel"
ULID: Final = "0" * 26
ROUTES: Final = sorted(DECLARATIONS)


@dataclass
class World:
    """A shop with something in every kind of item, and people who may see none of it."""

    carrier: Carrier
    van: Round
    ids: dict[str, str]
    strangers: dict[str, str]
    links: dict[str, str]
    calls: int = 0
    statuses: dict[int, int] = field(default_factory=dict)

    def ask(self, method: str, path: str, ids: dict[str, str], token: str | None) -> Reply:
        """A request with a body that the route takes."""
        declaration = DECLARATIONS[method, path]
        _, _, body = good_bodies(self.van).get(path, ("", "", {}))
        sent: Any = body if declaration.takes is not None else None
        headers = {"If-Match": "*", "Idempotency-Key": f"stranger {self.calls}"}
        if declaration.is_form:
            sent, headers["Content-Type"] = urlencode(body).encode(), FORM
        address = re.sub(r"{(\w+)}", lambda found: ids[found[1]], path)
        self.calls += 1
        reply = self.carrier.call(method, address, sent, token=token, headers=headers)
        self.statuses[reply.status] = self.statuses.get(reply.status, 0) + 1
        return reply


@pytest.fixture(scope="module")
def world(shared: Carrier) -> Iterator[World]:
    van, ids = marked(shared)
    other = shared.shop("Kukkakauppa")
    own = other.shipment()
    keys = {name: key_of(shared, other.shipper_id) for name in ("revoked", "of another shop")}
    shared.call("DELETE", f"/v1/keys/{keys['revoked']['id']}", token=shared.admin)
    stranger_van = shared.round(1, shop=other).started()
    strangers = {
        "nobody": "",
        "malformed": "ds_live_x",
        "revoked": keys["revoked"]["key"],
        "of another shop": keys["of another shop"]["key"],
        "driver of another route": stranger_van.token,
        "tracking token": own["tracking_url"].rpartition("/")[2],
    }
    gone = ids["token"]
    links = {"of another shipment": own["tracking_url"].rpartition("/")[2], "revoked": gone}
    links["phone of another driver"] = Phone.of(shared, stranger_van.driver_id).key
    shared.made(f"/v1/shipments/{ids['shipment_id']}/links", {}, van.shop.key)
    made = World(shared, van, ids, strangers, links)
    yield made
    note(f"{made.calls} calls of {len(ROUTES)} routes, 0 foreign words: {made.statuses}")


def key_of(carrier: Carrier, shipper_id: str) -> Any:
    body = {"role": "shipper", "label": "stranger", "shipper_id": shipper_id}
    return carrier.made("/v1/keys", body, carrier.admin)


def marked(carrier: Carrier) -> tuple[Round, dict[str, str]]:
    """The marked shop: one shipment delivered with a photo, one on the road, accounts, a thread."""
    shop = carrier.shop(f"{CANARY} shop")
    orders = [shop.order(stop=stop) for stop in range(2)]
    for order in orders:
        order["reference"] += CANARY
        order["recipient"]["name"] = f"{CANARY} Virtanen"
        order["recipient"]["email"] = f"{CANARY}@example.com"
        order["address"]["lines"] = [f"{CANARY} street"]
        order["address"]["instructions"] = f"{CANARY} at the door"
        order["parcels"][0]["description"] = CANARY
        order["metadata"] = {"mark": CANARY}
    made = [carrier.made("/v1/shipments", order, shop.key) for order in orders]
    for each, order in zip(made, orders, strict=True):
        each |= {"parcels": order["parcels"], "recipient": order["recipient"]}
    van = carrier.planned(shop, [[each] for each in made]).started()
    van.drive(-100.0)
    shipment_id, second = van.ids[0][0], van.ids[1][0]
    proof_id = van.photo(shipment_id)
    report = van.action(note=f"{CANARY} took it", proof_ids=[proof_id])
    assert van.work(0, "deliver", report).status == 200
    form = urlencode({"action_id": "a", "text": CANARY}).encode()
    link = urlsplit(van.orders[second]["tracking_url"]).path
    carrier.call("POST", f"{link}/messages", form, headers={"Content-Type": FORM})
    webhook = carrier.made("/v1/webhooks", {"url": f"http://127.0.0.1:9/{CANARY}"}, shop.key)
    imported = carrier.made("/v1/imports", {"file_name": f"{CANARY}.csv"}, shop.key)
    names = {"name": f"{CANARY} account"}
    ids = {
        "shipment_id": second,
        "route_id": van.route_id,
        "driver_id": van.driver_id,
        "stop_id": van.stop_ids[1],
        "webhook_id": webhook["id"],
        "import_id": imported["id"],
        "shipper_id": shop.shipper_id,
        "hub_id": carrier.hub_id,
        "team_id": carrier.made("/v1/teams", names, carrier.dispatcher)["id"],
        "vehicle_id": carrier.made("/v1/vehicles", names, carrier.dispatcher)["id"],
        "key_id": key_of(carrier, shop.shipper_id)["id"],
        "invitation_id": f"inv_{ULID}",
        "device_id": Phone.of(carrier, van.driver_id, CANARY).id,
        "key": ULID + "x" * 24,
        "member_id": carrier.signed_in(Role.ADMIN).member_id,
        "code": "x" * 43,
        "concern": f"late~{van.route_id}",
        "proof_id": proof_id,
        "number": "1",
        "name": "manifest.json",
        "token": van.orders[second]["tracking_url"].rpartition("/")[2],
    }
    return van, ids


def test_the_marks_are_in_every_kind_of_item(world: World) -> None:
    shop = world.van.shop
    kinds = {
        kind
        for table in ("shipments", "routes", "accounts")
        for row in world.carrier.rows(table)
        if CANARY.encode() in repr(row).encode() or CANARY in json.dumps(row, default=repr)
        for kind in [re.split(r"[#_]", row["item"]["S"])[0]]
    }

    assert {"SHIPMENT", "THREAD", "WEBHOOK", "SHIPPER", "TEAM", "VEHICLE", "IMPORT"} <= kinds
    path = f"/v1/shipments/{world.ids['shipment_id']}"
    assert CANARY in world.carrier.call("GET", path, token=shop.key).body.decode()


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_strangers_see_nothing_and_change_nothing(world: World, route: tuple[str, str]) -> None:
    method, path = route
    before = owned(world)

    for who, token in world.strangers.items():
        ids = world.ids | {"token": world.links["of another shipment"]}
        ids["key"] = world.links["phone of another driver"]
        reply = world.ask(method, path, ids, token or None)

        assert reply.status < 500, (who, reply.body)
        assert CANARY not in reply.body.decode(errors="replace"), who
        assert CANARY not in repr(dict(reply.headers)), who
    if "{token}" in path:
        reply = world.ask(method, path, world.ids | {"token": world.links["revoked"]}, None)
        assert reply.status == 404
        assert CANARY not in reply.body.decode(errors="replace")
    assert owned(world) == before


@pytest.mark.parametrize(
    "route",
    [
        route
        for route in ROUTES
        if any(f"{{{name}_id}}" in route[1] for name in ("shipment", "webhook", "import"))
    ],
    ids=" ".join,
)
def test_what_is_foreign_looks_like_what_is_not_there(world: World, route: tuple[str, str]) -> None:
    method, path = route
    unknown = world.ids | {
        "shipment_id": f"shp_{ULID}",
        "webhook_id": f"whk_{ULID}",
        "import_id": f"imp_{ULID}",
    }
    key = world.strangers["of another shop"]

    foreign, nowhere = (world.ask(method, path, ids, key) for ids in (world.ids, unknown))

    assert foreign.status == nowhere.status
    if foreign.headers["Content-Type"] == HTML:
        assert foreign.body == nowhere.body
    elif foreign.body:
        bodies = [json.loads(each.body) | {"instance": ""} for each in (foreign, nowhere)]
        assert bodies[0] == bodies[1]


def owned(world: World) -> list[str]:
    """All that is stored of the marked shop's goods and accounts."""
    own = {*world.ids.values(), *(each for stop in world.van.ids for each in stop)}
    return sorted(
        repr({name: value for name, value in row.items() if name != "last_used_ms"})
        for table in ("shipments", "routes", "fleet", "accounts")
        for row in world.carrier.rows(table)
        if own & {value.get("S", "") for value in row.values()}
    )
