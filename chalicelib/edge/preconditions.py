"""ETags and If-Match: who changes a thing says which version of it was read (RFC 9110, 13.1.1)."""

import re
from typing import Final

from chalice.app import Request

from chalicelib.domain.errors import DomainError, Outdated
from chalicelib.domain.versions import Expected

ANY: Final = "*"
MOST_CHARS: Final = 400
NO_TAG_OF_OURS: Final = (
    "What stands in If-Match is no ETag of ours. Send the ETag as you have got it, with its quotes:"
    ' If-Match: "3".'
)
_TAG: Final = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)
"""A proxy that compresses makes a tag weak, and it is still that of our version."""


class VersionNeeded(DomainError):
    """A change without If-Match could undo what somebody else has just done."""

    code = "version_needed"
    text = (
        "Send the ETag of what you have read in If-Match, so that no other change is lost. If you"
        " want to change it whatever it is now, send If-Match: *."
    )


def tag_of(version: int) -> str:
    """The ETag of a version.

    >>> tag_of(3)
    '"3"'
    """
    return f'"{version}"'


def expected_by(request: Request) -> Expected:
    """The versions that the caller accepts. A tag that is none of ours matches nothing.

    Raises VersionNeeded without If-Match, and Outdated where none of the tags is of ours.
    """
    text = (request.headers.get("if-match") or "").strip()
    if not text:
        raise VersionNeeded
    if text == ANY:
        return Expected(None)
    tags = [tag.strip() for tag in text[:MOST_CHARS].split(",")]
    versions = frozenset(int(found[1]) for tag in tags if (found := _TAG.fullmatch(tag)))
    if not versions:
        raise Outdated(NO_TAG_OF_OURS)
    return Expected(versions)
