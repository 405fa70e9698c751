"""What changed in the template, brought into the language files, as `msgmerge` would.

A sentence keeps its translation while its English is the same. A changed one keeps it too, but is
marked as `fuzzy` with the English of before, until a translator has looked at it. What has gone
from the template goes here: git remembers it.
"""

import io
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from infra.languages.catalogue import (
    FOLDER,
    TEMPLATE,
    NotACatalogue,
    categories,
    messages,
    read,
    tags,
    write,
)

BRACES: Final = "python-brace-format"
FUZZY: Final = "fuzzy"
LIKE_FRENCH: Final = (2, "(n > 1)")
"""None is one: so CLDR has it for Portuguese, too, where gettext has another rule."""


def update() -> None:
    """Write the template in its form, and bring it into every language."""
    for path, catalog in updated().items():
        write(path, catalog)


def updated(template: Catalog | None = None) -> dict[Path, Catalog]:
    """The files as they should be."""
    template = template or read(TEMPLATE)
    files = {TEMPLATE: _formed(template, Catalog(header_comment=template.header_comment), {})}
    for path in (FOLDER / f"{tag}.po" for tag in tags()[1:]):
        catalog = read(path)
        empty = _empty(path.stem, catalog.num_plurals, catalog.plural_expr, catalog.header_comment)
        files[path] = _formed(template, empty, messages(catalog))
    return files


def begin(tag: str, folder: Path = FOLDER) -> None:
    """Write the file of a new language, with nothing translated. Raises FileExistsError."""
    path = folder / f"{tag}.po"
    if path.exists():
        msg = f"{path} exists."
        raise FileExistsError(msg)
    name = Locale.parse(tag).english_name
    catalog = _empty(tag, *_plural(tag), f"# Doorstep in {name}. See docs/languages.md.")
    write(path, _formed(read(TEMPLATE), catalog, {}))


def _plural(tag: str) -> tuple[int, str]:
    rule = get_plural(tag)
    try:
        categories(tag, rule.num_plurals, rule.plural_expr)
    except NotACatalogue:
        categories(tag, *LIKE_FRENCH)
        return LIKE_FRENCH
    return rule.num_plurals, rule.plural_expr


def _empty(tag: str, forms: int, plural: str, comment: str) -> Catalog:
    """A catalogue without sentences. Its plural rule can only be read from a file."""
    rule = f"nplurals={forms}; plural={plural};"
    head = f'msgid ""\nmsgstr ""\n"Language: {tag}\\n"\n"Plural-Forms: {rule}\\n"\n'
    catalog = read_po(io.BytesIO(head.encode()), locale=tag, charset="utf-8")
    catalog.header_comment = comment
    return catalog


def _formed(template: Catalog, into: Catalog, translated: dict[str, Message]) -> Catalog:
    """The sentences of the template in their order, with the translations that there are."""
    into.fuzzy = False
    for name, message in messages(template).items():
        before = translated.get(name)
        said, flags, previous = _translation(message, before)
        text = message.id[-1] if isinstance(message.id, tuple | list) else message.id
        into.add(
            message.id,
            said,
            context=name,
            auto_comments=message.auto_comments,
            user_comments=before.user_comments if before else (),
            flags=flags | ({BRACES} if "{" in text else set()),
            previous_id=previous,
        )
    return into


def _translation(
    message: Message, before: Message | None
) -> tuple[str | tuple[str, ...] | None, set[str], tuple[str, ...]]:
    """What is said for a sentence, its flags, and the English of before where that was another."""
    if before is None or isinstance(before.id, str) != isinstance(message.id, str):
        return None, set(), ()
    said = before.string if isinstance(before.string, str) else tuple(before.string or ())
    if before.id == message.id:
        return said, {FUZZY} & before.flags, tuple(before.previous_id)
    previous = (before.id,) if isinstance(before.id, str) else tuple(before.id)
    return said, {FUZZY} if any(said) else set(), previous
