"""Tracking links as messengers and mail programs pass them on: with what stood behind them."""

from string import ascii_letters, digits
from typing import Final

TOKEN_CHARS: Final = 40
"""Each token of a link has this length, in the alphabet of url-safe base64."""

FIRST_TOKEN_CHARS: Final = 67
"""Tokens had this length at first. They begin with an A, and no other token does."""

LAST_GENERATION: Final = 255
"""A token has one byte for the number of its link."""

_ALPHABET: Final = frozenset(ascii_letters + digits + "_-")


def bare_token(text: str) -> str:
    """The token without what cannot be part of it: a full stop, a bracket, a quote, a line break.

    A text that is too short for a token stays as it is: it opens nothing.

    >>> bare_token("t" * 40 + ".)") == "t" * 40
    True
    >>> bare_token("A" * 67 + "_") == "A" * 67
    True
    >>> bare_token("short.")
    'short.'
    """
    length = FIRST_TOKEN_CHARS if text.startswith("A") else TOKEN_CHARS
    token = text[:length]
    return token if len(token) == length and _ALPHABET.issuperset(token) else text
