"""One route and method as an operation of the document, from its declaration alone."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import TooManyRequests
from chalicelib.edge import limits
from chalicelib.edge.bodies import FORM, MERGE_PATCH
from chalicelib.edge.declarations import Declaration
from chalicelib.edge.principals import NEEDS_NO_KEY
from chalicelib.edge.problems import PROBLEM, problem
from chalicelib.edge.repeats import MAX_KEY_CHARS
from chalicelib.edge.replies import (
    HTML,
    JSON,
    TEXT,
    refused_as_error,
    refused_in_words,
    refused_link,
)
from chalicelib.edge.schemas import ID_PATTERN, Changes, ListingQuery
from infra.reference.examples import Examples
from infra.reference.glossary import Glossary
from infra.reference.models import Json, Models
from infra.reference.refusals import problems_of

SCHEMES: Final = {
    Role.SHIPPER: "A shipper's key: `Authorization: Bearer ds_live_…`. It sees its own shipments.",
    Role.DISPATCHER: "A dispatcher's key of the carrier: `Authorization: Bearer ds_live_…`.",
    Role.MANAGER: "A manager's key of the carrier, which only reads.",
    Role.ADMIN: "An admin's key of the carrier, which also makes shippers and keys.",
    Role.DRIVER: "A driver's token of one shift: `Authorization: Bearer dst_…`, in exchange for a "
    "one-time code.",
}
OWN_REFUSALS: Final[dict[Any, Json]] = {
    refused_in_words: {TEXT.partition(";")[0]: {"schema": {"type": "string"}}},
    refused_as_error: {
        JSON: {
            "schema": {
                "type": "object",
                "required": ["error"],
                "properties": {
                    "error": {"type": "string", "description": "Why, in a sentence for people."}
                },
            },
            "example": {"error": "Send a valid key or token as a bearer token."},
        }
    },
}
"""What an app of others reads, in place of a problem document."""
SHOWN_AS_PAGES: Final = {"not_found", "unauthorized", "unavailable"}
CONSOLE: Final = "/console"
"""Pages that refuse in pages, but for a form that no browser sends."""
OF_THE_GATEWAY: Final = {429, 500}
STATUS_WORDS: Final = {200: "Done.", 201: "Made.", 303: "The address to go on to."}
IDEMPOTENCY_KEY: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Your own name for this request. A repeat with the same name gets the first "
    "answer again, for a day. See [the overview](#overview).",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARS},
    "example": "order-1001",
}
IF_MATCH: Final[Json] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what you have read: the change is refused if it has changed since.",
    "schema": {"type": "string"},
    "example": '"3"',
}
IF_NONE_MATCH: Final[Json] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the answer that you have.",
    "schema": {"type": "string"},
}


@dataclass(frozen=True, slots=True)
class Route:
    """A registered route: its declaration, and the view's name, words and module."""

    declaration: Declaration
    operation_id: str
    summary: str
    description: str
    tag: str
    module: str

    @classmethod
    def of(cls, view: Any) -> "Route":
        """The route of a view as the blueprint registered it."""
        _, _, more = inspect.cleandoc(view.__doc__ or "").partition("\n\n")
        parts = view.__module__.removesuffix(".views").split(".")
        return cls(
            declaration=view.declaration,
            operation_id=view.__name__,
            summary=view.declaration.summary.replace("``", "`"),
            description=more.replace("``", "`"),
            tag=parts[-1],
            module=view.__module__,
        )


@dataclass(frozen=True, slots=True)
class Operations:
    """Makes the operations of routes."""

    models: Models
    examples: Examples
    glossary: Glossary

    def of(self, route: Route) -> Json:
        """The operation of a route."""
        declaration = route.declaration
        found: Json = {
            "operationId": route.operation_id,
            "summary": route.summary.removesuffix("."),
            "description": route.description or route.summary,
            "tags": [route.tag],
            "security": _security(declaration),
        }
        parameters = [*self._path(declaration), *self._query(declaration), *_headers(declaration)]
        if parameters:
            found["parameters"] = parameters
        if declaration.takes is not None:
            found["requestBody"] = self._body(declaration.takes, declaration)
        found["responses"] = {**self._successes(declaration), **_refusals(declaration)}
        return found

    def _path(self, declaration: Declaration) -> list[Json]:
        return [
            self._parameter(name, "path", _path_schema(name), required=True, model="path")
            for name in re.findall(r"\{(\w+)\}", declaration.path)
        ]

    def _query(self, declaration: Declaration) -> list[Json]:
        if declaration.query is None:
            return []
        schema = self.models.schema(declaration.query, "validation")
        needed = schema.get("required", ())
        return [
            self._parameter(
                name, "query", each, required=name in needed, model=declaration.query.__name__
            )
            for name, each in schema["properties"].items()
        ]

    def _parameter(
        self, name: str, place: str, schema: Json, *, required: bool, model: str
    ) -> Json:
        word = self.glossary.word(model, name)
        plain = {key: value for key, value in schema.items() if key != "description"}
        means = schema.get("description") or (word.means if word else "")
        return {
            "name": name,
            "in": place,
            **({"required": True} if required else {}),
            "description": means,
            "schema": _without_null(plain) if place == "query" else plain,
            "example": self.examples.of(schema, model=model, field=name),
        }

    def _body(self, model: type[BaseModel], declaration: Declaration) -> Json:
        schema = self.models.reference(model, "validation")
        content = {"schema": schema, "example": self.examples.of(schema)}
        kinds = [FORM if declaration.is_form else JSON]
        kinds += getattr(model, "also_sent_as", ())
        if declaration.method == "PATCH" and issubclass(model, Changes):
            kinds.append(MERGE_PATCH)
        return {"required": True, "content": dict.fromkeys(kinds, content)}

    def _successes(self, declaration: Declaration) -> dict[str, Json]:
        status = int(declaration.status)
        answer: Json = {
            "description": STATUS_WORDS.get(status, "Done, without a body."),
            "headers": _answer_headers(declaration, status),
        }
        content = self._content(declaration)
        if content:
            answer["content"] = content
        found = {str(status): answer}
        for other, words in declaration.also.items():
            more: Json = {"description": words, "headers": _answer_headers(declaration, other)}
            if content and other < HTTPStatus.MULTIPLE_CHOICES:
                more["content"] = content
            found[str(int(other))] = more
        return found

    def _content(self, declaration: Declaration) -> Json:
        models: list[type[BaseModel]] = list(declaration.gives)
        if declaration.written is not None:
            models.append(declaration.written())
        if models:
            schemas = [self.models.reference(model, "serialization") for model in models]
            schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
            return {JSON: {"schema": schema, "example": self.examples.of(schemas[0])}}
        return {media: {"schema": _written(media)} for media in declaration.media_types}


def _written(media: str) -> Json:
    """The schema of an answer that a view writes itself and no model describes."""
    return {} if "json" in media else {"type": "string"}


def _path_schema(name: str) -> Json:
    if name.endswith("_id"):
        return {"type": "string", "pattern": ID_PATTERN}
    return {"type": "string", "minLength": 1}


def _without_null(schema: Json) -> Json:
    """The schema of a parameter that may be left out: it is then not there, and never null."""
    if "anyOf" not in schema:
        return schema
    (left,) = (each for each in schema["anyOf"] if each.get("type") != "null")
    return {key: value for key, value in schema.items() if key not in {"anyOf", "default"}} | left


def _security(declaration: Declaration) -> list[Json]:
    if declaration.principals in NEEDS_NO_KEY:
        return []
    return [{role.value: []} for role in SCHEMES if role in declaration.principals]


def _headers(declaration: Declaration) -> list[Json]:
    known = [
        (declaration.is_idempotent, IDEMPOTENCY_KEY),
        (declaration.needs_version, IF_MATCH),
        (HTTPStatus.NOT_MODIFIED in declaration.also, IF_NONE_MATCH),
    ]
    return [parameter for is_taken, parameter in known if is_taken]


def _answer_headers(declaration: Declaration, status: int) -> dict[str, Json]:
    names = ["X-Request-Id"]
    if declaration.is_idempotent and status == declaration.status:
        names.append("Idempotency-Replayed")
    if HTTPStatus.NOT_MODIFIED in declaration.also or declaration.versioned:
        names.append("ETag")
    if TooManyRequests in declaration.refusals:
        names += [limits.POLICY, limits.LIMIT]
    if status in {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}:
        names.append("Location")
    if declaration.query is not None and issubclass(declaration.query, ListingQuery):
        names.append("Link")
    return named_headers(names)


def named_headers(names: list[str]) -> dict[str, Json]:
    """References to headers of the document."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _refusals(declaration: Declaration) -> dict[str, Json]:
    own = OWN_REFUSALS.get(declaration.refuse)
    is_page = own is None and declaration.refuse not in (problem, refused_link)
    by_status: dict[int, list[Any]] = {}
    for each in problems_of(declaration):
        by_status.setdefault(each.status, []).append(each)
    found: dict[str, Json] = {}
    for status, problems in by_status.items():
        headers = sorted({name for each in problems for name in each.headers})
        refs: Mapping[str, Json] = {
            each.code: {"$ref": f"#/components/examples/{each.code}"} for each in problems
        }
        content: Json = {
            PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": dict(refs)}
        }
        if is_page and all(each.code in SHOWN_AS_PAGES for each in problems):
            content = {HTML: {"schema": {"type": "string"}}}
        elif declaration.path.startswith(CONSOLE):
            content |= {HTML: {"schema": {"type": "string"}}}
        if own is not None and status not in OF_THE_GATEWAY:
            content = own
        found[str(status)] = {
            "description": " ".join(f"`{each.code}`: {each.detail}" for each in problems),
            "headers": named_headers(["X-Request-Id", *headers]),
            "content": content,
        }
    return found
