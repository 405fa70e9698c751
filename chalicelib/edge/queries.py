"""Queries: read into the declared model, each parameter once; the first mistake is refused."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, TypeVar
from urllib.parse import urlencode

from chalice.app import Request
from pydantic import BeforeValidator, StringConstraints, ValidationError

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid
from chalicelib.domain.instants import read_day
from chalicelib.edge.schemas import ID_PATTERN, ID_WORDS, Query, written_as
from chalicelib.edge.sentences import refused, sentence_of

Q = TypeVar("Q", bound=Query)
_OFFSET: Final = re.compile(r"^(\d{4}-\d\d-\d\d[Tt][\d:.]{5,18}) (\d\d:?\d\d)$", re.ASCII)
_ID: Final = re.compile(ID_PATTERN, re.ASCII)
Position = Mapping[str, str] | None
"""Where a page of a listing begins; None: at its first entry."""


def is_id(text: str) -> bool:
    """Whether a text has the form of our ids: not all that fits into an address fits into a key."""
    return _ID.fullmatch(text) is not None


def parsed_query(model: type[Q], request: Request) -> Q:
    """The query as its model. Raises Invalid, pointing at the first parameter that is wrong."""
    try:
        return model.model_validate(_parameters(request, model))
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        text = sentence_of(first["type"], first["msg"], first.get("ctx"))
        text = "This parameter is needed." if first["type"] == "missing" else text
        pointer = f"?{first['loc'][0]}"
        raise Invalid(text, pointer=pointer, code=first["type"]) from exc


def next_page(query: Mapping[str, str], cursor: str) -> str:
    """The Link header of a page (RFC 8288): the address of the next one, relative to this one's.

    >>> next_page({"limit": "2", "cursor": "first"}, "second")
    '<?limit=2&cursor=second>; rel="next"'
    """
    return f'<?{urlencode({**query, "cursor": cursor})}>; rel="next"'


def scope_of(request: Request, actor: Actor) -> str:
    """Names a listing for its cursors: one is valid only for this reader, listing and filters.

    All keys of a shipper are one reader, and so are the staff: they read the same, and a key is
    changed now and then while a cursor is kept.
    """
    query: Mapping[str, str] = request.query_params or {}
    filters = sorted((k, v) for k, v in query.items() if k not in {"limit", "cursor"})
    path = request.context["resourcePath"]
    reader = actor.shipper_id or actor.driver_id or "staff"
    return f"{reader}|{path}|{sorted((request.uri_params or {}).items())}|{filters}"


def _parameters(request: Request, model: type[Query]) -> dict[str, str]:
    """The parameters by name. Raises Invalid for unknown and for repeated ones."""
    query = request.query_params
    if query is None:
        return {}
    for name in query:
        if name not in model.model_fields:
            text = "There is no such parameter."
            raise Invalid(text, pointer=f"?{name}" if name.isidentifier() else "?", code="unknown")
        if len(query.getlist(name)) > 1:
            text = "This parameter may be given once."
            raise Invalid(text, pointer=f"?{name}", code="repeated")
    return {name: _with_its_plus(query[name]) for name in query}


def _with_its_plus(text: str) -> str:
    """In an address a plus sign is a blank: an offset from UTC that was not escaped gets its back.

    >>> _with_its_plus("2026-11-28T18:00:00 02:00")
    '2026-11-28T18:00:00+02:00'
    """
    return _OFFSET.sub(r"\1+\2", text)


def _day(text: object) -> date:
    try:
        return read_day(str(text))
    except ValueError as exc:
        raise refused(code="invalid_date", words=str(exc)) from exc


QueryId = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    written_as(ID_PATTERN, "invalid_id", ID_WORDS),
]
"""A parameter that is an id."""
QueryDay = Annotated[date, BeforeValidator(_day)]
"""A parameter that is a day, like 2026-11-23."""
