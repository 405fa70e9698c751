"""The declaration of a route: all that a reader of the API has to know about it.

The blueprint serves a route by its declaration, so the two cannot differ. It stays on the
registered view as ``declaration``, where tests and documentation read it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import (
    DomainError,
    Forbidden,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    Outdated,
    RequestRunning,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from chalicelib.edge.preconditions import VersionNeeded
from chalicelib.edge.principals import DEVICES, NEEDS_NO_KEY
from chalicelib.edge.problems import Refusal, Unreadable, UnsupportedMedia, problem
from chalicelib.edge.schemas import Out, Query


@dataclass(frozen=True, slots=True)
class Declaration:
    """One route and method.

    ``takes`` is the model of the body and ``query`` that of the query; None: it has none.
    ``gives`` are the models of the answer, more than one where the query decides; ``media_types``
    are the content types of an answer that the view writes itself, and ``written`` imports the
    model of such an answer if it is JSON. Without ``gives`` and ``media_types`` there is no body.
    ``status`` is the status of success, ``also`` are further ones below 400, with what each says.
    ``own_refusals`` are the domain errors that only this route answers with, ``max_bytes`` is the
    largest body in bytes. ``commits_answer``: the use case commits the answer to an Idempotency-Key
    with its effect. ``knows_client``: the view is told which client without a key asks.
    ``versioned``: the answer has an ETag, and a PATCH needs it in If-Match. ``is_form``: the body
    is a form of a page, as browsers send it. ``is_report``: body and query are what an app of
    somebody else sends, read without a refusal. ``refuse`` makes the answer to a domain error.
    """

    path: str
    method: str
    principals: frozenset[Role]
    summary: str
    status: int
    takes: type[BaseModel] | None
    query: type[Query] | None
    gives: tuple[type[Out], ...]
    media_types: tuple[str, ...]
    written: Callable[[], type[BaseModel]] | None
    max_bytes: int
    commits_answer: bool
    knows_client: bool
    own_refusals: frozenset[type[DomainError]]
    versioned: bool = False
    also: Mapping[int, str] = field(default_factory=dict)
    is_form: bool = False
    is_report: bool = False
    refuse: Refusal = problem

    @property
    def needs_key(self) -> bool:
        """Whether only a key or a token opens this."""
        return self.principals not in NEEDS_NO_KEY

    @property
    def resource(self) -> str:
        """What it is about, as scopes name it: the first part of the path behind /v1."""
        return self.path.removeprefix("/v1/").partition("/")[0]

    @property
    def writes(self) -> bool:
        """Whether it may change anything."""
        return self.method != "GET"

    @property
    def scope(self) -> str:
        """The scope that a key with scopes needs for it."""
        return f"{self.resource}:{'write' if self.writes else 'read'}"

    @property
    def needs_version(self) -> bool:
        """Whether the caller has to say which version is to be changed."""
        return self.versioned and self.method == "PATCH"

    @property
    def is_idempotent(self) -> bool:
        """Whether an Idempotency-Key is honoured: by all that create or act, for whom we know."""
        return self.method == "POST" and self.needs_key

    @property
    def refusals(self) -> frozenset[type[DomainError]]:
        """All domain errors that the route may answer with, themselves or as a subclass."""
        found: set[type[DomainError]] = {Unavailable, *self.own_refusals}
        if self.needs_key:
            found |= {Unauthorized, Forbidden}
        if self.principals == DEVICES:
            found.add(Unauthorized)
        if self.needs_key and Role.DRIVER not in self.principals:
            found.add(TooManyRequests)
        if self.needs_version:
            found |= {VersionNeeded, Outdated}
        if self.takes is not None and self.is_report:
            found.add(TooLarge)
        elif self.takes is not None:
            found |= {Unreadable, UnsupportedMedia, TooLarge, Invalid}
        if self.query is not None and not self.is_report:
            found.add(Invalid)
        if "_id}" in self.path:
            found.add(NotFound)
        if self.is_idempotent:
            found |= {Invalid, IdempotencyKeyReused, RequestRunning}
        return frozenset(found)
