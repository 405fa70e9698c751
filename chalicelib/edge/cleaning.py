"""What people, spreadsheets and other programs put around and into a text, taken off again.

All text of the API passes here before it is checked. Plain functions of text: the kinds of fields
that use them are in ``chalicelib/edge/schemas.py`` and ``chalicelib/api/schemas``.
"""

import re
import unicodedata
from typing import Final

BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the words around them, and address books leave them in copied phone numbers."""
INVISIBLE: Final = BIDI_CONTROLS | frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060\u2061\u2062\u2063"
    "\u2064\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3164\ufeff\uffa0"
)
"""Characters that show nothing, whatever their Unicode category is (Unicode's
Default_Ignorable_Code_Point and the blank Braille pattern)."""
JOINERS: Final = frozenset("\u200c\u200d")
"""They join or part letters and emoji: part of a word inside it, nothing at its edge."""
VIRAMA: Final = 9
"""The combining class of the sign that ends a vowel. A joiner behind it belongs to the letter."""
_LINE_ENDS: Final = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_VISIBLE: Final = frozenset("LNPS")


def cleaned(text: str) -> str:
    r"""The text in NFC, with line feeds as line ends, without invisible characters at its edges.

    Raises ValueError, in a sentence, for characters that are no text: controls, lone surrogates and
    noncharacters. Letters that this Python does not know yet are letters.

    >>> cleaned("\ufeff Gate 4\r\nRing\u202e twice\u200b ")
    'Gate 4\nRing twice'
    """
    normal = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    for char in normal:
        if not _is_text(char):
            words = f"Remove the character U+{ord(char):04X}, which is no part of a text."
            raise ValueError(words)
    return trimmed("".join(char for char in normal if char not in BIDI_CONTROLS))


def trimmed(text: str) -> str:
    """The text without blanks and invisible characters at its edges."""
    start, end = 0, len(text)
    while start < end and _is_edge(text[start]):
        start += 1
    while end > start and _is_edge(text[end - 1]):
        if end - start > 1 and _is_joined(text[end - 2], text[end - 1]):
            break
        end -= 1
    return text[start:end]


def is_blank(text: str) -> bool:
    r"""Whether there is nothing to see: no letter, digit, sign or symbol.

    >>> is_blank("\u200b \u3164"), is_blank("–")
    (True, False)
    """
    return not any(_is_visible(char) for char in text)


def without_invisible(text: str) -> str:
    r"""One line of characters that are typed: compatibility forms folded, the invisible removed.

    For phone numbers, e-mail addresses and codes, in which nothing invisible is ever meant.

    >>> without_invisible("\u202a+358\u00a040\u202c")
    '+358 40'
    """
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if c not in INVISIBLE and c not in JOINERS).strip()


def _is_text(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cn":  # not assigned in this Python's Unicode: newer, or never to be assigned
        point = ord(char)
        return not (0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE)  # noqa: PLR2004 - Unicode's noncharacters
    return category not in {"Cc", "Cs"} or char in "\n\t"


def _is_visible(char: str) -> bool:
    if char in INVISIBLE:
        return False
    return unicodedata.category(char)[0] in _VISIBLE or unicodedata.category(char) in {"Cn", "Co"}


def _is_edge(char: str) -> bool:
    return char.isspace() or char in INVISIBLE or char in JOINERS


def _is_joined(before: str, char: str) -> bool:
    return char in JOINERS and unicodedata.combining(before) == VIRAMA
