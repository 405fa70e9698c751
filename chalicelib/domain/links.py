"""Tracking links as messengers and mail programs pass them on: with what stood behind them."""

from string import ascii_letters, digits
from typing import Final

TOKEN_CHARS: Final = 67
"""Each token of a tracking link has this length, in the alphabet of url-safe base64."""

LAST_GENERATION: Final = 255
"""A token has one byte for the number of its link."""

_ALPHABET: Final = frozenset(ascii_letters + digits + "_-")


def bare_token(text: str) -> str:
    """The token without what cannot be part of it: a full stop, a bracket, a quote, a line break.

    A text that is too short for a token stays as it is: it opens nothing.

    >>> bare_token("t" * 67 + ".)") == "t" * 67
    True
    >>> bare_token("short.")
    'short.'
    """
    token = text[:TOKEN_CHARS]
    return token if len(token) == TOKEN_CHARS and _ALPHABET.issuperset(token) else text
