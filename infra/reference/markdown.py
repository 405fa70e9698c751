"""The pages of `docs/` that are made from the code. A test says when they are old."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from infra.reference.fields import Fields, Row
from infra.reference.models import Json
from infra.reference.refusals import Problem

MOST_NAMED: Final = 12
"""A longer list says less than the reference does at each request."""
MADE: Final = "<!-- Made from the code by `make reference`. -->"
PROBLEMS: Final = """\
A refusal is a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457),
`application/problem+json`). Programs branch on `code`, people read `detail`, and `type` leads to an
entry of this list (`/docs/errors` of every deployment). `instance` and the header `X-Request-Id`
name the request; `errors` points at each field that is wrong."""
EVENTS: Final = """\
Every event of a shipment is in its history (`GET /v1/shipments/{shipment_id}/events`), and is sent
to the [webhook](webhooks.md) endpoints that want it. `data.sequence` counts a shipment's events
from 1 without gaps: sort by it. More fields and more types may come."""


ROUTE_EVENTS: Final = """\
What becomes of a route is in its history (`GET /v1/routes/{route_id}/events`, for staff) and on the
topic `shipment-events` with the attribute `audience` = `staff`, for subscriptions of the operator.
No webhook and no shipper gets it: it names shipments of several. `sequence` is the version of the
plan that came with it, and counts from 1 without gaps."""


def errors(problems: Mapping[Problem, tuple[str, ...]]) -> str:
    """`docs/errors.md`: every problem under its code, as `type` names it."""
    parts = [
        "# Problems",
        MADE,
        PROBLEMS,
        _table(
            "status | code | in a sentence",
            [
                f"{each.status} | [`{each.code}`](#{each.code}) | {each.detail}"
                for each in sorted(problems, key=lambda each: (each.status, each.code))
            ],
        ),
        *(_problem(problem, operations) for problem, operations in problems.items()),
    ]
    return "\n\n".join(parts) + "\n"


def events(document: Json, of_routes: Mapping[str, str]) -> str:
    """`docs/events.md`: every event that is told, with what it tells."""
    fields = Fields(document["components"]["schemas"])
    parts = [
        "# Events",
        MADE,
        EVENTS,
        _table(
            "type | when",
            [
                f"[`{name}`](#{name.replace('.', '')}) | {_when(entry['post'])}"
                for name, entry in document["webhooks"].items()
            ],
        ),
        *(_event(name, entry["post"], fields) for name, entry in document["webhooks"].items()),
        "# Events of routes",
        ROUTE_EVENTS,
        _table("type | when", [f"`{name}` | {when}" for name, when in of_routes.items()]),
        _table("field | type | meaning", map(_line, _route_facts(fields))),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: str, rows: Iterable[str]) -> str:
    rule = "|".join("---" for _ in head.split("|"))
    return "\n".join([f"| {head} |", f"|{rule}|", *(f"| {row} |" for row in rows)])


def _problem(problem: Problem, operations: tuple[str, ...]) -> str:
    named = ", ".join(f"`{name}`" for name in operations) or "any request"
    whose = named if len(operations) <= MOST_NAMED else "many requests; each lists it in `/docs`"
    lines = [
        f"## {problem.code}",
        f"**{problem.status} · {problem.example['title']}.** {problem.detail}",
        problem.when,
        f"From: {whose}.",
    ]
    if "Retry-After" in problem.headers:
        lines.insert(3, "It is safe to repeat the request after `Retry-After` seconds.")
    return "\n\n".join(lines)


def _when(entry: Json) -> str:
    return str(entry["description"]).replace("\n", " ")


def _event(name: str, entry: Json, fields: Fields) -> str:
    content = entry["requestBody"]["content"]["application/json"]
    (data,) = (row for row in fields.rows(content["schema"]) if row.name == "data")
    table = _table("field | type | meaning", map(_line, data.inside))
    example = json.dumps(content["example"], indent=2, ensure_ascii=False)
    return f"## {name}\n\n{_when(entry)}\n\n{table}\n\n```json\n{example}\n```"


def _route_facts(fields: Fields) -> tuple[Row, ...]:
    """What the events of routes tell."""
    rows = fields.rows({"$ref": "#/components/schemas/RouteEventOut"})
    return next(row.inside for row in rows if row.name == "data")


def _line(row: Row) -> str:
    words = f" One of {', '.join(f'`{word}`' for word in row.words)}." if row.words else ""
    return f"`{row.name}` | {row.kind} | {row.means}{words}"
