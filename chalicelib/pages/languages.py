"""Which language a page speaks: that of the reader, as far as we speak it.

The choice is made from what the reader says (``?lang=``, then Accept-Language) before what the
shipper said about them. The region of a tag changes form only (en-US: 2:10 pm), never the zone that
times are shown in.
"""

import re
from typing import Final

from chalicelib.catalogues import DEFAULT_LANGUAGE, locale_of, spoken
from chalicelib.domain.phrases.locales import Locale

ACCEPTED_TAGS: Final = 10
"""So many entries of Accept-Language are looked at: no header makes us work without end."""

_QUALITY: Final = re.compile(r"q\s*=\s*([01](?:\.[0-9]{0,3})?)", re.ASCII)


def negotiate(
    asked: str | None, accept_language: str | None, recipient_locale: str | None = None
) -> Locale:
    """The best language there is for this reader; English when we speak none of theirs.

    >>> negotiate(None, "et, fi;q=0.7, en;q=0.3").tag
    'fi'
    >>> negotiate("sv", "fi").tag
    'sv'
    """
    wanted = [asked or "", *_by_preference(accept_language or ""), recipient_locale or ""]
    known = (tag for tag in map(spoken, wanted) if tag is not None)
    return locale_of(next(known, DEFAULT_LANGUAGE))


def _by_preference(accept_language: str) -> list[str]:
    """The tags of an Accept-Language header (RFC 9110 §12.5.4), most wanted first.

    What is malformed is left out.
    """
    weighted: list[tuple[float, str]] = []
    for entry in accept_language.split(",")[:ACCEPTED_TAGS]:
        tag, _, parameter = entry.partition(";")
        weight = _weight(parameter)
        if weight > 0:
            weighted.append((weight, tag))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def _weight(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    found = _QUALITY.fullmatch(parameter.strip())
    return float(found[1]) if found else 0.0
