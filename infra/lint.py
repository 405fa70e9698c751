"""Linting of the packaged template: first SAM's transform, then cfn-lint on its result.

Linting the SAM form alone misses errors in the transformed template. Both steps need no network:
the functions name no managed policy, so the transform has none to look up.
"""

import copy
import json
import os
from collections.abc import Mapping
from typing import Any, Final

from cfnlint.api import ManualArgs, lint
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

REGION: Final = "eu-central-1"
NO_MANAGED_POLICIES: Final[Mapping[str, str]] = {}
ACCEPTED: Final[Mapping[str, str]] = {}
"""Rules that we do not apply, each with its reason."""


def transform(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template as plain CloudFormation. Raises samtranslator's InvalidDocumentException."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    document = copy.deepcopy(dict(template))
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://doorstep/deployment.zip"
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = "s3://doorstep/layer.zip"
    parameters = {
        name: declared.get("Default", "") for name, declared in document["Parameters"].items()
    }
    translated = Translator(NO_MANAGED_POLICIES, Parser()).translate(document, parameters)
    transformed: dict[str, Any] = json.loads(json.dumps(translated))  # SAM has its own dicts
    return transformed


def findings(transformed: Mapping[str, Any]) -> list[str]:
    """The findings of cfn-lint in plain CloudFormation, one line each; empty when it is clean."""
    rules = ManualArgs(regions=[REGION], ignore_checks=list(ACCEPTED))
    matches = lint(json.dumps(transformed), config=rules)
    return [
        f"{match.rule.id} {'.'.join(map(str, match.path))}: {match.message}" for match in matches
    ]
