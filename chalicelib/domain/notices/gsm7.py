"""The alphabet of an SMS (3GPP TS 23.038): the length of a text, and a name in this alphabet.

A message holds 160 characters of the default alphabet. With a single character from outside it, a
message holds 70. Longer texts are sent, and paid for, in several segments.
"""

import re
import unicodedata
from typing import Final

from chalicelib.domain.phrases.locales import without_isolates

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("\f^{}\\[~]|€")
"""Each of these takes two septets, because an escape comes first."""

ONE_MESSAGE: Final = 160
SEGMENT: Final = 153
ONE_WIDE_MESSAGE: Final = 70
WIDE_SEGMENT: Final = 67

_PLAIN_FORMS: Final = {"ł": "l", "Ł": "L", "œ": "oe", "Œ": "OE", "’": "'", "«": '"', "»": '"'}

LONGEST_NAME: Final = 20
MOST_DIGITS: Final = 4
_LINK: Final = re.compile(r"[a-z]+:/|www\.|\w\.\w", re.IGNORECASE)


def is_plain(text: str) -> bool:
    """Whether every character is in the default alphabet or its extension."""
    return set(text) <= BASIC | EXTENDED


def written(text: str) -> str:
    """The text as an SMS should carry it: in the alphabet where its script can be, else unchanged.

    A letter from outside the alphabet loses its accent, as people write it on phones themselves.
    With one ą left in it, the whole message would hold 70 characters. Marks of direction are left
    out, since each would be a character.

    >>> written("Doręczono – środa"), written("Prêt à partir"), written("تم التسليم")
    ('Doreczono - sroda', 'Pret à partir', 'تم التسليم')
    """
    text = without_isolates(text).replace("\N{EN DASH}", "-").replace("\N{NO-BREAK SPACE}", " ")
    folded = "".join(c if c in BASIC or c in EXTENDED else _base(c) for c in text)
    return folded if is_plain(folded) else text


def _base(character: str) -> str:
    """The letter without its accent, or the plain form of a mark."""
    if character in _PLAIN_FORMS:
        return _PLAIN_FORMS[character]
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def segments(text: str) -> int:
    """The number of messages that a text takes.

    >>> segments("a" * 160), segments("a" * 161), segments("–" * 70), segments("–" * 71)
    (1, 2, 1, 2)
    """
    if is_plain(text):
        units, whole, part = len(text) + sum(c in EXTENDED for c in text), ONE_MESSAGE, SEGMENT
    else:
        units, whole, part = len(text.encode("utf-16-le")) // 2, ONE_WIDE_MESSAGE, WIDE_SEGMENT
    return 1 if units <= whole else -(-units // part)


def sender_name(name: str | None) -> str | None:
    """The name in a form that is safe at the start of an SMS, or None when nothing is left.

    The safe form has letters, few digits and single spaces. A name that looks like a link is
    dropped as a whole. Letters outside the alphabet lose their accents. A name that could be
    dialled loses its digits (reliability.md T4).

    >>> sender_name("Café Łódź"), sender_name("Visit http://evil"), sender_name("Call 0900 123456")
    ('Café odz', None, 'Call')
    """
    visible = "".join(c for c in name or "" if unicodedata.category(c) not in {"Cc", "Cf"})
    plain = unicodedata.normalize("NFKC", visible)
    if _LINK.search(plain):
        return None
    kept = "".join(_letter(c) for c in plain)
    if sum(c.isdigit() for c in kept) > MOST_DIGITS:
        kept = "".join(" " if c.isdigit() else c for c in kept)
    cut = _whole_words(" ".join(kept.split()))
    return cut if any(c.isalpha() for c in cut) else None


def _letter(character: str) -> str:
    """The character itself, its base letter, or a space."""
    for candidate in (character, unicodedata.normalize("NFKD", character)[0]):
        if candidate in BASIC and (candidate.isalpha() or candidate in "0123456789"):
            return candidate
    return "" if unicodedata.combining(character) else " "


def _whole_words(text: str) -> str:
    if len(text) <= LONGEST_NAME:
        return text
    return text[: LONGEST_NAME + 1].rpartition(" ")[0] or text[:LONGEST_NAME]
