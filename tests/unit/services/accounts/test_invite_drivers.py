from datetime import timedelta

import pytest

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Deactivated, NotFound
from chalicelib.domain.ids import DriverId
from chalicelib.services.accounts.authenticate import Authenticate
from chalicelib.services.accounts.invite_drivers import InviteDrivers
from tests.support.builders import NOON, make_driver, minutes
from tests.support.in_memory import InMemoryCarrier

DESK = Actor(Role.DISPATCHER, "key_desk")
MATTI = make_driver().id


@pytest.fixture
def carrier() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    carrier.drivers.put(make_driver())
    carrier.drivers.put(make_driver(2))
    return carrier


@pytest.fixture
def invite(carrier: InMemoryCarrier) -> InviteDrivers:
    return carrier.use(InviteDrivers)


def test_an_invitation_lets_its_driver_in_for_15_minutes(
    carrier: InMemoryCarrier, invite: InviteDrivers
) -> None:
    issued = invite(MATTI, actor=DESK)

    assert issued.invitation.driver_id == MATTI
    assert issued.invitation.expires_at == NOON + timedelta(minutes=15)
    session = carrier.use(Authenticate).begin_session(issued.code, client="phone")
    assert session.driver_id == MATTI


def test_the_link_has_the_code_where_no_server_sees_it(invite: InviteDrivers) -> None:
    issued = invite(MATTI, actor=DESK)

    assert issued.link == f"https://track.example/driver#code={issued.code}"


def test_no_code_is_kept_and_none_is_in_the_audit(
    carrier: InMemoryCarrier, invite: InviteDrivers
) -> None:
    issued = invite(MATTI, actor=DESK)

    assert issued.code not in str(carrier.stores)
    (entry,) = carrier.audit.entries
    assert (entry.action, entry.account_id) == ("invitation.created", issued.invitation.id)
    assert issued.invitation.code_hash not in str(entry)


def test_nobody_invites_an_unknown_driver_or_one_that_is_not_active(
    carrier: InMemoryCarrier, invite: InviteDrivers
) -> None:
    carrier.drivers.put(make_driver(3, deactivated_at=NOON))

    with pytest.raises(NotFound):
        invite(DriverId("drv_9"), actor=DESK)
    with pytest.raises(Deactivated):
        invite(DriverId("drv_3"), actor=DESK)

    assert carrier.invitations.by_hash == {}


def test_the_open_ones_of_a_driver_are_listed(
    carrier: InMemoryCarrier, invite: InviteDrivers
) -> None:
    over = invite(MATTI, actor=DESK)
    carrier.clock.go_on(minutes(10))
    used, revoked, free = (invite(MATTI, actor=DESK) for _ in range(3))
    invite(DriverId("drv_2"), actor=DESK)
    carrier.use(Authenticate).begin_session(used.code, client="phone")
    invite.revoke(MATTI, revoked.invitation.id, actor=DESK)
    carrier.clock.go_on(minutes(5))

    listed = invite.open_for(MATTI)

    assert listed == (free.invitation,)
    assert over.invitation not in listed


def test_a_revoked_one_lets_nobody_in(carrier: InMemoryCarrier, invite: InviteDrivers) -> None:
    issued = invite(MATTI, actor=DESK)

    invite.revoke(MATTI, issued.invitation.id, actor=DESK)

    assert carrier.audit.entries[-1].action == "invitation.revoked"
    with pytest.raises(NotFound):
        carrier.use(Authenticate).begin_session(issued.code, client="phone")
    with pytest.raises(NotFound):
        invite.revoke(MATTI, issued.invitation.id, actor=DESK)


def test_nobody_revokes_through_another_driver(invite: InviteDrivers) -> None:
    issued = invite(MATTI, actor=DESK)

    with pytest.raises(NotFound):
        invite.revoke(DriverId("drv_2"), issued.invitation.id, actor=DESK)

    assert invite.open_for(MATTI) == (issued.invitation,)


def test_one_that_is_used_at_the_same_moment_is_not_revoked(
    carrier: InMemoryCarrier, invite: InviteDrivers
) -> None:
    issued = invite(MATTI, actor=DESK)
    authenticate = carrier.use(Authenticate)
    carrier.journal.before = [lambda: authenticate.begin_session(issued.code, client="phone")]

    with pytest.raises(NotFound):
        invite.revoke(MATTI, issued.invitation.id, actor=DESK)

    assert authenticate.begin_session(issued.code, client="phone").driver_id == MATTI
