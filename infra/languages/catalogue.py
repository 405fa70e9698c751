"""The catalogues as translators write them: `languages/doorstep.pot` and one `.po` per language.

The template has every sentence in English under its name (`msgctxt`). A language has the same
names; its sentences may have more plural forms, as its grammar has.
"""

import gettext
import io
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from infra.vendor import ROOT

FOLDER: Final = ROOT / "languages"
TEMPLATE: Final = FOLDER / "doorstep.pot"
SOURCE_LANGUAGE: Final = "en"
SAMPLES: Final = range(1_000)
"""All plural rules that we have look at a number's last two digits, or at 0 to 2."""
_BLANKS: Final = re.compile(r"^\s|\s$|  ")
_OF_NO_USE: Final = re.compile(
    r'^"(?:Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date'
    r'|Last-Translator|Language-Team|Generated-By):.*"\n',
    re.MULTILINE,
)

Forms = tuple[str, ...]


class NotACatalogue(ValueError):
    """A file that is no catalogue, or names a sentence twice."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its plural forms in the order of its file, and its sentences by name.

    ``plural`` is the rule in C (gettext), which gives the place of a form in ``categories``.
    """

    tag: str
    plural: str
    categories: Forms
    sentences: Mapping[str, Forms]


def tags() -> tuple[str, ...]:
    """The languages that we have, English first."""
    return (SOURCE_LANGUAGE, *sorted(path.stem for path in FOLDER.glob("*.po")))


def source() -> dict[str, Forms]:
    """The English sentences: one form, or one and several."""
    return {name: _texts(message.id) for name, message in messages(read(TEMPLATE)).items()}


def language(tag: str) -> Language:
    """A language with what is translated. English is the template itself."""
    if tag == SOURCE_LANGUAGE:
        return Language(tag, "(n != 1)", ("one", "other"), source())
    catalog = read(FOLDER / f"{tag}.po")
    return Language(
        tag=tag,
        plural=catalog.plural_expr,
        categories=categories(tag, catalog.num_plurals, catalog.plural_expr),
        sentences={
            name: _texts(message.string)
            for name, message in messages(catalog).items()
            if not message.fuzzy and message.string and all(_texts(message.string))
        },
    )


def categories(tag: str, count: int, plural: str) -> Forms:
    """The name that CLDR gives to each plural form of a file.

    Raises NotACatalogue when the rule of the file and that of CLDR tell other numbers apart.
    """
    index_of, category_of = gettext.c2py(plural), Locale.parse(tag).plural_form
    found: dict[int, set[str]] = {}
    for n in SAMPLES:
        found.setdefault(index_of(n), set()).add(category_of(n))
    if sorted(found) != list(range(count)) or any(len(names) > 1 for names in found.values()):
        msg = f"{tag}.po: its Plural-Forms are not those of the language: {plural}."
        raise NotACatalogue(msg)
    return tuple(found[index].pop() for index in range(count))


def read(path: Path) -> Catalog:
    """A file as Babel reads it. Raises NotACatalogue."""
    with path.open("rb") as file:
        tag = None if path == TEMPLATE else path.stem
        return read_po(file, locale=tag, charset="utf-8", abort_invalid=True)


def write(path: Path, catalog: Catalog) -> None:
    """Write a file as it is committed: a sentence a line, without references to lines of code."""
    path.write_text(text_of(catalog), encoding="utf-8")


def text_of(catalog: Catalog) -> str:
    """The text of a file. Its head has no dates and no people, so that two branches can merge."""
    written = io.BytesIO()
    write_po(written, catalog, width=0, no_location=True, include_previous=True)
    return _OF_NO_USE.sub("", written.getvalue().decode()).rstrip("\n") + "\n"


def messages(catalog: Catalog) -> dict[str, Message]:
    """The entries by the names of their sentences. Raises NotACatalogue for one without a name."""
    named: dict[str, Message] = {}
    for message in catalog:
        if not message.id:
            continue
        if not message.context:
            msg = f"A sentence has no name (msgctxt): {message.id}."
            raise NotACatalogue(msg)
        if message.context in named:
            msg = f"Two sentences have one name: {message.context}."
            raise NotACatalogue(msg)
        named[message.context] = message
    return named


def findings(of: Language, english: Mapping[str, Forms]) -> Iterator[str]:
    """What keeps a language from being shipped, a line each."""
    for name in sorted(english.keys() - of.sentences.keys()):
        yield f"{of.tag}: not translated: {name}"
    for name in sorted(of.sentences.keys() - english.keys()):
        yield f"{of.tag}: no sentence has this name: {name}"
    for name in sorted(of.sentences.keys() & english.keys()):
        yield from _differences(name, of, english[name])


def _differences(name: str, of: Language, english: Forms) -> Iterator[str]:
    forms = of.sentences[name]
    if len(english) > 1 and len(forms) != len(of.categories):
        yield f"{of.tag}: {len(forms)} plural forms instead of {len(of.categories)}: {name}"
        return
    wanted = placeholders(english[-1])
    for index, form in enumerate(forms):
        category = of.categories[index] if len(english) > 1 else ""
        missing = wanted - placeholders(form) - (_COUNTED if category in _ONE_NUMBER else set())
        strange = placeholders(form) - wanted
        if missing or strange:
            told = ", ".join(sorted(missing | strange))
            yield f"{of.tag}: other placeholders than in English ({told}): {name}"
        if _BLANKS.search(form):
            yield f"{of.tag}: blanks at an end, or two in a row: {name}"


_ONE_NUMBER: Final = frozenset({"zero", "one", "two"})
_COUNTED: Final = frozenset({"n"})
"""Forms that may leave the number out, since words say it: one stop, two stops."""


def placeholders(text: str) -> set[str]:
    """The names of values that stand in a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _texts(said: str | Iterable[str] | None) -> Forms:
    return (said,) if isinstance(said, str) else tuple(said or ())
