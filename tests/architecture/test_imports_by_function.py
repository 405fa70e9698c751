"""Each function imports only what it serves: a fresh process per handler, as Lambda starts it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from app import app
from chalicelib.api import blueprints as api
from chalicelib.edge.views import name_of_blueprint
from chalicelib.pages import blueprints as pages
from infra.template import Stack

ROOT: Final = Path(__file__).parents[2]

HTTP: Final = {"chalicelib.api", "chalicelib.edge", "chalicelib.pages", "pydantic", "phonenumbers"}
ROUTES: Final = {
    *("chalicelib.domain.driving", "chalicelib.domain.routes", "chalicelib.domain.learning"),
}
RUN_SHEETS: Final = {
    "chalicelib.domain.driving.run_sheets",
    "chalicelib.adapters.dynamodb.routes.manifests",
}
SESSIONS: Final = {"itsdangerous"}
OTHER_VIEWS: Final = {
    *("chalicelib.api.accounts", "chalicelib.api.shipments", "chalicelib.api.routes"),
    *("chalicelib.api.driving", "chalicelib.api.schemas.routes", "chalicelib.api.schemas.driving"),
    *("chalicelib.domain.eta.learned.lessons", "chalicelib.domain.eta.accuracy"),
    "chalicelib.adapters.dynamodb.routes.manifests",
    *("chalicelib.api.metrics", "chalicelib.api.webhooks", "chalicelib.api.schemas.shipments"),
    *(
        "chalicelib.pages.tracking",
        "chalicelib.services.shipments",
        "chalicelib.domain.tracking.tracking",
    ),
}
PAGES: Final = {"jinja2"}
SENDERS: Final = {"chalicelib.adapters.messaging", "chalicelib.adapters.webhooks"}
DATABASE: Final = {"pynamodb", "chalicelib.adapters.dynamodb.tables"}
SENTENCES: Final = {"chalicelib.catalogues", "gettext"}
LEARNING: Final = {"chalicelib.domain.eta.learned"}
BATCHES: Final = {"aws_lambda_powertools.utilities.batch"}

# The handler, what it resolves when it is called, and what it must not have imported by then.
FUNCTIONS: Final = {
    "app.app": (
        "app.app.routes['/v1/driver/positions']['POST']; container().ingest_positions",
        (
            PAGES
            | SENDERS
            | BATCHES
            | OTHER_VIEWS
            | SENTENCES
            | {"phonenumbers", "email_validator", "chalicelib.triggers", "PIL"}
        ),
    ),
    "app.publish_events": (
        (
            "from chalicelib.triggers import streams; wired = container();"
            "wired.publish_events; wired.adapters.event_from_image"
        ),
        (
            HTTP
            | PAGES
            | DATABASE
            | LEARNING
            | ROUTES
            | BATCHES
            | SESSIONS
            | SENTENCES
            | {"chalicelib.adapters.webhooks", "chalicelib.services.driving"}
        ),
    ),
    "app.expire_shipments": (
        "container().expire_shipments; from chalicelib.triggers import streams",
        HTTP | PAGES | SENDERS | LEARNING | BATCHES | SENTENCES,
    ),
    "app.learn_travel_times": (
        "container().learn_travel_times; from chalicelib.triggers import streams",
        (
            HTTP
            | PAGES
            | SENDERS
            | BATCHES
            | RUN_SHEETS
            | SESSIONS
            | SENTENCES
            | {"chalicelib.services.driving", "chalicelib.domain.shipments.shipments"}
        ),
    ),
    "app.sweep_fleet": (
        "container().sweep_fleet; from chalicelib.triggers import schedules",
        HTTP | PAGES | SENDERS | BATCHES | SENTENCES,
    ),
    "app.import_shipments": (
        (
            "from chalicelib.triggers import imports; from chalicelib.api.schemas.imports import"
            " read_row; container().import_shipments; container().create_batch"
        ),
        (
            PAGES
            | LEARNING
            | BATCHES
            | SESSIONS
            | {
                *("chalicelib.pages", "chalicelib.services.driving", "phonenumbers"),
                *("chalicelib.adapters.webhooks", "email_validator", "chalicelib.api.shipments"),
            }
        ),
    ),
    "app.inspect_proof": (
        "container().inspect_proof; from chalicelib.triggers import uploads",
        HTTP | PAGES | SENDERS | LEARNING | ROUTES | BATCHES | SESSIONS | {"PIL"},
    ),
    "app.sweep_proofs": (
        "container().sweep_proofs; from chalicelib.triggers import schedules",
        HTTP | PAGES | LEARNING | ROUTES | BATCHES | SESSIONS | {"PIL"},
    ),
    "app.seal_evidence": (
        "container().seal_evidence; from chalicelib.triggers import evidence",
        (
            HTTP
            | PAGES
            | SENDERS
            | LEARNING
            | BATCHES
            | SESSIONS
            | {"PIL", "chalicelib.domain.evidence.p256", "chalicelib.services.driving"}
        ),
    ),
    "app.sweep_evidence": (
        "container().sweep_evidence; from chalicelib.triggers import schedules",
        (
            HTTP
            | PAGES
            | LEARNING
            | BATCHES
            | SESSIONS
            | {"PIL", "chalicelib.domain.evidence.p256", "chalicelib.services.driving"}
        ),
    ),
    "app.count_metrics": (
        "container().count_metrics; from chalicelib.triggers import metrics",
        (
            HTTP
            | PAGES
            | SENDERS
            | BATCHES
            | SESSIONS
            | {"PIL", "chalicelib.domain.evidence.p256", "chalicelib.services.driving"}
        ),
    ),
    "app.notify_recipient": (
        "container().notify_recipient; from chalicelib.triggers import queues",
        (
            HTTP
            | PAGES
            | LEARNING
            | ROUTES
            | SESSIONS
            | {"chalicelib.adapters.webhooks", "chalicelib.services.driving"}
        ),
    ),
    "app.deliver_webhook": (
        "container().deliver_webhook; from chalicelib.triggers import queues",
        (
            HTTP
            | PAGES
            | LEARNING
            | ROUTES
            | SESSIONS
            | SENTENCES
            | {
                "chalicelib.adapters.messaging",
                "chalicelib.domain.shipments.shipments",
                "chalicelib.services.driving",
            }
        ),
    ),
}


def imported_by(handler: str, called: str, environment: dict[str, str]) -> set[str]:
    """The modules of a process that Lambda starts for the handler, after its first call."""
    program = (
        "import sys, json; import app; from chalicelib.bootstrap.container import container;"
        f"{called}; print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**environment, "_HANDLER": handler, "AWS_DEFAULT_REGION": "eu-north-1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_a_function_imports_only_what_it_serves(handler: str) -> None:
    called, forbidden = FUNCTIONS[handler]

    modules = imported_by(handler, called, Stack("dev").environment())

    assert {
        name
        for name in modules
        for other in forbidden
        if name == other or name.startswith(f"{other}.")
    } == set()


def test_all_functions_are_looked_at() -> None:
    names = {name.removeprefix("app.") for name in FUNCTIONS} - {"app"}

    assert names == {source.name for source in app.event_sources}


def test_the_api_prepares_for_any_request_but_imports_no_view() -> None:
    modules = imported_by("app.app", "pass", Stack("dev").environment())

    assert {"chalicelib.edge.blueprint", "chalicelib.services.accounts.authenticate"} <= modules
    assert {
        name for name in modules if name.startswith(("chalicelib.api.", "chalicelib.pages."))
    } == {
        "chalicelib.api.blueprints",
        "chalicelib.pages.blueprints",
    }


@pytest.mark.parametrize(
    ("handler", "use_case", "trigger"),
    [
        ("app.publish_events", "shipments.publish_events", "streams"),
        ("app.learn_travel_times", "learning.learn_travel_times", "streams"),
        ("app.notify_recipient", "notices.notify_recipient", "queues"),
        ("app.deliver_webhook", "webhooks.deliver_webhook", "queues"),
    ],
)
def test_the_first_call_of_a_function_finds_all_that_it_needs(
    handler: str, use_case: str, trigger: str
) -> None:
    reads_tables = handler != "app.publish_events"
    check = "from chalicelib.adapters.dynamodb.item import Shared; assert Shared.client"

    modules = imported_by(handler, check if reads_tables else "pass", Stack("dev").environment())

    assert {f"chalicelib.services.{use_case}", f"chalicelib.triggers.{trigger}"} <= modules


@pytest.mark.parametrize("path", app.routes)
def test_the_blueprint_of_a_path_has_its_views(path: str) -> None:
    name = name_of_blueprint(path, {**api.BLUEPRINTS, **pages.BLUEPRINTS})

    assert name is not None
    modules = {entry.view_function.__module__ for entry in app.routes[path].values()}
    assert modules == {name.partition(":")[0]}


def test_where_no_handler_is_named_everything_is_served() -> None:
    assert "/v1/driver/positions" in app.routes
    assert "/t/{token}" in app.routes
