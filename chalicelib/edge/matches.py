"""Versions: an answer carries one as its ETag, and a change says with If-Match which it is about.

Only what is read newest can be changed, so that nobody undoes what they have not seen.
"""

import re
from typing import Final

from chalicelib.edge.problems import MatchNeeded

Match = frozenset[int] | None
"""The versions that a change may be about; None: any that there is."""
ANY: Final = "*"
MOST_CHARS: Final = 400
_TAG: Final = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)
"""A proxy that compresses makes a tag weak, and it is still that of our version."""


def tag_of(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def match_of(if_match: str | None) -> Match:
    """What If-Match says. A tag that is none of ours matches nothing.

    Raises MatchNeeded without one.
    """
    text = (if_match or "").strip()
    if not text:
        raise MatchNeeded
    if text == ANY:
        return None
    tags = [tag.strip() for tag in text[:MOST_CHARS].split(",")]
    return frozenset(int(found[1]) for tag in tags if (found := _TAG.fullmatch(tag)))
