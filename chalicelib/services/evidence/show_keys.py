"""The public keys that have sealed evidence, for anybody who checks it."""

from dataclasses import dataclass

from chalicelib.domain.evidence.seals import SealKey
from chalicelib.services.ports.evidence import SealKeys


@dataclass(frozen=True, slots=True)
class ShowSealKeys:
    """All of them, oldest first; the last one seals now."""

    seal_keys: SealKeys

    def __call__(self) -> tuple[SealKey, ...]:
        """One query."""
        return self.seal_keys.all()
