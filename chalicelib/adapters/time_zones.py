"""Time zones by place: tzfpy, whose simplified borders are right to about a kilometre."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.domain.geography import Coordinates


class WorldZones:
    """The port ``TimeZones``. Its map of 5 MB is loaded with the first question."""

    def at(self, place: Coordinates) -> str | None:
        """Without a call. What has no clocks of its own (``Etc/GMT``) is the sea."""
        from tzfpy import get_tz  # noqa: PLC0415 - few containers need it

        name = get_tz(place.lon_deg, place.lat_deg)
        return name if name and not name.startswith("Etc/") and _is_known(name) else None


def _is_known(name: str) -> bool:
    """Whether our own release of the tables has this zone."""
    try:
        ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return False
    return True
