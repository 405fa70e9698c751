"""The kinds of models at the edge: what comes in, what goes out, what a query may say.

All are closed: a field that is not declared is refused on its way in and unknown on its way out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, LiteralString, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from chalicelib.domain.instants import written
from chalicelib.edge.cleaning import is_blank, without_invisible
from chalicelib.edge.sentences import refused

ID_PATTERN: Final = r"^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}$"
LONGEST_CODE: Final = 1_000
"""More characters than any code has, with all that may be around it."""
MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 50
ID_WORDS: Final = "Write an id as it was given to you, like shp_01JD8X4Q2M7V9K3N5P6R8T0W1Y."
T = TypeVar("T")


Time = Annotated[
    datetime,
    PlainSerializer(written, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""An instant in an answer."""


class Schema(BaseModel):
    """Base of all that comes in: no unknown fields, no guessing of types, no NaN.

    A validator is built when it is first needed: a container that has just started needs two or
    three of a hundred.
    """

    model_config = ConfigDict(
        strict=True, extra="forbid", allow_inf_nan=False, frozen=True, defer_build=True
    )


MOST_SHOWN: Final = 2
"""So many fields of an object are enough to see what is meant."""


def shown_fields(class_name: str) -> tuple[str, ...]:
    """The first fields that a model needs, else its first ones; () for an unknown model.

    Errors of pydantic name a model by its class, and no more.
    """
    model = next((each for each in _below(Schema) if each.__name__ == class_name), Schema)
    needed = [name for name, field in model.model_fields.items() if field.is_required()]
    return tuple(needed or model.model_fields)[:MOST_SHOWN]


def _below(model: type[Schema]) -> Iterator[type[Schema]]:
    for each in model.__subclasses__():
        yield each
        yield from _below(each)


class Out(Schema):
    """Base of all that goes out. A field is read from the attribute of its name or its alias."""

    model_config = ConfigDict(
        strict=False,
        from_attributes=True,
        validate_by_name=True,
        validate_by_alias=True,
        json_schema_serialization_defaults_required=True,
    )

    @classmethod
    def of(cls, value: Any) -> Self:  # noqa: ANN401 - a model with another shape takes one type
        """The model of a value of the domain or of a use case."""
        return cls.model_validate(value)

    @classmethod
    def joined(cls, value: object, **beside: object) -> Self:
        """The model of a value; ``beside`` are the fields that the value does not have."""
        return cls.model_validate(_Joined(value, beside))


class _Joined:
    """A value with more attributes."""

    def __init__(self, value: object, beside: dict[str, object]) -> None:
        self._value = value
        self._beside = beside

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as getattr() itself
        return self._beside[name] if name in self._beside else getattr(self._value, name)


class Changes(Schema):
    """Base of a merge patch: a field that is left out stays as it is (`unsaid`)."""

    def said(self) -> dict[str, Any]:
        """What the caller wrote, by the names of the fields."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def unsaid() -> Any:  # noqa: ANN401 - it stands for a value of any type
    """The default of a field of a merge patch, which nobody reads and no schema shows."""
    return Field(default=None, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class Query(Schema):
    """Base of what a query may say: each parameter is text and becomes the type of its field."""

    model_config = ConfigDict(strict=False)


def written_as(pattern: str, code: LiteralString, words: str) -> BeforeValidator:
    """Reads a code in plain characters; ``words`` refuse it in a sentence with an example."""
    form = re.compile(pattern, re.ASCII)

    def read(text: object) -> object:
        if not isinstance(text, str):
            return text
        code_read = without_invisible(text) if len(text) <= LONGEST_CODE else ""
        if not form.fullmatch(code_read):
            raise refused(code=code, words=words)
        return code_read

    return BeforeValidator(read)


def _absent_if_blank(value: object) -> object:
    return None if isinstance(value, str) and is_blank(value) else value


Maybe = Annotated[T | None, BeforeValidator(_absent_if_blank)]
"""A field that may be left out. A text in which there is nothing to see counts as left out.

For single values, not for lists: a list that a validator has seen is no JSON array any more, and
then strict models do not take it for a tuple.
"""


def number_up_to(most: int) -> BeforeValidator:
    """Reads a limit from 1 to ``most``: ASCII digits, no sign, no blank."""

    def read(text: object) -> int:
        digits = str(text)
        is_short = len(digits) <= len(str(most))
        is_number = is_short and digits.isascii() and digits.isdigit()
        number = int(digits) if is_number else 0
        if not 1 <= number <= most:
            raise refused(code="out_of_range", words=f"A limit is a number from 1 to {most}.")
        return number

    return BeforeValidator(read)


Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT), number_up_to(MAX_LIMIT)]
"""How many entries a page of a listing has at most."""


class ListingQuery(Query):
    """The query of a listing: how many entries, and the ``next_cursor`` of the page before."""

    limit: Limit = DEFAULT_LIMIT
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a listing, with the cursor of the next one."""

    data: tuple[object, ...]
    next_cursor: str | None
