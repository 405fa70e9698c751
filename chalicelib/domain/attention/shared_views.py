"""A view that one process makes for all who look, as it was made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FRESH_FOR: Final = timedelta(seconds=10)
"""How long a view is shown before it is made anew. Consoles ask as often."""


@dataclass(frozen=True, slots=True)
class SharedView:
    """``parts`` are its texts by name, as they are sent."""

    made_at: datetime
    parts: dict[str, str]

    def is_fresh(self, now: datetime) -> bool:
        """Whether it may be shown without a look for a newer one."""
        return now - self.made_at < FRESH_FOR
