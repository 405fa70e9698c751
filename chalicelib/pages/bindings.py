"""Values of a page's state, each written together with the binding that keeps it up to date.

A template names a value once, by its path in the state. This module writes the value of now and the
path, as a ``data-`` attribute; ``web/src/shared/bindings.js`` reads the attribute and writes later
values. So only the template knows markup, and the script only ever sets text and attributes.

    {{ bound.text("h2", "words.change.title") }}            text; the element is hidden while null
    <div {{ bound.show("words.change") }}>                  hidden while null, false, 0 or empty
    <div {{ bound.attrs("data-progress={words.progress}") }}>     attributes, left out while null
    {% call(line) bound.each("words.story") %}<li>…</li>{% endcall %}      one element per value

Both sides follow the same rules; ``tests/browser`` compares what they make. A state sets the text
of ``TEXT_ELEMENTS`` and the attributes of ``ATTRIBUTES``, and nothing else. Both refuse the rest.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup, escape

_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
TEXT_ELEMENTS: Final = re.compile(
    "a|abbr|b|bdi|blockquote|caption|cite|dd|del|dt|em|figcaption|h[1-6]|i|ins|label|legend|li|p|q"
    "|small|span|strong|summary|td|th|time|title"
)
"""Elements whose text is only ever shown. The text of ``script`` or ``style`` would be run."""
ATTRIBUTES: Final = re.compile(
    r"alt|datetime|href|lang|src|title|aria-[a-z]+"
    r"|data-(?!(?:attrs|each|show|text)$)[a-z][a-z0-9-]*"
)
"""Attributes that no browser runs. The bindings' own are the template's alone."""
_ADDRESSES: Final = frozenset({"href", "src"})
_OWN_ADDRESS: Final = re.compile(r"/[A-Za-z0-9]")

ITSELF: Final = "."
"""The path of the value itself: an item of a list of strings."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """Writes values of ``state``, which is plain JSON: the document that the script gets, too.

    Raises KeyError for a path that the state does not have. A path through null is null.
    """

    state: Any

    def text(self, tag: str, path: str, *, attrs: str = "", **fixed: str) -> Markup:
        """An element with the text of a value; ``fixed`` are attributes that never change.

        Raises ValueError for an element that is none of ``TEXT_ELEMENTS``.
        """
        if not TEXT_ELEMENTS.fullmatch(tag):
            msg = f"A state must not set the text of this element: {tag}."
            raise ValueError(msg)
        value = _written(self._at(path))
        parts = [tag, *(f'{name}="{escape(each)}"' for name, each in fixed.items())]
        parts.append(f'data-text="{escape(path)}"')
        if attrs:
            parts.append(self.attrs(attrs))
        if value is None:
            parts.append("hidden")
        return _html(f"<{' '.join(parts)}>{escape(value or '')}</{tag}>")

    def show(self, path: str) -> Markup:
        """Attributes of an element that is there only while the value says something."""
        value = self._at(path)
        hidden = "" if value or isinstance(value, Mapping) else " hidden"
        return _html(f'data-show="{escape(path)}"{hidden}')

    def attrs(self, formats: str) -> Markup:
        """Attributes as ``name=format`` with blanks between: ``href=/t/abc/proof/{id} alt={alt}``.

        An attribute is left out while one of its values is null or false. Raises ValueError for an
        attribute that is none of ``ATTRIBUTES``, or an address that does not begin on our own host.
        """
        written = [f'data-attrs="{escape(formats)}"']
        for name, form in _formats(formats):
            value = self._filled(form)
            if value is not None:
                written.append(f'{name}="{escape(value)}"')
        return _html(" ".join(written))

    def each(self, path: str, *, caller: Callable[["Bindings"], str]) -> Markup:
        """One element for each value of a list, made by ``caller``; the parent holds nothing else.

        The script makes further items from the template that stands before them, which is made by
        the same ``caller`` out of nothing. The list has its parent element for itself.
        """
        values: Sequence[Any] = self._at(path) or ()
        blank = caller(Bindings(None)).strip()
        items = "".join(caller(Bindings(value)).strip() for value in values)
        return _html(f'<template data-each="{escape(path)}">{blank}</template>{items}')

    def _at(self, path: str) -> Any:  # noqa: ANN401 - JSON is what it is
        value = self.state
        for key in path.split(".") if path != ITSELF else ():
            if value is None:
                return None
            if not isinstance(value, Mapping):
                msg = f"The path {path} goes below a {type(value).__name__}."
                raise KeyError(msg)
            value = value[key]
        return value

    def _filled(self, form: str) -> str | None:
        values = {path: self._at(path) for path in _PLACEHOLDER.findall(form)}
        if any(value is None or value is False for value in values.values()):
            return None
        return _PLACEHOLDER.sub(lambda found: _written(values[found[1]]) or "", form)


def _formats(formats: str) -> Iterator[tuple[str, str]]:
    for pair in formats.split(" "):
        name, equals, form = pair.partition("=")
        if not (equals and ATTRIBUTES.fullmatch(name)):
            msg = f"A state must not set this attribute: {pair}."
            raise ValueError(msg)
        if name in _ADDRESSES and not _OWN_ADDRESS.match(form):
            msg = f"A state could take this address elsewhere: {pair}."
            raise ValueError(msg)
        yield name, form


def _written(value: object) -> str | None:
    """Exactly as JavaScript's String() writes it. Floats are refused: the two write them apart."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case str() | int():
            return str(value)
        case _:
            msg = f"A {type(value).__name__} has no text, so make it a text in the state's words."
            raise TypeError(msg)


def _html(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - each value in it was escaped above, or is a template's output
