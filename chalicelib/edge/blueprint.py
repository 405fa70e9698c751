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
from chalicelib.domain.errors import DomainError, Forbidden, Unauthorized
from chalicelib.domain.listings import Listing
from chalicelib.edge.bodies import MAX_BODY_BYTES, parsed, request_key
from chalicelib.edge.declarations import Declaration
from chalicelib.edge.principals import NEEDS_NO_KEY
from chalicelib.edge.problems import Refusal, problem, problem_of_validation
from chalicelib.edge.queries import parsed_query, scope_of
from chalicelib.edge.replies import empty, json_reply
from chalicelib.edge.schemas import Listed, ListingQuery, Out, Query

View = Callable[..., object]
V = TypeVar("V", bound=View)
ANYBODY = Actor(Role.PUBLIC, "public")


@dataclass(frozen=True, slots=True)
class Answer:
    """A value with headers of its own."""

    value: object
    headers: Mapping[str, str] = field(default_factory=dict)


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
        written: Callable[[], type[Out]] | None = None,
        status: int = 200,
        max_bytes: int = MAX_BODY_BYTES,
        is_idempotent: bool = False,
        has_head: bool = False,
        refusals: tuple[type[DomainError], ...] = (),
        refuse: Refusal = problem,
    ) -> Callable[[V], V]:
        """Register a view for one method.

        The view is called with the actor, then by name: the path's parameters, ``body`` if it takes
        one, ``query`` if it has one, ``position`` if that is a ListingQuery, ``key`` (a RequestKey
        or None) if it is idempotent. It returns a value of the domain, a Listing, a ready model,
        any of these in an Answer, or a Response that is sent as it is. ``refuse`` makes the
        answer to a DomainError.
        """
        register = self.route(path, methods=[method, "HEAD"] if has_head else [method])

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
                max_bytes=max_bytes,
                is_idempotent=is_idempotent,
                has_head=has_head,
                own_refusals=frozenset(refusals),
            )

            @functools.wraps(view)  # Chalice takes the view's name from it
            def translated(**path_parameters: str) -> Response:
                request = self.current_request
                try:
                    asked = _Asked.by(request, declaration)
                    response = asked.answer(view(asked.actor, **asked.arguments, **path_parameters))
                except _Malformed as exc:
                    response = problem_of_validation(exc.error)
                except DomainError as exc:
                    response = refuse(exc)
                if request.method == "HEAD":
                    response.body = ""
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

    @classmethod
    def by(cls, request: Request, declaration: Declaration) -> "_Asked":
        """Raises Unauthorized, Forbidden, _Malformed, or what a body and a query may raise."""
        asked = cls(declaration, _actor(request, declaration.principals), {})
        if declaration.takes is not None:
            asked._take_body(request, declaration.takes)
        if declaration.query is not None:
            asked._take_query(request, declaration.query)
        return asked

    def answer(self, value: object) -> Response:
        """The response that a view's value becomes."""
        if isinstance(value, Response):
            return value
        answer = value if isinstance(value, Answer) else Answer(value)
        if not self.declaration.gives:
            return empty(self.declaration.status)
        model = self._model(answer.value, self.declaration.gives)
        return json_reply(model, self.declaration.status, headers=answer.headers)

    def _model(self, value: object, gives: tuple[type[Out], ...]) -> Out:
        if isinstance(value, gives):
            return value
        if isinstance(value, Listing):
            value = Listed(value.data, container().cursors.seal(value.position, self.scope))
        return gives[0].of(value)

    def _take_body(self, request: Request, model: type[BaseModel]) -> None:
        try:
            body = parsed(model, request, max_bytes=self.declaration.max_bytes)
        except ValidationError as exc:
            raise _Malformed(exc) from exc
        self.arguments["body"] = body
        if self.declaration.is_idempotent:
            self.arguments["key"] = request_key(request, body)

    def _take_query(self, request: Request, model: type[Query]) -> None:
        query = parsed_query(model, request)
        self.arguments["query"] = query
        if isinstance(query, ListingQuery):
            self.scope = scope_of(request, self.actor)
            self.arguments["position"] = container().cursors.open(query.cursor, self.scope)


def _actor(request: Request, principals: frozenset[Role]) -> Actor:
    if principals in NEEDS_NO_KEY:
        return ANYBODY
    scheme, _, bearer = (request.headers.get("authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not bearer:
        raise Unauthorized
    actor = container().authenticate(bearer.strip())
    if actor.role not in principals:
        raise Forbidden
    return actor
