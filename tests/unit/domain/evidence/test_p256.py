"""Signatures over P-256, against OpenSSL: ours may never say yes where that says no."""

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.evidence.p256 import N, P, is_key, is_signed
from tests.support.depth import times
from tests.support.fakes.evidence import KeyHere

KEY = KeyHere()
SPKI = KEY.public()
MESSAGE = b"what was recorded at the door"
SIGNATURE = KEY.sign(MESSAGE)


def openssl_says(spki: bytes, signature: bytes, message: bytes) -> bool:
    try:
        key = serialization.load_der_public_key(spki)
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def test_good_signatures_of_many_keys_are_good() -> None:
    for n in range(times(quick=12, deep=400)):
        key, message = KeyHere(), bytes(n)

        assert is_signed(key.public(), key.sign(message), message)


@given(at=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_changed_byte_of_key_signature_or_message_is_never_better_than_openssl_says(
    at: int, flip: int
) -> None:
    for parts in range(3):
        changed = [bytearray(SPKI), bytearray(SIGNATURE), bytearray(MESSAGE)]
        part = changed[parts]
        part[at % len(part)] ^= flip
        spki, signature, message = map(bytes, changed)

        assert is_signed(spki, signature, message) is False
        assert openssl_says(spki, signature, message) is False


def test_numbers_at_the_edges_are_refused() -> None:
    r, s = utils.decode_dss_signature(SIGNATURE)

    for a, b in ((0, s), (r, 0), (N, s), (r, N), (r + N, s), (r, s + N), (0, 0)):
        assert not is_signed(SPKI, utils.encode_dss_signature(a, b), MESSAGE)
    assert is_signed(SPKI, utils.encode_dss_signature(r, N - s), MESSAGE)  # as ECDSA has it


def test_only_the_shortest_der_is_read() -> None:
    r, s = (n.to_bytes(33) for n in utils.decode_dss_signature(SIGNATURE))
    longer = b"\x02\x22\x00" + r + b"\x02\x22\x00" + s
    long_form = b"\x30\x81" + SIGNATURE[1:]

    for bad in (b"\x30" + bytes([len(longer)]) + longer, long_form, SIGNATURE + b"\x00", b"", b"0"):
        assert not is_signed(SPKI, bad, MESSAGE)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (P, 1), (1, 1), (P - 1, P - 1)])
def test_a_point_off_the_curve_is_no_key(x: int, y: int) -> None:
    spki = SPKI[:-64] + x.to_bytes(32) + y.to_bytes(32)

    assert not is_key(spki)
    assert not is_signed(spki, SIGNATURE, MESSAGE)


def test_a_key_of_another_curve_is_none() -> None:
    other = ec.generate_private_key(ec.SECP256K1()).public_key()
    spki = other.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    assert is_key(SPKI)
    assert not is_key(spki)


def test_the_sum_of_a_point_and_its_opposite_does_not_break_it() -> None:
    """u1·G = -u2·Q: the sum is infinity, which is no signature."""
    private = KEY.private.private_numbers().private_value
    digest = int.from_bytes(hashlib.sha256(MESSAGE).digest())
    r = -digest * pow(private, -1, N) % N

    assert not is_signed(SPKI, utils.encode_dss_signature(r, 1), MESSAGE)
