"""The real present."""

from datetime import UTC, datetime


class SystemClock:
    """The port ``Clock`` on the machine's clock."""

    def now(self) -> datetime:
        """Now, aware, in UTC, in whole milliseconds: what is kept is what was answered."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
