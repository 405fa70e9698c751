"""ECDSA over P-256 with SHA-256: is a signature right? Public values only, so time tells nothing.

A signature takes about 5 ms. That is cheaper than a call of KMS, needs no right and no network, and
a compiled library would be 4 MB of each function's zip. The curve is that of FIPS 186-5 and SEC 2;
keys are SubjectPublicKeyInfo (RFC 5480), signatures the DER of RFC 3279, as KMS makes both.
"""

import hashlib
from typing import Final

P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
N: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G: Final = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200" + "04")
"""How the key of a point of this curve begins; behind it are its two coordinates."""
BYTES: Final = 32
DER_SEQUENCE: Final = 0x30
DER_INTEGER: Final = 0x02

Point = tuple[int, int, int]
"""Jacobian coordinates: no inversion with each addition."""
INFINITY: Final[Point] = (0, 1, 0)


def is_signed(spki: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of this key has signed the message. False for anything malformed."""
    key, numbers = _point(spki), _numbers(signature)
    if key is None or numbers is None:
        return False
    r, s = numbers
    digest = int.from_bytes(hashlib.sha256(message).digest())
    inverse = pow(s, -1, N)
    x, _, z = _both(digest * inverse % N, G, r * inverse % N, key)
    if z == 0:
        return False
    return x * pow(z * z, -1, P) % P % N == r


def is_key(spki: bytes) -> bool:
    """Whether these bytes are a key of this curve."""
    return _point(spki) is not None


def _point(spki: bytes) -> tuple[int, int] | None:
    """The point of a key; None unless it lies on the curve."""
    if len(spki) != len(SPKI) + 2 * BYTES or not spki.startswith(SPKI):
        return None
    x, y = int.from_bytes(spki[-2 * BYTES : -BYTES]), int.from_bytes(spki[-BYTES:])
    is_on_curve = x < P and y < P and (y * y - (x * x * x - 3 * x + B)) % P == 0
    return (x, y) if is_on_curve else None


def _numbers(signature: bytes) -> tuple[int, int] | None:
    """r and s of a signature in DER, both from 1 to N - 1."""
    if len(signature) < 2 or signature[0] != DER_SEQUENCE or signature[1] != len(signature) - 2:  # noqa: PLR2004 - tag and length
        return None
    r, rest = _integer(signature[2:])
    s, rest = _integer(rest)
    return (r, s) if not rest and 0 < r < N and 0 < s < N else None


def _integer(der: bytes) -> tuple[int, bytes]:
    """The first whole number, and what follows; 0 where there is none in the shortest form."""
    if len(der) < 3 or der[0] != DER_INTEGER or not 0 < der[1] <= len(der) - 2:  # noqa: PLR2004 - tag, length, a byte
        return 0, der
    content, rest = der[2 : 2 + der[1]], der[2 + der[1] :]
    is_shortest = len(content) == 1 or content[0] != 0 or content[1] >= 0x80  # noqa: PLR2004 - its sign
    return (int.from_bytes(content, signed=True), rest) if is_shortest else (0, der)


def _both(a: int, first: tuple[int, int], b: int, second: tuple[int, int]) -> Point:
    """The sum of a times one point and b times another, bit by bit (Shamir's trick)."""
    one, other = (*first, 1), (*second, 1)
    terms = (INFINITY, one, other, _sum(one, other))
    found = INFINITY
    for bit in reversed(range(max(a.bit_length(), b.bit_length()))):
        found = _double(found)
        which = (a >> bit & 1) | (b >> bit & 1) << 1
        if which:
            found = _sum(found, terms[which])
    return found


def _double(point: Point) -> Point:
    """Twice a point (dbl-2001-b of the Explicit-Formulas Database, a = -3)."""
    x, y, z = point
    delta, gamma = z * z % P, y * y % P
    beta = x * gamma % P
    alpha = 3 * (x - delta) * (x + delta) % P
    x_new = (alpha * alpha - 8 * beta) % P
    z_new = ((y + z) ** 2 - gamma - delta) % P
    return x_new, (alpha * (4 * beta - x_new) - 8 * gamma * gamma) % P, z_new


def _sum(left: Point, right: Point) -> Point:
    """Two points together (add-2007-bl of the same)."""
    if left[2] == 0:
        return right
    if right[2] == 0:
        return left
    x1, y1, z1 = left
    x2, y2, z2 = right
    z1z1, z2z2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * z2z2 % P, x2 * z1z1 % P
    s1, s2 = y1 * z2 * z2z2 % P, y2 * z1 * z1z1 % P
    if u1 == u2:
        return _double(left) if s1 == s2 else INFINITY
    h = u2 - u1
    i = 4 * h * h % P
    j, r, v = h * i % P, 2 * (s2 - s1) % P, u1 * i % P
    x3 = (r * r - j - 2 * v) % P
    y3 = (r * (v - x3) - 2 * s1 * j) % P
    z3 = ((z1 + z2) ** 2 - z1z1 - z2z2) * h % P
    return x3, y3, z3
