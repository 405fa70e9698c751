"""Members over HTTP, and the door of the console: what each answer says, and what none says."""

import json
from typing import Any, Final

import pytest

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.actors import Role
from local.cloud.capacity import CapacityMeter
from tests.support.carrier import FORM_OF_OURS, OUR_SCRIPT, Carrier, Reply
from tests.support.faults import THROTTLE, Faults

PATCH: Final = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}


def ask(carrier: Carrier, email: str, **headers: str) -> Reply:
    body = f"email={email}&next=/console/shipments".encode()
    return carrier.call("POST", "/console/sign-in", body, headers=FORM_OF_OURS | headers)


def test_a_member_is_invited_read_changed_and_removed(shared: Carrier) -> None:
    body = {"name": "Maija", "email": "Maija@Example.COM", "role": "dispatcher"}
    made = shared.call("POST", "/v1/members", body, token=shared.admin)
    path = f"/v1/members/{made.json['id']}"

    read = shared.call("GET", path, token=shared.admin)
    listed = shared.call("GET", "/v1/members", token=shared.admin).json["data"]
    changed = shared.call("PATCH", path, {"role": "manager"}, token=shared.admin, headers=PATCH)
    stale = PATCH | {"If-Match": read.headers["ETag"]}
    outdated = shared.call("PATCH", path, {"name": "M"}, token=shared.admin, headers=stale)
    removed = shared.call("DELETE", path, token=shared.admin)

    assert (made.status, made.json, made.headers["ETag"]) == (201, read.json, '"1"')
    assert made.json["email"] == "Maija@example.com"
    assert made.json in listed
    assert (changed.status, changed.json["role"]) == (200, "manager")
    assert (outdated.status, outdated.code) == (412, "outdated")
    assert (removed.json["email"], removed.json["removed_at"]) == (None, made.json["created_at"])
    assert shared.call("DELETE", path, token=shared.admin).body == removed.body
    audit = shared.call("GET", f"/v1/audit?account_id={made.json['id']}", token=shared.admin).json
    actions = [each["action"] for each in audit["data"]]
    assert sorted(actions) == ["member.changed", "member.created", "member.removed"]
    assert "example.com" not in json.dumps(audit)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "nobody"}, "/email"),
        ({"email": None}, "/email"),
        ({"name": " "}, "/name"),
        ({"role": "driver"}, "/role"),
        ({"role": "shipper"}, "/shipper_id"),
        ({"role": "admin", "shipper_id": f"shr_{'0' * 26}"}, "/shipper_id"),
        ({"role": "shipper", "shipper_id": f"shr_{'0' * 26}"}, "/shipper_id"),
    ],
    ids=str,
)
def test_a_member_that_cannot_be_is_refused_where_it_is_wrong(
    shared: Carrier, body: dict[str, Any], pointer: str
) -> None:
    good = {"name": "Maija", "email": "m@example.com", "role": "manager"}

    reply = shared.call("POST", "/v1/members", good | body, token=shared.admin)

    assert (reply.status, reply.pointers) == (422, [pointer]), reply.body


def test_an_address_that_is_taken_names_its_member(shared: Carrier) -> None:
    member = shared.signed_in(Role.ADMIN)
    body = {"name": "Another", "email": member.email.upper(), "role": "admin"}

    reply = shared.call("POST", "/v1/members", body, token=shared.admin)

    assert (reply.status, reply.code) == (409, "address_taken")
    assert reply.json["member_id"] == member.member_id


def test_the_answer_is_the_same_for_every_address_and_costs_the_same(shared: Carrier) -> None:
    known = shared.signed_in(Role.MANAGER).email
    shown, costs = [], []
    for email in (known, "x" * (len(known) - 12) + "@example.com"):
        with CapacityMeter().watching(*shared.clients()) as meter:
            reply = ask(shared, email)
        shown.append((reply.status, reply.body.replace(email.encode(), b"")))
        costs.append((meter.calls, meter.read_units, meter.write_units))

    assert shown[0] == shown[1]
    assert costs[0] == costs[1]
    assert shown[0][0] == 200


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "%00", "x" * 300, "a@example.com%0Ab:c"])
def test_what_is_no_address_gets_the_form_again(shared: Carrier, email: str) -> None:
    reply = ask(shared, email)

    assert reply.status == 422
    assert b"Enter an e-mail address" in reply.body


def test_markup_in_an_address_is_text(shared: Carrier) -> None:
    reply = ask(shared, "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E")

    assert b"<script>alert" not in reply.body


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": ""},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["sign-in", "sign-in/code", "sign-out"])
def test_no_other_site_signs_anybody_in_or_out(
    shared: Carrier, path: str, headers: dict[str, str]
) -> None:
    reply = shared.call("POST", f"/console/{path}", b"", headers=FORM_OF_OURS | headers)

    assert reply.status == 403
    assert "Set-Cookie" not in reply.headers


def test_a_cookie_is_for_this_host_over_tls_and_for_no_script(shared: Carrier) -> None:
    member = shared.signed_in(Role.ADMIN)
    path = f"/console/sign-in/{shared.sign_in_code(member.member_id)}"

    reply = shared.call("POST", path, b"next=/console/shipments", headers=FORM_OF_OURS)

    assert reply.headers["Location"] == "/console/shipments"
    cookie, *attributes = reply.headers["Set-Cookie"].split("; ")
    assert cookie.startswith("__Host-doorstep=ds_ses_")
    assert set(attributes) == {"Max-Age=43200", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"}
    assert reply.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "path",
    ["https://evil.example", "//evil.example", "/console/../x", "/console//evil", "/v1/keys"],
)
def test_a_link_leads_to_pages_of_the_console_alone(shared: Carrier, path: str) -> None:
    member = shared.signed_in(Role.ADMIN)
    address = f"/console/sign-in/{shared.sign_in_code(member.member_id)}"

    reply = shared.call("POST", address, f"next={path}".encode(), headers=FORM_OF_OURS)

    assert (reply.status, reply.headers["Location"]) == (303, "/console")


def test_a_get_of_a_link_uses_nothing_up(shared: Carrier) -> None:
    member = shared.signed_in(Role.ADMIN)
    path = f"/console/sign-in/{shared.sign_in_code(member.member_id)}"
    kept = shared.everything()

    pages = {shared.call("GET", path).body for _ in range(3)}

    assert len(pages) == 1
    assert shared.everything() == kept
    assert shared.call("POST", path, b"", headers=FORM_OF_OURS).status == 303


def test_no_session_and_no_address_is_in_a_table_or_a_log(
    shared: Carrier, caplog: pytest.LogCaptureFixture
) -> None:
    member = shared.signed_in(Role.ADMIN)
    code = shared.sign_in_code(member.member_id)
    reply = shared.call("POST", f"/console/sign-in/{code}", b"", headers=FORM_OF_OURS)
    secret = reply.headers["Set-Cookie"].partition(";")[0].rpartition("_")[2]
    ask(shared, member.email)

    kept = str(shared.everything())
    assert secret not in kept
    assert code not in kept
    assert kept.count(member.email) == 1  # the member's own document
    assert member.email not in caplog.text
    assert code not in caplog.text


def test_a_request_by_a_session_reads_one_item_more_than_nothing(shared: Carrier) -> None:
    member = shared.signed_in(Role.ADMIN)
    hubs = bootstrap.container().show_accounts
    hubs.of_hubs(limit=1, position=None)

    with CapacityMeter().watching(*shared.clients()) as meter:
        assert member.call("GET", "/v1/hubs?limit=1").status == 200

    assert meter.calls["GetItem"] == 1


def test_while_the_tables_do_not_answer_nobody_is_signed_out(
    shared: Carrier, impatient: None
) -> None:
    member = shared.signed_in(Role.ADMIN)

    with Faults(outage={"dynamodb": THROTTLE}).on(*shared.clients()):
        api = member.call("GET", "/v1/me")
        page = member.call("GET", "/console/shipments")

    assert (api.status, page.status) == (503, 503)
    assert int(page.headers["Retry-After"]) > 0
    assert "Set-Cookie" not in page.headers
    assert member.call("GET", "/v1/me").status == 200


def test_a_repeat_by_a_session_is_harmless_as_by_a_key(shared: Carrier) -> None:
    member = shared.signed_in(Role.DISPATCHER)
    key = {"Idempotency-Key": "once"}

    first, again = (
        member.call("POST", "/v1/teams", {"name": "North"}, headers=key) for _ in range(2)
    )

    assert (first.status, first.json) == (again.status, again.json)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_the_navigation_has_what_the_role_may_see(shared: Carrier) -> None:
    shop = shared.shop()
    members = {role: shared.signed_in(role) for role in (Role.DISPATCHER, Role.MANAGER)}
    members[Role.SHIPPER] = shared.signed_in(Role.SHIPPER, shop.shipper_id)

    pages = {
        role: member.call("GET", "/console/shipments").body for role, member in members.items()
    }

    assert all(b"/console/shipments" in page for page in pages.values())
    assert all(b"/console/planning" not in pages[role] for role in (Role.MANAGER, Role.SHIPPER))
    assert all(b"/console/live" not in pages[role] for role in (Role.SHIPPER,))


def test_who_asks_is_told_who_they_are(shared: Carrier) -> None:
    member = shared.signed_in(Role.MANAGER)

    me = member.call("GET", "/v1/me").json
    key = shared.call("GET", "/v1/me", token=shared.dispatcher).json

    assert (me["id"], me["role"], me["shipper_id"]) == (member.member_id, "manager", None)
    assert key["id"].startswith("key_")
    assert shared.call("GET", "/v1/me", headers=OUR_SCRIPT).status == 401
