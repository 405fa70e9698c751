"""Refusals of a field in plain sentences. Nobody is shown a pattern or the words of a library.

Our own checks say their sentence themselves (``refused``, ``misfit``). The checks of pydantic have
their sentences here.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, LiteralString, get_args

from pydantic import ValidationError
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ErrorType

SENTENCES: Final[Mapping[str, str]] = {
    "missing": "This field is missing.",
    "extra_forbidden": "There is no such field. Check how its name is written.",
    "string_type": 'Write this as text in quotes, like "Aino Virtanen".',
    "string_too_short": "This text is too short. The least length is {min_length}.",
    "string_too_long": "This text is too long. It may have at most {max_length} characters.",
    "string_unicode": "This text has characters that are no Unicode.",
    "float_type": "Write this as a number without quotes, like 60.17.",
    "int_type": "Write this as a whole number without quotes, like 12.",
    "int_from_float": "Write this as a whole number, like 12.",
    "int_parsing_size": "This number is too large.",
    "finite_number": "Write a number that is not endless, like 60.17.",
    "greater_than": "This number must be greater than {gt}.",
    "greater_than_equal": "This number must not be less than {ge}.",
    "less_than": "This number must be less than {lt}.",
    "less_than_equal": "This number must not be greater than {le}.",
    "bool_type": "Write true or false, without quotes.",
    "bool_parsing": "Write true or false.",
    "tuple_type": 'Write this as a list in square brackets, like ["one", "two"].',
    "list_type": 'Write this as a list in square brackets, like ["one", "two"].',
    "too_short": "This list is too short. The least number of entries is {min_length}.",
    "too_long": "This list is too long. It may have at most {max_length} entries.",
    "model_type": "Write this as an object in braces{example}.",
    "model_attributes_type": "Write this as an object in braces{example}.",
    "dict_type": "Write this as an object in braces.",
    "literal_error": "Write one of these words: {expected}.",
    "enum": "Write one of these words: {expected}.",
}
ANY_OTHER: Final = "This value cannot be taken as it is written."


def refused(*, code: LiteralString, words: str) -> PydanticCustomError:
    """What a validator of a field raises: a code for machines, a sentence for people."""
    return PydanticCustomError(code, "{words}", {"words": words})


def misfit(location: tuple[str | int, ...], code: LiteralString, words: str) -> ValidationError:
    """What a validator of a whole model raises, to point at the field that is wrong in it."""
    error = refused(code=code, words=words)
    return ValidationError.from_exception_data(
        "input", [{"type": error, "loc": location, "input": None}]
    )


def object_like(fields: Sequence[str]) -> str:
    """An object with these fields as an example, to end a sentence with; "" when there are none.

    >>> object_like(["start", "end"])
    ', like {"start": …, "end": …}'
    """
    inside = ", ".join(f'"{name}": …' for name in fields)
    return f", like {{{inside}}}" if fields else ""


def sentence_of(
    kind: str, words: str, context: Mapping[str, Any] | None, *, example: str = ""
) -> str:
    """The sentence for one error of pydantic, by its type, its own message and its context.

    ``example`` is the object that is wanted, as in ``object_like``.
    """
    if context and "words" in context:  # ours, whatever code it has
        return words
    if kind in SENTENCES:
        named = {name: _plain(value) for name, value in (context or {}).items()}
        return SENTENCES[kind].format_map({**named, "example": example})
    if kind == "value_error":  # a validator's own ValueError, behind two words of pydantic's
        own = words.removeprefix("Value error, ").rstrip(".")
        return f"{own[:1].upper()}{own[1:]}."
    return ANY_OTHER if kind in _kinds_of_pydantic() else words


def _plain(value: object) -> object:
    """A limit as people write it: 14400, not 14400.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


@cache
def _kinds_of_pydantic() -> frozenset[str]:
    return frozenset(get_args(ErrorType))
