"""The languages that we ship, for tests that go through all of them."""

from typing import Final

from chalicelib.catalogues import locale_for, shipped
from chalicelib.domain.phrases.styles import Style

LANGUAGES: Final = tuple(shipped())


def style_of(tag: str) -> Style:
    """How whoever wishes this language writes times."""
    return locale_for(tag).style
