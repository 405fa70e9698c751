"""The settings of a deployment. They are read once; one error names everything that is missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import SplitResult, urlsplit

ROAD_NETWORKS: Final = frozenset({"great_circle", "amazon_location"})
ROAD_SERVERS: Final = frozenset({"osrm", "valhalla"})
OPTIMIZERS: Final = frozenset({"built_in", "amazon_location"})
OPTIMIZER_SERVERS: Final = frozenset({"vroom"})
GEOCODERS: Final = frozenset({"none", "amazon_location"})
GEOCODER_SERVERS: Final = frozenset({"nominatim", "photon"})
ROUGH_PLACES: Final = frozenset({"refuse", "dispatcher"})
NO_NUMBER: Final = "none"
NOBODY: Final = "none"
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
SHORTEST_DAYS: Final = 15
"""A tracking link lives for 14 days after the delivery."""
LONGEST_DAYS: Final = 3_650
MOST_REQUESTS: Final = 1_000_000


class SettingsError(Exception):
    """Some settings are missing (the message names them all), or one is invalid."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is an environment variable of the same name in capitals.

    A test compares the fields with the variables of every stage.
    """

    stage: str
    """Name of the stage: dev, prod, local."""
    shipments_table: str
    routes_table: str
    fleet_table: str
    accounts_table: str
    travel_table: str
    ledger_table: str
    metrics_table: str
    proofs_bucket: str
    """Private bucket of the proof files."""
    events_topic_arn: str
    """SNS topic that every public event is published to."""
    notices_queue_url: str
    webhooks_queue_url: str
    """SQS queue of webhooks; further tries wait in it."""
    imports_queue_url: str
    """SQS queue of files to import; imports that need more time wait in it, too."""
    inspections_queue_url: str
    """SQS queue of uploaded files that wait to be inspected."""
    evidence_queue_url: str
    """SQS queue of events that a signed manifest is made for."""
    evidence_key_id: str
    """Name or alias of the KMS key that signs manifests: P-256, for signatures only."""
    stream_dlq_url: str
    """SQS queue of records that no repeat mends."""
    public_base_url: str
    """The start of tracking links, without a slash at the end."""
    email_sender: str
    """Verified SES address that e-mails come from."""
    operator_name: str
    """The carrier's name, as recipients read it, or ``none``."""
    operator_contact: str
    """Where recipients reach the carrier: a phone number, a mailbox, a web page, or ``none``."""
    sms_number: str
    """The number that SMS come from and are answered to (E.164), or ``none``: then they come from a
    name, and cannot be answered."""
    tile_url: str
    """XYZ template of the map tiles, or ``streets:<path>`` for a GeoJSON of streets."""
    tile_attribution: str
    """The owner of the map data, as shown on the map."""
    road_network: str
    """The source of road times: ``great_circle`` (none), ``amazon_location``, or ``osrm:`` or
    ``valhalla:`` with the address of a server."""
    route_optimizer: str
    """Who suggests orders of stops: ``built_in``, ``amazon_location``, or ``vroom:`` with the
    address of a server."""
    geocoder: str
    """The address search: ``none``, ``amazon_location``, or ``nominatim:`` or ``photon:`` with the
    address of a server."""
    rough_places: str
    """What becomes of an address that is found only roughly: ``refuse``, or ``dispatcher``, who has
    to place it."""
    shipment_retention_days: str
    """How long finished shipments are kept, in whole days."""
    proof_retention_days: str
    """How long files of proofs are kept, in whole days."""
    key_requests_per_minute: str
    """How many requests an API key may make in a minute. Drivers and recipients have no keys."""
    log_level: str
    """DEBUG, INFO, WARNING or ERROR."""

    @property
    def operator(self) -> tuple[str | None, str | None]:
        """The carrier's name and contact; None for what is not told."""
        name, contact = self.operator_name, self.operator_contact
        return None if name == NOBODY else name, None if contact == NOBODY else contact

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from environment variables.

        Raises SettingsError with the names of all missing variables, or of an invalid one.
        """
        names = {field.name: field.name.upper() for field in fields(cls)}
        missing = sorted(name for name in names.values() if not environ.get(name))
        if missing:
            msg = f"These settings are missing: {', '.join(missing)}"
            raise SettingsError(msg)
        values = {field: environ[name] for field, name in names.items()}
        require_road_network(values["road_network"])
        require_route_optimizer(values["route_optimizer"])
        require_geocoder(values["geocoder"])
        require_one_of("ROUGH_PLACES", values["rough_places"], ROUGH_PLACES)
        require_number("SMS_NUMBER", values["sms_number"])
        require_days("SHIPMENT_RETENTION_DAYS", values["shipment_retention_days"])
        require_days("PROOF_RETENTION_DAYS", values["proof_retention_days"])
        require_requests("KEY_REQUESTS_PER_MINUTE", values["key_requests_per_minute"])
        return cls(**values | {"public_base_url": values["public_base_url"].rstrip("/")})


def require_road_network(value: str) -> None:
    """Raise SettingsError with the allowed values unless the value is one of them."""
    kind, _, url = value.partition(":")
    if value in ROAD_NETWORKS or (kind in ROAD_SERVERS and _is_server(url)):
        return
    msg = (
        "ROAD_NETWORK must be great_circle, amazon_location, osrm:<address> or valhalla:<address>,"
        " the address as https://roads.example without user, query or fragment"
    )
    raise SettingsError(msg)


def require_route_optimizer(value: str) -> None:
    """Raise SettingsError with the allowed values unless the value is one of them."""
    kind, _, url = value.partition(":")
    if value in OPTIMIZERS or (kind in OPTIMIZER_SERVERS and _is_server(url)):
        return
    msg = (
        "ROUTE_OPTIMIZER must be built_in, amazon_location or vroom:<address>,"
        " the address as https://vroom.example without user, query or fragment"
    )
    raise SettingsError(msg)


def require_geocoder(value: str) -> None:
    """Raise SettingsError with the allowed values unless the value is one of them."""
    kind, _, url = value.partition(":")
    if value in GEOCODERS or (kind in GEOCODER_SERVERS and _is_server(url)):
        return
    msg = (
        "GEOCODER must be none, amazon_location, nominatim:<address> or photon:<address>,"
        " the address as https://search.example without user, query or fragment"
    )
    raise SettingsError(msg)


def require_one_of(name: str, value: str, allowed: frozenset[str]) -> None:
    """Raise SettingsError unless the value is one of these."""
    if value not in allowed:
        msg = f"{name} must be one of {', '.join(sorted(allowed))}"
        raise SettingsError(msg)


def require_number(name: str, value: str) -> None:
    """Raise SettingsError unless the value is ``none`` or a number in E.164."""
    if value != NO_NUMBER and not _E164.fullmatch(value):
        msg = f"{name} must be {NO_NUMBER}, or a number like +358401234567"
        raise SettingsError(msg)


def require_days(name: str, value: str) -> None:
    """Raise SettingsError unless the value is a number of days that keeps tracking links alive."""
    if not (value.isascii() and value.isdigit() and SHORTEST_DAYS <= int(value) <= LONGEST_DAYS):
        msg = f"{name} must be a whole number of days from {SHORTEST_DAYS} to {LONGEST_DAYS}"
        raise SettingsError(msg)


def require_requests(name: str, value: str) -> None:
    """Raise SettingsError unless the value is a number of requests that lets anybody in."""
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= MOST_REQUESTS):
        msg = f"{name} must be a whole number from 1 to {MOST_REQUESTS}"
        raise SettingsError(msg)


def _is_server(url: str) -> bool:
    """Whether this is the address of a server.

    It may not have credentials, because the environment is no place for them. It may not have a
    query, because that would be lost.
    """
    try:
        parts = urlsplit(url)
        is_port = parts.port != 0  # reading an invalid port raises ValueError
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and " " not in url
    is_bare = parts == SplitResult(parts.scheme, parts.netloc, parts.path, "", "")
    is_known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return is_plain and is_bare and is_known and is_port and "@" not in parts.netloc
