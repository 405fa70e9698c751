from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.support.builders import NOON


@dataclass
class ManualClock:
    """A clock that stands still until ``go_on`` moves it."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def go_on(self, by: timedelta) -> datetime:
        self.at += by
        return self.at
