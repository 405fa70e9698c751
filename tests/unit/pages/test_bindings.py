"""Each value is written with its binding; the script's half is tested in tests/browser."""

from typing import Any

import pytest

from chalicelib.pages.bindings import Bindings
from tests.support import binding_examples as examples

STATE: dict[str, Any] = {
    "title": "Kukka & <Korpi>",
    "count": 0,
    "is_late": False,
    "is_near": True,
    "nothing": None,
    "empty": [],
    "words": {"tone": 'a"b', "change": None},
    "pictures": [{"id": "prf_1", "alt": "The door"}, {"id": "prf_2", "alt": None}],
    "facts": ["one", "two"],
}
BOUND = Bindings(STATE)


def test_a_text_is_escaped_and_says_where_it_comes_from() -> None:
    html = BOUND.text("h2", "title", id="t")

    assert html == '<h2 id="t" data-text="title">Kukka &amp; &lt;Korpi&gt;</h2>'


@pytest.mark.parametrize("path", ["nothing", "nothing.deeper", "words.change.title"])
def test_the_element_of_a_null_text_is_hidden(path: str) -> None:
    assert BOUND.text("p", path) == f'<p data-text="{path}" hidden></p>'


@pytest.mark.parametrize(("path", "text"), [("count", "0"), ("is_late", "false")])
def test_numbers_and_booleans_are_written_as_scripts_write_them(path: str, text: str) -> None:
    assert BOUND.text("b", path) == f'<b data-text="{path}">{text}</b>'


@pytest.mark.parametrize("value", [0.5, {"a": 1}, ["a"]])
def test_a_value_that_scripts_would_write_otherwise_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="has no text"):
        Bindings({"value": value}).text("b", "value")


@pytest.mark.parametrize("path", ["titel", "words.tones", "title.length", "facts.0"])
def test_a_path_that_the_state_does_not_have_is_an_error(path: str) -> None:
    with pytest.raises(KeyError):
        BOUND.text("b", path)


@pytest.mark.parametrize(
    ("path", "is_shown"),
    [
        ("title", True),
        ("is_near", True),
        ("words", True),
        ("facts", True),
        ("count", False),
        ("is_late", False),
        ("nothing", False),
        ("empty", False),
        ("words.change", False),
    ],
)
def test_an_element_is_there_while_its_value_says_something(
    path: str,
    is_shown: bool,  # noqa: FBT001
) -> None:
    assert BOUND.show(path) == f'data-show="{path}"' + ("" if is_shown else " hidden")


def test_attributes_are_filled_in_and_escaped() -> None:
    html = BOUND.attrs("data-tone={words.tone} title={title}-{count}")

    assert html == (
        'data-attrs="data-tone={words.tone} title={title}-{count}"'
        ' data-tone="a&#34;b" title="Kukka &amp; &lt;Korpi&gt;-0"'
    )


@pytest.mark.parametrize("path", ["nothing", "is_late", "words.change.title"])
def test_an_attribute_without_a_value_is_left_out(path: str) -> None:
    assert BOUND.attrs(f"aria-current={{{path}}}") == f'data-attrs="aria-current={{{path}}}"'


@pytest.mark.parametrize("tag", examples.TEXT_ALLOWED)
def test_a_state_sets_the_text_of_elements_that_only_show_it(tag: str) -> None:
    assert BOUND.text(tag, "count") == f'<{tag} data-text="count">0</{tag}>'


@pytest.mark.parametrize("tag", examples.TEXT_REFUSED)
def test_a_state_sets_the_text_of_no_other_element(tag: str) -> None:
    with pytest.raises(ValueError, match="must not set"):
        BOUND.text(tag, "title")


@pytest.mark.parametrize("pair", examples.ATTRIBUTES_ALLOWED)
def test_a_state_sets_attributes_that_no_browser_runs(pair: str) -> None:
    assert f' {pair.partition("=")[0]}="' in BOUND.attrs(pair)


@pytest.mark.parametrize("pair", [*examples.ATTRIBUTES_REFUSED, "a b={title}", "title", ""])
def test_a_state_sets_no_other_attribute_and_no_address_elsewhere(pair: str) -> None:
    with pytest.raises(ValueError, match=r"must not set|elsewhere"):
        BOUND.attrs(pair)


def test_each_value_has_an_element_and_the_template_is_the_same_element() -> None:
    html = BOUND.each("facts", caller=lambda fact: f"\n{fact.text('li', '.')}\n")

    assert html == (
        '<template data-each="facts"><li data-text="." hidden></li></template>'
        '<li data-text=".">one</li><li data-text=".">two</li>'
    )


def test_items_have_paths_of_their_own() -> None:
    html = BOUND.each("pictures", caller=lambda one: f"<img {one.attrs('src=/p/{id} alt={alt}')}>")

    attrs = 'data-attrs="src=/p/{id} alt={alt}"'
    assert html == (
        f'<template data-each="pictures"><img {attrs}></template>'
        f'<img {attrs} src="/p/prf_1" alt="The door"><img {attrs} src="/p/prf_2">'
    )


@pytest.mark.parametrize("path", ["empty", "nothing", "words.change.lines"])
def test_a_list_without_values_keeps_its_template(path: str) -> None:
    html = BOUND.each(path, caller=lambda _: "<li></li>")

    assert html == f'<template data-each="{path}"><li></li></template>'
