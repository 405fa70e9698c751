"""A blueprint of its own, asked the way API Gateway asks: a view's value becomes an answer."""

import json
from dataclasses import dataclass
from typing import Any, Final

import pytest
from chalice.app import Chalice, Response

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import DomainError, NotFound, Unavailable
from chalicelib.edge.blueprint import Answer, Endpoints
from chalicelib.edge.principals import ADMINS, PUBLIC, RECIPIENTS
from chalicelib.edge.replies import refused_link
from chalicelib.edge.schemas import Out, Query, Schema


class GreetingIn(Schema):
    name: str


class GreetingOut(Out):
    text: str
    length: int


class GreetingQuery(Query):
    lang: str = "en"


@dataclass(frozen=True)
class Greeting:
    text: str

    @property
    def length(self) -> int:
        return len(self.text)


def made() -> Chalice:
    """An application with a route for each way to answer."""
    endpoints = Endpoints("greetings")
    app = Chalice(app_name="greetings", configure_logs=False)

    @endpoints.endpoint(
        "/hello",
        method="POST",
        principals=PUBLIC,
        takes=GreetingIn,
        gives=GreetingOut,
        status=201,
        max_bytes=50,
    )
    def post_hello(_: Actor, body: GreetingIn) -> Greeting:
        """Greet."""
        return Greeting(f"Hello {body.name}")

    @endpoints.endpoint(
        "/hello/{name}", method="GET", principals=PUBLIC, query=GreetingQuery, gives=GreetingOut
    )
    def get_hello(_: Actor, query: GreetingQuery, name: str) -> Answer:
        """Greet in a language."""
        return Answer(GreetingOut(text=f"{query.lang} {name}", length=0), {"X-Mood": "good"})

    @endpoints.endpoint("/hello", method="DELETE", principals=PUBLIC, status=204)
    def delete_hello(_: Actor) -> None:
        """Stop greeting."""

    @endpoints.endpoint("/nobody", method="GET", principals=frozenset(), gives=GreetingOut)
    def get_nobody(_: Actor) -> Greeting:
        """A role was forgotten."""
        return Greeting("Hello nobody")

    @endpoints.endpoint("/somebody", method="GET", principals=PUBLIC | ADMINS, gives=GreetingOut)
    def get_somebody(_: Actor) -> Greeting:
        """Open or not? Then not."""
        return Greeting("Hello somebody")

    @endpoints.endpoint("/broken", method="GET", principals=PUBLIC, gives=GreetingOut)
    def get_broken(_: Actor) -> object:
        """A mistake of ours."""
        return object()

    @endpoints.endpoint(
        "/page/{what}",
        method="GET",
        principals=RECIPIENTS,
        media_types=("text/plain",),
        refuse=refused_link,
    )
    def get_page(_: Actor, what: str) -> Response:
        """A page."""
        refusals: dict[str, DomainError] = {
            "gone": NotFound("A secret."),
            "busy": Unavailable("A secret.", retry_after_s=7, dependency="a table"),
            "odd": DomainError("A secret."),
        }
        if what in refusals:
            raise refusals[what]
        return Response("page", headers={"Content-Type": "text/plain"}, status_code=200)

    app.register_blueprint(endpoints)
    return app


APP: Final = made()


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, Any]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    method: str,
    resource: str,
    body: bytes | None = None,
    query: dict[str, list[str]] | None = None,
    **path: str,
) -> Reply:
    event = {
        "headers": {"content-type": "application/json"},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": query,
        "pathParameters": path,
        "stageVariables": None,
        "body": None if body is None else body.decode(),
        "isBase64Encoded": False,
        "requestContext": {"httpMethod": method, "resourcePath": resource, "path": resource},
    }
    answer = APP(event, None)
    return Reply(answer["statusCode"], answer["headers"], answer["body"])


def test_a_value_becomes_the_declared_model_with_the_declared_status() -> None:
    reply = ask("POST", "/hello", b'{"name": "Aino"}')

    assert (reply.status, reply.body) == (201, '{"text":"Hello Aino","length":10}')
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_json"),
        (b"{}", 422, "invalid"),
        (b'{"name": 5}', 422, "invalid"),
        (b'{"name": "' + b"x" * 50 + b'"}', 413, "too_large"),
    ],
)
def test_a_body_that_is_not_as_declared_never_reaches_the_view(
    body: bytes, status: int, code: str
) -> None:
    reply = ask("POST", "/hello", body)

    assert (reply.status, reply.json["code"]) == (status, code)


def test_a_ready_model_and_headers_of_its_own_are_sent_as_they_are() -> None:
    reply = ask("GET", "/hello/{name}", query={"lang": ["fi"]}, name="Aino")

    assert reply.json == {"text": "fi Aino", "length": 0}
    assert reply.headers["X-Mood"] == "good"


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"mood": ["good"]}, "?mood", "unknown"),
        ({"lang": ["fi", "sv"]}, "?lang", "repeated"),
    ],
)
def test_a_query_that_is_not_as_declared_never_reaches_the_view(
    query: dict[str, list[str]], pointer: str, code: str
) -> None:
    reply = ask("GET", "/hello/{name}", query=query, name="Aino")

    assert reply.status == 422
    assert [(error["pointer"], error["code"]) for error in reply.json["errors"]] == [
        (pointer, code)
    ]


@pytest.mark.parametrize("path", ["/nobody", "/somebody"])
def test_only_a_route_that_is_declared_open_is_open(path: str) -> None:
    reply = ask("GET", path)

    assert (reply.status, reply.json["code"]) == (401, "unauthorized")


def test_a_route_that_gives_nothing_answers_without_a_body() -> None:
    reply = ask("DELETE", "/hello")

    assert (reply.status, reply.body) == (204, "")


def test_an_answer_that_is_not_as_declared_is_our_mistake_and_not_the_callers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert ask("GET", "/broken").status == 500


def test_head_has_the_headers_of_get() -> None:
    get, head = (ask(method, "/page/{what}", what="home") for method in ("GET", "HEAD"))

    assert (get.status, head.status) == (200, 200)
    assert head.headers == get.headers


@pytest.fixture(params=["gone", "odd"])
def refused(request: pytest.FixtureRequest) -> Reply:
    return ask("GET", "/page/{what}", what=request.param)


def test_whoever_holds_a_link_learns_only_that_it_leads_nowhere(refused: Reply) -> None:
    assert refused.status == 404
    assert refused.json["code"] == "not_found"
    assert "secret" not in refused.body
    assert refused.headers["Cache-Control"] == "private, no-store"
    assert refused.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_whoever_holds_a_link_learns_when_to_come_back() -> None:
    reply = ask("GET", "/page/{what}", what="busy")

    assert (reply.status, reply.headers["Retry-After"]) == (503, "7")
    assert "secret" not in reply.body
    assert "table" not in reply.body
