"""`.chalice/config.json`, the template and Settings agree on stages, variables and policies."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import pytest

from chalicelib.settings import Settings
from infra.package import VARIABLES_BY_PARAMETER
from infra.template import LOCAL_ACCOUNT_ID, Stack, load

CHALICE: Final = Path(__file__).parents[2] / ".chalice"
CONFIG: Final[dict[str, Any]] = json.loads((CHALICE / "config.json").read_text("utf-8"))
STAGES: Final[dict[str, Any]] = CONFIG["stages"]
FUNCTIONS: Final = (
    "APIHandler",
    "PublishEvents",
    "LearnTravelTimes",
    "NotifyRecipient",
    "DeliverWebhook",
    "ImportShipments",
    "InspectProof",
    "SweepProofs",
    "SealEvidence",
    "SweepEvidence",
    "CountMetrics",
)
POWERTOOLS: Final = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
SETTINGS: Final = {field.name.upper() for field in fields(Settings)}


def test_there_is_no_stage_that_tests_would_read_by_accident() -> None:
    assert set(STAGES) == {"dev", "prod"}


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_sets_exactly_what_settings_read(stage: str) -> None:
    assert set(STAGES[stage]["environment_variables"]) == SETTINGS
    assert set(CONFIG["environment_variables"]) == POWERTOOLS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_gets_the_names_of_the_real_resources(function: str) -> None:
    assert set(Stack("dev").environment(function)) == SETTINGS


@pytest.mark.parametrize("stage", STAGES)
def test_the_placeholders_are_the_names_that_the_template_gives(stage: str) -> None:
    variables = STAGES[stage]["environment_variables"]
    parameters = {name: variables[variable] for name, variable in VARIABLES_BY_PARAMETER.items()}

    assert Stack(stage, LOCAL_ACCOUNT_ID, parameters=parameters).environment() == variables


def test_only_known_parameters_take_their_default_from_the_stage() -> None:
    assert set(VARIABLES_BY_PARAMETER) <= set(load()["Parameters"])


def test_rights_are_written_by_hand_a_file_for_each_function() -> None:
    used = [CONFIG["iam_policy_file"]]
    used += [function["iam_policy_file"] for function in CONFIG["lambda_functions"].values()]

    assert CONFIG["autogen_policy"] is False
    assert sorted(used) == sorted(path.name for path in CHALICE.glob("policy-*.json"))
    assert len(set(used)) == len(used)


def test_no_stage_weakens_what_holds_for_all() -> None:
    allowed = {"environment_variables", "log_retention_in_days"}

    assert all(set(stage) <= allowed for stage in STAGES.values())
    assert CONFIG["api_gateway_endpoint_type"] == "REGIONAL"
    assert CONFIG["lambda_architecture"] == "arm64"
    assert CONFIG["lambda_timeout"] < 29


@pytest.mark.parametrize("stage", STAGES)
def test_nothing_secret_is_in_the_environment(stage: str) -> None:
    names = " ".join(STAGES[stage]["environment_variables"])

    assert not {"SECRET", "PASSWORD", "TOKEN", "CREDENTIAL"} & set(
        names.replace(" ", "_").split("_")
    )
