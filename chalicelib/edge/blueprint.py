"""The one way to declare a route, of the API and of the pages.

The blueprint authenticates, checks the role, reads query and body, calls the view with what it
declared, answers with the declared model, and turns refusals into answers. All of that happens
inside the view, because middleware never sees a view's exception (Chalice 1.34).
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel, ValidationError

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import (
    DomainError,
    Forbidden,
    MissingScope,
    NotFound,
    TooManyRequests,
    Unauthorized,
)
from chalicelib.domain.journal.requests import RequestKey
from chalicelib.domain.listings import Listing
from chalicelib.edge.bodies import (
    FORM,
    JSON,
    MAX_BODY_BYTES,
    MAX_PUBLIC_BODY_BYTES,
    MERGE_PATCH,
    parsed,
    parsed_form,
)
from chalicelib.edge.clients import client_of
from chalicelib.edge.declarations import Declaration
from chalicelib.edge.limits import headers_of
from chalicelib.edge.preconditions import expected_by, tag_of
from chalicelib.edge.principals import DEVICES, NEEDS_NO_KEY
from chalicelib.edge.problems import Refusal, problem, problem_of_validation
from chalicelib.edge.queries import is_id, next_page, parsed_query, scope_of
from chalicelib.edge.repeats import answered_once, request_key
from chalicelib.edge.replies import empty, json_reply
from chalicelib.edge.reports import reported
from chalicelib.edge.schemas import Listed, ListingQuery, Out, Query
from chalicelib.edge.sessions import require_own_page, session_of
from chalicelib.services.repeats import Memory

View = Callable[..., object]
V = TypeVar("V", bound=View)
ANYBODY = Actor(Role.PUBLIC, "public")


@dataclass(frozen=True, slots=True)
class Answer:
    """A value with headers of its own, or with a status that the route may ``also`` have."""

    value: object
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None


class Endpoints(Blueprint):
    """A Blueprint whose views take what they declare, and may raise DomainError."""

    def endpoint(
        self,
        path: str,
        *,
        method: str,
        principals: frozenset[Role],
        takes: type[BaseModel] | None = None,
        query: type[Query] | None = None,
        gives: type[Out] | tuple[type[Out], ...] = (),
        media_types: tuple[str, ...] = (),
        written: Callable[[], type[BaseModel]] | None = None,
        status: int = 200,
        max_bytes: int = MAX_BODY_BYTES,
        commits_answer: bool = False,
        knows_client: bool = False,
        versioned: bool = False,
        is_form: bool = False,
        is_report: bool = False,
        also: Mapping[int, str] | None = None,
        refusals: tuple[type[DomainError], ...] = (),
        refuse: Refusal = problem,
    ) -> Callable[[V], V]:
        """Register a view for one method. GET takes HEAD along, which gives the headers alone.

        The view is called with the actor, then by name: the path's parameters, ``body`` if it takes
        one, ``query`` if it has one, ``position`` if that is a ListingQuery, ``memory`` (for its
        use case) if it commits the answer, ``client`` if it knows the client, ``expected`` if it
        changes a version. It returns a value of the domain, a Listing, a ready model, any of these
        in an Answer, or a Response that is sent as it is. ``refuse`` makes the answer to a
        DomainError. Every POST of somebody whom we know honours an Idempotency-Key.
        """
        methods = ["GET", "HEAD"] if method == "GET" else [method]
        kinds = [] if is_report else _content_types(method, is_form=is_form)
        register = self.route(path, methods=methods, content_types=kinds)

        def decorate(view: V) -> V:
            declaration = Declaration(
                path=path,
                method=method,
                principals=principals,
                summary=(view.__doc__ or "").partition("\n")[0],
                status=status,
                takes=takes,
                query=query,
                gives=gives if isinstance(gives, tuple) else (gives,),
                media_types=media_types,
                written=written,
                max_bytes=_bounded(max_bytes, principals),
                commits_answer=commits_answer,
                knows_client=knows_client,
                own_refusals=frozenset(refusals),
                versioned=versioned,
                also=also or {},
                is_form=is_form,
                is_report=is_report,
                refuse=refuse,
            )

            @functools.wraps(view)  # Chalice takes the view's name from it
            def translated(**path_parameters: str) -> Response:
                request = self.current_request
                limits: dict[str, str] = {}
                try:
                    actor = _actor(request, declaration, limits)
                    asked = _Asked.by(request, declaration, actor)
                    response = asked.answered_by(functools.partial(view, **path_parameters))
                except _Malformed as exc:
                    response = problem_of_validation(exc.error)
                except DomainError as exc:
                    response = refuse(exc)
                response.headers.update(limits)
                return response

            translated.declaration = declaration  # type: ignore[attr-defined] # read by tests and documentation
            registered: V = register(translated)
            return registered

        return decorate


class _Malformed(Exception):
    """The body is not what the route takes. A model of ours that fails is a mistake of ours."""

    def __init__(self, error: ValidationError) -> None:
        super().__init__()
        self.error = error


@dataclass(slots=True)
class _Asked:
    """A request that was let in, read as its route declares."""

    declaration: Declaration
    actor: Actor
    arguments: dict[str, object]
    scope: str = ""
    key: RequestKey | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def by(cls, request: Request, declaration: Declaration, actor: Actor) -> "_Asked":
        """Raises NotFound, VersionNeeded, _Malformed, and what a body may raise."""
        asked = cls(declaration, actor, {})
        _require_ids(request.uri_params or {})
        if declaration.needs_version:
            asked.arguments["expected"] = expected_by(request)
        if declaration.takes is not None:
            asked._take_body(request, declaration.takes)
        if declaration.query is not None:
            asked._take_query(request, declaration.query)
        if declaration.knows_client:
            asked.arguments["client"] = client_of(request)
        if declaration.is_idempotent:
            asked._take_key(request)
        return asked

    def answered_by(self, view: View) -> Response:
        """The view's answer, or that to the first request with the same key."""

        def work(memory: Memory) -> Response:
            more = {"memory": memory} if self.declaration.commits_answer else {}
            return self.answer(view(self.actor, **self.arguments, **more))

        if self.key is None:
            return work(Memory())
        return answered_once(
            self.key,
            commits_answer=self.declaration.commits_answer,
            work=work,
            rendered=self.answer,
        )

    def answer(self, value: object) -> Response:
        """The response that a view's value becomes."""
        if isinstance(value, Response):
            return value
        answer = value if isinstance(value, Answer) else Answer(value)
        status = answer.status or self.declaration.status
        if not self.declaration.gives:
            return empty(status)
        headers = dict(answer.headers)
        if self.declaration.versioned and "ETag" not in headers:
            version: int = answer.value.version  # type: ignore[attr-defined] # as the route says
            headers["ETag"] = tag_of(version)
        model = self._model(answer.value, self.declaration.gives)
        next_cursor = getattr(model, "next_cursor", None)
        if next_cursor is not None:
            headers["Link"] = next_page(self.query, next_cursor)
        return json_reply(model, status, headers=headers)

    def _model(self, value: object, gives: tuple[type[Out], ...]) -> Out:
        if isinstance(value, gives):
            return value
        if isinstance(value, Listing):
            value = Listed(value.data, container().cursors.seal(value.position, self.scope))
        return gives[0].of(value)

    def _take_body(self, request: Request, model: type[BaseModel]) -> None:
        most = self.declaration.max_bytes
        if self.declaration.is_report:
            self.arguments["body"] = model.model_validate(reported(request, max_bytes=most))
            return
        try:
            read = parsed_form if self.declaration.is_form else parsed
            body = read(model, request, max_bytes=most)
        except ValidationError as exc:
            raise _Malformed(exc) from exc
        self.arguments["body"] = body

    def _take_key(self, request: Request) -> None:
        body = self.arguments.get("body")
        self.key = request_key(
            request,
            actor=self.actor,
            route=self.declaration.path,
            body=body if isinstance(body, BaseModel) else None,
        )

    def _take_query(self, request: Request, model: type[Query]) -> None:
        if self.declaration.is_report:
            self.arguments["query"] = model.model_validate(reported(request, max_bytes=0))
            return
        query = parsed_query(model, request)
        self.arguments["query"] = query
        if isinstance(query, ListingQuery):
            self.query = request.query_params or {}
            self.scope = scope_of(request, self.actor)
            self.arguments["position"] = container().cursors.open(query.cursor, self.scope)


def _bounded(max_bytes: int, principals: frozenset[Role]) -> int:
    """A body that anybody may send is small. A device is known before its body is read."""
    is_open = principals in NEEDS_NO_KEY and principals != DEVICES
    return min(max_bytes, MAX_PUBLIC_BODY_BYTES) if is_open else max_bytes


def _require_ids(path_parameters: Mapping[str, str]) -> None:
    """Raises NotFound for an id in the path that is none of ours: there is no such thing."""
    for name, text in path_parameters.items():
        if name.endswith("_id") and not is_id(text):
            raise NotFound


def _content_types(method: str, *, is_form: bool) -> list[str]:
    if is_form:
        return [FORM]
    return [MERGE_PATCH, JSON] if method == "PATCH" else [JSON]


def _actor(request: Request, declaration: Declaration, limits: dict[str, str]) -> Actor:
    """Who asks; ``limits`` are filled with what the answer says of them, whatever it is.

    Raises Unauthorized, Forbidden and TooManyRequests.
    """
    if declaration.principals == DEVICES:
        return container().recognise_device((request.uri_params or {})["key"])
    if not declaration.needs_key:
        return ANYBODY
    actor = _identified(request, declaration)
    if actor.role not in declaration.principals:
        raise Forbidden
    if actor.role is not Role.DRIVER:  # no position is lost through a limit
        _count(actor, limits)
    if not actor.has_scope(declaration.resource, writes=declaration.writes):
        raise MissingScope(scope=declaration.scope)
    return actor


def _identified(request: Request, declaration: Declaration) -> Actor:
    """By its key or token; else by the session of its browser.

    Raises Unauthorized, and CrossSite for a change that a page of another site has asked for.
    """
    authorization = request.headers.get("authorization")
    if authorization:
        scheme, _, bearer = authorization.partition(" ")
        if scheme.lower() != "bearer" or not bearer:
            raise Unauthorized
        return container().authenticate(bearer.strip())
    session = session_of(request)
    if session is None:
        raise Unauthorized
    actor = container().recognise_session(session)
    if declaration.writes:
        base_url = container().settings.public_base_url
        require_own_page(request, base_url=base_url, is_form=declaration.is_form)
    return actor


def _count(actor: Actor, limits: dict[str, str]) -> None:
    allowance = container().limit_requests(actor)
    limits.update(headers_of(allowance))
    if allowance.is_exceeded:
        raise TooManyRequests(retry_after_s=allowance.reset_s)
