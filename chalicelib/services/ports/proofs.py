"""The files of proofs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.proofs.proofs import Proof, StoredObject, Upload


class ProofStore(Protocol):
    """The files of proofs. Bytes never pass through us."""

    @property
    def origin(self) -> str:
        """Scheme and host of all links."""
        ...

    def allow_upload(
        self, object_key: str, *, content_type: str, max_bytes: int, now: datetime
    ) -> Upload:
        """A form for exactly this key and type, good for some minutes."""
        ...

    def find(self, object_key: str) -> StoredObject | None:
        """The upload there, or None."""
        ...

    def link(self, proof: Proof) -> str:
        """An address that shows the file for at most five minutes."""
        ...
