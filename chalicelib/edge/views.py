"""Views by their paths. In Lambda a blueprint is imported when one of its paths is first asked for.

A container that has just started answers one request. The views of all others, with their schemas
and use cases, are a quarter of what a cold start would import.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib import import_module

from chalice.app import Chalice, RouteEntry

from chalicelib.edge.blueprint import Endpoints


def install(app: Chalice, blueprints: Mapping[str, str], *, on_demand: bool) -> None:
    """Let the application serve these blueprints, named by module and attribute (``a.b:c``).

    The key of each is how its paths begin, in whole segments; the longest one decides.
    """
    views = _Views(app, blueprints)
    app.routes = views
    if not on_demand:
        views.register(blueprints.values())


def name_of_blueprint(path: str, blueprints: Mapping[str, str]) -> str | None:
    """The blueprint of a path; None where no route begins so.

    >>> name_of_blueprint("/a/b/c", {"/a": "one", "/a/b": "two", "/a/b/c/d": "three"})
    'two'
    """
    begins = [each for each in blueprints if f"{path}/".startswith(f"{each}/")]
    return blueprints[max(begins, key=len)] if begins else None


class _Views(defaultdict[str, dict[str, RouteEntry]]):
    """Chalice's table of views by path and method. It grows with the paths that are asked for."""

    def __init__(self, app: Chalice, blueprints: Mapping[str, str]) -> None:
        super().__init__(dict)
        self._app = app
        self._blueprints = blueprints
        self._registered: set[str] = set()

    def __missing__(self, path: str) -> dict[str, RouteEntry]:
        views = super().__missing__(path)  # empty, and in the table from now on
        name = name_of_blueprint(path, self._blueprints)
        if name is not None:
            self.register([name])
        return views

    def register(self, names: Iterable[str]) -> None:
        """Import the blueprints and enter their views, each once."""
        for name in names:
            if name not in self._registered:
                self._registered.add(name)
                self._app.register_blueprint(_blueprint(name))


def _blueprint(name: str) -> Endpoints:
    module, _, attribute = name.partition(":")
    found: Endpoints = getattr(import_module(module), attribute)
    return found
