"""EventBridge patterns and filter criteria."""

from typing import Any

import pytest

from local.cloud.patterns import matches


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ({"a": [1, 2]}, {"a": 2}, True),
        ({"a": [1, 2]}, {"a": 3}, False),
        ({"a": [1]}, {}, False),
        ({"a": {"b": ["x"]}}, {"a": {"b": "x", "c": 1}}, True),
        ({"a": {"b": ["x"]}}, {"a": "x"}, False),
        ({"a": ["x"]}, {"a": ["y", "x"]}, True),
        ({"a": [{"prefix": "EVENT#"}]}, {"a": "EVENT#1"}, True),
        ({"a": [{"prefix": "EVENT#"}]}, {"a": "PROOF#1"}, False),
        ({"a": [{"suffix": ".jpg"}]}, {"a": "b.jpg"}, True),
        ({"a": [{"equals-ignore-case": "X"}]}, {"a": "x"}, True),
        ({"a": [{"anything-but": ["x", "y"]}]}, {"a": "z"}, True),
        ({"a": [{"anything-but": {"prefix": "x"}}]}, {"a": "xy"}, False),
        ({"a": [{"anything-but": ["x"]}]}, {}, False),
        ({"a": [{"exists": True}]}, {"a": None}, True),
        ({"a": [{"exists": False}]}, {}, True),
        ({"a": [{"numeric": [">", 0, "<=", 5]}]}, {"a": 5}, True),
        ({"a": [{"numeric": [">", 0, "<=", 5]}]}, {"a": 6}, False),
        ({"a": [{"numeric": ["=", 1]}]}, {"a": "1"}, False),
    ],
)
def test_a_pattern_lets_through_what_it_names(
    pattern: dict[str, Any],
    event: dict[str, Any],
    expected: bool,  # noqa: FBT001 (a case)
) -> None:
    assert matches(pattern, event) is expected


def test_an_unknown_matcher_is_refused() -> None:
    with pytest.raises(ValueError, match="wildcard"):
        matches({"a": [{"wildcard": "*"}]}, {"a": "b"})
