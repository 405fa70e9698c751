"""The first view of the driver's app is small: drivers open it in a hall with a poor network."""

import gzip
import json
import re
from typing import Final

import pytest

from chalicelib.catalogues import locale_of
from chalicelib.pages.driver import views
from chalicelib.pages.rendering import STATIC, asset_names
from tests.support.speaking import LANGUAGES

FIRST_VIEW_BYTES: Final = 24_000
"""A letter of Arabic takes two bytes, so its words take 1.5 kB more than English ones."""


def gzipped_bytes(text: str) -> int:
    return len(gzip.compress(text.encode(), compresslevel=9))


def with_imports(name: str) -> set[str]:
    """The file and all that it imports before it runs."""
    code = (STATIC / name).read_text("utf-8")
    imported = re.findall(r"""(?:from|import)\s*"\./([\w.-]+)";""", code)
    return {name}.union(*map(with_imports, imported))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_view_stays_within_its_budget(language: str) -> None:
    page = views.page(locale_of(language), base="")
    files = with_imports(asset_names()["driver.js"]) | {asset_names()["driver.css"]}
    sizes = [gzipped_bytes(page), *(gzipped_bytes((STATIC / f).read_text("utf-8")) for f in files)]

    assert len(files) > 2
    assert sum(sizes) <= FIRST_VIEW_BYTES


def test_all_other_screens_are_kept_for_a_cellar() -> None:
    listed = json.loads((STATIC / "offline.json").read_text("utf-8"))
    plain = ("driver.js", "driver.css", "more.js", "more.css", "sender.js", "reading.js")

    assert {asset_names()[name] for name in plain} <= set(listed)
