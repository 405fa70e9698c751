"""Accounts over HTTP: opened, listed, read, changed, deactivated, and what the audit says of it."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest

from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Reply, note

PLACE: Final = {"lat_deg": 60.2, "lon_deg": 24.9, "time_zone": "Europe/Helsinki"}
READ_ONLY: Final = {"id", "created_at", "deactivated_at", "signed_out_at"}
PATCH: Final = {"Content-Type": "application/merge-patch+json"}


@dataclass(frozen=True)
class Kind:
    """A kind of account: where it is, how a new one is written, and what is changed in it."""

    path: str
    new: Mapping[str, Any]
    change: Mapping[str, Any]


KINDS: Final = [
    Kind("/v1/hubs", {"name": "Pasila", **PLACE}, {"name": "Vuosaari", "lat_deg": 60.21}),
    Kind("/v1/teams", {"name": "North", "hub_id": None}, {"name": "South"}),
    Kind("/v1/vehicles", {"name": "Van 7", "plate": "ABC-123", "team_id": None}, {"plate": None}),
    Kind("/v1/drivers", {"name": "Matti", "team_id": None}, {"name": "Matti K."}),
    Kind(
        "/v1/shippers",
        {"name": "Shop", "sms_name": "Shop", "support_contact": "a@example.com"},
        {"sms_name": None, "support_contact": "b@example.com"},
    ),
]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.path)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def patch(carrier: Carrier, path: str, body: Any, tag: str | None) -> Reply:
    headers = PATCH | ({} if tag is None else {"If-Match": tag})
    return carrier.call("PATCH", path, body, token=carrier.admin, headers=headers)


def key_id(text: str) -> str:
    """The id of a key by its text."""
    return f"key_{text.split('_')[2]}"


def test_what_is_read_can_be_written_back_and_what_is_left_out_stays(
    shared: Carrier, kind: Kind
) -> None:
    made = shared.call("POST", kind.path, kind.new, token=shared.admin)
    path = f"{kind.path}/{made.json['id']}"
    read = shared.call("GET", path, token=shared.admin)

    same = {name: value for name, value in read.json.items() if name not in READ_ONLY}
    unchanged = patch(shared, path, same, read.headers["ETag"])
    changed = patch(shared, path, kind.change, unchanged.headers["ETag"])
    stale = patch(shared, path, kind.change, read.headers["ETag"])

    assert (made.status, made.json) == (201, read.json)
    assert kind.new.items() <= read.json.items()
    assert made.headers["ETag"] == read.headers["ETag"] == unchanged.headers["ETag"] == '"1"'
    assert (unchanged.status, unchanged.json) == (200, read.json)
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert changed.json == read.json | kind.change
    assert shared.call("GET", path, token=shared.admin).json == changed.json
    assert (stale.status, stale.code) == (412, "outdated")


def test_a_deactivated_one_is_still_there_and_can_be_activated(shared: Carrier, kind: Kind) -> None:
    made = shared.made(kind.path, kind.new, shared.admin)
    path = f"{kind.path}/{made['id']}"

    off = patch(shared, path, {"is_active": False}, "*")
    read = shared.call("GET", path, token=shared.admin)
    on = patch(shared, path, {"is_active": True}, "*")

    assert (off.json["is_active"], off.json["deactivated_at"]) == (False, made["created_at"])
    assert read.json == off.json
    assert (on.json["is_active"], on.json["deactivated_at"]) == (True, None)


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        (None, 428, "version_needed"),
        ('"2"', 412, "outdated"),
        ('W/"1"', 200, ""),
        ("", 428, "version_needed"),
        ("1", 412, "outdated"),
        ('"one"', 412, "outdated"),
        ('"7", "1"', 200, ""),
        ("*", 200, ""),
    ],
)
def test_who_changes_says_which_version(
    shared: Carrier, tag: str | None, status: int, code: str
) -> None:
    team = shared.made("/v1/teams", {"name": "North"}, shared.dispatcher)

    reply = patch(shared, f"/v1/teams/{team['id']}", {"name": "South"}, tag)

    assert reply.status == status, reply.body
    assert not code or reply.code == code


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("hubs", {"name": None}, "/name"),
        ("hubs", {"name": " "}, "/name"),
        ("hubs", {"lat_deg": 0.0, "lon_deg": 0.0}, "/lat_deg"),
        ("hubs", {"lat_deg": 24.9, "lon_deg": 60.2}, "/lat_deg"),
        ("hubs", {"time_zone": "Moon/Base"}, "/time_zone"),
        ("hubs", {"is_active": "no"}, "/is_active"),
        ("hubs", {"id": "hub_1"}, "/id"),
        ("teams", {"hub_id": "hub_" + "0" * 26}, "/hub_id"),
        ("drivers", {"team_id": "tem_" + "0" * 26}, "/team_id"),
        ("vehicles", {"plate": "X" * 21}, "/plate"),
        ("shippers", {"sms_name": "ÄÖ"}, "/sms_name"),
    ],
)
def test_a_change_that_cannot_be_is_refused_where_it_is_wrong(
    shared: Carrier, path: str, body: Any, pointer: str
) -> None:
    new = next(kind.new for kind in KINDS if kind.path == f"/v1/{path}")
    made = shared.made(f"/v1/{path}", new, shared.admin)

    reply = patch(shared, f"/v1/{path}/{made['id']}", body, "*")

    assert (reply.status, reply.pointers) == (422, [pointer]), reply.body
    read = shared.call("GET", f"/v1/{path}/{made['id']}", token=shared.admin)
    assert (read.json, read.headers["ETag"]) == (made, '"1"')


def test_a_change_comes_as_json_of_either_name_and_as_nothing_else(shared: Carrier) -> None:
    team = shared.made("/v1/teams", {"name": "North"}, shared.dispatcher)
    statuses = {
        media: shared.call(
            "PATCH",
            f"/v1/teams/{team['id']}",
            {"name": "South"},
            token=shared.admin,
            headers={"If-Match": "*", "Content-Type": media},
        ).status
        for media in ("application/json", *PATCH.values(), "application/json-patch+json")
    }

    assert list(statuses.values()) == [200, 200, 415]


def test_lists_are_read_page_by_page(shared: Carrier, kind: Kind) -> None:
    made = [shared.made(kind.path, kind.new, shared.admin) for _ in range(3)]

    listed, path = [], f"{kind.path}?limit=2"
    while path:
        page = shared.call("GET", path, token=shared.admin).json
        listed += page["data"]
        cursor = page["next_cursor"]
        path = f"{kind.path}?limit=2&cursor={cursor}" if cursor else ""

    assert [each for each in listed if each in made] == sorted(made, key=lambda e: e["id"])


def test_a_repeat_with_the_same_key_opens_one_account(shared: Carrier, kind: Kind) -> None:
    headers = {"Idempotency-Key": f"open {kind.path}"}
    one, again = (
        shared.call("POST", kind.path, kind.new, token=shared.admin, headers=headers)
        for _ in range(2)
    )

    assert (one.body, one.headers["ETag"]) == (again.body, again.headers["ETag"])
    assert again.headers["Idempotency-Replayed"] == "true"


class TestDrivers:
    def test_nothing_is_planned_for_a_deactivated_driver_or_from_a_deactivated_hub(
        self, shared: Carrier
    ) -> None:
        shipment = shared.shop().shipment()
        driver_id, _ = shared.driver()
        path, hub_path = f"/v1/drivers/{driver_id}", f"/v1/hubs/{shared.hub_id}"

        patch(shared, path, {"is_active": False}, "*")
        without_driver = shared.plan(driver_id, [[shipment["id"]]])
        patch(shared, path, {"is_active": True}, "*")
        patch(shared, hub_path, {"is_active": False}, "*")
        without_hub = shared.plan(driver_id, [[shipment["id"]]])
        patch(shared, hub_path, {"is_active": True}, "*")

        assert (without_driver.status, without_driver.code) == (409, "deactivated")
        assert without_driver.json["account_id"] == driver_id
        assert (without_hub.status, without_hub.code) == (409, "deactivated")
        assert shared.plan(driver_id, [[shipment["id"]]]).status == 201

    def test_a_driver_with_a_route_is_not_deactivated(self, shared: Carrier) -> None:
        van = shared.round(1)

        reply = patch(shared, f"/v1/drivers/{van.driver_id}", {"is_active": False}, "*")

        assert (reply.status, reply.code) == (409, "driver_has_routes")
        assert reply.json["route_ids"] == [van.route_id]
        assert van.started().route()["status"] == "active"

    def test_a_sign_out_ends_the_token_and_a_new_invitation_begins_another(
        self, shared: Carrier
    ) -> None:
        van = shared.round(1).started()
        path = f"/v1/drivers/{van.driver_id}/sign-out"

        out = shared.call("POST", path, token=shared.dispatcher)

        assert (out.status, out.json["signed_out_at"]) == (200, out.json["created_at"])
        assert van.call("GET", "route").status == 401
        shared.clock.advance(timedelta(seconds=1))
        van.token = shared.session(van.driver_id)
        assert van.call("GET", "route").json["id"] == van.route_id
        assert van.work(0, "deliver").status == 200

    def test_an_invitation_is_a_link_and_a_picture_of_it(self, shared: Carrier) -> None:
        driver_id, _ = shared.driver()
        path = f"/v1/drivers/{driver_id}/invitations"
        made = shared.made(path, {}, shared.dispatcher)

        assert made["link"] == f"https://track.example/driver#code={made['code']}"
        picture = ET.fromstring(made["qr_svg"])  # noqa: S314 - our own
        assert picture.tag == "{http://www.w3.org/2000/svg}svg"
        listed = shared.call("GET", path, token=shared.dispatcher)
        code = made["link"].partition("#code=")[2]
        session = shared.made("/v1/driver/session", {"code": code}, "")
        assert session["driver_id"] == driver_id
        shown = {"id": made["id"], "driver_id": driver_id, "expires_at": made["expires_at"]}
        assert shown in listed.json["data"]
        assert made["code"].encode() not in listed.body

    def test_a_revoked_invitation_opens_nothing(self, shared: Carrier) -> None:
        driver_id, _ = shared.driver()
        path = f"/v1/drivers/{driver_id}/invitations"
        made = shared.made(path, {}, shared.dispatcher)
        mine, theirs = (
            f"/v1/drivers/{owner}/invitations/{made['id']}"
            for owner in (driver_id, shared.driver()[0])
        )

        foreign = shared.call("DELETE", theirs, token=shared.dispatcher)
        gone = shared.call("DELETE", mine, token=shared.dispatcher)
        again = shared.call("DELETE", mine, token=shared.dispatcher)

        assert [reply.status for reply in (foreign, gone, again)] == [404, 204, 404]
        session = shared.call("POST", "/v1/driver/session", {"code": made["code"]})
        assert session.status == 404
        assert shared.call("GET", path, token=shared.dispatcher).json["data"] == []


class TestShippers:
    def test_the_keys_of_a_deactivated_shipper_are_refused_like_unknown_ones(
        self, shared: Carrier
    ) -> None:
        shop = shared.shop()
        unknown = shared.call("GET", "/v1/shipments", token=shop.key + "x")
        path = f"/v1/shippers/{shop.shipper_id}"

        patch(shared, path, {"is_active": False}, "*")
        refused = shared.call("GET", "/v1/shipments", token=shop.key)
        new_key = {"role": "shipper", "label": "new", "shipper_id": shop.shipper_id}
        no_key = shared.call("POST", "/v1/keys", new_key, token=shared.admin)
        patch(shared, path, {"is_active": True}, "*")

        assert refused.status == 401
        assert refused.json | {"instance": ""} == unknown.json | {"instance": ""}
        assert (no_key.status, no_key.code) == (409, "deactivated")
        assert shared.call("GET", "/v1/shipments", token=shop.key).status == 200


class TestKeys:
    def issue(self, carrier: Carrier, label: str, **more: Any) -> Reply:
        body = {"role": "dispatcher", "label": label} | more
        return carrier.call("POST", "/v1/keys", body, token=carrier.admin)

    def test_a_list_has_prefixes_and_no_secret(self, shared: Carrier) -> None:
        made = self.issue(shared, "list").json

        listed = shared.call("GET", "/v1/keys?limit=100", token=shared.admin)
        one = shared.call("GET", f"/v1/keys/{made['id']}", token=shared.admin)

        (shown,) = (key for key in listed.json["data"] if key["id"] == made["id"])
        assert one.json == shown
        assert made["key"].startswith(f"{shown['prefix']}_")
        secret = made["key"].removeprefix(f"{shown['prefix']}_").encode()
        assert secret not in listed.body
        assert b"secret" not in listed.body

    def test_a_key_is_used_and_the_list_tells(self, shared: Carrier) -> None:
        made = self.issue(shared, "use").json
        path = f"/v1/keys/{made['id']}"
        before = shared.call("GET", path, token=shared.admin).json["last_used_at"]

        shared.call("GET", "/v1/hubs", token=made["key"])

        after = shared.call("GET", path, token=shared.admin).json["last_used_at"]
        assert (before, after) == (None, made["created_at"])

    def test_a_key_does_only_what_its_scopes_say(self, shared: Carrier) -> None:
        made = self.issue(shared, "scopes", scopes=["hubs:read", "teams:write"]).json

        def status(method: str, path: str, body: Any = None) -> int:
            return shared.call(method, path, body, token=made["key"]).status

        assert made["scopes"] == ["hubs:read", "teams:write"]
        assert status("GET", "/v1/hubs") == 200
        assert status("GET", "/v1/teams") == 200
        assert status("POST", "/v1/teams", {"name": "T"}) == 201
        assert status("GET", "/v1/vehicles") == 403
        refused = shared.call("POST", "/v1/hubs", {"name": "H", **PLACE}, token=made["key"])
        assert (refused.status, refused.code) == (403, "missing_scope")
        assert refused.json["scope"] == "hubs:write"

    def test_a_scope_opens_nothing_that_the_role_does_not(self, shared: Carrier) -> None:
        made = self.issue(shared, "role", scopes=["keys:read"]).json

        assert shared.call("GET", "/v1/keys", token=made["key"]).code == "forbidden"

    @pytest.mark.parametrize(
        ("more", "pointer", "sentence"),
        [
            ({"scopes": ["hubs:fly"]}, "/scopes/0", "Write a scope as a resource"),
            ({"expires_at": "2026-01-01T00:00:00Z"}, "/expires_at", "This time is over."),
        ],
    )
    def test_what_no_key_can_have_is_refused(
        self, shared: Carrier, more: dict[str, Any], pointer: str, sentence: str
    ) -> None:
        reply = self.issue(shared, "odd", **more)

        (error,) = reply.json["errors"]
        assert (reply.status, error["pointer"]) == (422, pointer)
        assert error["detail"].startswith(sentence)

    def test_a_third_live_key_is_refused_until_one_is_revoked(self, shared: Carrier) -> None:
        first, second, third = (self.issue(shared, "rotation") for _ in range(3))
        gone = shared.call("DELETE", f"/v1/keys/{first.json['id']}", token=shared.admin)
        after = self.issue(shared, "rotation")

        assert [first.status, second.status, third.status, after.status] == [201, 201, 409, 201]
        assert third.code == "too_many_keys"
        assert third.json["key_ids"] == [first.json["id"], second.json["id"]]
        assert gone.json["revoked_at"] == first.json["created_at"]


class TestAudit:
    def entries(self, carrier: Carrier, query: str) -> list[dict[str, Any]]:
        reply = carrier.call("GET", f"/v1/audit?{query}", token=carrier.admin)
        assert reply.status == 200, reply.body
        return list(reply.json["data"])

    def test_it_says_who_changed_what_when_and_what_it_was_before(self, shared: Carrier) -> None:
        driver_id, _ = shared.driver()
        shared.clock.advance(timedelta(seconds=1))
        patch(shared, f"/v1/drivers/{driver_id}", {"name": "Maija"}, "*")

        changed, created = self.entries(shared, f"account_id={driver_id}")

        assert (changed["action"], created["action"]) == ("driver.changed", "driver.created")
        assert changed["changes"] == [{"field": "name", "before": "Matti", "after": "Maija"}]
        admin_id = key_id(shared.admin)
        assert (changed["actor_id"], changed["actor_role"]) == (admin_id, "admin")
        assert created["actor_id"] == key_id(shared.dispatcher)
        assert changed["at"] > created["at"]

    def test_every_change_of_accounts_is_in_it_newest_first(self, shared: Carrier) -> None:
        shared.clock.advance(timedelta(hours=1))
        start = shared.clock.now().strftime("%Y-%m-%dT%H")
        shop = shared.shop()
        hook = shared.made("/v1/webhooks", {"url": "http://127.0.0.1:9/hook"}, shop.key)
        shared.call("DELETE", f"/v1/webhooks/{hook['id']}", token=shop.key)
        shared.clock.advance(timedelta(seconds=1))
        driver_id, _ = shared.driver()
        shared.clock.advance(timedelta(seconds=1))
        shared.call("POST", f"/v1/drivers/{driver_id}/sign-out", token=shared.dispatcher)

        found, query = [], "limit=3"
        for _ in range(3):
            page = shared.call("GET", f"/v1/audit?{query}", token=shared.admin).json
            found += [entry for entry in page["data"] if entry["at"].startswith(start)]
            query = f"limit=3&cursor={page['next_cursor']}"

        assert [entry["action"] for entry in found[:1]] == ["driver.signed_out"]
        assert {entry["action"] for entry in found[1:3]} == {
            *("driver.created", "invitation.created")
        }
        assert {entry["action"] for entry in found[3:]} == {
            *("shipper.created", "key.created", "webhook.created", "webhook.revoked")
        }
        times = [entry["at"] for entry in found]
        assert times == sorted(times, reverse=True)

    def test_no_secret_is_in_it(self, shared: Carrier) -> None:
        shop = shared.shop()
        driver_id, _ = shared.driver()
        code = shared.made(f"/v1/drivers/{driver_id}/invitations", {}, shared.dispatcher)["code"]
        hook = shared.made("/v1/webhooks", {"url": "http://127.0.0.1:9/hook"}, shop.key)

        audit = str(self.entries(shared, "limit=100"))

        assert hook["id"] in audit
        for secret in (code, hook["secret"], shop.key.split("_", maxsplit=3)[3]):
            assert secret not in audit
        assert "hash" not in audit


class TestLimits:
    def test_every_answer_to_a_key_says_what_is_left(self, shared: Carrier) -> None:
        shop = shared.shop()
        good = shared.call("GET", "/v1/shipments", token=shop.key)
        bad = shared.call("GET", "/v1/shipments?limit=x", token=shop.key)
        nobody = shared.call("GET", "/v1/shipments", token="ds_live_x_y")
        _, token = shared.driver()
        driver = shared.call("GET", "/v1/driver/route", token=token)

        assert good.headers["RateLimit-Policy"] == '"default";q=1000000;w=60'
        assert good.headers["RateLimit"] == '"default";r=999999;t=60'
        assert bad.headers["RateLimit"] == '"default";r=999998;t=60'
        for unlimited in (nobody, driver):
            assert "RateLimit" not in unlimited.headers

    def test_a_key_that_asks_too_often_waits_and_no_driver_does(
        self, shared: Carrier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        van = shared.round(1).started()
        monkeypatch.setenv("KEY_REQUESTS_PER_MINUTE", "2")
        shared.rewire()
        shared.clock.advance(timedelta(seconds=60))

        replies = [shared.call("GET", "/v1/shipments", token=van.shop.key) for _ in range(3)]
        for _ in range(5):
            van.drive(-2_900.0, after_s=1.0)
        elsewhere = shared.call("GET", "/v1/hubs", token=shared.dispatcher)
        shared.clock.advance(timedelta(seconds=60))
        later = shared.call("GET", "/v1/shipments", token=van.shop.key)
        monkeypatch.undo()
        shared.rewire()

        assert [reply.status for reply in replies] == [200, 200, 429]
        assert replies[2].code == "too_many_requests"
        assert replies[2].headers["Retry-After"] == "60"
        assert replies[2].headers["RateLimit"] == '"default";r=0;t=60'
        assert (elsewhere.status, later.status) == (200, 200)


class TestCosts:
    def test_lists_and_changes_cost_few_calls(self, shared: Carrier) -> None:
        driver_id, _ = shared.driver()
        hub_id = shared.hub_id
        key_id = shared.made("/v1/keys", {"role": "manager", "label": "cost"}, shared.admin)["id"]
        moved: Any = {"lat_deg": 60.22}
        asks = {
            "list": ("GET", "/v1/drivers?limit=25", None),
            "audit": ("GET", "/v1/audit?limit=25", None),
            "change": ("PATCH", f"/v1/hubs/{hub_id}", moved),
            "sign-out": ("POST", f"/v1/drivers/{driver_id}/sign-out", None),
            "deactivate": ("PATCH", f"/v1/drivers/{driver_id}", {"is_active": False}),
            "key": ("POST", "/v1/keys", {"role": "manager", "label": "cost"}),
            "revoke": ("DELETE", f"/v1/keys/{key_id}", None),
        }
        costs = {}
        for name, (method, path, body) in asks.items():
            with CapacityMeter().watching(*shared.clients()) as meter:
                reply = shared.call(
                    method, path, body, token=shared.admin, headers={"If-Match": "*"}
                )
            assert reply.status < 300, reply.body
            costs[name] = (meter.call_count, meter.read_units, meter.write_units)

        note(f"calls, read and write units: {costs}")
        assert {name: calls for name, (calls, *_) in costs.items()} == {
            "list": 1,
            "audit": 1,
            "change": 2,
            "sign-out": 3,
            "deactivate": 3,
            "key": 3,
            "revoke": 2,
        }
        assert costs["list"][1] <= 5
        assert costs["audit"][1] <= 5
        assert max(writes for *_, writes in costs.values()) <= 20
