"""What a deployment must say about itself. Read once; everything missing is named in one error."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import SplitResult, urlsplit

ROAD_NETWORKS: Final = frozenset({"great_circle", "amazon_location"})
ROAD_SERVERS: Final = frozenset({"osrm", "valhalla"})


class SettingsError(Exception):
    """Some settings are missing, and the message names them all; or one makes no sense."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One field a variable, same name in capitals; a test compares them with every stage's."""

    stage: str
    """Name of the stage: dev, prod, local."""
    shipments_table: str
    routes_table: str
    fleet_table: str
    accounts_table: str
    travel_table: str
    ledger_table: str
    proofs_bucket: str
    """Private bucket of the proof files."""
    events_topic_arn: str
    """SNS topic that every public event is published to."""
    public_base_url: str
    """Where recipients reach us, without a slash at the end; tracking links begin with it."""
    email_sender: str
    """Verified SES address that e-mails come from."""
    tile_url: str
    """XYZ template of the map tiles, or ``streets:<path>`` for a GeoJSON of streets."""
    tile_attribution: str
    """Whom the map data belongs to, as shown on the map."""
    road_network: str
    """Who knows how long roads take: ``great_circle`` (nobody), ``amazon_location``, or ``osrm:``
    or ``valhalla:`` and the address of a server."""
    log_level: str
    """DEBUG, INFO, WARNING or ERROR."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """From environment variables.

        Raises SettingsError naming every one that is missing, or one that makes no sense.
        """
        names = {field.name: field.name.upper() for field in fields(cls)}
        missing = sorted(name for name in names.values() if not environ.get(name))
        if missing:
            msg = f"missing settings: {', '.join(missing)}"
            raise SettingsError(msg)
        values = {field: environ[name] for field, name in names.items()}
        require_road_network(values["road_network"])
        return cls(**values | {"public_base_url": values["public_base_url"].rstrip("/")})


def require_road_network(value: str) -> None:
    """Raises SettingsError, saying what may stand there."""
    kind, _, url = value.partition(":")
    if value in ROAD_NETWORKS or (kind in ROAD_SERVERS and _is_server(url)):
        return
    msg = (
        "ROAD_NETWORK must be great_circle, amazon_location, osrm:<address> or valhalla:<address>,"
        " the address as https://roads.example without user, query or fragment"
    )
    raise SettingsError(msg)


def _is_server(url: str) -> bool:
    """Credentials have no place in the environment; a query would be lost."""
    try:
        parts = urlsplit(url)
        is_port = parts.port != 0  # reading it raises ValueError for what is no port
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and " " not in url
    is_bare = parts == SplitResult(parts.scheme, parts.netloc, parts.path, "", "")
    is_known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return is_plain and is_bare and is_known and is_port and "@" not in parts.netloc
