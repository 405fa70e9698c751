"""The kinds of models at the edge: what comes in, what goes out, what a query may say.

All are closed: a field that is not declared is refused on its way in and unknown on its way out.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

ID_PATTERN: Final = r"^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}$"
MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 50
OUT_OF_RANGE: Final = "out_of_range"


class Schema(BaseModel):
    """Base of all that comes in: no unknown fields, no guessing of types, no NaN.

    A validator is built when it is first needed: a container that has just started needs two or
    three of a hundred.
    """

    model_config = ConfigDict(
        strict=True, extra="forbid", allow_inf_nan=False, frozen=True, defer_build=True
    )


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


class Query(Schema):
    """Base of what a query may say: each parameter is text and becomes the type of its field."""

    model_config = ConfigDict(strict=False)


def number_up_to(most: int) -> BeforeValidator:
    """Reads a limit from 1 to ``most``: ASCII digits, no sign, no blank."""

    def read(text: object) -> int:
        digits = str(text)
        is_short = len(digits) <= len(str(most))
        is_number = is_short and digits.isascii() and digits.isdigit()
        number = int(digits) if is_number else 0
        if not 1 <= number <= most:
            words = "A limit is a number from 1 to {most}."
            raise PydanticCustomError(OUT_OF_RANGE, words, {"most": most})
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
