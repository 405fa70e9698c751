"""iCalendar (RFC 5545), as much of it as one event needs: escaping, folding, times.

A library for all of it is 3 MB of a zip that may have 17, and 20 lines do for one event. Times are
written in UTC: a calendar shows them on the clocks of its reader, and needs no rules of a zone.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

MOST_OCTETS: Final = 75
"""Of a line, without its end (RFC 5545 §3.1)."""
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def text(value: str) -> str:
    r"""A value of type TEXT (§3.3.11).

    >>> text("Kukka; Korpi, \\ Oy\nHelsinki")
    'Kukka\\; Korpi\\, \\\\ Oy\\nHelsinki'
    """
    return "".join(each for each in value if each == "\n" or each.isprintable()).translate(_ESCAPED)


def moment(at: datetime) -> str:
    """An instant in UTC (§3.3.5), in whole seconds."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def day(on: date) -> str:
    """A whole day (§3.3.4)."""
    return on.strftime("%Y%m%d")


def document(lines: Iterable[tuple[str, str]]) -> str:
    """The lines, each folded, as they go over the wire."""
    return "".join(f"{_folded(f'{name}:{value}')}\r\n" for name, value in lines)


def _folded(line: str) -> str:
    """The line in parts of 75 octets; no part ends inside a character."""
    parts, part, size = [], "", 0
    for each in line:
        octets = len(each.encode())
        if size + octets > MOST_OCTETS:
            parts.append(part)
            part, size = " ", 1
        part, size = part + each, size + octets
    return "\r\n".join([*parts, part])
