"""Tracking links as messengers and mail programs pass them on: with what stood behind them."""

import re
from typing import Final

TOKEN_CHARS: Final = 67
"""Each token of a tracking link has this length, in the alphabet of url-safe base64."""

_WITH_TAIL: Final = re.compile(rf"([A-Za-z0-9_-]{{{TOKEN_CHARS}}}).+", re.ASCII | re.DOTALL)


def bare_token(text: str) -> str:
    """The token without what cannot be part of it: a full stop, a bracket, a quote, a line break.

    A text that is too short for a token stays as it is: it opens nothing.

    >>> bare_token("t" * 67 + ".)") == "t" * 67
    True
    >>> bare_token("short.")
    'short.'
    """
    found = _WITH_TAIL.fullmatch(text)
    return found[1] if found else text
