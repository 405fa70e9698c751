"""Links of the document: where to go with an answer. They follow from paths and names alone.

What a POST makes has an id, which is the parameter of the paths below it; a page of a listing has
the cursor of the next one.
"""

from typing import Final

from infra.reference.models import Json

CURSOR: Final = "$response.body#/next_cursor"
ID: Final = "$response.body#/id"


def add_links(paths: dict[str, dict[str, Json]]) -> None:
    """Add the links to the answers of success."""
    for path, methods in paths.items():
        if "post" in methods and "201" in methods["post"]["responses"]:
            found = _below(path, paths)
            if found:
                methods["post"]["responses"]["201"]["links"] = found
        operation = methods.get("get", {})
        names = {each["name"] for each in operation.get("parameters", ())}
        if "cursor" in names:
            operation["responses"]["200"]["links"] = {"next_page": _next_page(operation)}


def _below(path: str, paths: dict[str, dict[str, Json]]) -> dict[str, Json]:
    """The operations on what was made in a collection: one id behind its path."""
    return {
        operation["operationId"]: {
            "operationId": operation["operationId"],
            "parameters": {name: ID},
        }
        for other, methods in paths.items()
        if other.startswith(f"{path}/{{") and other.count("{") == path.count("{") + 1
        for name in [other.removeprefix(f"{path}/{{").partition("}")[0]]
        for operation in methods.values()
    }


def _next_page(operation: Json) -> Json:
    """The same listing with the cursor. Parameters in its path stay as they were asked for."""
    same = {
        each["name"]: f"$request.path.{each['name']}"
        for each in operation["parameters"]
        if each["in"] == "path"
    }
    return {
        "operationId": operation["operationId"],
        "parameters": {**same, "cursor": CURSOR},
        "description": "The next page, unless the cursor is null.",
    }
