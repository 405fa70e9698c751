"""Jinja2, made when the first page is asked for: what serves only JSON never imports it."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jinja2 import Environment

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"


class FrontEndNotBuilt(RuntimeError):
    """The style sheets and scripts are missing: they are built (make setup), not committed."""


def render(template: str, *, state: Mapping[str, object] | None = None, **values: object) -> str:
    """A page as HTML. Every value is escaped; an unknown name in a template is an error.

    A page that a script keeps up to date passes its ``state``: the template has it as ``bound``.
    """
    from chalicelib.pages.bindings import Bindings  # noqa: PLC0415 - needs what Jinja2 needs

    if state is not None:
        values["bound"] = Bindings(state)
    return environment().get_template(template).render(**values)


@cache
def environment() -> "Environment":
    """The one Jinja2 environment: autoescape everywhere, strict names, no blank lines from tags."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - 33 ms

    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def asset_names() -> Mapping[str, str]:
    """Hashed names by plain name (tracking.js → tracking-4KFJ2XQA.js). Raises FrontEndNotBuilt."""
    manifest = STATIC / "manifest.json"
    try:
        text = manifest.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        msg = f"{manifest} is missing, so build the pages first (make setup)."
        raise FrontEndNotBuilt(msg) from exc
    names: Mapping[str, str] = json.loads(text)
    return names
