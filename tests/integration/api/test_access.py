"""Who gets in: every route against every principal, keys that end, tokens that end."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from app import app
from chalicelib.adapters.dynamodb.accounts.keys import DynamoApiKeys
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions
from chalicelib.adapters.dynamodb.fleet.repository import DynamoFleet
from chalicelib.adapters.dynamodb.journal import DynamoJournal
from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.accounts.members import MEMBER_ROLES, SESSION_TTL
from chalicelib.domain.actors import OPERATOR, Role
from chalicelib.domain.ids import DriverId, KeyId
from chalicelib.domain.journal.changes import LiveChange
from chalicelib.edge.principals import NEEDS_NO_KEY
from tests.support.carrier import FORM_OF_OURS, OUR_SCRIPT, Carrier, Reply, Round, SignedIn
from tests.support.declarations import declared

Guarded = tuple[str, str, frozenset[Role]]
GUARDED: Final[list[Guarded]] = [
    (method, path, declared(entry).principals)
    for path, methods in app.routes.items()
    for method, entry in methods.items()
    if declared(entry).principals not in NEEDS_NO_KEY
]
STAFF_AND_ALL: Final = [
    Role.SHIPPER,
    Role.DISPATCHER,
    Role.MANAGER,
    Role.ADMIN,
    Role.DRIVER,
]
ULID: Final = "0" * 26
FOREIGN: Final = [
    {},
    {"Sec-Fetch-Site": "cross-site", "Doorstep-Console": "1"},
    {"Sec-Fetch-Site": "same-site", "Doorstep-Console": "1"},
    {"Sec-Fetch-Site": "none", "Doorstep-Console": "1"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": "https://evil.example", "Doorstep-Console": "1"},
    {"Origin": "null", "Doorstep-Console": "1"},
    {"Origin": "http://track.example", "Doorstep-Console": "1"},
    {"Origin": "https://track.example.evil.example", "Doorstep-Console": "1"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example", "Doorstep-Console": "1"},
    {"Origin": "https://track.example"},
    {"Doorstep-Console": "1"},
]
"""What a browser sends for a page of another site, or what is missing of ours."""


@pytest.fixture(scope="module")
def tokens(shared: Carrier) -> dict[Role, str]:
    """A credential of every role, none of which owns anything."""
    found = {role: shared.key(role) for role in (Role.DISPATCHER, Role.MANAGER, Role.ADMIN)}
    return found | {Role.SHIPPER: shared.shop().key, Role.DRIVER: shared.driver()[1]}


@pytest.fixture(scope="module")
def members(shared: Carrier) -> dict[Role, SignedIn]:
    """A member of every role that people have, signed in."""
    found = {role: shared.signed_in(role) for role in (Role.DISPATCHER, Role.MANAGER, Role.ADMIN)}
    return found | {Role.SHIPPER: shared.signed_in(Role.SHIPPER, shared.shop().shipper_id)}


@pytest.fixture(scope="module")
def ended(shared: Carrier) -> list[str]:
    """Cookies of sessions that are over, each in its way."""
    out, everywhere, removed, moved, late, lost = (shared.signed_in(Role.ADMIN) for _ in range(6))
    shared.call("POST", "/console/sign-out", b"", headers=FORM_OF_OURS | {"Cookie": out.cookie})
    form = FORM_OF_OURS | {"Cookie": shared.cookie(everywhere.member_id)}
    shared.call("POST", "/console/sign-out", b"everywhere=1", headers=form)
    shared.call("DELETE", f"/v1/members/{removed.member_id}", token=shared.admin)
    change = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
    path = f"/v1/members/{moved.member_id}"
    shared.call("PATCH", path, {"role": "manager"}, token=shared.admin, headers=change)
    path = f"/v1/members/{lost.member_id}/sign-out"
    shared.call("POST", path, token=shared.admin, headers={"Content-Type": "application/json"})
    shared.clock.advance(timedelta(seconds=1))
    fresh = shared.cookie(moved.member_id)
    now = shared.clock.now()
    shared.clock.set_to(now - SESSION_TTL)
    begun_long_ago = shared.cookie(late.member_id)
    shared.clock.set_to(now)
    name, _, text = fresh.partition("=")
    forged = [f"{name}={text[:-1]}", f"{name}={text}A", f"{name}=", f"{name}=ds_ses_{ULID}_x", name]
    over = [out.cookie, everywhere.cookie, removed.cookie, moved.cookie, lost.cookie]
    return [*over, begun_long_ago, *forged]


def is_page(path: str) -> bool:
    """Whether people see it: then a refusal is a page, too."""
    return path.startswith("/console")


def knock(
    carrier: Carrier,
    method: str,
    path: str,
    token: str | None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """A request to a route, for things that are not there."""
    ids = {"shipment_id": f"shp_{ULID}", "route_id": f"rte_{ULID}", "driver_id": f"drv_{ULID}"}
    more = {"stop_id": f"stp_{ULID}", "key_id": f"key_{ULID}", "webhook_id": f"whk_{ULID}"}
    accounts = {"hub_id": f"hub_{ULID}", "team_id": f"tem_{ULID}", "vehicle_id": f"veh_{ULID}"}
    others = {"shipper_id": f"shr_{ULID}", "invitation_id": f"inv_{ULID}"}
    newer = {"import_id": f"imp_{ULID}", "device_id": f"dev_{ULID}", "member_id": f"mbr_{ULID}"}
    concern = f"late~rte_{ULID}"
    real = path.format(**ids, **more, **accounts, **others, **newer, number=1, concern=concern)
    body: dict[str, Any] | None = {} if method in {"POST", "PATCH"} else None
    given = {"If-Match": "*", **(headers or {})}
    return carrier.call(method, real, body, token=token, headers=given)


@pytest.mark.parametrize("role", STAFF_AND_ALL)
@pytest.mark.parametrize("route", GUARDED, ids=lambda route: f"{route[0]} {route[1]}")
def test_a_role_gets_in_where_it_is_named_and_nowhere_else(
    shared: Carrier, tokens: dict[Role, str], route: Guarded, role: Role
) -> None:
    method, path, principals = route

    reply = knock(shared, method, path, tokens[role])

    if role in principals:
        assert reply.status in {200, 201, 302, 404, 422}, reply.body
    else:
        assert reply.status == 403
        assert method == "HEAD" or is_page(path) or reply.code == "forbidden"


@pytest.mark.parametrize("role", sorted(MEMBER_ROLES))
@pytest.mark.parametrize("route", GUARDED, ids=lambda route: f"{route[0]} {route[1]}")
def test_a_session_opens_what_a_key_of_its_role_opens(
    shared: Carrier, members: dict[Role, SignedIn], route: Guarded, role: Role
) -> None:
    method, path, principals = route

    reply = knock(shared, method, path, None, {"Cookie": members[role].cookie, **OUR_SCRIPT})

    if role in principals:
        assert reply.status in {200, 201, 302, 404, 422}, reply.body
    else:
        assert reply.status == 403
        assert method == "HEAD" or is_page(path) or reply.code == "forbidden"


@pytest.mark.parametrize(
    "route",
    [route for route in GUARDED if route[0] not in {"GET", "HEAD"}],
    ids=lambda route: f"{route[0]} {route[1]}",
)
def test_no_other_site_changes_anything_by_a_session(
    shared: Carrier, members: dict[Role, SignedIn], route: Guarded
) -> None:
    method, path, principals = route
    role = next(iter(sorted(principals & MEMBER_ROLES)), Role.ADMIN)
    cookie = {"Cookie": members[role].cookie}

    replies = [knock(shared, method, path, None, cookie | more) for more in FOREIGN]

    assert {(reply.status, reply.code) for reply in replies} == {(403, "cross_site")}


@pytest.mark.parametrize("more", FOREIGN, ids=str)
def test_what_another_site_asks_for_is_not_done(
    shared: Carrier, members: dict[Role, SignedIn], more: dict[str, str]
) -> None:
    body = {"name": "Pasila", "lat_deg": 60.2, "lon_deg": 24.9, "time_zone": "Europe/Helsinki"}
    headers = {"Cookie": members[Role.ADMIN].cookie, **more}
    kept = shared.everything()

    refused = shared.call("POST", "/v1/hubs", body, headers=headers)
    read = shared.call("GET", "/v1/hubs", headers=headers)

    assert (refused.status, read.status) == (403, 200)  # a link may lead to what is read
    assert shared.everything() == kept


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: f"{route[0]} {route[1]}")
def test_a_session_that_is_over_opens_nothing(
    shared: Carrier, ended: list[str], route: Guarded
) -> None:
    method, path, _ = route

    reply = knock(shared, method, path, None, {"Cookie": ended[0], **OUR_SCRIPT})

    assert reply.status == 401


def test_sessions_end_in_many_ways_and_are_not_guessed(shared: Carrier, ended: list[str]) -> None:
    replies = [shared.call("GET", "/v1/me", headers={"Cookie": each}) for each in ended]

    assert {reply.status for reply in replies} == {401}


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: f"{route[0]} {route[1]}")
def test_nobody_gets_in_without_a_credential(shared: Carrier, route: Guarded) -> None:
    method, path, _ = route

    reply = knock(shared, method, path, None)

    assert reply.status == 401
    assert method == "HEAD" or is_page(path) or reply.code == "unauthorized"
    assert reply.headers["WWW-Authenticate"] == "Bearer"


@pytest.fixture(scope="module")
def narrow(shared: Carrier) -> dict[Role, str]:
    """A key of every role that may do nothing but read metrics."""
    shop = shared.shop()
    roles: dict[Role, dict[str, str]] = {role: {} for role in (Role.DISPATCHER, Role.ADMIN)}
    roles |= {Role.MANAGER: {}, Role.SHIPPER: {"shipper_id": shop.shipper_id}}
    body = {"label": "narrow", "scopes": ["metrics:read"]}
    return {
        role: shared.made("/v1/keys", body | more | {"role": role.value}, shared.admin)["key"]
        for role, more in roles.items()
    }


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: f"{route[0]} {route[1]}")
def test_a_key_with_another_scope_gets_in_nowhere_else(
    shared: Carrier, narrow: dict[Role, str], route: Guarded
) -> None:
    method, path, principals = route

    for role in principals & set(narrow):  # drivers have tokens
        reply = knock(shared, method, path, narrow[role])

        if path.startswith("/v1/metrics"):
            assert reply.status in {200, 404, 422}, reply.body
        else:
            assert reply.status == 403
            assert method == "HEAD" or is_page(path) or reply.code == "missing_scope"


def unsigned(payload: dict[str, object]) -> str:
    """What somebody would send who hopes that nobody checks the signature."""
    parts = [{"alg": "none"}, payload]
    texts = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts]
    return ".".join([*texts, ""])


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer x",
        "Bearer ds_live_",
        "Bearer ds_live_x",
        "Bearer ds_live__",
        "Bearer ds_live_*_x",
        f"Bearer ds_live_{ULID}_x",
        "Bearer ds_live_" + "9" * 5_000 + "_x",
        "Bearer dst_",
        "Bearer dst_a.b",
        "Bearer dst_" + "A" * 5_000,
        f"Bearer dst_{unsigned({'d': 'drv_1', 'e': 1, 'x': 9999999999})}",
        "Bearer ds_live_ä_ö",
        "Bearer dst_ä.ö",
    ],
    ids=lambda header: f"{header[:28]} {len(header)}",
)
def test_a_credential_that_is_none_is_refused_with_the_same_words(
    shared: Carrier, header: str
) -> None:
    missing = shared.call("GET", "/v1/shipments")

    reply = shared.call("GET", "/v1/shipments", headers={"Authorization": header})

    assert reply.status == 401
    assert reply.json | {"instance": ""} == missing.json | {"instance": ""}


def test_a_key_in_the_query_opens_nothing(shared: Carrier, tokens: dict[Role, str]) -> None:
    path = f"/v1/shipments?token={tokens[Role.SHIPPER]}"

    assert shared.call("GET", path).status == 401


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_key_with_another_secret_opens_nothing(
    shared: Carrier, tokens: dict[Role, str], cut: int
) -> None:
    key = tokens[Role.SHIPPER]

    other = "A" if key[-1] != "A" else "B"

    for forged in (key[:-cut], key[:-cut] + other * cut, key + "A"):
        assert shared.call("GET", "/v1/shipments", token=forged).status == 401


def test_a_drivers_token_with_one_bit_changed_opens_nothing(
    shared: Carrier, tokens: dict[Role, str]
) -> None:
    token = tokens[Role.DRIVER]
    forged = {token[:i] + chr(ord(token[i]) ^ 1) + token[i + 1 :] for i in range(4, len(token), 7)}

    statuses = {shared.call("GET", "/v1/driver/route", token=each).status for each in forged}

    assert statuses == {401}


def test_a_tracking_token_is_no_drivers_token(shared: Carrier) -> None:
    shipment = shared.shop().shipment()
    token = shipment["tracking_url"].rpartition("/")[2]

    assert shared.call("GET", "/v1/driver/route", token=f"dst_{token}").status == 401
    assert shared.call("GET", f"/t/{token}/state").status == 200


def test_foreign_shipments_look_exactly_like_unknown_ones(shared: Carrier) -> None:
    mine, theirs = shared.shop(), shared.shop("Kukkakauppa")
    foreign = theirs.shipment()["id"]

    for tail in ("", "/events"):
        replies = [
            shared.call("GET", f"/v1/shipments/{shipment_id}{tail}", token=mine.key)
            for shipment_id in (foreign, f"shp_{ULID}")
        ]
        assert [reply.status for reply in replies] == [404, 404]
        bodies = {json.dumps(reply.json | {"instance": ""}) for reply in replies}
        assert len(bodies) == 1
    listed = shared.call("GET", "/v1/shipments", token=mine.key).json["data"]
    assert listed == []


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.MANAGER, Role.ADMIN])
def test_staff_see_every_shippers_goods(
    shared: Carrier, tokens: dict[Role, str], role: Role
) -> None:
    shipment_id = shared.shop().shipment()["id"]

    reply = shared.call("GET", f"/v1/shipments/{shipment_id}", token=tokens[role])

    assert reply.json["id"] == shipment_id


def test_a_revoked_key_opens_nothing_once_the_memory_of_it_has_passed(shared: Carrier) -> None:
    shop, passed_s = shared.shop(), [0.0]
    body = {"role": "shipper", "label": "x", "shipper_id": shop.shipper_id}
    issued = shared.made("/v1/keys", body, shared.admin)
    shared.rewire()
    remembering = DynamoApiKeys(Partitions(lambda: passed_s[0]))
    bootstrap.container().adapters.keys = remembering
    another_container = bootstrap.wiring(bootstrap.container().settings, clock=shared.clock)
    elsewhere = another_container.issue_keys
    assert shared.call("GET", "/v1/shipments", token=issued["key"]).status == 200

    elsewhere.revoke(KeyId(issued["id"]), actor=OPERATOR)
    passed_s[0] = 59.9
    before = shared.call("GET", "/v1/shipments", token=issued["key"]).status
    passed_s[0] = 60.0
    after = shared.call("GET", "/v1/shipments", token=issued["key"]).status

    shared.rewire()
    assert (before, after) == (200, 401)


def test_a_key_that_is_revoked_here_opens_nothing_at_once(shared: Carrier) -> None:
    shop = shared.shop()
    body = {"role": "shipper", "label": "x", "shipper_id": shop.shipper_id}
    issued = shared.made("/v1/keys", body, shared.admin)
    path = f"/v1/keys/{issued['id']}"

    first = shared.call("DELETE", path, token=shared.admin)
    again = shared.call("DELETE", path, token=shared.admin)

    assert (first.status, first.body) == (again.status, again.body)
    assert first.status == 200
    assert shared.call("GET", "/v1/shipments", token=issued["key"]).status == 401
    assert shared.call("GET", "/v1/shipments", token=shop.key).status == 200


def test_a_key_ends_when_it_said_it_would(shared: Carrier) -> None:
    shop = shared.shop()
    ends = shared.clock.now() + timedelta(hours=1)
    body = {"role": "shipper", "label": "x", "shipper_id": shop.shipper_id}
    issued = shared.made("/v1/keys", body | {"expires_at": ends.isoformat()}, shared.admin)

    shared.clock.advance(timedelta(minutes=59))
    before = shared.call("GET", "/v1/shipments", token=issued["key"]).status
    shared.clock.advance(timedelta(minutes=1))
    after = shared.call("GET", "/v1/shipments", token=issued["key"]).status

    assert (before, after) == (200, 401)


def on_the_phone(van: Round) -> set[int]:
    """The statuses of everything that a phone can ask for."""
    now = van.carrier.clock.now().isoformat()
    proof = {"kind": "photo", "content_type": "image/jpeg", "size_bytes": 9}
    replies = [
        van.call("GET", "route"),
        van.start(),
        van.scan("B"),
        van.positions({"recorded_at": now, "lat_deg": 60.0, "lon_deg": 25.0}),
        van.call("POST", "proofs", proof | {"shipment_id": van.ids[0][0]}),
        van.work(0, "arrive"),
        van.work(0, "deliver"),
        van.work(0, "fail", van.action(reason="not_home")),
    ]
    return {reply.status for reply in replies}


def test_a_revoked_drivers_token_opens_nothing(shared: Carrier) -> None:
    van = shared.round(1).started()
    fleet = DynamoFleet()
    live = fleet.live(DriverId(van.driver_id))
    after = replace(live, epoch=live.epoch + 1, version=live.version + 1)
    DynamoJournal(shared.clock.now).commit(LiveChange(after, live.version))
    kept = shared.everything()

    statuses = on_the_phone(van)

    assert statuses == {401}
    assert shared.everything() == kept


def test_a_drivers_token_ends_after_a_shift(shared: Carrier) -> None:
    van = shared.round(1).started()

    shared.clock.advance(timedelta(hours=16) - timedelta(seconds=1))
    before = van.call("GET", "route").status
    shared.clock.advance(timedelta(seconds=1))

    assert before == 200
    assert on_the_phone(van) == {401}


def test_an_invitation_works_for_one_client_and_for_a_quarter_of_an_hour(shared: Carrier) -> None:
    driver_id, _ = shared.driver()
    path = f"/v1/drivers/{driver_id}/invitations"
    used, late = (shared.made(path, {}, shared.dispatcher)["code"] for _ in range(2))
    first = shared.made("/v1/driver/session", {"code": used}, "")

    stranger = {"User-Agent": "another phone"}
    stolen = shared.call("POST", "/v1/driver/session", {"code": used}, headers=stranger)
    repeated = shared.made("/v1/driver/session", {"code": used}, "")
    shared.clock.advance(timedelta(seconds=61))
    again = shared.call("POST", "/v1/driver/session", {"code": used})
    shared.clock.advance(timedelta(minutes=14))
    expired = shared.call("POST", "/v1/driver/session", {"code": late})
    unknown = shared.call("POST", "/v1/driver/session", {"code": "x" * 43})

    assert repeated == first
    assert {stolen.status, again.status, expired.status, unknown.status} == {404}


def test_a_shippers_member_sees_its_own_goods_and_no_others(shared: Carrier) -> None:
    mine, theirs = shared.shop(), shared.shop()
    own, foreign = mine.shipment()["id"], theirs.shipment()["id"]
    member = shared.signed_in(Role.SHIPPER, mine.shipper_id)

    listed = member.call("GET", "/v1/shipments").json["data"]
    seen = [member.call("GET", f"/v1/shipments/{each}") for each in (own, foreign, f"shp_{ULID}")]
    pages = [member.call("GET", f"/console/shipments/{each}") for each in (own, foreign)]

    assert [each["id"] for each in listed] == [own]
    assert [reply.status for reply in seen] == [200, 404, 404]
    assert seen[1].json | {"instance": ""} == seen[2].json | {"instance": ""}
    assert [reply.status for reply in pages] == [200, 404]


def test_a_member_of_a_shipper_that_is_deactivated_is_let_in_no_more(shared: Carrier) -> None:
    shop = shared.shop()
    member = shared.signed_in(Role.SHIPPER, shop.shipper_id)
    before = member.call("GET", "/v1/shipments").status
    change = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
    path = f"/v1/shippers/{shop.shipper_id}"
    shared.call("PATCH", path, {"is_active": False}, token=shared.admin, headers=change)

    assert (before, member.call("GET", "/v1/shipments").status) == (200, 401)


def test_a_key_comes_before_a_cookie(shared: Carrier) -> None:
    member = shared.signed_in(Role.ADMIN)
    headers = {"Cookie": member.cookie}

    as_key = shared.call("GET", "/v1/me", token=shared.dispatcher, headers=headers)
    wrong = shared.call("GET", "/v1/me", headers=headers | {"Authorization": "Bearer x"})

    assert as_key.json["role"] == "dispatcher"
    assert wrong.status == 401
    assert member.call("GET", "/v1/me").json["id"] == member.member_id


def test_a_shippers_webhooks_are_its_own(shared: Carrier) -> None:
    mine, theirs = shared.shop(), shared.shop()
    hook = shared.made("/v1/webhooks", {"url": "http://127.0.0.1:9/hook"}, theirs.key)
    path = f"/v1/webhooks/{hook['id']}"

    foreign = shared.call("DELETE", path, token=mine.key)
    listed = shared.call("GET", "/v1/webhooks", token=mine.key).json["data"]
    own = shared.call("GET", "/v1/webhooks", token=theirs.key).json["data"]
    deleted = shared.call("DELETE", path, token=theirs.key)

    assert foreign.status == 404
    assert listed == []
    assert [each["id"] for each in own] == [hook["id"]]
    assert "secret" not in own[0]
    assert (deleted.status, deleted.body) == (204, b"")
    assert shared.call("DELETE", path, token=theirs.key).status == 404
