from pathlib import Path

import pytest

from chalicelib.domain.errors import NotFound
from chalicelib.pages.rendering import asset_names
from chalicelib.pages.static import find
from tests.unit.pages.conftest import Gateway

FILE = "/static/{name}"


@pytest.mark.parametrize(
    ("plain", "content_type"),
    [
        ("tracking.js", "text/javascript; charset=utf-8"),
        ("tracking.css", "text/css; charset=utf-8"),
    ],
)
def test_a_hashed_file_is_kept_for_ever(ask: Gateway, plain: str, content_type: str) -> None:
    answer = ask(FILE, name=asset_names()[plain])

    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == content_type
    assert answer["headers"]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
    assert answer["body"]


def test_a_file_whose_content_may_change_is_asked_for_again(ask: Gateway) -> None:
    answer = ask(FILE, name="manifest.json")

    assert answer["headers"]["Cache-Control"] == "public, max-age=300"


def test_head_has_no_body(ask: Gateway) -> None:
    answer = ask(FILE, name=asset_names()["map.js"], method="HEAD")

    assert (answer["statusCode"], answer["body"]) == (200, "")


@pytest.mark.parametrize("name", ["missing.js", "..", "%2e%2e%2fstatic.py", ".hidden.css"])
def test_what_is_not_built_does_not_exist(ask: Gateway, name: str) -> None:
    answer = ask(FILE, name=name)

    assert answer["statusCode"] == 404
    assert answer["headers"]["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "name",
    [
        "../secret.css",
        "..\\secret.css",
        "a/../../secret.css",
        "",
        ".",
        "secret",
        "x\n.css",
        "é.css",
    ],
)
def test_a_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.css").write_text("no", encoding="utf-8")
    folder = tmp_path / "static"
    folder.mkdir()

    with pytest.raises(NotFound):
        find(name, folder)


def test_a_kind_of_file_that_pages_do_not_use_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "notes.py").write_text("no", encoding="utf-8")

    with pytest.raises(NotFound):
        find("notes.py", tmp_path)
