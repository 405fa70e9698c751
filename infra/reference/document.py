"""The OpenAPI 3.1 document of the whole application, from what its routes declare.

Plain dicts: pydantic's schemas are dicts already, and a test has the whole validated. The document
is made when the pages are built; no function imports this.
"""

import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from chalice.app import Chalice
from pydantic import BaseModel

from chalicelib.pages.reference import SOMEWHERE
from infra.reference import callbacks
from infra.reference.examples import Examples
from infra.reference.glossary import Glossary, glossary
from infra.reference.links import add_links
from infra.reference.models import Json, ModelInMode, Models
from infra.reference.operations import SCHEMES, Operations, Route
from infra.reference.refusals import catalogue

OVERVIEW: Final = Path(__file__).with_name("overview.md")
HEADERS: Final[dict[str, Json]] = {
    "X-Request-Id": {
        "description": "The request's id. Name it when you ask for help.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "After how many seconds to ask again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "RateLimit-Policy": {
        "description": "How many requests (`q`) the key may make in how many seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"default";q=100;w=60',
    },
    "RateLimit": {
        "description": "How many are left (`r`), and in how many seconds it begins anew (`t`).",
        "schema": {"type": "string"},
        "example": '"default";r=42;t=17',
    },
    "WWW-Authenticate": {"description": "Bearer.", "schema": {"const": "Bearer"}},
    "Idempotency-Replayed": {
        "description": "`true` when this is the first answer again.",
        "schema": {"const": "true"},
    },
    "ETag": {"description": "The version of the answer.", "schema": {"type": "string"}},
    "Link": {
        "description": "The address of the next page, where there is one (RFC 8288).",
        "schema": {"type": "string"},
        "example": '<?limit=25&cursor=eyJwIjoiLi4uIn0>; rel="next"',
    },
    "Location": {"description": "Where to go on.", "schema": {"type": "string"}},
}
PROBLEM_SCHEMA: Final[Json] = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457). Some problems have more fields, with the "
    "facts behind them.",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "description": "The page of this problem in the reference.",
        },
        "title": {"type": "string", "description": "The problem in a few words, always the same."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {"type": "string", "description": "What is wrong, in a sentence for people."},
        "code": {"type": "string", "description": "The problem in one stable word for programs."},
        "instance": {"type": "string", "description": "The request's id."},
        "errors": {
            "type": "array",
            "description": "What is wrong where; the first twenty.",
            "items": {"$ref": "#/components/schemas/ProblemItem"},
        },
        "error_count": {"type": "integer", "description": "How many there are in all."},
    },
}
PROBLEM_ITEM: Final[Json] = {
    "type": "object",
    "description": "One mistake.",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "Where: a JSON pointer into the body (`/parcels/0/barcode`), or "
            "`?limit` for a parameter.",
        },
        "code": {"type": "string", "description": "What, in one word for programs."},
        "detail": {"type": "string", "description": "What, in a sentence for people."},
    },
}


def routes_of(app: Chalice) -> list[Route]:
    """Every route of the application. HEAD is not listed: each GET has it."""
    return [
        Route.of(entry.view_function)
        for _, methods in sorted(app.routes.items())
        for method, entry in sorted(methods.items())
        if method != "HEAD"
    ]


@dataclass(frozen=True, slots=True)
class Made:
    """A document, and what nobody has written yet; a test wants no gaps."""

    document: Json
    gaps: tuple[str, ...]


def document(app: Chalice) -> Json:
    """The document of an application. Its addresses begin with ``SOMEWHERE``."""
    return made_of(routes_of(app), glossary()).document


def made_of(routes: list[Route], words: Glossary) -> Made:
    """The document of these routes in these words."""
    models = Models(_models(routes), words)
    examples = Examples(models, words)
    operations = Operations(models, examples, words)
    paths: dict[str, dict[str, Json]] = {}
    for route in routes:
        declaration = route.declaration
        paths.setdefault(declaration.path, {})[declaration.method.lower()] = operations.of(route)
    add_links(paths)
    messages = callbacks.messages(models, words)
    models.schemas.update(messages)
    webhooks = callbacks.webhooks(examples, messages, words)
    used = models.used_by([paths, webhooks])
    gaps = (
        *(f"{field} has no description" for field in models.undescribed(used)),
        *_parameters_without_words(paths),
        *(f"{field} has no example" for field in dict.fromkeys(examples.missing)),
        *(f"{event} has no words" for event in callbacks.told() if event not in words.events),
    )
    found = {
        "openapi": "3.1.0",
        "info": _info(),
        "servers": [{"url": SOMEWHERE}],
        "tags": _tags(routes),
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "securitySchemes": {
                role.value: {"type": "http", "scheme": "bearer", "description": means}
                for role, means in SCHEMES.items()
            },
            "headers": HEADERS,
            "examples": _problem_examples(routes),
            "schemas": {
                "Problem": PROBLEM_SCHEMA,
                "ProblemItem": PROBLEM_ITEM,
                **used,
            },
        },
    }
    return Made(found, gaps)


def _parameters_without_words(paths: dict[str, dict[str, Json]]) -> Iterator[str]:
    for methods in paths.values():
        for operation in methods.values():
            for each in operation.get("parameters", ()):
                if not each["description"]:
                    yield f"{operation['operationId']}?{each['name']} has no description"


def declarations(app: Chalice) -> dict[str, Any]:
    """The declarations of all routes by operation id."""
    return {route.operation_id: route.declaration for route in routes_of(app)}


def _models(routes: list[Route]) -> list[ModelInMode]:
    found: list[ModelInMode] = list(callbacks.MODELS)
    for declaration in (route.declaration for route in routes):
        taken: tuple[type[BaseModel] | None, ...] = (declaration.takes, declaration.query)
        found += [(model, "validation") for model in taken if model is not None]
        found += [(model, "serialization") for model in declaration.gives]
        if declaration.written is not None:
            found.append((declaration.written(), "serialization"))
    return found


def _info() -> Json:
    title, _, text = OVERVIEW.read_text("utf-8").partition("\n\n")
    return {
        "title": title.removeprefix("# "),
        "version": "1",
        "summary": "Last-mile delivery tracking",
        "description": text,
        "license": {"name": "MIT", "identifier": "MIT"},
    }


def _tags(routes: list[Route]) -> list[Json]:
    """A tag for each module of views, in the words of its docstring."""
    return [
        {"name": tag, "description": _first_sentences(module)}
        for tag, module in sorted({(route.tag, route.module) for route in routes})
    ]


def _first_sentences(module: str) -> str:
    text = inspect.cleandoc(sys.modules[module].__doc__ or "")
    return text.partition("\n\n")[0].replace("\n", " ").replace("``", "`")


def _problem_examples(routes: list[Route]) -> dict[str, Json]:
    by_id = {route.operation_id: route.declaration for route in routes}
    return {
        problem.code: {"summary": problem.example["title"], "value": problem.example}
        for problem in catalogue(by_id)
    }
