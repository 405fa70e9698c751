import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import NotFound, Unauthorized, Unavailable
from chalicelib.domain.ids import KeyId, ShipperId
from chalicelib.services.accounts.authenticate import Authenticate, DriverSession
from tests.support.builders import (
    NOON,
    make_driver,
    make_invitation,
    make_key,
    make_shipper,
    seconds,
)
from tests.support.fakes.accounts import InMemoryApiKeys
from tests.support.in_memory import InMemoryCarrier

BEARER = "ds_live_1_open sesame"
CODE = "come in"
SHIFT = timedelta(hours=16)


class Unreachable(InMemoryApiKeys):
    """Keys in a store that can be read, and not written."""

    def mark_used(self, key_id: KeyId, now: datetime) -> None:
        del key_id, now
        raise Unavailable(dependency="dynamodb")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def with_key(**changes: Any) -> tuple[Authenticate, ApiKey]:
    """A carrier's front door, and the key that `BEARER` is."""
    carrier = InMemoryCarrier()
    carrier.shippers.put(make_shipper())
    key = make_key(1, secret_hash=sha256("open sesame"), **changes)
    carrier.keys.put(key)
    return carrier.use(Authenticate), key


def invited(epoch: int = 1) -> InMemoryCarrier:
    """A carrier whose driver has been given `CODE`."""
    carrier = InMemoryCarrier()
    driver = make_driver(epoch=epoch)
    carrier.drivers.by_id[driver.id] = driver
    carrier.invitations.put(make_invitation(code_hash=sha256(CODE), driver_id=driver.id))
    return carrier


def session_of(carrier: InMemoryCarrier, client: str = "phone") -> DriverSession:
    return carrier.use(Authenticate).begin_session(CODE, client=client)


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.MANAGER, Role.ADMIN])
def test_a_key_of_staff_is_an_actor_without_a_shipper(role: Role) -> None:
    authenticate, key = with_key(role=role, shipper_id=None)

    assert authenticate(BEARER) == Actor(role=role, id=key.id)


def test_a_shippers_key_acts_for_its_shipper() -> None:
    authenticate, key = with_key()

    assert authenticate(BEARER) == Actor(Role.SHIPPER, key.id, shipper_id=key.shipper_id)


@pytest.mark.parametrize(
    "bearer",
    [
        "",
        "open sesame",
        "ds_live_",
        "ds_live_1",
        "ds_live_1_",
        "ds_live_1_open sesam",
        "ds_live_1_open sesame ",
        "ds_live_2_open sesame",
        "ds_live__open sesame",
        "ds_test_1_open sesame",
        "DS_LIVE_1_open sesame",
        "ds_live_key#1_open sesame",
        "dst_1_open sesame",
    ],
)
def test_anything_else_is_nobody(bearer: str) -> None:
    authenticate, _ = with_key()

    with pytest.raises(Unauthorized):
        authenticate(bearer)


@pytest.mark.parametrize(
    ("name", "secret"), [("key_1", ""), ("key_#1", "open sesame")], ids=["secret", "name"]
)
def test_without_a_proper_name_and_secret_no_key_fits(name: str, secret: str) -> None:
    carrier = InMemoryCarrier()
    carrier.keys.put(make_key(id=KeyId(name), secret_hash=sha256(secret)))

    with pytest.raises(Unauthorized):
        carrier.use(Authenticate)(f"ds_live_{name.removeprefix('key_')}_{secret}")


@pytest.mark.parametrize(
    "change", [{"revoked_at": NOON - seconds(1)}, {"expires_at": NOON}], ids=["revoked", "expired"]
)
def test_a_key_that_is_over_is_refused_in_the_same_words_as_an_unknown_one(
    change: dict[str, Any],
) -> None:
    authenticate, _ = with_key(**change)

    with pytest.raises(Unauthorized) as over:
        authenticate(BEARER)
    with pytest.raises(Unauthorized) as unknown:
        authenticate("ds_live_2_open sesame")

    assert (str(over.value), over.value.data) == (str(unknown.value), unknown.value.data)


def test_a_key_of_a_shipper_that_is_not_there_is_nobodys() -> None:
    authenticate, _ = with_key(shipper_id=ShipperId("shr_9"))

    with pytest.raises(Unauthorized):
        authenticate(BEARER)


def test_a_use_that_cannot_be_noted_is_a_use_all_the_same() -> None:
    carrier = InMemoryCarrier()
    carrier.keys = Unreachable(carrier.keys.by_id)
    carrier.keys.put(
        make_key(1, secret_hash=sha256("open sesame"), role=Role.ADMIN, shipper_id=None)
    )

    assert carrier.use(Authenticate)(BEARER).role is Role.ADMIN


def test_a_key_holds_until_the_very_moment_when_it_expires() -> None:
    authenticate, key = with_key(expires_at=NOON + seconds(0.001))

    assert authenticate(BEARER).id == key.id


def test_a_code_becomes_a_drivers_token_for_one_shift() -> None:
    carrier = invited(epoch=3)

    session = session_of(carrier)

    driver_id = make_driver().id
    assert (session.driver_id, session.expires_at) == (driver_id, NOON + SHIFT)
    actor = carrier.use(Authenticate)(session.token)
    assert actor == Actor(Role.DRIVER, driver_id, driver_id=driver_id, epoch=3)


def test_a_code_is_good_for_one_client() -> None:
    carrier = invited()
    session_of(carrier)

    with pytest.raises(NotFound):
        session_of(carrier, "another phone")


def test_a_client_whose_answer_was_lost_gets_the_same_session_for_a_minute() -> None:
    carrier = invited()
    first = session_of(carrier)

    carrier.clock.go_on(seconds(60))
    again = session_of(carrier)
    carrier.clock.go_on(seconds(1))

    assert (again.driver_id, again.expires_at) == (first.driver_id, first.expires_at)
    with pytest.raises(NotFound):
        session_of(carrier)


def test_an_unknown_code_is_not_found_and_uses_nothing_up() -> None:
    carrier = invited()

    with pytest.raises(NotFound):
        carrier.use(Authenticate).begin_session("let me in", client="phone")

    assert session_of(carrier).driver_id == make_driver().id


def test_a_code_that_has_expired_is_not_found() -> None:
    carrier = invited()
    carrier.clock.at = make_invitation().expires_at

    with pytest.raises(NotFound):
        session_of(carrier)


def test_a_drivers_token_ends_with_the_shift() -> None:
    carrier = invited()
    token = session_of(carrier).token
    authenticate = carrier.use(Authenticate)

    carrier.clock.at = NOON + SHIFT - seconds(1)
    assert authenticate(token).role is Role.DRIVER

    carrier.clock.at = NOON + SHIFT
    with pytest.raises(Unauthorized):
        authenticate(token)


def test_a_token_keeps_the_epoch_that_it_was_made_with() -> None:
    """So that the live state, which is read anyway, can tell that it has been revoked."""
    carrier = invited(epoch=1)
    token = session_of(carrier).token
    driver = make_driver()
    carrier.drivers.by_id[driver.id] = replace(driver, epoch=2)

    assert carrier.use(Authenticate)(token).epoch == 1


@pytest.mark.parametrize("payload", [{}, {"d": "drv_1", "e": 1}, {"d": "drv_1", "e": 1, "x": "9"}])
def test_a_token_without_an_end_is_nobodys(payload: dict[str, object]) -> None:
    carrier = invited()
    token = "dst_" + carrier.signer.seal("driver", payload)

    with pytest.raises(Unauthorized):
        carrier.use(Authenticate)(token)


def test_what_was_sealed_for_something_else_is_no_drivers_token() -> None:
    carrier = invited()
    end_s = int((NOON + SHIFT).timestamp())
    token = "dst_" + carrier.signer.seal("page", {"d": "drv_1", "e": 1, "x": end_s})

    with pytest.raises(Unauthorized):
        carrier.use(Authenticate)(token)
