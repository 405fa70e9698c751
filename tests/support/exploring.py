"""schemathesis in process: requests made from our own OpenAPI document, and judged by it."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import schemathesis
from schemathesis import engine
from schemathesis.engine import events

from app import app
from chalicelib.domain.actors import Role
from chalicelib.edge.schemas import ID_PATTERN
from tests.support.declarations import declaration_of
from tests.support.seeds import EXPLORES
from tests.support.wsgi import Wsgi, wsgi

CHECKS: Final = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
"""Not whether input is refused: some is mended, and a plausible order may still be a mistake."""
_ID: Final = re.compile(ID_PATTERN, re.ASCII)


@dataclass
class World:
    """What the requests are about: a token of each role, and an id for each name of a field.

    Time passes with each of them (``tick``). ``spare`` are the ids in the path of accounts that a
    request may end: the driver of the other requests is not signed out.
    """

    tick: Callable[[], object]
    tokens: Mapping[Role, str]
    ids: Mapping[str, str]
    spare: Mapping[str, str]


@dataclass
class Report:
    """The requests by status, the number of checks, and each check that failed."""

    statuses: Counter[str] = field(default_factory=Counter)
    checks: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.statuses.total()


def explored(
    document: Mapping[str, Any],
    world: World,
    *,
    max_examples: int,
    phases: Sequence[str],
    operation_id: str | None = None,
) -> Report:
    """Send requests to all operations of the document, or to one."""
    report = Report()
    place = f"/{hashlib.sha256(json.dumps(document).encode()).hexdigest()}.json"
    served = _served(document, place, world, report)
    schema: Any = schemathesis.openapi.from_wsgi(
        place, served
    )  # it remembers schemas by their place
    if operation_id is not None:
        schema = schema.include(operation_id=operation_id)
    schema.hook("map_case")(_about(world))
    schema.config.generation.update(
        max_examples=max_examples, deterministic=not EXPLORES, no_shrink=True, database="none"
    )
    schema.config.phases.update(phases=list(phases))
    schema.config.checks.update(included_check_names=CHECKS)
    schema.config.continue_on_failure = True
    for event in engine.from_schema(schema).execute():
        _note(event, report)
    return report


def _served(document: Mapping[str, Any], place: str, world: World, report: Report) -> Wsgi:
    """The application with this document in its place. Each request has a token that may ask."""
    text = json.dumps(document).encode()
    application = wsgi(app)

    def served(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def counted(status: str, headers: list[tuple[str, str]]) -> object:
            report.statuses[status.partition(" ")[0]] += 1
            return start_response(status, headers)

        path = environ["PATH_INFO"]
        if path == place:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [text]
        world.tick()
        declaration = declaration_of(environ["REQUEST_METHOD"], path)
        roles = declaration.principals if declaration else ()
        token = next((world.tokens[role] for role in roles if role in world.tokens), None)
        if token is not None:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return application(environ, counted)

    return served


def _note(event: object, report: Report) -> None:
    if isinstance(event, events.FatalError):
        raise event.exception
    if isinstance(event, events.NonFatalError):
        report.failures.append(f"{event.label}: {event.value}")
    if isinstance(event, events.ScenarioFinished):
        for case_id, checks in event.recorder.checks.items():
            report.checks += len(checks)
            report.failures += [
                f"{event.recorder.cases[case_id].value.as_curl_command()}: {failed.failure}"
                for failed in (check.failure_info for check in checks)
                if failed is not None
            ]


def _about(world: World) -> Callable[[Any, Any], Any]:
    """Lets requests be about things that exist, where they name one of ours."""

    def map_case(_context: Any, case: Any) -> Any:
        case.path_parameters = _known(case.path_parameters, {**world.ids, **world.spare})
        case.query = _known(case.query, world.ids)
        case.body = _known(case.body, world.ids)
        return case

    return map_case


def _known(value: Any, ids: Mapping[str, str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _known(each, ids, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_known(each, ids, name.removesuffix("s")) for each in value]
    if isinstance(value, str) and _ID.fullmatch(value):
        return ids.get(name, value)
    return value
