import pytest

from chalicelib.edge.matches import Match, match_of, tag_of
from chalicelib.edge.problems import MatchNeeded


@pytest.mark.parametrize(
    ("if_match", "match"),
    [
        (tag_of(7), frozenset({7})),
        ('"6", "7"', frozenset({6, 7})),
        ('W/"7"', frozenset({7})),
        ("*", None),
        ("7", frozenset()),
        ('"abc"', frozenset()),
        ('"99999999999"', frozenset()),
    ],
)
def test_a_tag_names_the_version_that_is_changed(if_match: str, match: Match) -> None:
    assert match_of(if_match) == match


@pytest.mark.parametrize("if_match", [None, "", "  "])
def test_a_change_without_a_version_is_refused(if_match: str | None) -> None:
    with pytest.raises(MatchNeeded):
        match_of(if_match)
