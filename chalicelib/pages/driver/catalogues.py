"""The words of the driver's app in all languages of the pages."""

from collections.abc import Mapping
from typing import Final

from chalicelib.pages import languages
from chalicelib.pages.driver.words import de, en, fi, sv

CATALOGUES: Final[Mapping[str, Mapping[str, str]]] = {
    tag: {"language": languages.CATALOGUES[tag]["language"], **words}
    for tag, words in {"en": en.WORDS, "fi": fi.WORDS, "sv": sv.WORDS, "de": de.WORDS}.items()
}
