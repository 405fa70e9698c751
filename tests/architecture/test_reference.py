"""The reference is whole: every route, answer, example and word, and each fits the code."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from pydantic import Field

from app import app
from chalicelib.domain.errors import NothingAboard
from chalicelib.domain.routes.events import RouteEventType
from chalicelib.domain.shipments.events import INTERNAL, EventType
from chalicelib.domain.shipments.payloads import webhook_body
from chalicelib.edge.principals import NEEDS_NO_KEY
from chalicelib.edge.schemas import Out, Schema
from infra.reference.__main__ import in_docs
from infra.reference.document import declarations, made_of, routes_of
from infra.reference.glossary import glossary
from infra.reference.models import Models
from infra.reference.pages import docs_page
from infra.reference.refusals import catalogue, problems_of
from tests.support.builders import make_event
from tests.support.declarations import DECLARATIONS

ROUTES: Final = routes_of(app)
MADE: Final = made_of(ROUTES, glossary())
DOCUMENT: Final = MADE.document
OPERATIONS: Final = [
    pytest.param(route, id=f"{route.declaration.method} {route.declaration.path}")
    for route in ROUTES
]


def operation(route: Any) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][route.declaration.path][
        route.declaration.method.lower()
    ]
    return found


def contents(node: Any) -> Iterator[dict[str, Any]]:
    """Every JSON content in a part of the document."""
    if isinstance(node, dict):
        yield from (
            content
            for media, content in node.get("content", {}).items()
            if "json" in media and content["schema"]  # {} is the content of any built file
        )
        for each in node.values():
            yield from contents(each)


def mistakes(schema: dict[str, Any], value: object) -> list[str]:
    whole = {**schema, "components": DOCUMENT["components"]}
    checker = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]


def test_the_document_is_openapi_3_1() -> None:
    validate(DOCUMENT)


def test_every_route_is_in_the_document_and_nothing_else() -> None:
    documented = {
        (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
    }

    assert documented == {key for key in DECLARATIONS if key[0] != "HEAD"}


def test_every_field_event_and_parameter_has_words_and_an_example() -> None:
    assert MADE.gaps == ()


@pytest.mark.parametrize("route", OPERATIONS)
def test_an_operation_documents_what_its_route_declares(route: Any) -> None:
    found, declaration = operation(route), route.declaration
    statuses = {str(int(status)) for status in (declaration.status, *declaration.also)}
    refused = {str(each.status) for each in problems_of(declaration)}

    assert set(found["responses"]) == statuses | refused
    assert {"429", "500", "503"} <= refused
    assert (found["security"] == []) == (declaration.principals in NEEDS_NO_KEY)
    assert ("requestBody" in found) == (declaration.takes is not None)
    assert all(each["description"] for each in found.get("parameters", ()))
    assert all(each["description"] for each in found["responses"].values())
    named = {each["name"] for each in found.get("parameters", ())}
    assert ("Idempotency-Key" in named) == declaration.is_idempotent


@pytest.mark.parametrize("route", [each for each in ROUTES if each.declaration.takes])
def test_the_example_of_a_body_is_one_that_the_route_takes(route: Any) -> None:
    (content, *_) = operation(route)["requestBody"]["content"].values()

    route.declaration.takes.model_validate_json(json.dumps(content["example"]))


def test_every_content_has_an_example_that_fits_its_schema() -> None:
    examples = DOCUMENT["components"]["examples"]
    found = list(contents({"paths": DOCUMENT["paths"], "webhooks": DOCUMENT["webhooks"]}))

    assert len(found) > 200
    for content in found:
        named = [examples[name]["value"] for name in content.get("examples", ())]
        values = [*named, *([content["example"]] if "example" in content else [])]
        assert values, content
        assert [each for value in values for each in mistakes(content["schema"], value)] == []


def test_two_models_of_one_name_have_short_names_of_their_own() -> None:
    twins = [
        type("TwinOut", (Out,), {"__module__": f"a.{noun}", "__annotations__": {noun: str}})
        for noun in ("vans", "hubs")
    ]

    models = Models([(twin, "serialization") for twin in twins], glossary())

    assert set(models.schemas) == {"VansTwinOut", "HubsTwinOut"}
    assert models.reference(twins[0], "serialization") == {
        "$ref": "#/components/schemas/VansTwinOut"
    }
    assert all(name.isalnum() for name in DOCUMENT["components"]["schemas"])


def test_an_answer_links_to_what_can_be_done_with_it() -> None:
    made = DOCUMENT["paths"]["/v1/shipments"]["post"]["responses"]["201"]["links"]
    listed = DOCUMENT["paths"]["/v1/shipments/{shipment_id}/events"]["get"]["responses"]["200"]

    assert {"get_shipment", "get_events"} <= set(made)
    assert made["get_shipment"]["parameters"] == {"shipment_id": "$response.body#/id"}
    assert listed["links"]["next_page"]["parameters"] == {
        "shipment_id": "$request.path.shipment_id",
        "cursor": "$response.body#/next_cursor",
    }


def test_the_page_has_an_entry_for_every_operation_and_event() -> None:
    page = docs_page(DOCUMENT, {"reference.css": "reference.css"})
    events = [entry["post"]["operationId"] for entry in DOCUMENT["webhooks"].values()]

    for anchor in [*(route.operation_id for route in ROUTES), *events]:
        assert f'<article id="{anchor}"' in page


def test_operation_ids_are_unique() -> None:
    ids = [route.operation_id for route in ROUTES]

    assert len(ids) == len(set(ids))


def test_every_problem_has_an_entry_on_its_page_and_in_the_document() -> None:
    problems = catalogue(declarations(app))
    codes = {problem.code for problem in problems}
    page = next(text for path, text in in_docs().items() if path.name == "errors.md")

    assert set(DOCUMENT["components"]["examples"]) == codes
    assert {line.removeprefix("## ") for line in page.splitlines() if line[:3] == "## "} == codes
    assert NothingAboard.code in codes
    assert all(problem.detail.endswith(".") and problem.when for problem in problems)


def test_titles_are_unique_and_of_our_own() -> None:
    titles = [each["value"]["title"] for each in DOCUMENT["components"]["examples"].values()]

    assert len(titles) == len(set(titles))
    assert not {"Unprocessable Content", "Unprocessable Entity", "Not Found"} & set(titles)


@pytest.mark.parametrize("path", in_docs(), ids=lambda path: path.name)
def test_the_pages_in_docs_are_those_that_the_code_makes(path: Any) -> None:
    assert path.read_text("utf-8") == in_docs()[path], "run make reference"


@pytest.mark.parametrize("event_type", sorted(set(EventType) - INTERNAL))
def test_a_webhook_is_as_it_is_documented(event_type: EventType) -> None:
    span = {"earliest": "2026-11-23T12:00:00+00:00", "latest": "2026-11-23T12:30:00+00:00"}
    data = {
        "status": "out_for_delivery",
        "eta": {"point": "2026-11-23T12:10:00+00:00", **span},
        "promise": span,
        "stops_before": 2,
        "parcels": {"total": 2, "aboard": 1, "delivered": 0, "later": 1},
        "note": "never told",
    }
    entry = DOCUMENT["webhooks"][event_type.value]["post"]
    schema = entry["requestBody"]["content"]["application/json"]["schema"]
    sent = json.loads(webhook_body(make_event(type=event_type, data=data)))

    assert mistakes(schema, sent) == []
    assert "note" not in sent["data"]


class PlantedIn(Schema):
    """A body with a field that has no words, and one that says its own."""

    zzz_rattles: str
    yyy_quacks: str = Field(description="How often it quacks.", examples=["twice"])


class PlantedOut(Out):
    """An answer of that kind."""

    zzz_rattles: str


def test_a_field_without_words_or_example_is_named() -> None:
    route = next(route for route in ROUTES if route.operation_id == "post_hub")
    planted = replace(
        route,
        declaration=replace(route.declaration, takes=PlantedIn, gives=(PlantedOut,)),
    )

    assert set(made_of([planted], glossary()).gaps) == {
        "PlantedIn.zzz_rattles has no description",
        "PlantedIn.zzz_rattles has no example",
        "PlantedOut.zzz_rattles has no description",
        "PlantedOut.zzz_rattles has no example",
    }


def test_an_event_without_words_is_named() -> None:
    words = glossary()
    fewer = {name: word for name, word in words.events.items() if name != "eta.delayed"}

    assert made_of(ROUTES, replace(words, events=fewer)).gaps == ("eta.delayed has no words",)


def test_every_event_of_a_route_has_words() -> None:
    assert list(glossary().route_events) == [each.value for each in RouteEventType]


def test_every_word_is_of_use() -> None:
    models = DOCUMENT["components"]["schemas"]
    used = {
        f"{model}.{field}" for model, each in models.items() for field in each.get("properties", ())
    }
    used |= {name.partition(".")[2] for name in used}
    for route in ROUTES:
        named = [each["name"] for each in operation(route).get("parameters", ())]
        query = getattr(route.declaration.query, "__name__", "")
        used |= {*named, *(f"{kind}.{name}" for kind in ("path", query) for name in named)}

    assert set(glossary().words) - used == set()
