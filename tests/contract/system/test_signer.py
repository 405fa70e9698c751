"""Tokens, in memory and signed."""

import base64
import re
from collections.abc import Callable

import pytest
from ulid import ULID

from chalicelib.adapters.signing import HmacSigner
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.links import LAST_GENERATION, TOKEN_CHARS
from chalicelib.services.ports.system import Signer
from tests.support.fakes.signer import InMemorySigner

SHIPMENT = ShipmentId(f"shp_{ULID.from_int(1)}")
OTHER = ShipmentId(f"shp_{ULID.from_int(2)}")


def in_memory() -> Signer:
    return InMemorySigner()


def hmac_signer() -> Signer:
    return HmacSigner(lambda: (b"an old key of this test", b"a new key of this test"))


@pytest.fixture(params=[in_memory, hmac_signer])
def signer(request: pytest.FixtureRequest) -> Signer:
    made: Signer = request.param()
    return made


def test_a_tracking_token_opens_to_its_shipment_and_generation(signer: Signer) -> None:
    token = signer.tracking_token(SHIPMENT, 3)

    assert signer.open_tracking_token(token) == (SHIPMENT, 3)


def test_a_tracking_token_stays_the_same_for_its_generation(signer: Signer) -> None:
    tokens = {signer.tracking_token(shipment, n) for shipment in (SHIPMENT, OTHER) for n in (1, 2)}

    assert signer.tracking_token(SHIPMENT, 1) == signer.tracking_token(SHIPMENT, 1)
    assert len(tokens) == 4


CHANGES: dict[str, Callable[[str], str]] = {
    "other letters": str.swapcase,
    "shorter": lambda token: token[:-1],
    "longer": lambda token: f"{token}A",
    "empty": lambda _: "",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_tracking_token_that_nobody_made_is_not_found(
    signer: Signer, change: Callable[[str], str]
) -> None:
    token = change(signer.tracking_token(SHIPMENT, 1))

    with pytest.raises(NotFound):
        signer.open_tracking_token(token)


FIRST_TOKENS = {
    "AAEAAAAAAAAAAAAAAAAAAAABAGr3oPCA5Rhx3M1plzbm-tDOvqQA4Z0VTsAfjcBnhUQ": (SHIPMENT, 1),
    "AAMAAAAAAAAAAAAAAAAAAAABgQDN23QHko9kYy298e3kjWTnBx83cEVCZMCv3Vf2Uh4": (SHIPMENT, 3),
    "AP8AAAAAAAAAAAAAAAAAAAACmX2FCobTyzJ4HpKUcfMzbPR2Z13moV4CNzySyE0Z9f0": (OTHER, 255),
}
"""As they were made before tokens were short, by the keys of these tests."""


@pytest.mark.parametrize(("token", "link"), FIRST_TOKENS.items())
def test_links_from_before_tokens_were_short_stay_good(
    token: str, link: tuple[ShipmentId, int]
) -> None:
    assert hmac_signer().open_tracking_token(token) == link


@pytest.mark.parametrize("token", FIRST_TOKENS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_such_a_token_that_nobody_made_is_not_found(
    token: str, change: Callable[[str], str]
) -> None:
    with pytest.raises(NotFound):
        hmac_signer().open_tracking_token(change(token))


def test_a_token_is_always_the_same_one_of_forty_characters() -> None:
    token = hmac_signer().tracking_token(SHIPMENT, 1)

    assert token == "gAAAAAAAAAAAAAAAAAAAAAFHTUW2KH_Ucqj4Z6oB"
    assert len(token) == TOKEN_CHARS == 40


@pytest.mark.parametrize("generation", [1, 2, LAST_GENERATION - 4])
def test_a_token_never_ends_with_a_sign_that_ends_a_sentence(generation: int) -> None:
    for number in range(50):
        made = hmac_signer().tracking_token(ShipmentId(f"shp_{ULID.from_int(number)}"), generation)
        assert made[-1].isalnum()
        assert made[0] != "A"


def test_no_bit_of_a_token_can_be_changed() -> None:
    """96 of them prove that it is ours, so a forger has one chance in 2^96 with each try."""
    token = hmac_signer().tracking_token(SHIPMENT, 1)
    raw = base64.urlsafe_b64decode(token)
    for place in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(NotFound):
            hmac_signer().open_tracking_token(base64.urlsafe_b64encode(changed).decode())


def test_a_token_is_good_as_long_as_its_key_is_known() -> None:
    token = hmac_signer().tracking_token(SHIPMENT, 1)

    assert HmacSigner(lambda: (b"an old key of this test",)).open_tracking_token(token)
    with pytest.raises(NotFound):
        HmacSigner(lambda: (b"a new key of this test",)).open_tracking_token(token)


def test_what_was_sealed_is_unsealed(signer: Signer) -> None:
    payload = {"d": "drv_1", "e": 2, "x": 1_700_000_000}

    sealed = signer.seal("driver", payload)

    assert signer.unseal("driver", sealed) == payload
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", sealed)


def test_what_was_sealed_opens_for_no_other_purpose(signer: Signer) -> None:
    sealed = signer.seal("driver", {"d": "drv_1"})

    assert signer.unseal("page", sealed) is None


@pytest.mark.parametrize("sealed", ["", "e30", "e30.c2ln"])
def test_what_was_not_sealed_here_is_nothing(signer: Signer, sealed: str) -> None:
    assert signer.unseal("driver", sealed) is None


PLAIN = b'{"key":"ds_live_1_secret"}' * 9


@pytest.mark.parametrize("plain", [b"", b"\0", PLAIN], ids=["empty", "zero", "long"])
def test_what_was_concealed_is_revealed_for_its_purpose_only(signer: Signer, plain: bytes) -> None:
    concealed = signer.conceal("answer", plain)

    assert signer.reveal("answer", concealed) == plain
    assert signer.reveal("page", concealed) is None


def test_what_was_concealed_is_never_twice_alike(signer: Signer) -> None:
    assert signer.conceal("answer", PLAIN) != signer.conceal("answer", PLAIN)


@pytest.mark.parametrize("concealed", [b"", b"\0" * 48, b"concealed-x", PLAIN])
def test_what_was_not_concealed_here_is_nothing(signer: Signer, concealed: bytes) -> None:
    assert signer.reveal("answer", concealed) is None


def test_concealed_bytes_show_nothing_and_break_with_any_bit() -> None:
    signer = hmac_signer()
    concealed = signer.conceal("answer", PLAIN)

    assert b"ds_live" not in concealed
    for place in range(len(concealed)):
        changed = bytearray(concealed)
        changed[place] ^= 1
        assert signer.reveal("answer", bytes(changed)) is None


def test_what_an_older_key_concealed_is_revealed() -> None:
    keys = [b"an old key of this test"]
    concealed = HmacSigner(lambda: keys).conceal("answer", PLAIN)
    keys.append(b"a new key of this test")

    assert HmacSigner(lambda: keys).reveal("answer", concealed) == PLAIN
    assert HmacSigner(lambda: keys[1:]).reveal("answer", concealed) is None


def test_a_pin_is_six_digits_and_belongs_to_a_link(signer: Signer) -> None:
    pin = signer.pin(SHIPMENT, 1)

    assert (len(pin), pin.isdigit()) == (6, True)
    assert signer.pin(SHIPMENT, 1) == pin
    assert signer.pin(SHIPMENT, 2) != pin


def test_guesses_of_a_pin_are_told_apart(signer: Signer) -> None:
    tags = {signer.pin_tag(SHIPMENT, f"{guess:06}") for guess in range(99)}

    assert len(tags) == 99
    assert signer.pin_tag(SHIPMENT, "000007") in tags


SHOP, OTHER_SHOP = ShipperId("shr_1"), ShipperId("shr_2")


def test_a_stop_token_opens_to_its_shipment_and_mailbox(signer: Signer) -> None:
    tag = signer.mailbox_tag(SHOP, "aino@example.com")
    token = signer.stop_token(SHIPMENT, tag)

    assert signer.open_stop_token(token) == (SHIPMENT, tag)
    assert signer.stop_token(SHIPMENT, tag) == token


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_stop_token_that_nobody_made_is_not_found(
    signer: Signer, change: Callable[[str], str]
) -> None:
    token = signer.stop_token(SHIPMENT, signer.mailbox_tag(SHOP, "aino@example.com"))

    with pytest.raises(NotFound):
        signer.open_stop_token(change(token))
    with pytest.raises(NotFound):
        signer.open_stop_token(signer.tracking_token(SHIPMENT, 1))


def test_a_tag_stands_for_one_address_of_one_shipper(signer: Signer) -> None:
    tags = [
        signer.phone_tag("+358401234567"),
        signer.phone_tag("+358401234568"),
        signer.mailbox_tag(SHOP, "aino@example.com"),
        signer.mailbox_tag(OTHER_SHOP, "aino@example.com"),
        signer.mailbox_tag(SHOP, "eino@example.com"),
    ]

    assert len(set(tags)) == len(tags)
    assert signer.mailbox_tag(SHOP, "Aino@Example.com") == tags[2]


def test_nobody_learns_an_address_from_its_tag() -> None:
    one, other = HmacSigner(lambda: (b"a key",)), HmacSigner(lambda: (b"another key",))

    assert one.phone_tag("+358401234567") != other.phone_tag("+358401234567")
    assert len(one.phone_tag("+358401234567")) == 16
    assert len(one.stop_token(SHIPMENT, one.phone_tag("+358401234567"))) == 59
