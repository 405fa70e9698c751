"""The two pages of the laptop: the start page (`/`) and the inbox (`/inbox`)."""

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any, Final

from local.inbox import Inbox
from local.server import Page

_FOLDER: Final = Path(__file__).with_name("templates")
_LINK: Final = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")

JSON: Final = "application/json"


def start_pages(
    base_url: str, keys: Mapping[str, str], board: Callable[[], Sequence[Mapping[str, Any]]]
) -> dict[str, Callable[[], Page]]:
    """The start page by path. It loads the vans from `/start.json` every few seconds."""
    links = {name: f"{base_url}/{name}" for name in ("console", "inbox", "docs", "health")}

    def show() -> Page:
        rows = "".join(
            f'<tr><th scope="row">{html.escape(role)}</th><td><code>{html.escape(key)}</code></td>'
            "<td><button type=button>Copy</button></td></tr>"
            for role, key in keys.items()
        )
        return _page("start.html", keys=rows, base_url=html.escape(base_url), **links)

    return {"/": show, "/start.json": lambda: _json({"vans": list(board())})}


def inbox_pages(inbox: Inbox) -> dict[str, Callable[[], Page]]:
    """The inbox by path. It loads `/inbox.json` every few seconds."""

    def letters() -> list[dict[str, str]]:
        return [
            {**letter.as_json(), "html": _linked(letter.text)} for letter in inbox.letters()[:500]
        ]

    hint = "Another emulator sends these: see its own inbox." if inbox.is_blind else ""
    return {
        "/inbox": lambda: _page("inbox.html", hint=hint),
        "/inbox.json": lambda: _json({"letters": letters()}),
    }


def _linked(text: str) -> str:
    """The text as HTML with clickable addresses. Everything else is escaped.

    >>> _linked("<b> https://a.example/t/x.")
    '&lt;b&gt; <a href="https://a.example/t/x">https://a.example/t/x</a>.'
    """
    parts, end = [], 0
    for match in _LINK.finditer(text):
        address = html.escape(match[0])
        parts += [html.escape(text[end : match.start()]), f'<a href="{address}">{address}</a>']
        end = match.end()
    return "".join([*parts, html.escape(text[end:])])


def _page(name: str, **values: str) -> Page:
    style = (_FOLDER / "style.css").read_text(encoding="utf-8")
    text = Template((_FOLDER / name).read_text(encoding="utf-8"))
    return Page(text.substitute(style=style, **values).encode())


def _json(content: Any) -> Page:
    return Page(json.dumps(content, ensure_ascii=False).encode(), JSON)
