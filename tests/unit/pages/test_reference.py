import json

import pytest

from tests.unit.pages.conftest import Gateway

BASE_URL = "https://track.example"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/openapi.json", "application/json; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/errors", "text/html; charset=utf-8"),
    ],
)
def test_the_reference_is_open_to_everybody_and_asked_for_again(
    ask: Gateway, path: str, content_type: str
) -> None:
    answer = ask(path)
    again = ask(path, headers={"if-none-match": answer["headers"]["ETag"]})

    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == content_type
    assert answer["headers"]["Cache-Control"] == "public, no-cache"
    assert "default-src 'none'" in answer["headers"]["Content-Security-Policy"]
    assert (again["statusCode"], again["body"]) == (304, "")
    assert ask(path, method="HEAD")["body"] == ""


def test_the_document_names_this_deployment(ask: Gateway) -> None:
    text = ask("/openapi.json")["body"]
    document = json.loads(text)

    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": BASE_URL}]
    assert "doorstep.invalid" not in text


def test_a_problem_leads_to_its_entry_on_the_page(ask: Gateway) -> None:
    problem = json.loads(ask("/static/{name}", name="missing.js")["body"])
    page, _, anchor = problem["type"].removeprefix(BASE_URL).partition("#")

    assert f'<article id="{anchor}"' in ask(page)["body"]


@pytest.mark.parametrize("path", ["/docs", "/docs/errors"])
def test_pages_need_no_script_and_find_their_style_behind_any_prefix(
    ask: Gateway, path: str
) -> None:
    body = ask(path)["body"]
    root = "../" * (path.count("/") - 1)

    assert "<script" not in body
    assert " style=" not in body
    assert f'<link rel="stylesheet" href="{root}static/reference-' in body
