"""The fields of a schema as rows of a table that people read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.reference.models import Json, name_of

KINDS: Final = {"string": "text", "boolean": "true or false", "object": "object", "null": "null"}
FORMATS: Final = {"date-time": "time", "date": "day", "email": "e-mail address", "uri": "address"}
LIMITS: Final = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " entries"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One field; ``inside`` are the fields of the objects in it."""

    name: str
    kind: str
    is_needed: bool
    means: str
    limits: tuple[str, ...]
    words: tuple[str, ...]
    inside: tuple["Row", ...]


class Fields:
    """Reads the schemas of a document."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas

    def rows(self, schema: Json, *, inside: tuple[str, ...] = ()) -> tuple[Row, ...]:
        """The fields of the object that the schema describes, or of the objects that it may be."""
        variants = _variants(schema)
        if len(variants) > 1:
            return tuple(self._variant(each, inside) for each in variants if "$ref" in each)
        if not variants:  # never anything but null
            return ()
        (only,) = variants
        if "$ref" in only:
            name = name_of(only)
            return () if name in inside else self.rows(self._schemas[name], inside=(*inside, name))
        if only.get("type") == "array":
            return self.rows(only["items"], inside=inside)
        if isinstance(only.get("additionalProperties"), Mapping):
            return self.rows(dict(only["additionalProperties"]), inside=inside)
        needed = only.get("required", ())
        return tuple(
            self._row(name, each, is_needed=name in needed, inside=inside)
            for name, each in only.get("properties", {}).items()
        )

    def kind(self, schema: Json) -> str:
        """The type in a word or two: ``list of text``, ``time or null``."""
        some: list[Json] = schema.get("anyOf") or schema.get("oneOf") or [schema]
        parts = map(self._kind, some)
        return " or ".join(dict.fromkeys(parts))

    def _kind(self, schema: Json) -> str:
        if "$ref" in schema:
            return self.kind(self._schemas[name_of(schema)])
        if "const" in schema or "enum" in schema:
            return "word"
        if schema.get("type") == "array":
            return f"list of {self.kind(schema['items'])}"
        by_format = FORMATS.get(str(schema.get("format")))
        return by_format or KINDS.get(str(schema.get("type")), str(schema.get("type", "object")))

    def _row(self, name: str, schema: Json, *, is_needed: bool, inside: tuple[str, ...]) -> Row:
        parts = list(self._parts(schema))
        return Row(
            name=name,
            kind=self.kind(schema),
            is_needed=is_needed,
            means=str(schema.get("description", "")),
            limits=tuple(dict.fromkeys(limit for part in parts for limit in _limits(part))),
            words=tuple(dict.fromkeys(word for part in parts for word in _words(part))),
            inside=self.rows(schema, inside=inside),
        )

    def _variant(self, schema: Json, inside: tuple[str, ...]) -> Row:
        found = self._schemas[name_of(schema)]
        means = str(found.get("description", "")).partition("\n")[0]
        rows = self.rows(schema, inside=inside)
        return Row("", "", is_needed=False, means=means, limits=(), words=(), inside=rows)

    def _parts(self, schema: Json) -> Iterator[Json]:
        """The simple schemas that a value of a field may follow, or the entries of its list."""
        for each in _variants(schema):
            named = self._schemas[name_of(each)] if "$ref" in each else each
            yield named
            if named.get("type") == "array":
                yield from self._parts(named["items"])


def _variants(schema: Json) -> list[Json]:
    some: list[Json] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return [each for each in some if each.get("type") != "null"]


def _limits(schema: Json) -> Iterator[str]:
    for least, most, unit in LIMITS:
        low, high = schema.get(least), schema.get(most)
        if low is not None and high is not None:
            yield f"{low:g} to {high:g}{unit}"
        elif high is not None:
            yield f"at most {high:g}{unit}"
        elif low is not None:
            yield f"at least {low:g}{unit}"
    if "pattern" in schema:
        yield f"like {schema['pattern']}"


def _words(schema: Json) -> Iterator[Any]:
    yield from schema.get("enum", ())
    if "const" in schema:
        yield schema["const"]
