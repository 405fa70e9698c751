"""What the routes of the application declare."""

import re
from typing import Final

from chalice.app import RouteEntry

from app import app
from chalicelib.domain.errors import DomainError
from chalicelib.edge.declarations import Declaration


def declared(entry: RouteEntry) -> Declaration:
    """The declaration of a registered route."""
    found = vars(entry.view_function)["declaration"]
    assert isinstance(found, Declaration)
    return found


DECLARATIONS: Final = {
    (method, path): declared(entry)
    for path, methods in app.routes.items()
    for method, entry in methods.items()
}


def declaration_of(method: str, path: str) -> Declaration | None:
    """The declaration that serves a request; None if no route does."""
    plain = path.partition("?")[0]
    for (served, template), declaration in DECLARATIONS.items():
        if served == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), plain):
            return declaration
    return None


def codes_of(declaration: Declaration) -> set[str]:
    """The codes of all problems that a route may answer with."""
    return {kind.code for refusal in declaration.refusals for kind in kinds(refusal)}


def kinds(refusal: type[DomainError]) -> set[type[DomainError]]:
    """A domain error and all of its subclasses."""
    return {refusal}.union(*map(kinds, refusal.__subclasses__()))
