"""The server: what Chalice's own one gets wrong, and the pages in front of the application."""

import http.client
import json
import time
from collections.abc import Iterator

import pytest

from local.pages import inbox_pages, start_pages
from local.stack import RunningStack


@pytest.fixture
def connection(stack: RunningStack) -> Iterator[http.client.HTTPConnection]:
    made = http.client.HTTPConnection(stack.base_url.removeprefix("http://"), timeout=10)
    yield made
    made.close()


def test_an_unknown_path_is_a_404_problem(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/no/such/path")
    answer = connection.getresponse()

    problem = json.loads(answer.read())

    assert (answer.status, problem["status"], problem["code"]) == (404, 404, "not_found")
    assert answer.getheader("Content-Type") == "application/problem+json"


def test_answers_on_a_kept_connection_do_not_wait_for_acks(
    connection: http.client.HTTPConnection,
) -> None:
    """With Nagle and delayed ACKs each answer takes 40 ms; the best of some is safe anywhere."""
    spent_s = []
    for _ in range(20):
        began_s = time.perf_counter()
        connection.request("GET", "/no/such/path")
        connection.getresponse().read()
        spent_s.append(time.perf_counter() - began_s)

    assert min(spent_s) < 0.03


def test_a_head_has_no_body_and_leaves_the_connection_in_order(
    stack: RunningStack, connection: http.client.HTTPConnection
) -> None:
    stack.pages.update(inbox_pages(stack.inbox))
    connection.request("HEAD", "/inbox")
    head = connection.getresponse()
    head.read()
    connection.request("GET", "/inbox")

    page = connection.getresponse()

    assert (head.status, page.status) == (200, 200)
    assert int(head.getheader("Content-Length") or 0) == len(page.read())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": "99999999999"}, 413),
        ({"Content-Length": "-1"}, 400),
        ({"Content-Length": "ten"}, 400),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_impossible_framing_is_a_problem_and_not_a_hang(
    connection: http.client.HTTPConnection, headers: dict[str, str], status: int
) -> None:
    connection.putrequest("POST", "/v1/shipments")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()

    answer = connection.getresponse()

    assert answer.status == status
    assert json.loads(answer.read())["status"] == status


def test_the_start_page_names_keys_and_vans(
    stack: RunningStack, connection: http.client.HTTPConnection
) -> None:
    board = [{"driver": "Aino", "stops": []}]
    stack.pages.update(start_pages(stack.base_url, {"admin": "ds_live_x"}, lambda: board))
    connection.request("GET", "/")
    page = connection.getresponse().read().decode()
    connection.request("GET", "/start.json")

    facts = json.loads(connection.getresponse().read())

    assert "ds_live_x" in page
    assert f"{stack.base_url}/inbox" in page
    assert facts == {"vans": board}


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/shipments", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/v1/shipments/shp_1", {"GET", "HEAD", "PATCH", "OPTIONS"}),
        ("/health", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_options_name_the_methods_of_a_path_to_anybody(
    connection: http.client.HTTPConnection, path: str, allowed: set[str]
) -> None:
    connection.request("OPTIONS", path)
    answer = connection.getresponse()

    assert (answer.status, answer.read()) == (204, b"")
    assert set(str(answer.getheader("Allow")).split(", ")) == allowed


def test_head_has_the_headers_of_get(connection: http.client.HTTPConnection) -> None:
    connection.request("HEAD", "/health")
    head = connection.getresponse()
    head.read()

    assert head.status == 200
    assert head.getheader("Content-Type") == "application/json"
    assert head.getheader("X-Request-Id")


def test_a_problem_leads_to_its_page(
    stack: RunningStack, connection: http.client.HTTPConnection
) -> None:
    connection.request("GET", "/v1/shipments")
    answer = connection.getresponse()
    problem = json.loads(answer.read())

    assert problem["type"] == f"{stack.base_url}/docs/errors#unauthorized"
    assert problem["instance"] == answer.getheader("X-Request-Id")
