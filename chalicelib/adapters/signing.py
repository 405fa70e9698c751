"""Signed tokens: we can check them before we read anything from the store.

A tracking token is 50 bytes in url-safe base64: the number of the signing key, the link generation,
the shipment's ULID, and a 256-bit HMAC over them. It is not stored. Raising the link generation of
the shipment revokes it.

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
from chalicelib.domain.links import TOKEN_CHARS
from chalicelib.domain.proofs.pins import PIN_DIGITS

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

NAME: Final = struct.Struct(">BB16s")
MAC_BYTES: Final = 32
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
        ulid = ULID.from_str(shipment_id.removeprefix(f"{SHIPMENT}_"))
        name = NAME.pack(0, link_generation, ulid.bytes)
        return _text(name + self._mac(0, name))

    def open_tracking_token(self, token: str) -> tuple[ShipmentId, int]:
        """The shipment and the link generation of a token.

        Raises NotFound unless we made the token.
        """
        raw = _bytes(token) if len(token) == TOKEN_CHARS else b""
        if len(raw) != NAME.size + MAC_BYTES or _text(raw) != token:
            raise NotFound
        name, mac = raw[: NAME.size], raw[NAME.size :]
        number, generation, ulid = NAME.unpack(name)
        if number >= len(self._keys()) or not hmac.compare_digest(mac, self._mac(number, name)):
            raise NotFound
        return ShipmentId(f"{SHIPMENT}_{ULID.from_bytes(ulid)}"), generation

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

    def _mac(self, number: int, name: bytes) -> bytes:
        return hmac.digest(self._keys()[number], b"tracking\0" + name, hashlib.sha256)

    def _serializer(self, purpose: str) -> "URLSafeSerializer":
        from itsdangerous import URLSafeSerializer  # noqa: PLC0415 - as above

        return URLSafeSerializer(
            list(self._keys()),
            salt=purpose,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )


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
