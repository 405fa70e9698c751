"""The views of the console, and who may see each. A view that is not built is not shown.

The API decides what somebody may do; this decides only what is offered.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import DISPATCH, STAFF, Role
from chalicelib.edge.principals import SHIPPERS_AND_STAFF


@dataclass(frozen=True, slots=True)
class View:
    """One entry of the navigation. ``name`` is the last part of its path."""

    name: str
    title: str
    roles: frozenset[Role]


VIEWS: Final = (
    View("live", "Live", STAFF),
    View("attention", "Attention", STAFF),
    View("planning", "Planning", DISPATCH),
    View("metrics", "Metrics", SHIPPERS_AND_STAFF),
    View("shipments", "Shipments", SHIPPERS_AND_STAFF),
)


def views_for(role: Role) -> tuple[View, ...]:
    """The views that are built and that this role may see, in the order of the navigation."""
    from chalicelib.pages.blueprints import BLUEPRINTS  # noqa: PLC0415 - it names these modules

    return tuple(
        view for view in VIEWS if role in view.roles and f"/console/{view.name}" in BLUEPRINTS
    )
