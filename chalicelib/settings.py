"""What a deployment must say about itself. Read once; everything missing is named in one error."""

from collections.abc import Mapping
from dataclasses import dataclass, fields


class SettingsError(Exception):
    """Some settings are missing; the message names them all."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One field a variable, same name in capitals; a test compares them with every stage's."""

    stage: str
    """Name of the stage: dev, prod, local."""
    shipments_table: str
    routes_table: str
    fleet_table: str
    accounts_table: str
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
    log_level: str
    """DEBUG, INFO, WARNING or ERROR."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """From environment variables. Raises SettingsError naming every one that is missing."""
        names = {field.name: field.name.upper() for field in fields(cls)}
        missing = sorted(name for name in names.values() if not environ.get(name))
        if missing:
            msg = f"missing settings: {', '.join(missing)}"
            raise SettingsError(msg)
        values = {field: environ[name] for field, name in names.items()}
        return cls(**values | {"public_base_url": values["public_base_url"].rstrip("/")})
