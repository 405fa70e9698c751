"""cfn-lint finds nothing in the transformed template, and would find something if it were there."""

import copy
import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.package import TEMPLATE_NAME, Generated, write_template
from infra.template import load
from tests.architecture.templates import Packaged


def found(stack: dict[str, Any]) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from infra.lint import findings  # noqa: PLC0415 (a slow import, for few tests)

        return findings(stack)


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_transformed_template_is_clean(stage: str, request: pytest.FixtureRequest) -> None:
    packaged: Packaged = request.getfixturevalue(stage)

    assert found(packaged.stack) == []


def test_a_wrong_reference_and_a_wrong_property_are_found(dev: Packaged) -> None:
    stack = copy.deepcopy(dev.stack)
    stack["Resources"]["NoticesQueue"]["Properties"]["VisibilityTimeOut"] = 1
    stack["Resources"]["WebhooksSubscription"]["Properties"]["TopicArn"] = {"Ref": "NoSuchTopic"}

    rules = {line.partition(" ")[0] for line in found(stack)}

    assert {"E1020", "E3002"} <= rules


def test_what_is_written_has_no_aliases_and_reads_back_the_same(
    generated_dev: Generated, tmp_path: Path
) -> None:
    path = write_template(generated_dev.template, tmp_path / TEMPLATE_NAME)

    assert not [e for e in yaml.parse(path.read_text("utf-8")) if isinstance(e, yaml.AliasEvent)]
    assert load(path) == generated_dev.template
