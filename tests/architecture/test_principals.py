"""Every route says who may use it, where a test can read it: none can be forgotten."""

from typing import Final

import pytest
from chalice.app import RouteEntry

from app import app
from chalicelib.api.schemas.keys import RESOURCES
from chalicelib.domain.actors import Role
from tests.support.declarations import declared

ROUTES: Final = {
    f"{method} {path}": entry
    for path, methods in app.routes.items()
    for method, entry in methods.items()
}
ACTORS: Final = {Role.SHIPPER, Role.DISPATCHER, Role.MANAGER, Role.ADMIN, Role.DRIVER}
OPEN: Final = {
    "GET /health",
    "HEAD /health",
    "GET /evidence/keys",
    "HEAD /evidence/keys",
    "POST /v1/driver/session",
    "GET /docs",
    "HEAD /docs",
    "GET /docs/errors",
    "HEAD /docs/errors",
    "GET /openapi.json",
    "HEAD /openapi.json",
    "GET /static/{name}",
    "HEAD /static/{name}",
    "GET /console/sign-in",
    "HEAD /console/sign-in",
    "POST /console/sign-in",
    "GET /console/sign-in/{code}",
    "HEAD /console/sign-in/{code}",
    "POST /console/sign-in/{code}",
    "POST /console/sign-out",
    "GET /driver",
    "HEAD /driver",
    "GET /driver/app.webmanifest",
    "HEAD /driver/app.webmanifest",
    "GET /driver/icon.svg",
    "HEAD /driver/icon.svg",
    "GET /driver/worker.js",
    "HEAD /driver/worker.js",
}


ENTRIES: Final = [pytest.param(name, entry, id=name) for name, entry in ROUTES.items()]


@pytest.mark.parametrize(("name", "entry"), ENTRIES)
def test_a_route_declares_its_principals(name: str, entry: RouteEntry) -> None:
    principals = declared(entry).principals

    assert isinstance(principals, frozenset)
    assert principals
    assert all(isinstance(principal, Role) for principal in principals)


@pytest.mark.parametrize(("name", "entry"), ENTRIES)
def test_what_is_open_to_everybody_is_on_the_list(name: str, entry: RouteEntry) -> None:
    principals = declared(entry).principals

    assert (Role.PUBLIC in principals) == (name in OPEN)
    if Role.PUBLIC in principals:
        assert principals == {Role.PUBLIC}


@pytest.mark.parametrize(("name", "entry"), ENTRIES)
def test_a_path_tells_who_it_is_for(name: str, entry: RouteEntry) -> None:
    principals, path = declared(entry).principals, entry.uri_pattern

    if path.startswith(("/t/", "/s/", "/stop/")):
        assert principals == {Role.RECIPIENT}
    elif path.startswith(("/in/", "/phones/")):
        assert principals == {Role.DEVICE}
    elif path.startswith("/v1/driver/") and name not in OPEN:
        assert principals == {Role.DRIVER}
    elif name not in OPEN:
        assert Role.DRIVER not in principals
        assert principals <= ACTORS


@pytest.mark.parametrize(("name", "entry"), ENTRIES)
def test_chalice_adds_no_authorizer_content_type_or_cors_of_its_own(
    name: str, entry: RouteEntry
) -> None:
    assert entry.authorizer is None
    assert not entry.api_key_required


def test_scopes_name_every_resource_that_keys_open_and_no_other() -> None:
    found = {
        declared(entry).resource
        for entry in ROUTES.values()
        if declared(entry).needs_key and Role.DRIVER not in declared(entry).principals
        if entry.uri_pattern.startswith("/v1/")  # pages are for people, who have no scopes
    }

    assert found == set(RESOURCES)
