"""Every declared model as a schema of the document, with a description for each field.

The schemas are pydantic's own: they describe the models that read requests and make answers.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from infra.reference.glossary import Glossary

REFERENCE: Final = "#/components/schemas/{model}"
Json = dict[str, Any]
ModelInMode = tuple[type[BaseModel], JsonSchemaMode]


class _Plain(GenerateJsonSchema):
    """Without titles that only repeat a name."""

    def field_title_should_be_set(self, schema: object) -> bool:
        del schema
        return False


class Models:
    """The schemas of these models and of all that they are made of, by name."""

    def __init__(self, models: Iterable[ModelInMode], glossary: Glossary) -> None:
        self._keys, found = models_json_schema(
            list(dict.fromkeys(models)), ref_template=REFERENCE, schema_generator=_Plain
        )
        self.schemas: dict[str, Json] = _with_short_names(found["$defs"])
        self._undescribed: list[tuple[str, str]] = []
        for name, schema in self.schemas.items():
            schema.pop("title", None)
            self._describe(name, schema, glossary)

    def reference(self, model: type[BaseModel], mode: JsonSchemaMode) -> Json:
        """A reference to a model's schema."""
        return _with_short_names(self._keys[model, mode])

    def schema(self, model: type[BaseModel], mode: JsonSchemaMode) -> Json:
        """The schema of a model."""
        return self.named(self.reference(model, mode))

    def named(self, schema: Json) -> Json:
        """The schema that a reference names; any other one as it is."""
        return self.schemas[name_of(schema)] if "$ref" in schema else schema

    def used_by(self, parts: object) -> dict[str, Json]:
        """The schemas that these parts of the document name, directly or by others."""
        wanted: dict[str, None] = {}
        waiting = [parts]
        while waiting:
            for name in references(waiting.pop()):
                if name not in wanted and name in self.schemas:
                    wanted[name] = None
                    waiting.append(self.schemas[name])
        return {name: self.schemas[name] for name in sorted(wanted)}

    def undescribed(self, used: Mapping[str, Json]) -> list[str]:
        """The fields of these schemas that nobody has words for."""
        return [f"{model}.{field}" for model, field in self._undescribed if model in used]

    def _describe(self, model: str, schema: Json, glossary: Glossary) -> None:
        for name, field in schema.get("properties", {}).items():
            if "description" not in field:
                word = glossary.word(model, name)
                if word is None:
                    self._undescribed.append((model, name))
                else:
                    field["description"] = word.means


def short(name: str) -> str:
    """The name of a class; where two have one name, with the noun of its module before it.

    >>> short("HubOut"), short("chalicelib__api__schemas__edits__WindowIn")
    ('HubOut', 'EditsWindowIn')
    """
    *modules, name = name.split("__")
    return f"{''.join(modules[-1:]).title().replace('_', '')}{name}"


def _with_short_names(part: Any) -> Any:
    """The part with short names, wherever it names a schema."""
    if isinstance(part, Mapping):
        renamed = {short(key): _with_short_names(each) for key, each in part.items()}
        if isinstance(part.get("$ref"), str):
            renamed["$ref"] = REFERENCE.format(model=short(name_of(part)))
        return renamed
    if isinstance(part, list):
        return [_with_short_names(each) for each in part]
    return part


def name_of(reference: Mapping[str, Any]) -> str:
    """The name of the schema that is referred to."""
    return str(reference["$ref"]).rpartition("/")[2]


def references(part: object) -> Iterator[str]:
    """The names of all schemas that a part of the document names."""
    if isinstance(part, Mapping):
        if isinstance(part.get("$ref"), str):
            yield name_of(part)
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from references(each)
