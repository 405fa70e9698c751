"""Tables as spreadsheets save them: encodings, separators, rows with their numbers.

A row has the number that a spreadsheet shows beside it: the first is 1, an empty one counts, and a
cell with a line end in it does not make two of them. A file is read as a stream, row by row.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from chalicelib.domain.errors import DomainError

SEPARATORS: Final = (",", ";", "\t", "|")
MOST_COLUMNS: Final = 200
HINT: Final = "sep="
"""A first line with which a file tells Excel its separator."""
_SNIFFED_BYTES: Final = 256
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHERS: Final = {b"\x1f\x8b": "a packed file", b"%PDF": "a PDF", b"<": "a web page", b"[": "JSON"}
"""What else is uploaded by mistake, by its first characters."""
_WINDOWS: Final = "cp1252"
_SIGN: Final = "[¢£¤¥¦§¨©¬®¯±³¶¸¹¼½¾¿×÷ƒ†‡ˆ‰˜›‹„”]"
_MISREAD: Final = re.compile(
    rf"[^\W\d_]{_SIGN}[^\W\d_]"  # a sign inside a word: V„inö
    r"|(?:^|\s)[£¥¤¯¬€][^\W\d_]"  # … or before one: £ukasz
    r"|(?<![^\W\d_])[À-ÿ]{4,}(?![^\W\d_])"  # a word without any plain letter: Èâàí
    r"|[a-zß-ÿ][À-ÞŠŽŒŸ](?:[a-zß-ÿ]|\b)"  # a capital inside a word: VšinŠ
)
"""What no text in Windows-1252 has, and texts in other encodings become when they are read so."""
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

Record = tuple[int, list[str]]
"""A row: its number and its cells."""
Opened = Callable[[], Iterable[bytes]]
"""Opens a file anew, from its start."""


class NotATable(DomainError):
    """The file cannot be imported at all."""

    text = "The file cannot be read as a table."

    def __init__(self, text: str, *, reason: str) -> None:
        """``reason`` is a code for programs, ``text`` a sentence for people."""
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written. ``header_row`` is the number of the row with the headings."""

    encoding: str
    separator: str
    header_row: int


def encoding_of(chunks: Iterable[bytes]) -> str:
    """The encoding of a file: by its mark, else UTF-8 if all of it is, else Windows-1252.

    Raises NotATable for an empty file and for what is no text in rows.
    """
    rest = iter(chunks)
    head = b""
    while len(head) < _SNIFFED_BYTES and (more := next(rest, b"")):
        head += more
    if not head.strip():
        text = "The file is empty."
        raise NotATable(text, reason="empty_file")
    if head.startswith(_WORKBOOKS):
        text = 'The file is an Excel workbook. Save it as "CSV UTF-8", and upload that file.'
        raise NotATable(text, reason="not_csv")
    other = next((name for mark, name in _OTHERS.items() if head.lstrip().startswith(mark)), None)
    if other is not None:
        text = f'The file is {other}, and no table. Save the table as "CSV UTF-8".'
        raise NotATable(text, reason="not_csv")
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    return marked or _unmarked_utf16(head) or _utf8_or_windows(chain((head,), rest))


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark has a zero beside each Latin letter."""
    sample = head[:_SNIFFED_BYTES]
    zeros = sample[::2].count(0), sample[1::2].count(0)
    if max(zeros) * 4 < len(sample):
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _utf8_or_windows(chunks: Iterable[bytes]) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _WINDOWS
    return "utf-8"


def records(chunks: Iterable[bytes], encoding: str, separator: str) -> Iterator[Record]:
    """All rows of a file. Raises NotATable, naming the row, for what cannot be read."""
    stream = io.BufferedReader(_Stream(chunks))
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=separator, skipinitialspace=True, strict=True)
    number = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as exc:
            words = (
                f"Row {number} cannot be read. Is there a quotation mark that is not closed, or "
                "one that is not doubled?"
            )
            raise NotATable(words, reason="unreadable_row") from exc
        except UnicodeDecodeError as exc:
            words = (
                f"Row {number} has bytes that are no text. Save the file as UTF-8, and upload it "
                "again."
            )
            raise NotATable(words, reason="wrong_encoding") from exc
        if cells is None:
            return
        if encoding == _WINDOWS:
            _require_readable(number, cells)
        yield number, cells
        number += 1


def _require_readable(number: int, cells: Sequence[str]) -> None:
    """Raises NotATable where letters have become others, so that no wrong name is kept."""
    for cell in cells:
        if _MISREAD.search(cell):
            words = (
                f'Row {number} reads "{cell[:40]}": the file is in another encoding than UTF-8. '
                'Save it as "CSV UTF-8", and upload it again.'
            )
            raise NotATable(words, reason="wrong_encoding")


def is_empty(cells: Sequence[str]) -> bool:
    """Whether there is nothing in a row.

    >>> is_empty([]), is_empty(["", " "]), is_empty(["", "0"])
    (True, True, False)
    """
    return not any(map(str.strip, cells))


def form_of(opened: Opened, encoding: str) -> tuple[Form, list[str]]:
    """How a file is written, and its headings: the first row in which there is anything.

    The separator is that which a line ``sep=;`` names, else the one that makes most headings.
    Raises NotATable.
    """
    separator = _separator_of(_first_line(opened(), encoding))
    for number, cells in records(opened(), encoding, separator):
        if not is_empty(cells) and not cells[0].lower().startswith(HINT):
            return Form(encoding, separator, number), _checked(cells)
    text = "The file has no row with headings."
    raise NotATable(text, reason="empty_file")


def _first_line(chunks: Iterable[bytes], encoding: str) -> str:
    """The first line in which there is anything; what cannot be decoded does not matter yet."""
    stream = io.BufferedReader(_Stream(chunks))
    lines = io.TextIOWrapper(stream, encoding=encoding, errors="replace")
    return next((line for line in lines if line.strip()), "")


def _separator_of(line: str) -> str:
    r"""The separator of a line of headings, or that which the line names.

    >>> _separator_of("sep=|"), _separator_of('"a, b, c";d'), _separator_of("name")
    ('|', ';', ',')
    """
    if line.lower().startswith(HINT):
        return line[len(HINT) : len(HINT) + 1].strip("\r\n") or ","
    bare = "".join(line.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def _checked(headings: list[str]) -> list[str]:
    while headings and not headings[-1].strip():
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        text = f"The file has {len(headings)} columns. At most {MOST_COLUMNS} are read."
        raise NotATable(text, reason="too_many_columns")
    return [heading.strip() for heading in headings]


class _Stream(io.RawIOBase):
    """Chunks of bytes as a stream."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__()
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override] # of its readers
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)
