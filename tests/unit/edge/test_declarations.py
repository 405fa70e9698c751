from dataclasses import replace

import pytest

from chalicelib.domain.actors import STAFF, Role
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
from chalicelib.edge.declarations import Declaration
from chalicelib.edge.preconditions import VersionNeeded
from chalicelib.edge.principals import DRIVERS, PUBLIC, RECIPIENTS
from chalicelib.edge.problems import Unreadable, UnsupportedMedia
from chalicelib.edge.schemas import ListingQuery, Schema

PLAIN = Declaration(
    path="/things",
    method="GET",
    principals=PUBLIC,
    summary="Things.",
    status=200,
    takes=None,
    query=None,
    gives=(),
    media_types=(),
    written=None,
    max_bytes=0,
    commits_answer=False,
    knows_client=False,
    own_refusals=frozenset(),
)


@pytest.mark.parametrize("principals", [PUBLIC, RECIPIENTS])
def test_any_route_may_be_unavailable_and_an_open_one_asks_for_no_key(
    principals: frozenset[Role],
) -> None:
    assert replace(PLAIN, principals=principals).refusals == {Unavailable}


@pytest.mark.parametrize(
    ("declaration", "more"),
    [
        (replace(PLAIN, principals=STAFF), {Unauthorized, Forbidden, TooManyRequests}),
        (replace(PLAIN, principals=DRIVERS), {Unauthorized, Forbidden}),
        (replace(PLAIN, versioned=True), set()),
        (
            replace(PLAIN, versioned=True, method="PATCH", takes=Schema),
            {Unreadable, UnsupportedMedia, TooLarge, Invalid, VersionNeeded, Outdated},
        ),
        (replace(PLAIN, takes=Schema), {Unreadable, UnsupportedMedia, TooLarge, Invalid}),
        (replace(PLAIN, query=ListingQuery), {Invalid}),
        (
            replace(PLAIN, principals=STAFF, method="POST"),
            {
                *(Unauthorized, Forbidden, TooManyRequests),
                *(Invalid, IdempotencyKeyReused, RequestRunning),
            },
        ),
        (replace(PLAIN, path="/things/{thing_id}"), {NotFound}),
        (replace(PLAIN, own_refusals=frozenset({NotFound})), {NotFound}),
    ],
)
def test_what_a_route_declares_says_how_it_may_refuse(
    declaration: Declaration, more: set[type[DomainError]]
) -> None:
    assert declaration.refusals == {Unavailable} | more


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v1/shipments", "shipments:read"),
        ("POST", "/v1/routes/{route_id}/start", "routes:write"),
        ("DELETE", "/v1/keys/{key_id}", "keys:write"),
    ],
)
def test_a_scope_names_the_resource_and_whether_it_is_changed(
    method: str, path: str, scope: str
) -> None:
    assert replace(PLAIN, method=method, path=path).scope == scope
