"""Versions: whoever changes a thing says which version of it was read."""

from dataclasses import dataclass

from chalicelib.domain.errors import Outdated


@dataclass(frozen=True, slots=True)
class Expected:
    """The versions that a change may replace; None: any."""

    versions: frozenset[int] | None

    def require(self, version: int) -> None:
        """Raises Outdated when the thing has another version now."""
        if self.versions is not None and version not in self.versions:
            raise Outdated
