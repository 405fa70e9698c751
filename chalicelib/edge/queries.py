"""Query parameters and cursors.

A cursor is sealed together with what it pages over and for whom.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from chalice.app import Request

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid

CURSOR: Final = "cursor"
MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 50
ID: Final = re.compile(r"[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Paging:
    """How many, and from where on; ``scope`` is what a next cursor will be good for."""

    limit: int
    position: Mapping[str, str] | None
    scope: str

    def next_cursor(self, position: Mapping[str, str] | None) -> str | None:
        """The cursor of the page after this, None when this was the last."""
        if position is None:
            return None
        return container().signer.seal(CURSOR, {"s": self.scope, "p": dict(position)})


def parameters(request: Request, allowed: frozenset[str]) -> dict[str, str]:
    """The query's parameters. Raises Invalid for unknown and for repeated ones."""
    query = request.query_params
    if query is None:
        return {}
    for name in query:
        if name not in allowed:
            text = "There is no such parameter."
            raise Invalid(text, pointer=f"?{name}" if name.isidentifier() else "?", code="unknown")
        if len(query.getlist(name)) > 1:
            text = "This parameter may be given once."
            raise Invalid(text, pointer=f"?{name}", code="repeated")
    return {name: query[name] for name in query}


def require(found: Mapping[str, str], *names: str) -> None:
    """Raises Invalid for the first parameter that is not there."""
    for name in names:
        if name not in found:
            text = "This parameter is needed."
            raise Invalid(text, pointer=f"?{name}", code="missing")


def identifier(found: Mapping[str, str], name: str) -> str:
    """A parameter that is an id. Raises Invalid: not all that fits into a query fits into a key."""
    if not ID.fullmatch(found[name]):
        text = "An id: a prefix of three letters, an underscore and a ULID."
        raise Invalid(text, pointer=f"?{name}", code="invalid_id")
    return found[name]


def day(found: Mapping[str, str], name: str) -> date:
    """A parameter that is a day. Raises Invalid."""
    try:
        return date.fromisoformat(found[name])
    except ValueError as exc:
        detail = "A day like 2026-11-23."
        raise Invalid(detail, pointer=f"?{name}", code="invalid_date") from exc


def paging(
    request: Request,
    actor: Actor,
    found: Mapping[str, str],
    *,
    default: int = DEFAULT_LIMIT,
    most: int = MAX_LIMIT,
) -> Paging:
    """Limit and cursor of a listing, whose pages have ``most`` entries at most.

    Raises Invalid for a cursor of another listing or of somebody else.
    """
    limit = found.get("limit", str(default))
    is_short = len(limit) <= len(str(most))
    if not (is_short and limit.isascii() and limit.isdigit() and 1 <= int(limit) <= most):
        text = f"A limit is a number from 1 to {most}."
        raise Invalid(text, pointer="?limit", code="out_of_range")
    filters = sorted((k, v) for k, v in found.items() if k not in {"limit", "cursor"})
    path = request.context["resourcePath"]
    scope = f"{actor.id}|{path}|{sorted((request.uri_params or {}).items())}|{filters}"
    return Paging(int(limit), _position(found.get("cursor"), scope), scope)


def _position(cursor: str | None, scope: str) -> Mapping[str, str] | None:
    if cursor is None:
        return None
    sealed = container().signer.unseal(CURSOR, cursor)
    position = None if sealed is None else sealed.get("p")
    if sealed is None or sealed.get("s") != scope or not isinstance(position, dict):
        text = "This cursor is not one of this listing."
        raise Invalid(text, pointer="?cursor", code="invalid_cursor")
    return {str(name): str(value) for name, value in position.items()}
