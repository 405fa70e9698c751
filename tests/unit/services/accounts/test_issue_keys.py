from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.accounts.keys import key_ring_of
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import (
    Deactivated,
    Invalid,
    NotFound,
    TooManyKeys,
    Unauthorized,
)
from chalicelib.domain.ids import KeyId, ShipperId
from chalicelib.services.accounts.authenticate import Authenticate
from chalicelib.services.accounts.issue_keys import IssuedKey, IssueKeys
from tests.support.builders import NOON, make_shipper, minutes
from tests.support.in_memory import InMemoryCarrier

BOSS = Actor(Role.ADMIN, "key_boss")
SHIPPER_ID = ShipperId("shr_1")


@pytest.fixture
def carrier() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    carrier.shippers.put(make_shipper())
    return carrier


@pytest.fixture
def issue(carrier: InMemoryCarrier) -> IssueKeys:
    return carrier.use(IssueKeys)


def for_the_shop(issue: IssueKeys, label: str = "web shop") -> IssuedKey:
    return issue(Role.SHIPPER, label=label, actor=BOSS, shipper_id=SHIPPER_ID)


def test_a_shippers_key_opens_the_door_for_its_shipper(
    carrier: InMemoryCarrier, issue: IssueKeys
) -> None:
    issued = for_the_shop(issue)

    assert (issued.key.label, issued.key.created_at) == ("web shop", NOON)
    assert issued.text.startswith(f"{issued.key.prefix}_")
    actor = carrier.use(Authenticate)(issued.text)
    assert actor == Actor(Role.SHIPPER, issued.key.id, shipper_id=SHIPPER_ID)


def test_a_key_for_less_than_its_role_says_so(carrier: InMemoryCarrier, issue: IssueKeys) -> None:
    issued = issue(Role.ADMIN, label="reports", actor=BOSS, scopes=["metrics:read"])

    actor = carrier.use(Authenticate)(issued.text)

    assert actor.scopes == {"metrics:read"}
    assert actor.has_scope("metrics", writes=False)
    assert not actor.has_scope("metrics", writes=True)
    assert not actor.has_scope("keys", writes=False)


@pytest.mark.parametrize(
    ("scopes", "is_allowed"),
    [
        (["hubs:read"], True),
        (["keys:read", "keys:write"], True),
        (["hubs:write"], False),
        (["hubs:read", "teams:read"], False),
        ([], False),
    ],
)
def test_a_key_with_scopes_gives_no_more_than_it_has(
    carrier: InMemoryCarrier, issue: IssueKeys, scopes: list[str], *, is_allowed: bool
) -> None:
    narrow = replace(BOSS, scopes=frozenset({"keys:write", "hubs:read"}))

    if is_allowed:
        assert issue(Role.ADMIN, label="x", actor=narrow, scopes=scopes).key.scopes == {*scopes}
    else:
        with pytest.raises(Invalid) as refused:
            issue(Role.ADMIN, label="x", actor=narrow, scopes=scopes)
        assert "'/scopes'" in str(refused.value.data)
        assert carrier.keys.by_id == {}


def test_a_key_with_an_end_ends_then(carrier: InMemoryCarrier, issue: IssueKeys) -> None:
    issued = issue(Role.ADMIN, label="console", actor=BOSS, expires_at=NOON + minutes(1))
    authenticate = carrier.use(Authenticate)

    assert authenticate(issued.text).role is Role.ADMIN
    carrier.clock.go_on(minutes(1))
    with pytest.raises(Unauthorized):
        authenticate(issued.text)


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=1)])
def test_a_key_cannot_end_before_it_begins(
    carrier: InMemoryCarrier, issue: IssueKeys, ago: timedelta
) -> None:
    with pytest.raises(Invalid) as refused:
        issue(Role.ADMIN, label="console", actor=BOSS, expires_at=NOON - ago)

    assert "'/expires_at'" in str(refused.value.data)
    assert carrier.keys.by_id == {}


def test_no_secret_is_kept_and_none_is_in_the_audit(
    carrier: InMemoryCarrier, issue: IssueKeys
) -> None:
    issued = issue(Role.ADMIN, label="console", actor=BOSS)

    secret = issued.text.removeprefix(f"{issued.key.prefix}_")
    assert secret not in str(carrier.stores)
    (entry,) = carrier.audit.entries
    assert entry.action == "key.created"
    assert issued.key.secret_hash not in str(entry)


def test_every_key_has_a_long_secret_of_its_own(issue: IssueKeys) -> None:
    texts = [issue(Role.ADMIN, label=f"console {i}", actor=BOSS).text for i in range(9)]
    secrets = {text.split("_", maxsplit=3)[3] for text in texts}

    assert len(secrets) == 9
    assert min(map(len, secrets)) >= 43  # 32 bytes in base64


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SHIPPER])
def test_a_key_of_nobody_but_a_shipper_has_a_shipper(
    carrier: InMemoryCarrier, issue: IssueKeys, role: Role
) -> None:
    with pytest.raises(Invalid) as refused:
        issue(role, label="odd", actor=BOSS, shipper_id=SHIPPER_ID)

    assert "'/shipper_id'" in str(refused.value.data)
    assert carrier.keys.by_id == {}


def test_a_shippers_key_needs_its_shipper(carrier: InMemoryCarrier, issue: IssueKeys) -> None:
    with pytest.raises(Invalid):
        issue(Role.SHIPPER, label="web shop", actor=BOSS)

    assert carrier.keys.by_id == {}


def test_nobody_gets_a_key_for_an_unknown_shipper_or_one_that_is_not_active(
    carrier: InMemoryCarrier, issue: IssueKeys
) -> None:
    carrier.shippers.put(make_shipper(2, deactivated_at=NOON))

    with pytest.raises(NotFound):
        issue(Role.SHIPPER, label="web shop", actor=BOSS, shipper_id=ShipperId("shr_9"))
    with pytest.raises(Deactivated):
        issue(Role.SHIPPER, label="web shop", actor=BOSS, shipper_id=ShipperId("shr_2"))

    assert carrier.keys.by_id == {}


def test_two_keys_with_one_label_are_live_and_a_third_has_to_wait(
    carrier: InMemoryCarrier, issue: IssueKeys
) -> None:
    old, new = for_the_shop(issue), for_the_shop(issue, "WEB shop")

    with pytest.raises(TooManyKeys) as refused:
        for_the_shop(issue)

    assert refused.value.data == {"key_ids": [old.key.id, new.key.id]}
    assert len(carrier.keys.by_id) == 2
    assert for_the_shop(issue, "warehouse").key.id in carrier.keys.by_id


def test_a_key_that_has_ended_makes_room(carrier: InMemoryCarrier, issue: IssueKeys) -> None:
    first = for_the_shop(issue)
    ending = issue(
        Role.SHIPPER,
        label="web shop",
        actor=BOSS,
        shipper_id=SHIPPER_ID,
        expires_at=NOON + minutes(1),
    )
    issue.revoke(first.key.id, actor=BOSS)

    third = for_the_shop(issue)
    carrier.clock.go_on(minutes(1))
    fourth = for_the_shop(issue)

    ring = carrier.keys.ring(key_ring_of(first.key))
    assert ring.key_ids == (third.key.id, fourth.key.id)
    assert ending.key.id not in ring.key_ids


def test_of_two_that_are_made_at_once_for_the_last_place_one_is_refused(
    carrier: InMemoryCarrier, issue: IssueKeys
) -> None:
    for_the_shop(issue)
    rival = InMemoryCarrier(stores=carrier.stores, ids=carrier.ids).use(IssueKeys)
    carrier.journal.before = [lambda: for_the_shop(rival)]

    with pytest.raises(TooManyKeys):
        for_the_shop(issue)

    assert len(carrier.keys.by_id) == 2


def test_staff_of_different_roles_have_rings_of_their_own(issue: IssueKeys) -> None:
    keys = [
        issue(role, label="desk", actor=BOSS)
        for role in (Role.ADMIN, Role.DISPATCHER)
        for _ in "12"
    ]

    assert len({issued.key.id for issued in keys}) == 4


def test_a_revoked_key_is_refused_and_the_other_one_is_not(
    carrier: InMemoryCarrier, issue: IssueKeys
) -> None:
    old, new = (issue(Role.ADMIN, label="console", actor=BOSS) for _ in range(2))
    authenticate = carrier.use(Authenticate)

    revoked = issue.revoke(old.key.id, actor=BOSS)

    assert (revoked.revoked_at, revoked.version) == (NOON, 2)
    assert carrier.audit.entries[-1].action == "key.revoked"
    assert authenticate(new.text).id == new.key.id
    with pytest.raises(Unauthorized):
        authenticate(old.text)


def test_revoking_again_keeps_the_time_of_the_first(
    carrier: InMemoryCarrier, issue: IssueKeys
) -> None:
    key = issue(Role.ADMIN, label="console", actor=BOSS).key
    issue.revoke(key.id, actor=BOSS)
    noted = len(carrier.audit.entries)
    carrier.clock.go_on(minutes(5))

    assert issue.revoke(key.id, actor=BOSS).revoked_at == NOON
    assert len(carrier.audit.entries) == noted


def test_an_unknown_key_cannot_be_revoked(issue: IssueKeys) -> None:
    with pytest.raises(NotFound):
        issue.revoke(KeyId("key_9"), actor=BOSS)


def test_a_use_is_noted_once_an_hour(carrier: InMemoryCarrier, issue: IssueKeys) -> None:
    issued = issue(Role.ADMIN, label="console", actor=BOSS)
    authenticate = carrier.use(Authenticate)
    seen = []

    for _ in range(4):
        authenticate(issued.text)
        seen.append(carrier.keys.latest(issued.key.id).last_used_at)
        carrier.clock.go_on(minutes(30))

    assert seen == [NOON, NOON, NOON + minutes(60), NOON + minutes(60)]
    assert carrier.keys.latest(issued.key.id) == replace(
        issued.key, last_used_at=NOON + minutes(60)
    )
