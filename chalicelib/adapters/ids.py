"""New ids: a type prefix and a ULID. They sort by time and are safe in URLs."""

from ulid import ULID


class UlidIds:
    """The port ``Ids`` on ULIDs."""

    def new(self, prefix: str) -> str:
        """A fresh id, for example ``shp_01JC…``."""
        return f"{prefix}_{ULID()}"
