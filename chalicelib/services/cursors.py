"""Cursors of listings: opaque to callers, good for one listing and one reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.services.ports.system import Signer

PURPOSE: Final = "cursor"


@dataclass(frozen=True, slots=True)
class Cursors:
    """Seals the position after a page together with its scope: who reads which listing."""

    signer: Signer

    def seal(self, position: Mapping[str, str] | None, scope: str) -> str | None:
        """The cursor of the next page; None when there is none."""
        if position is None:
            return None
        return self.signer.seal(PURPOSE, {"s": scope, "p": dict(position)})

    def open(self, cursor: str | None, scope: str) -> Mapping[str, str] | None:
        """The position that a cursor stands for, None without one.

        Raises Invalid for a cursor of another listing or of somebody else.
        """
        if cursor is None:
            return None
        sealed = self.signer.unseal(PURPOSE, cursor)
        position = None if sealed is None else sealed.get("p")
        if sealed is None or sealed.get("s") != scope or not isinstance(position, dict):
            text = "This cursor does not belong to this listing."
            raise Invalid(text, pointer="?cursor", code="invalid_cursor")
        return {str(name): str(value) for name, value in position.items()}
