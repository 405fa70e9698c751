"""Signed tokens: we can check them before we read anything from the store.

The token of a link is 30 bytes in url-safe base64, 40 characters:

    <1 use and number of the signing key> <16 ULID of the shipment> <12 HMAC> <1 generation>

The HMAC is that of SHA-256 over all the rest, cut to 96 bits (RFC 2104 §5 allows half of 256 and no
less than 80). With the 80 random bits of the ULID nobody finds a token by trying. It is not stored:
raising the generation at the shipment revokes it. The generation stands at the end, so that a token
never ends with a sign that mail programs take for the end of the sentence.

Earlier tokens have 50 bytes, with the whole HMAC. They stay good; no new ones are made.

Answers with secrets in them are kept for a day, and concealed: masked by the output of SHAKE-256
over a key and a nonce, under an HMAC. Both keys are derived from the signing key for the purpose at
hand. So who reads the store of answers reads no secret.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from ulid import ULID

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import SHIPMENT, ShipmentId, ShipperId
from chalicelib.domain.links import FIRST_TOKEN_CHARS, TOKEN_CHARS
from chalicelib.domain.proofs.pins import PIN_DIGITS

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

TOKEN: Final = struct.Struct(">B16s12sB")
FIRST_TOKEN: Final = struct.Struct(">BB16s32s")
MAC_BYTES: Final = 32
PAGE_LINK: Final = 0b10_000000
"""The two upper bits of a token's first byte say its use, the six others number its key. They are 0
in earlier tokens."""
SHARE_LINK: Final = 0b11_000000
KEY_NUMBER: Final = 0b00_111111
NONCE_BYTES: Final = 16
CONTACT_TAG_BYTES: Final = 12
STOP: Final = struct.Struct(">16s12s")
STOP_MAC_BYTES: Final = 16


class HmacSigner:
    """The port ``Signer``; ``keys`` gives the signing keys, oldest first."""

    def __init__(self, keys: Callable[[], Sequence[bytes]]) -> None:
        """``keys`` is called on first use, so a process that signs nothing reads no keys."""
        self._keys = keys

    def tracking_token(self, shipment_id: ShipmentId, link_generation: int) -> str:
        """The secret part of a tracking link.

        It is always signed with the first key, so it never changes.
        """
        return self._token(PAGE_LINK, shipment_id, link_generation)

    def open_tracking_token(self, token: str) -> tuple[ShipmentId, int]:
        """The shipment and the link generation of a token.

        Raises NotFound unless we made the token.
        """
        if len(token) == FIRST_TOKEN_CHARS:
            return self._opened_first(token)
        return self._opened(PAGE_LINK, token)

    def share_token(self, shipment_id: ShipmentId, share_generation: int) -> str:
        """Signed as the token of the page is, for another use."""
        return self._token(SHARE_LINK, shipment_id, share_generation)

    def open_share_token(self, token: str) -> tuple[ShipmentId, int]:
        """Raises NotFound unless we made the token, for sharing."""
        return self._opened(SHARE_LINK, token)

    def pin(self, shipment_id: ShipmentId, link_generation: int) -> str:
        """From the first key, like the link.

        64 bits modulo a million: no PIN is more likely than another by more than 1 in 10^13.
        """
        mac = hmac.digest(
            _derived(self._keys()[0], "pin", shipment_id), bytes([link_generation]), hashlib.sha256
        )
        return f"{int.from_bytes(mac[:8]) % 10**PIN_DIGITS:0{PIN_DIGITS}}"

    def pin_tag(self, shipment_id: ShipmentId, pin: str) -> str:
        """By a key of its own, so that it says nothing of the PIN."""
        key = _derived(self._keys()[0], "pin guess", shipment_id)
        return _text(hmac.digest(key, pin.encode(), hashlib.sha256)[:12])

    def phone_tag(self, phone: str) -> str:
        """From the first key: a tag is looked up for years."""
        return self._contact_tag("phone", phone)

    def mailbox_tag(self, shipper_id: ShipperId, email: str) -> str:
        """Likewise. Mailboxes differ by more than capitals."""
        return self._contact_tag(f"mailbox {shipper_id}", email.lower())

    def member_tag(self, email: str) -> str:
        """Likewise."""
        return self._contact_tag("member", email.lower())

    def _contact_tag(self, kind: str, address: str) -> str:
        key = _derived(self._keys()[0], "contact", kind)
        return _text(hmac.digest(key, address.encode(), hashlib.sha256)[:CONTACT_TAG_BYTES])

    def stop_token(self, shipment_id: ShipmentId, tag: str) -> str:
        """ULID, tag and 128 bits of HMAC: 59 characters."""
        ulid = ULID.from_str(shipment_id.removeprefix(f"{SHIPMENT}_"))
        content = STOP.pack(ulid.bytes, _bytes(tag))
        return _text(content + self._stop_mac(content))

    def open_stop_token(self, token: str) -> tuple[ShipmentId, str]:
        """Raises NotFound unless we made the token."""
        raw = _bytes(token)
        content, mac = raw[: STOP.size], raw[STOP.size :]
        if len(content) != STOP.size or _text(raw) != token:
            raise NotFound
        if not hmac.compare_digest(mac, self._stop_mac(content)):
            raise NotFound
        ulid, tag = STOP.unpack(content)
        return ShipmentId(f"{SHIPMENT}_{ULID.from_bytes(ulid)}"), _text(tag)

    def _stop_mac(self, content: bytes) -> bytes:
        key = _derived(self._keys()[0], "stop", "email")
        return hmac.digest(key, content, hashlib.sha256)[:STOP_MAC_BYTES]

    def seal(self, purpose: str, payload: Mapping[str, object]) -> str:
        """The payload as url-safe text with a signature for this purpose only."""
        return str(self._serializer(purpose).dumps(dict(payload)))

    def unseal(self, purpose: str, sealed: str) -> dict[str, object] | None:
        """The sealed payload; None when we did not seal it for this purpose."""
        from itsdangerous import BadSignature  # noqa: PLC0415 - tracking links do without

        try:
            payload: dict[str, object] = self._serializer(purpose).loads(sealed)
        except BadSignature:
            return None
        return payload

    def conceal(self, purpose: str, plain: bytes) -> bytes:
        """A nonce, the HMAC and the masked bytes, by the newest signing key."""
        key, nonce = self._keys()[-1], secrets.token_bytes(NONCE_BYTES)
        masked = _masked(_derived(key, "mask", purpose), nonce, plain)
        return nonce + _tag(key, purpose, nonce + masked) + masked

    def reveal(self, purpose: str, concealed: bytes) -> bytes | None:
        """The bytes again; None when no signing key of ours concealed them for this purpose."""
        nonce, rest = concealed[:NONCE_BYTES], concealed[NONCE_BYTES:]
        tag, masked = rest[:MAC_BYTES], rest[MAC_BYTES:]
        for key in self._keys():
            if hmac.compare_digest(tag, _tag(key, purpose, nonce + masked)):
                return _masked(_derived(key, "mask", purpose), nonce, masked)
        return None

    def _token(self, use: int, shipment_id: ShipmentId, generation: int) -> str:
        ulid = ULID.from_str(shipment_id.removeprefix(f"{SHIPMENT}_")).bytes
        mac = self._mac(0, _link_facts(use, ulid, generation))
        return _text(TOKEN.pack(use, ulid, mac[:12], generation))

    def _opened(self, use: int, token: str) -> tuple[ShipmentId, int]:
        raw = _bytes(token) if len(token) == TOKEN_CHARS else b""
        if len(raw) != TOKEN.size or _text(raw) != token:
            raise NotFound
        first, ulid, mac, generation = TOKEN.unpack(raw)
        number = first & KEY_NUMBER
        if first - number != use or number >= len(self._keys()):
            raise NotFound
        expected = self._mac(number, _link_facts(first, ulid, generation))[: len(mac)]
        if not hmac.compare_digest(mac, expected):
            raise NotFound
        return ShipmentId(f"{SHIPMENT}_{ULID.from_bytes(ulid)}"), generation

    def _opened_first(self, token: str) -> tuple[ShipmentId, int]:
        raw = _bytes(token)
        if len(raw) != FIRST_TOKEN.size or _text(raw) != token:
            raise NotFound
        number, generation, ulid, mac = FIRST_TOKEN.unpack(raw)
        if number >= len(self._keys()):
            raise NotFound
        if not hmac.compare_digest(mac, self._mac(number, b"tracking\0" + raw[: -len(mac)])):
            raise NotFound
        return ShipmentId(f"{SHIPMENT}_{ULID.from_bytes(ulid)}"), generation

    def _mac(self, number: int, said: bytes) -> bytes:
        return hmac.digest(self._keys()[number], said, hashlib.sha256)

    def _serializer(self, purpose: str) -> "URLSafeSerializer":
        from itsdangerous import URLSafeSerializer  # noqa: PLC0415 - as above

        return URLSafeSerializer(
            list(self._keys()),
            salt=purpose,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )


def _link_facts(first: int, ulid: bytes, generation: int) -> bytes:
    """What the HMAC of a link is over: all of the token but the HMAC, with a name of its own."""
    return b"link\0" + bytes([first]) + ulid + bytes([generation])


def _derived(key: bytes, use: str, purpose: str) -> bytes:
    return hmac.digest(key, f"{use}\0{purpose}".encode(), hashlib.sha256)


def _tag(key: bytes, purpose: str, content: bytes) -> bytes:
    return hmac.digest(_derived(key, "tag", purpose), content, hashlib.sha256)


def _masked(key: bytes, nonce: bytes, content: bytes) -> bytes:
    """Masks what is plain and unmasks what is masked. A nonce is never used twice."""
    mask = hashlib.shake_256(key + nonce).digest(len(content))
    return bytes(a ^ b for a, b in zip(content, mask, strict=True))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
