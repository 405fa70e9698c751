"""Windows on the wire have two ends, which are named as they are asked for or as they are read."""

from typing import Any, Self

from pydantic import model_validator

from chalicelib.edge.schemas import Schema
from chalicelib.edge.sentences import misfit


class TwoEnds(Schema):
    """Base of windows with the fields ``start`` and ``end``, ``earliest`` and ``latest``."""

    @model_validator(mode="after")
    def _has_two_ends(self) -> Self:
        for name in type(self).model_fields:
            if name not in self.names and getattr(self, name) is not None:
                words = "A window has either start and end, or earliest and latest, like answers."
                raise misfit((name,), "mixed_names", words)
        for name in self.names:
            if getattr(self, name) is None:
                words = "Write both ends of the window, like 2026-11-28T18:00 and 2026-11-28T20:00."
                raise misfit((name,), "missing", words)
        return self

    @property
    def names(self) -> tuple[str, str]:
        """The fields that hold its first and its last moment."""
        said: dict[str, Any] = dict(self)
        is_as_answered = said["start"] is None and (said["earliest"] or said["latest"]) is not None
        return ("earliest", "latest") if is_as_answered else ("start", "end")
