"""The input models of the API as their JSON schemas see them: every field, and bodies for it."""

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from tests.support.declarations import DECLARATIONS

INPUTS: Final[dict[str, type[BaseModel]]] = {
    f"{method} {path}": declaration.takes
    for (method, path), declaration in DECLARATIONS.items()
    if declaration.takes is not None and not declaration.is_report
}
"""The model of each route that takes a body. What apps of others send is refused nothing."""

Place = tuple[str | int, ...]


def fields_of(model: type[BaseModel]) -> list[Place]:
    """Every field of a model, at any depth; of a list its first entry."""
    schema = model.model_json_schema()
    return list(_fields(schema, schema.get("$defs", {}), ()))


def _fields(schema: dict[str, Any], known: dict[str, Any], at: Place) -> Iterator[Place]:
    if at:
        yield at
    for part in (schema, *schema.get("anyOf", ())):
        named = known[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        for name, inner in named.get("properties", {}).items():
            yield from _fields(inner, known, (*at, name))
        if "items" in named:
            yield from _fields(named["items"], known, (*at, 0))


def body_with(at: Place, value: object) -> object:
    """The smallest body with this value in this place."""
    for part in reversed(at):
        value = {part: value} if isinstance(part, str) else [value]
    return value


def replaced(body: Any, at: Place, value: object) -> Any:
    """The body with another value in this place. What leads there is made where it is missing."""
    if not at:
        return value
    first, *rest = at
    if isinstance(first, str):
        old = body if isinstance(body, dict) else {}
        return old | {first: replaced(old.get(first), tuple(rest), value)}
    kept = list(body)[1:] if isinstance(body, list) else []
    old_first = body[0] if isinstance(body, list) and body else None
    return [replaced(old_first, tuple(rest), value), *kept]
