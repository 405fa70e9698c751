"""EventBridge patterns, which are also the filter criteria of Lambda's event sources.

We support exact values and the matchers `prefix`, `suffix`, `equals-ignore-case`, `anything-but`,
`exists` and `numeric`. An unknown matcher raises, because a filter that silently passes everything
is worse than none.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ABSENT: Final = object()


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether every field of the pattern has one of its listed values in the event.

    >>> matches({"item": [{"prefix": "EVENT#"}]}, {"item": "EVENT#00000001", "other": 1})
    True
    """
    return all(_field_matches(wanted, event.get(key, _ABSENT)) for key, wanted in pattern.items())


def _field_matches(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping):
        return matches(wanted, value if isinstance(value, Mapping) else {})
    values = value if isinstance(value, list) else [value]
    return any(_value_matches(choice, item) for choice in wanted for item in values)


def _value_matches(choice: Any, value: Any) -> bool:  # noqa: PLR0911 (one for each matcher)
    if not isinstance(choice, Mapping):
        return value is not _ABSENT and bool(choice == value)
    match choice:
        case {"exists": bool(exists)}:
            return exists == (value is not _ABSENT)
        case {"prefix": str(prefix)}:
            return isinstance(value, str) and value.startswith(prefix)
        case {"suffix": str(suffix)}:
            return isinstance(value, str) and value.endswith(suffix)
        case {"equals-ignore-case": str(text)}:
            return isinstance(value, str) and value.casefold() == text.casefold()
        case {"anything-but": unwanted}:
            choices = unwanted if isinstance(unwanted, list) else [unwanted]
            return value is not _ABSENT and not any(_value_matches(each, value) for each in choices)
        case {"numeric": [*comparisons]}:
            return isinstance(value, int | float) and _is_within(comparisons, value)
        case _:
            msg = f"unknown matcher in an event pattern: {sorted(choice)}"
            raise ValueError(msg)


def _is_within(comparisons: Sequence[Any], value: float) -> bool:
    pairs = zip(comparisons[::2], comparisons[1::2], strict=True)
    return all(_COMPARE[sign](value, limit) for sign, limit in pairs)
