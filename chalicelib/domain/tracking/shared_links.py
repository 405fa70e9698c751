"""A shipment's tracking links: one is good, those before it were revoked.

A link is a number in a signature, the shipment's ``link_generation``. Nothing else is stored, so
revoking the present link makes the next one, which nobody knows until it is shown or sent.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import NoMoreLinks, NotFound
from chalicelib.domain.links import LAST_GENERATION
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.shipments import Shipment


class LinkStatus(StrEnum):
    """Whether a link opens a page: it does, it was revoked, or its delivery was long ago."""

    ACTIVE = "active"
    REVOKED = "revoked"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Link:
    """One link. ``ends_at`` is known once the delivery is over."""

    number: int
    status: LinkStatus
    ends_at: datetime | None = None


def links_of(shipment: Shipment, now: datetime, policy: Policy) -> tuple[Link, ...]:
    """All links that there ever were, the present one first."""
    completed_at = shipment.completed_at
    end = None if completed_at is None else completed_at + policy.link_retention
    has_ended = shipment.forgotten_at is not None or (end is not None and now > end)
    present = Link(
        shipment.link_generation, LinkStatus.ENDED if has_ended else LinkStatus.ACTIVE, end
    )
    earlier = range(shipment.link_generation - 1, 0, -1)
    return (present, *(Link(number, LinkStatus.REVOKED) for number in earlier))


def renewed(shipment: Shipment, now: datetime, policy: Policy) -> Shipment:
    """The shipment with another link, the present one revoked.

    Raises NoMoreLinks when its links have ended, and when there have been too many.
    """
    if links_of(shipment, now, policy)[0].status is LinkStatus.ENDED:
        text = "The delivery was long ago: its link has ended, and there are no new ones."
        raise NoMoreLinks(text)
    if shipment.link_generation >= LAST_GENERATION:
        text = f"A shipment has at most {LAST_GENERATION} links, and this one has had them all."
        raise NoMoreLinks(text)
    return replace(
        shipment,
        link_generation=shipment.link_generation + 1,
        share_generation=min(shipment.share_generation + 1, LAST_GENERATION + 1),
        version=shipment.version + 1,
        updated_at=now,
    )


def with_new_share_link(shipment: Shipment, seen: int, now: datetime) -> Shipment | None:
    """The shipment after the share link ``seen`` was revoked; None where it was revoked before.

    The last one can be ended, too: then there is nothing to share any more (``may_share``).
    """
    if seen != shipment.share_generation or not may_share(shipment):
        return None
    return replace(
        shipment,
        share_generation=shipment.share_generation + 1,
        version=shipment.version + 1,
        updated_at=now,
    )


def may_share(shipment: Shipment) -> bool:
    """Whether there is a link to share: a token has room for so many of them."""
    return shipment.share_generation <= LAST_GENERATION


def is_present(shipment: Shipment, number: int) -> bool:
    """Whether it is the present link, not one that was revoked. Raises NotFound for no link."""
    if not 1 <= number <= shipment.link_generation:
        raise NotFound
    return number == shipment.link_generation
