"""The pages of the reference, written once when they are built: no script, no template at run time.

Addresses in them are relative, so the pages are right behind any host and prefix.
"""

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from chalicelib.edge.replies import JSON
from chalicelib.pages.reference import SOMEWHERE
from infra.reference.fields import Fields
from infra.reference.models import Json
from infra.reference.refusals import Problem

TEMPLATES: Final = Path(__file__).with_name("templates")
METHODS: Final = ("get", "post", "put", "patch", "delete")


def docs_page(document: Json, assets: Mapping[str, str]) -> str:
    """The reference of all operations."""
    schemas: Mapping[str, Json] = document["components"]["schemas"]
    return (
        _environment()
        .get_template("docs.html")
        .render(
            document=document,
            tags=list(_by_tag(document)),
            webhooks=[(name, entry["post"]) for name, entry in document["webhooks"].items()],
            fields=Fields(schemas),
            assets=assets,
            root="",
            curl=curl,
            modelled=modelled,
        )
    )


def errors_page(problems: Mapping[Problem, tuple[str, ...]], assets: Mapping[str, str]) -> str:
    """All problems, each under its code."""
    page = _environment().get_template("errors.html")
    return page.render(problems=problems, assets=assets, root="../")


def modelled(answer: Json) -> Json | None:
    """The content of an answer in JSON that a model describes."""
    content: Json = answer.get("content", {}).get(JSON, {})
    return content if "example" in content else None


def curl(path: str, method: str, operation: Json) -> str:
    """The request of an operation's example, as it is typed."""
    for each in operation.get("parameters", ()):
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", str(each["example"]))
    needed = "&".join(
        f"{each['name']}={each['example']}"
        for each in operation.get("parameters", ())
        if each["in"] == "query" and each.get("required")
    )
    has_body = "requestBody" in operation
    verb = "" if method == ("post" if has_body else "get") else f"-X {method.upper()} "
    lines = [f'curl {verb}"$BASE{path}{"?" * bool(needed)}{needed}"']
    if operation["security"]:
        lines.append('-H "Authorization: Bearer $KEY"')
    if has_body:
        content = operation["requestBody"]["content"]
        lines += _json_of(content[JSON]["example"]) if JSON in content else _form_of(content)
    return " \\\n  ".join(lines)


def _json_of(example: Json) -> list[str]:
    text = json.dumps(example, indent=2, ensure_ascii=False)
    return ["-H 'Content-Type: application/json'", f"-d '{text}'"]


def _form_of(content: Json) -> list[str]:
    (form,) = content.values()
    return [f"--data-urlencode '{name}={value}'" for name, value in form["example"].items()]


def _by_tag(document: Json) -> Any:
    for tag in document["tags"]:
        operations = [
            (path, method, methods[method])
            for path, methods in document["paths"].items()
            for method in METHODS
            if method in methods and methods[method]["tags"] == [tag["name"]]
        ]
        if operations:
            yield tag, operations


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    markdown = MarkdownIt("commonmark", {"html": False})

    def rendered(text: str) -> Markup:
        return Markup(markdown.render(text.replace(SOMEWHERE, "")))  # noqa: S704 - of our own words

    def inline(text: str) -> Markup:
        return Markup(markdown.renderInline(text))  # noqa: S704 - of our own words

    made.filters |= {
        "markdown": rendered,
        "inline": inline,
        "json": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
        "phrase": lambda status: HTTPStatus(int(status)).name.replace("_", " ").capitalize(),
    }
    return made
