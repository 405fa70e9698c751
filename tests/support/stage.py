"""A stage replaces the use cases behind the tracking page. A test decides what a link shows."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from chalicelib.domain.errors import DomainError, NotFound
from chalicelib.domain.tracking.tracking import TrackingView


@dataclass
class Stage:
    """The view of each link by token. Any other link does not exist."""

    views_by_token: dict[str, TrackingView | DomainError] = field(default_factory=dict)
    base_url: str = ""
    asked: int = 0

    def show(self, view: TrackingView | DomainError, *, token: str = "t0ken") -> str:  # noqa: S107
        """Set the view of a link and return the address of the link."""
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
