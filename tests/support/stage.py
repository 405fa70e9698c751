"""A stage in place of the use cases behind the tracking page: a test says what a link shows."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from chalicelib.domain.errors import DomainError, NotFound
from chalicelib.domain.tracking.sharing import for_others
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.domain.tracking.versions import Unchanged, Versions


@dataclass
class Stage:
    """What each link shows, by token; whatever is not here does not exist."""

    views_by_token: dict[str, TrackingView | DomainError] = field(default_factory=dict)
    base_url: str = ""
    asked: int = 0
    proof_keys: list[str] = field(default_factory=list)
    shown: int = 0

    def show(self, view: TrackingView | DomainError, *, token: str = "t0ken") -> str:  # noqa: S107
        """Put a view behind a link and return the link's address. Each is a new live state."""
        if isinstance(view, TrackingView):
            self.shown += 1
            view = replace(view, live_version=self.shown)
        self.views_by_token[token] = view
        return f"{self.base_url}/t/{token}"

    @property
    def follow_shipment(self) -> "Stage":
        return self

    def __call__(self, token: str, *, proof_key: str = "") -> TrackingView:
        self.asked += 1
        self.proof_keys.append(proof_key)
        shown = self.views_by_token.get(token, NotFound())
        if isinstance(shown, DomainError):
            raise shown
        return shown

    def unless_known(
        self, token: str, known: Versions, *, proof_key: str = ""
    ) -> TrackingView | Unchanged:
        view = self(token, proof_key=proof_key)
        made_of = Versions.at(view.server_now, shipment=view.version, live=view.live_version)
        return Unchanged(view.server_now) if made_of == known else view

    def history(self, token: str, *, before: int | None) -> TrackingView:
        """The timeline in parts of two lines, which count from 1 as events do."""
        view = self(token)
        end = before or len(view.timeline) + 1
        first = max(1, end - 2)
        return replace(
            view,
            timeline=view.timeline[first - 1 : end - 1],
            earlier_before=first if first > 1 else None,
        )

    @property
    def share_delivery(self) -> "SharedStage":
        return SharedStage(self)

    @property
    def proofs_origin(self) -> str:
        return self.base_url

    def proof_link(self, token: str, proof_id: str, *, proof_key: str = "") -> str:
        view = self(token, proof_key=proof_key)
        if view.outcome is None or proof_id not in {proof.id for proof in view.outcome.proofs}:
            raise NotFound
        return f"{self.base_url}/photo"

    @property
    def settings(self) -> Any:
        return SimpleNamespace(
            public_base_url="https://track.example",
            geocoder="nominatim:https://search.example",
            tile_url="streets:/static/demo-streets.json",
            tile_attribution="© OpenStreetMap contributors",
            operator=("Pohjolan Kuljetus", "+358 9 1234567"),
        )


@dataclass(frozen=True)
class SharedStage:
    """What the share link of each view shows: it has the token of the page."""

    stage: Stage

    def __call__(self, token: str) -> TrackingView:
        return for_others(self.stage(token))
