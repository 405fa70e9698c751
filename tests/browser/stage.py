"""The page routes on a real local server: a test says what a link shows.

Journeys through the whole of Doorstep are tested elsewhere; here every state of a page is one line
away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from chalice.app import Chalice

from chalicelib.domain.errors import DomainError, NotFound
from chalicelib.domain.tracking import TrackingView
from chalicelib.pages import static as static_routes
from chalicelib.pages import tracking as tracking_routes
from local.server import Page, RunningServer

PHOTO = """<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480">
<rect width="640" height="480" fill="#8a9a7b"/><path d="M200 480V200h240v280z" fill="#5b4636"/>
<path d="M250 480v-90h140v90z" fill="#c9a26b"/></svg>"""


@dataclass
class Stage:
    """What each link shows, by token; whatever is not here does not exist."""

    views_by_token: dict[str, TrackingView | DomainError] = field(default_factory=dict)
    base_url: str = ""
    asked: int = 0

    def show(self, view: TrackingView | DomainError, *, token: str = "t0ken") -> str:  # noqa: S107
        """Put a view behind a link and return the link's address."""
        self.views_by_token[token] = view
        return f"{self.base_url}/t/{token}"

    def follow_shipment(self, token: str) -> TrackingView:
        self.asked += 1
        shown = self.views_by_token.get(token, NotFound())
        if isinstance(shown, DomainError):
            raise shown
        return shown

    def proof_link(self, token: str, proof_id: str) -> str:
        view = self.follow_shipment(token)
        if view.outcome is None or proof_id not in {proof.id for proof in view.outcome.proofs}:
            raise NotFound
        return f"{self.base_url}/photo"

    @property
    def settings(self) -> Any:
        return SimpleNamespace(
            tile_url="streets:/static/demo-streets.json",
            tile_attribution="© OpenStreetMap contributors",
        )


@contextmanager
def serving(stage: Stage) -> Iterator[Stage]:
    """The page routes on a free port of this machine."""
    app = Chalice("pages")
    app.register_blueprint(tracking_routes.tracking)
    app.register_blueprint(static_routes.static)
    server = RunningServer(app, "127.0.0.1", 0)
    server.http.pages = {"/photo": lambda: Page(PHOTO.encode(), "image/svg+xml")}
    stage.base_url = f"http://127.0.0.1:{server.port}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracking_routes, "container", lambda: stage)
        server.start()
        try:
            yield stage
        finally:
            server.stop()
