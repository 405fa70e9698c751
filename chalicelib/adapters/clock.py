"""The real present."""

from datetime import UTC, datetime


class SystemClock:
    """The port ``Clock`` on the machine's clock."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""
        return datetime.now(UTC)
