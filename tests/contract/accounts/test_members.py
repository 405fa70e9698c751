"""Members, their sessions and their links, in memory and on DynamoDB; and as they were written."""

from dataclasses import replace
from typing import Final

import pytest

from chalicelib.domain.accounts.members import Member, Session, Sessions, SignInLink, TakenLink
from chalicelib.domain.actors import Role
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import MemberId, SessionId, ShipperId
from chalicelib.domain.journal.changes import (
    AccountAdded,
    AccountChange,
    MailboxFreed,
    MailboxTaken,
    SessionsChange,
)
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores, on_moto
from tests.support import faults
from tests.support.aws import SESSION, STAGE, dynamodb_clients, stack_of, table_names
from tests.support.builders import NOON, make_member, minutes, seconds
from tests.support.faults import Faults
from tests.support.golden import golden_item, golden_names

MAIJA: Final = make_member()
SHOP: Final = make_member(2, role=Role.SHIPPER, shipper_id=ShipperId("shr_1"), version=2)
GONE: Final = make_member(3, email=None, removed_at=NOON, version=4)
SESSION_1: Final = Session(SessionId("ses_1"), "ab" * 32, NOON, NOON + minutes(720))
SESSION_2: Final = replace(SESSION_1, id=SessionId("ses_2"), secret_hash="cd" * 32, ended_at=NOON)
NONE_YET: Final = Sessions(MAIJA.id, Role.DISPATCHER)
SOME: Final = Sessions(
    SHOP.id, Role.SHIPPER, ShipperId("shr_1"), (SESSION_1, SESSION_2), NOON, version=3
)
CLOSED: Final = Sessions(GONE.id, Role.ADMIN, ended_at=NOON, is_closed=True, version=2)
LINK: Final = SignInLink("ef" * 32, MAIJA.id, "salt", NOON + minutes(10))
WRITTEN: Final = {
    *("member", "member-shipper", "member-removed", "sessions-none", "sessions", "sessions-closed"),
    *("mailbox", "sign-in"),
}


@pytest.mark.parametrize("member", [MAIJA, SHOP, GONE], ids=["staff", "shipper", "removed"])
def test_a_member_comes_back(stores: Stores, member: Member) -> None:
    stores.journal.commit(AccountAdded(member))

    assert stores.members.get(member.id) == member
    with pytest.raises(NotFound):
        stores.members.get(MemberId("mbr_9"))


def test_members_are_listed_oldest_first_and_change_by_version(stores: Stores) -> None:
    later = replace(SHOP, created_at=NOON + minutes(1), version=1)
    stores.journal.commit(AccountAdded(later), AccountAdded(MAIJA))
    after = replace(MAIJA, name="Maija K.", version=2)
    stores.journal.commit(AccountChange(after, 1))

    first = stores.members.page(limit=1, position=None)
    second = stores.members.page(limit=9, position=first.position)

    assert (*first.data, *second.data) == (after, later)
    with pytest.raises(ConcurrentUpdate):
        stores.journal.commit(AccountChange(replace(MAIJA, version=2), 1))


@pytest.mark.parametrize(
    "sessions", [NONE_YET, replace(SOME, version=1), replace(CLOSED, version=1)]
)
def test_sessions_come_back_and_change_by_version(stores: Stores, sessions: Sessions) -> None:
    stores.journal.commit(SessionsChange(sessions, 0))
    after = replace(sessions.all_ended(NOON), version=2)

    assert stores.members.sessions(sessions.member_id) == sessions
    stores.journal.commit(SessionsChange(after, 1))
    assert stores.members.sessions(sessions.member_id) == after
    for expected in (0, 1):
        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(SessionsChange(replace(sessions, version=3), expected))


def test_a_mailbox_is_one_members_until_it_is_free(stores: Stores) -> None:
    assert stores.members.by_mailbox("tag") is None
    for _ in range(2):  # a repeat finds itself
        stores.journal.commit(MailboxTaken("tag", MAIJA.id, NOON))
    with pytest.raises(ConcurrentUpdate):
        stores.journal.commit(MailboxTaken("tag", SHOP.id, NOON))
    with pytest.raises(ConcurrentUpdate):
        stores.journal.commit(MailboxFreed("tag", SHOP.id))
    assert stores.members.by_mailbox("tag") == MAIJA.id
    for _ in range(2):
        stores.journal.commit(MailboxFreed("tag", MAIJA.id))
    stores.journal.commit(MailboxTaken("tag", SHOP.id, NOON))
    assert stores.members.by_mailbox("tag") == SHOP.id


def test_a_member_whose_mailbox_is_taken_is_not_written_at_all(stores: Stores) -> None:
    stores.journal.commit(MailboxTaken("tag", MAIJA.id, NOON))
    with pytest.raises(ConcurrentUpdate):
        stores.journal.commit(
            AccountAdded(SHOP), SessionsChange(SOME, 0), MailboxTaken("tag", SHOP.id, NOON)
        )

    for read in (stores.members.get, stores.members.sessions):
        with pytest.raises(NotFound):
            read(SHOP.id)


def take(stores: Stores, client: str, after_s: float = 0) -> TakenLink:
    return stores.members.take(LINK.code_hash, client_hash=client, now=NOON + seconds(after_s))


def test_a_link_is_taken_by_one_client_and_again_for_a_minute(stores: Stores) -> None:
    stores.journal.commit(AccountAdded(LINK))

    first = take(stores, "laptop")

    assert first == take(stores, "laptop", 60) == TakenLink(LINK, NOON)
    for client, after_s in (("phone", 1), ("laptop", 61)):
        with pytest.raises(NotFound):
            take(stores, client, after_s)


@pytest.mark.parametrize("after_s", [600, 3_600])
def test_a_link_ends(stores: Stores, after_s: float) -> None:
    stores.journal.commit(AccountAdded(LINK))

    with pytest.raises(NotFound):
        take(stores, "laptop", after_s)
    assert take(stores, "laptop", 599.999).link == LINK


def test_an_unknown_link_is_not_found(stores: Stores) -> None:
    with pytest.raises(NotFound):
        take(stores, "laptop")


def test_a_link_whose_taking_was_not_answered_is_ours(
    dynamo: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    dynamo.journal.commit(AccountAdded(LINK))

    with Faults({("dynamodb", "PutItem", 1): faults.ack_lost}).on(*dynamodb_clients()):
        taken = take(dynamo, "laptop")

    assert taken == TakenLink(LINK, NOON)


def test_a_request_with_a_session_costs_one_read(dynamo: Stores) -> None:
    many = tuple(replace(SESSION_1, id=SessionId(f"ses_{n:030}")) for n in range(20))
    dynamo.journal.commit(SessionsChange(replace(SOME, sessions=many, version=1), 0))

    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.members.sessions(SHOP.id)

    assert meter.calls == {"GetItem": 1}
    assert meter.read_units <= 2  # twenty browsers; of one browser it is 1


def test_whether_an_address_is_known_costs_one_read_in_either_case(dynamo: Stores) -> None:
    dynamo.journal.commit(MailboxTaken("tag", MAIJA.id, NOON))

    for tag in ("tag", "another"):
        with CapacityMeter().watching(*dynamodb_clients()) as meter:
            dynamo.members.by_mailbox(tag)
        assert (meter.calls, meter.read_units) == ({"GetItem": 1}, 1)


def test_all_golden_items_are_read_here() -> None:
    assert set(golden_names("v3", "members")) == WRITTEN


def test_what_earlier_releases_have_written_is_read() -> None:
    client, table = SESSION.client("dynamodb"), ""
    with on_moto() as stores:
        table = table_names(stack_of(STAGE))["accounts"]
        for name in WRITTEN:
            item = golden_item("v3", "members", name) | {"added_later": {"S": "unknown"}}
            client.put_item(TableName=table, Item=item)

        assert [stores.members.get(each.id) for each in (MAIJA, SHOP, GONE)] == [MAIJA, SHOP, GONE]
        for sessions in (NONE_YET, SOME, CLOSED):
            assert stores.members.sessions(sessions.member_id) == sessions
        assert stores.members.by_mailbox("tag") == MAIJA.id
        assert take(stores, "laptop") == TakenLink(LINK, NOON)
