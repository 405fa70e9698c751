"""How a view of the API is declared: its path, its principals, and nothing else.

The blueprint authenticates, checks the role, calls the view with the actor and turns refusals into
problem documents. That happens inside the view, because middleware never sees a view's exception.
"""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel, ValidationError

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import DomainError, Forbidden, Unauthorized
from chalicelib.edge.problems import problem, problem_of_validation

P = ParamSpec("P")
View = Callable[Concatenate[Actor, P], Response]

STAFF = frozenset({Role.DISPATCHER, Role.ADMIN})
SHIPPERS = frozenset({Role.SHIPPER})
READERS = frozenset({Role.SHIPPER, Role.DISPATCHER, Role.MANAGER, Role.ADMIN})
DRIVERS = frozenset({Role.DRIVER})
ADMINS = frozenset({Role.ADMIN})
PUBLIC = frozenset({Role.PUBLIC})
ANYBODY = Actor(Role.PUBLIC, "public")


class ApiBlueprint(Blueprint):
    """A Blueprint whose views take an actor and may raise DomainError."""

    def endpoint(
        self,
        path: str,
        *,
        method: str,
        principals: frozenset[Role],
        **options: Any,  # noqa: ANN401 - handed on to Chalice
    ) -> Callable[[View[P]], Callable[P, Response]]:
        """Register a view for one method; ``principals`` stays readable on the registered view."""
        register = self.route(path, methods=[method], **options)

        def decorate(view: View[P]) -> Callable[P, Response]:
            @functools.wraps(view)  # Chalice takes the view's name from it
            def translated(*args: P.args, **kwargs: P.kwargs) -> Response:
                try:
                    actor = _actor(self.current_request, principals)
                    return view(actor, *args, **kwargs)
                except ValidationError as exc:
                    return problem_of_validation(exc)
                except DomainError as exc:
                    return problem(exc)

            # the table of principals reads it back from the registered view
            translated.principals = principals  # type: ignore[attr-defined]
            registered: Callable[P, Response] = register(translated)
            return registered

        return decorate


def reply(body: BaseModel, status: int = 200, *, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(
        body=body.model_dump_json(),
        status_code=status,
        headers={
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            **(headers or {}),
        },
    )


def _actor(request: Request, principals: frozenset[Role]) -> Actor:
    if principals == PUBLIC:
        return ANYBODY
    scheme, _, bearer = (request.headers.get("authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not bearer:
        raise Unauthorized
    actor = container().authenticate(bearer.strip())
    if actor.role not in principals:
        raise Forbidden
    return actor
