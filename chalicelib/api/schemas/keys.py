"""API keys on the wire. Only the answer that makes a key has its text."""

from typing import Annotated, Final, Literal

from pydantic import AliasPath, BeforeValidator, Field, WithJsonSchema

from chalicelib.api.blueprints import BLUEPRINTS
from chalicelib.api.schemas.values import Id, Instant, Line
from chalicelib.domain.actors import Role
from chalicelib.edge.schemas import Maybe, Out, Schema, Time
from chalicelib.edge.sentences import refused

_FOR_TOKENS: Final = "driver"
RESOURCES: Final = tuple(
    sorted({path.split("/")[2] for path in BLUEPRINTS if path.startswith("/v1/")} - {_FOR_TOKENS})
)
"""What scopes may name: all resources of the API but those that only drivers' tokens open."""
SCOPES: Final = tuple(f"{name}:{access}" for name in RESOURCES for access in ("read", "write"))
MOST_SCOPES: Final = len(SCOPES)


def _scope(value: object) -> object:
    if isinstance(value, str) and value not in SCOPES:
        words = (
            "Write a scope as a resource and read or write, like shipments:read. Resources are "
            f"{', '.join(RESOURCES)}."
        )
        raise refused(code="unknown_scope", words=words)
    return value


Scope = Annotated[
    str, BeforeValidator(_scope), WithJsonSchema({"type": "string", "enum": list(SCOPES)})
]
"""A resource, and whether it may be read or also changed."""


Scopes = Annotated[tuple[str, ...], BeforeValidator(sorted)]
"""The scopes of a key; none: it may do all that its role may."""


class KeyIn(Schema):
    """A new key. ``label`` says what it is for; two keys with one label may be live at a time."""

    role: Literal["shipper", "dispatcher", "manager", "admin"]
    label: Line
    shipper_id: Maybe[Id] = None
    expires_at: Maybe[Instant] = None
    scopes: Annotated[tuple[Scope, ...], Field(max_length=MOST_SCOPES)] = ()


class KeyOut(Out):
    """A new key, shown this once."""

    id: str = Field(validation_alias=AliasPath("key", "id"))
    key: str = Field(validation_alias="text")
    role: Role = Field(validation_alias=AliasPath("key", "role"))
    label: str = Field(validation_alias=AliasPath("key", "label"))
    shipper_id: str | None = Field(validation_alias=AliasPath("key", "shipper_id"))
    scopes: Scopes = Field(validation_alias=AliasPath("key", "scopes"))
    created_at: Time = Field(validation_alias=AliasPath("key", "created_at"))
    expires_at: Time | None = Field(validation_alias=AliasPath("key", "expires_at"))


class KnownKeyOut(Out):
    """A key without its secret. ``last_used_at`` is at most an hour older than its last use."""

    id: str
    prefix: str
    role: Role
    label: str
    shipper_id: str | None
    scopes: Scopes
    created_at: Time
    expires_at: Time | None
    revoked_at: Time | None
    last_used_at: Time | None


class KeysOut(Out):
    """A page of keys."""

    data: tuple[KnownKeyOut, ...]
    next_cursor: str | None
