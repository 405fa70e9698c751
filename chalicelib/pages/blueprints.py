"""All pages, and the files that they are made with."""

from typing import Final

from chalicelib.edge.blueprint import Endpoints
from chalicelib.pages.static import static
from chalicelib.pages.tracking.views import tracking

BLUEPRINTS: Final[tuple[Endpoints, ...]] = (tracking, static)
