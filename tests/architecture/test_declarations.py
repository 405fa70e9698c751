"""Every route declares all that a reader of the API has to know; no answer is an open object."""

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app import app
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import DomainError
from chalicelib.domain.shipments.events import INTERNAL, EventType
from chalicelib.domain.versions import Expected
from chalicelib.edge.declarations import Declaration
from chalicelib.edge.problems import STATUS
from chalicelib.edge.queries import Position
from chalicelib.edge.replies import JSON
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.repeats import Memory
from tests.support.declarations import DECLARATIONS, declared

ROOT: Final = Path(__file__).parents[2]
ROUTES: Final = [
    pytest.param(method, entry, id=f"{method} {path}")
    for path, methods in app.routes.items()
    for method, entry in methods.items()
]
DECLARED: Final = [
    pytest.param(declaration, id=f"{method} {path}")
    for (method, path), declaration in DECLARATIONS.items()
    if method == declaration.method
]
WITHOUT_A_BODY: Final = {
    "/v1/routes/{route_id}/cancel",
    "/v1/routes/{route_id}/complete",
    "/v1/routes/{route_id}/start",
    "/v1/shipments/{shipment_id}/returned",
    "/v1/drivers/{driver_id}/sign-out",
    "/v1/members/{member_id}/invitation",
    "/v1/members/{member_id}/sign-out",
    "/stop/{token}",
    "/stop/{token}/undo",
}
"""A POST that has nothing to say, or whose body says nothing that its address does not."""
BODILESS_STATUSES: Final = {HTTPStatus.NO_CONTENT, HTTPStatus.SEE_OTHER}


@pytest.mark.parametrize(("method", "entry"), ROUTES)
def test_a_declaration_is_that_of_its_route(method: str, entry: Any) -> None:
    declaration = declared(entry)

    assert declaration.path == entry.uri_pattern
    assert method == declaration.method or (method, declaration.method) == ("HEAD", "GET")


@pytest.mark.parametrize("declaration", DECLARED)
def test_a_route_says_in_a_sentence_what_it_is_for(declaration: Declaration) -> None:
    assert declaration.summary.endswith(".")


@pytest.mark.parametrize("declaration", DECLARED)
def test_a_method_with_a_body_declares_it(declaration: Declaration) -> None:
    has_body = declaration.method in {"POST", "PUT", "PATCH"}

    assert (declaration.takes is not None) == (has_body and declaration.path not in WITHOUT_A_BODY)


@pytest.mark.parametrize("declaration", DECLARED)
def test_a_route_declares_its_answer_or_that_it_has_none(declaration: Declaration) -> None:
    kinds = [bool(declaration.gives), bool(declaration.media_types)]

    assert sum(kinds) == (0 if declaration.status in BODILESS_STATUSES else 1)
    assert (declaration.media_types == (JSON,)) == (declaration.written is not None)


@pytest.mark.parametrize("declaration", DECLARED)
def test_a_route_declares_refusals_that_have_a_status(declaration: Declaration) -> None:
    assert all(issubclass(refusal, DomainError) for refusal in declaration.refusals)
    assert all(set(refusal.__mro__) & set(STATUS) for refusal in declaration.refusals)


@pytest.mark.parametrize(("method", "entry"), ROUTES)
def test_a_view_takes_what_its_declaration_hands_to_it(method: str, entry: Any) -> None:
    declaration = declared(entry)
    first, *others = inspect.signature(entry.view_function).parameters.values()
    expected: dict[str, Any] = dict.fromkeys(re.findall(r"\{(\w+)\}", declaration.path), str)
    if declaration.takes is not None:
        expected["body"] = declaration.takes
    if declaration.query is not None:
        expected["query"] = declaration.query
        if issubclass(declaration.query, ListingQuery):
            expected["position"] = Position
    if declaration.commits_answer:
        expected["memory"] = Memory
    if declaration.knows_client:
        expected["client"] = str
    if declaration.needs_version:
        expected["expected"] = Expected

    assert first.annotation is Actor
    assert {each.name: each.annotation for each in others} == expected


def schemas() -> dict[str, Any]:
    """The JSON schema of every declared model, by name."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for declaration in DECLARATIONS.values():
        models += [
            (model, "validation") for model in (declaration.takes, declaration.query) if model
        ]
        models += [(model, "serialization") for model in declaration.gives]
        if declaration.written is not None:
            models.append((declaration.written(), "serialization"))
    _, found = models_json_schema(list(dict.fromkeys(models)))
    definitions: dict[str, Any] = found["$defs"]
    return definitions


def nodes(schema: Any, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every schema in a schema, itself first."""
    yield where, schema
    for key in ("properties", "$defs"):
        for name, each in schema.get(key, {}).items():
            yield from nodes(each, f"{where}.{name}")
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for each in schema.get(key, ()):
            yield from nodes(each, where)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from nodes(schema[key], f"{where}[]")


def is_closed(schema: Mapping[str, Any]) -> bool:
    """Whether a reader knows all that may be there: no object of anything, no value of any type."""
    if schema.get("type") == "object":
        return schema.get("additionalProperties", True) is not True
    if schema.get("type") == "array":
        return "items" in schema or schema.get("maxItems") == 0
    return any(key in schema for key in ("type", "$ref", "anyOf", "oneOf", "enum", "const"))


def test_the_schemas_of_all_models_are_closed() -> None:
    found = [
        (where, schema)
        for name, definition in schemas().items()
        for where, schema in nodes(definition, name)
    ]

    assert len(found) > 400
    assert [where for where, schema in found if not is_closed(schema)] == []


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"title": "Anything"},
        {"type": "object"},
        {"type": "object", "additionalProperties": True},
        {"type": "array"},
    ],
)
def test_an_open_schema_is_noticed(schema: dict[str, Any]) -> None:
    assert not is_closed(schema)


def test_a_query_is_documented_with_names_types_and_limits() -> None:
    query = schemas()["EtaAccuracyQuery"]["properties"]

    assert set(query) == {"limit", "cursor", "service_day", "hub_id", "route_id"}
    assert (query["limit"]["minimum"], query["limit"]["maximum"]) == (1, 5)
    assert {"type": "string", "format": "date"} in query["service_day"]["anyOf"]


def test_words_of_a_closed_set_are_enumerations() -> None:
    found = schemas()

    for model, field in [
        ("ShipmentOut", "status"),
        ("RouteOut", "status"),
        ("KeyOut", "role"),
        ("ScanOut", "verdict"),
        ("AttemptOut", "status"),
    ]:
        name = found[model]["properties"][field]["$ref"].rpartition("/")[2]
        assert found[name]["enum"], (model, field)


def test_a_webhook_may_ask_for_exactly_the_events_that_are_told() -> None:
    wanted = schemas()["WebhookIn"]["properties"]["event_types"]["items"]["enum"]

    assert set(wanted) == {event_type.value for event_type in EventType} - INTERNAL


def test_a_container_that_starts_builds_no_validator() -> None:
    look = (
        "import app\n"
        "from chalicelib.edge.schemas import Schema\n"
        "def below(model):\n"
        "    return {model}.union(*map(below, model.__subclasses__()))\n"
        "models = below(Schema)\n"
        "print(len(models) > 80, sorted(m.__name__ for m in models if m.__pydantic_complete__))\n"
    )

    ran = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (ran.stdout.strip(), ran.stderr) == ("True []", "")
