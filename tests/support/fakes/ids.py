from dataclasses import dataclass

from ulid import ULID


@dataclass
class CountingIds:
    """Counts valid ids upwards, the same in every run."""

    count: int = 0

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{ULID.from_int(self.count)}"
