"""The application with a stage in place of its use cases, asked the way API Gateway asks.

There is one application a process: Chalice's blueprints forget their methods once registered.
"""

from typing import Any

import pytest
from chalice.app import Chalice

from app import app
from chalicelib.edge import middleware
from chalicelib.pages import reference
from chalicelib.pages.tracking import views as tracking_routes
from tests.support.stage import Stage


class Gateway:
    """Calls the application with API Gateway's events; ``prefix`` is the stage in the path."""

    def __init__(self, app: Chalice, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(
        self,
        resource: str,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        **parameters: str,
    ) -> dict[str, Any]:
        path = resource.format(**parameters)
        event = {
            "resource": resource,
            "path": path,
            "httpMethod": method,
            "headers": headers or {},
            "multiValueHeaders": {},
            "queryStringParameters": query,
            "multiValueQueryStringParameters": {
                key: [value] for key, value in (query or {}).items()
            }
            or None,
            "pathParameters": parameters,
            "stageVariables": None,
            "body": None,
            "isBase64Encoded": False,
            "requestContext": {
                "resourcePath": resource,
                "httpMethod": method,
                "path": f"{self._prefix}{path}",
                "identity": {"sourceIp": "192.0.2.1"},
            },
        }
        answer: dict[str, Any] = self._app(event, None)
        return answer


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage(base_url="https://proofs.example")
    for module in (tracking_routes, reference, middleware):
        monkeypatch.setattr(module, "container", lambda: stage)
    return stage


@pytest.fixture
def ask(stage: Stage) -> Gateway:
    return Gateway(app, prefix="/api")
