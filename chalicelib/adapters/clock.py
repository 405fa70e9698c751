"""The real clock."""

from datetime import UTC, datetime


class SystemClock:
    """The port ``Clock`` on the machine's clock."""

    def now(self) -> datetime:
        """Now in aware UTC and whole milliseconds, so stored times equal those in answers."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
