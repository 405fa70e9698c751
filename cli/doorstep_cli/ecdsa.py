"""ECDSA over P-256 with SHA-256: checking a signature, by the text of the standard (FIPS 186-5).

It is slow (a fiftieth of a second) and works with public values only. Nothing of it comes from the
server: a mistake there would be found here.
"""

import base64
import binascii
import hashlib
from typing import Final

FIELD: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
HEADER: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
"""How the SubjectPublicKeyInfo of an uncompressed point of P-256 begins (RFC 5480)."""
BEGIN: Final = "-----BEGIN PUBLIC KEY-----"
END: Final = "-----END PUBLIC KEY-----"
SEQUENCE: Final = 0x30
INTEGER: Final = 0x02

Point = tuple[int, int] | None
"""None is the point at infinity."""
BASE: Final = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


class NotAKey(Exception):
    """The text is no public key of P-256 in PEM."""


def key_of_pem(pem: str) -> tuple[str, tuple[int, int]]:
    """The id of a public key, which is made of its hash, and its point. Raises NotAKey."""
    lines = pem.split("\n")
    if lines[0] != BEGIN or lines[-2:] != [END, ""]:
        raise NotAKey
    try:
        der = base64.b64decode("".join(lines[1:-2]), validate=True)
    except binascii.Error as exc:
        raise NotAKey from exc
    x, y = int.from_bytes(der[27:59]), int.from_bytes(der[59:])
    is_point = max(x, y) < FIELD and (y * y - x**3 + 3 * x - B) % FIELD == 0
    if len(der) != len(HEADER) + 64 or not der.startswith(HEADER) or not is_point:
        raise NotAKey
    return f"sky_{hashlib.sha256(der).hexdigest()[:32]}", (x, y)


def is_signed(key: tuple[int, int], signature: bytes, message: bytes) -> bool:
    """Whether the holder of the key has signed the message."""
    numbers = _numbers(signature)
    if numbers is None:
        return False
    r, s = numbers
    if not (0 < r < ORDER and 0 < s < ORDER):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest())
    inverse = pow(s, -1, ORDER)
    found = _add(_times(digest * inverse % ORDER, BASE), _times(r * inverse % ORDER, key))
    return found is not None and found[0] % ORDER == r


def _numbers(der: bytes) -> tuple[int, int] | None:
    """r and s: a DER sequence of two whole numbers, with nothing before, between or behind."""
    if der[:2] != bytes([SEQUENCE, max(len(der) - 2, 0) & 0xFF]):
        return None
    found, rest = [], der[2:]
    while rest:
        length = rest[1] if rest[1:] else 0
        content, left = rest[2 : 2 + length], rest[2 + length :]
        number = int.from_bytes(content, signed=True)
        if rest[:2] + content != encoded(number):
            return None
        found.append(number)
        rest = left
    match found:
        case [r, s]:
            return r, s
    return None


def encoded(number: int) -> bytes:
    """A whole number in DER, in the only form that it allows: the shortest."""
    content = number.to_bytes(number.bit_length() // 8 + 1, signed=True)
    return bytes([INTEGER, len(content) & 0xFF]) + content


def _add(left: Point, right: Point) -> Point:
    if left is None or right is None:
        return left or right
    if left[0] == right[0]:
        if (left[1] + right[1]) % FIELD == 0:
            return None
        slope = (3 * left[0] ** 2 - 3) * pow(2 * left[1], -1, FIELD)
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, FIELD)
    x = (slope * slope - left[0] - right[0]) % FIELD
    return x, (slope * (left[0] - x) - left[1]) % FIELD


def _times(factor: int, point: Point) -> Point:
    found: Point = None
    while factor:
        if factor & 1:
            found = _add(found, point)
        point, factor = _add(point, point), factor >> 1
    return found
