"""ETags of a tracking state: what it says, and what it was made of.

    W/"<digest>-<version of the shipment>-<of live state, or x>-<span of time>-<wishes>"

A caller who knows a state gets 304 when its digest is the same. When all the rest is the same, too,
nothing need be put together to find that out. ``wishes`` is what a reader's language follows from.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.tracking.versions import Versions

_TAG: Final = re.compile(
    r"(?:W/)?\"([0-9a-f]{24})-([0-9]{1,9})-([0-9]{1,12}|x)-([0-9]{1,12})-([0-9a-f]{8})\"", re.ASCII
)
MOST_TAGS: Final = 4


@dataclass(frozen=True, slots=True)
class Tag:
    """One ETag, taken apart."""

    digest: str
    versions: Versions
    wishes: str

    def __str__(self) -> str:
        """As it is sent: weak (RFC 9110 §8.8.3), for ages go on without a change."""
        live = "x" if self.versions.live is None else self.versions.live
        return (
            f'W/"{self.digest}-{self.versions.shipment}-{live}-{self.versions.span}-{self.wishes}"'
        )


def wishes_of(asked: str | None, accepted: str | None) -> str:
    """The language asked for and the languages accepted, in eight characters."""
    return f"{zlib.crc32(f'{asked}|{accepted}'.encode()):08x}"


def known_tags(if_none_match: str | None) -> Iterator[Tag]:
    """The tags of ours in a header; anything else is as good as not sent."""
    for found in _TAG.findall(if_none_match or "")[:MOST_TAGS]:
        digest, shipment, live, span, wishes = found
        versions = Versions(int(shipment), None if live == "x" else int(live), int(span))
        yield Tag(digest, versions, wishes)
