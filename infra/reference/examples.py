"""An example of any schema: the values are those of the glossary, the shape is the schema's."""

from collections.abc import Mapping
from typing import Any, Final

from infra.reference.glossary import Glossary, Word
from infra.reference.models import Json, Models, name_of

BY_FORMAT: Final = {"date-time": "2026-11-27T08:15:00.000Z", "date": "2026-11-27"}
NOTHING: Final = Word("")


class Examples:
    """Makes examples of the schemas of models. ``missing`` are the fields that nobody has one for:
    neither their schema nor the glossary.
    """

    def __init__(self, models: Models, glossary: Glossary) -> None:
        self._models = models
        self._glossary = glossary
        self.missing: list[str] = []

    def of(self, schema: Json, *, model: str = "", field: str = "") -> Any:
        """A value that fits the schema."""
        word = self._glossary.word(model, field) or NOTHING
        if "$ref" in schema:
            return self._of_named(schema, word, model=model, field=field)
        if schema.get("examples"):
            return schema["examples"][0]
        if "const" in schema:
            return schema["const"]
        if word.example is not None and _fits(schema, word.example):
            return word.example
        if "enum" in schema:
            return schema["enum"][0]
        return self._made(schema, model=model, field=field)

    def _of_named(self, schema: Json, word: Word, *, model: str, field: str) -> Any:
        named = self._models.named(schema)
        if named.get("type") == "object":
            return self.of(named, model=name_of(schema))
        if word.example in named.get("enum", ()):
            return word.example
        return self.of(named, model=model, field=field)

    def _made(self, schema: Json, *, model: str, field: str) -> Any:
        for some in ("oneOf", "anyOf"):
            if some in schema:
                first = next(each for each in schema[some] if each.get("type") != "null")
                return self.of(first, model=model, field=field)
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, model=model, field=field)
        if kind == "array":
            return [self.of(schema["items"], model=model, field=field)]
        known = schema.get("default", BY_FORMAT.get(str(schema.get("format"))))
        if kind in {"boolean", "null"}:
            return bool(known) if kind == "boolean" else None
        if known is None:
            self.missing.append(f"{model}.{field}")
        return known

    def _object(self, schema: Json, *, model: str, field: str) -> Any:
        if "properties" in schema:
            left_out = self._glossary.left_out_of(model) - {*schema.get("required", ())}
            return {
                name: self.of(each, model=model, field=name)
                for name, each in schema["properties"].items()
                if name not in left_out
            }
        values = schema.get("additionalProperties")
        if isinstance(values, Mapping):
            key = self.of(schema["propertyNames"]) if "propertyNames" in schema else "name"
            return {key: self.of(dict(values), model=model, field=field)}
        return {}


def _fits(schema: Json, example: object) -> bool:
    """Whether a word's example can be meant here: the same word may be a text or a list."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "array": list,
        "object": dict,
    }
    if "anyOf" in schema:
        return any(_fits(each, example) for each in schema["anyOf"] if "type" in each)
    if "enum" in schema:
        return example in schema["enum"]
    return isinstance(example, kinds.get(schema.get("type", ""), ()))
