import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.tracking.versions import Versions
from chalicelib.pages.tracking.tags import Tag, known_tags, wishes_of

TAG = Tag("0123456789abcdef01234567", Versions(7, 812, 29_000_000), wishes_of("en", None))
AT_REST = Tag("89abcdef0123456789abcdef", Versions(9, None, 1_960_000), wishes_of(None, "fi"))


@given(
    st.builds(
        Versions,
        st.integers(0, 10**9 - 1),
        st.none() | st.integers(0, 10**12 - 1),
        st.integers(0, 10**12 - 1),
    )
)
def test_a_tag_comes_back(versions: Versions) -> None:
    tag = Tag(TAG.digest, versions, TAG.wishes)

    assert list(known_tags(str(tag))) == [tag]


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (None, []),
        ("", []),
        ("*", []),
        ('W/"abc"', []),
        (str(TAG), [TAG]),
        (str(TAG).removeprefix("W/"), [TAG]),
        (f"{TAG}, {AT_REST}", [TAG, AT_REST]),
        (f'"other", {AT_REST}', [AT_REST]),
        (str(TAG).replace("812", "8x2"), []),
        (str(TAG) * 50, [TAG] * 4),
    ],
)
def test_tags_of_ours_are_known(header: str | None, known: list[Tag]) -> None:
    assert list(known_tags(header)) == known


def test_other_wishes_are_other_tags() -> None:
    wishes = {wishes_of(*each) for each in [("en", None), (None, "en"), ("fi", None), (None, None)]}

    assert len(wishes) == 4
