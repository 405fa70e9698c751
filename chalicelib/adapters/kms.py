"""KMS: the key that seals evidence. Its private half never leaves KMS, not even for us."""

from typing import Final

from chalicelib.adapters.aws import client, translated

ALGORITHM: Final = "ECDSA_SHA_256"


class KmsSealingKey:
    """The port ``SealingKey``."""

    def __init__(self, key_id: str) -> None:
        """``key_id`` is the name of the key in KMS, or its alias."""
        self._key_id = key_id
        self._pinned: tuple[str, bytes] | None = None

    def public(self) -> bytes:
        """One call in the life of a process: later signatures are made by the very same key."""
        return self._key()[1]

    def sign(self, message: bytes) -> bytes:
        """One call. The message has at most 4,096 bytes."""
        key_id, _ = self._key()
        with translated("kms"):
            answer = client("kms").sign(
                KeyId=key_id,
                Message=message,
                MessageType="RAW",
                SigningAlgorithm=ALGORITHM,
            )
        return bytes(answer["Signature"])

    def _key(self) -> tuple[str, bytes]:
        """Name and public half: an alias may name another key from one call to the next."""
        if self._pinned is None:
            with translated("kms"):
                answer = client("kms").get_public_key(KeyId=self._key_id)
            self._pinned = (str(answer["KeyId"]), bytes(answer["PublicKey"]))
        return self._pinned
