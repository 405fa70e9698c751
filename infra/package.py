"""`python -m infra.package --stage dev`: template and zip of one stage, linted, with sizes.

Chalice packages from a fresh folder that holds only the application. Its template is merged with
`resources.yaml` and gets the parameter defaults of the stage. It is written without YAML aliases,
because CloudFormation refuses them. The result is in `build/package/<stage>`.
"""

import argparse
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from chalicelib.precompiled import FILE_NAME
from infra.bundle import (
    SIZE_LIMIT_MB,
    bundle,
    bundle_layer,
    shares_mb,
    size_mb,
    unpacked_mb,
)
from infra.dataclass_methods import compiled_methods
from infra.template import RESOURCES, load
from infra.vendor import ROOT, vendor, vendor_layer

OUTPUT: Final = ROOT / "build" / "package"
TEMPLATE_NAME: Final = "packaged.yaml"
ZIP_NAME: Final = "deployment.zip"
LAYER_NAME: Final = "images-layer.zip"
LAYER: Final = "AWS::Serverless::LayerVersion"
LEAST_SHARE_MB: Final = 0.1
"""Smaller packages are not listed: the weight is in few of them."""
RUNTIME: Final = f"python{sys.version_info.major}.{sys.version_info.minor}"
SNAPSHOT_RUNTIMES: Final = frozenset({"python3.12", "python3.13", "python3.14"})
"""The runtimes for which Lambda has SnapStart."""
ALIAS: Final = "live"
VARIABLES_BY_PARAMETER: Final = {
    "Stage": "STAGE",
    "PublicBaseUrl": "PUBLIC_BASE_URL",
    "EmailSender": "EMAIL_SENDER",
    "OperatorName": "OPERATOR_NAME",
    "OperatorContact": "OPERATOR_CONTACT",
    "SmsNumber": "SMS_NUMBER",
    "TileUrl": "TILE_URL",
    "TileAttribution": "TILE_ATTRIBUTION",
    "RoadNetwork": "ROAD_NETWORK",
    "RouteOptimizer": "ROUTE_OPTIMIZER",
    "Geocoder": "GEOCODER",
    "RoughPlaces": "ROUGH_PLACES",
    "ShipmentRetentionDays": "SHIPMENT_RETENTION_DAYS",
    "ProofRetentionDays": "PROOF_RETENTION_DAYS",
    "KeyRequestsPerMinute": "KEY_REQUESTS_PER_MINUTE",
    "LogLevel": "LOG_LEVEL",
}
"""The parameters whose defaults come from the stage in `.chalice/config.json`."""


@dataclass(frozen=True, slots=True)
class Generated:
    """Chalice's output: the merged template, and a zip with only our code."""

    template: dict[str, Any]
    zip_path: Path
    project: Path
    """The folder that Chalice packed."""


def main() -> int:
    """Package one stage. Returns 1 when the zip is too large or the template has findings."""
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=__doc__)
    parser.add_argument("--stage", default="dev", choices=stages())
    stage = parser.parse_args().stage
    try:
        return package(stage, _Report())
    except subprocess.CalledProcessError as failure:  # the reason is on stderr
        print(f"\n  ✗ {Path(failure.cmd[0]).name} gave up: the application cannot be packaged")
        return 1


def package(stage: str, say: "_Report") -> int:
    """Package one stage and report to `say`. Raises CalledProcessError when Chalice or uv fails."""
    with tempfile.TemporaryDirectory() as scratch:
        generated = generate(stage, Path(scratch))
        say.done(f"template of stage {stage}, {RUNTIME}, arm64")
        packages, layer = vendor(), vendor_layer()
        say.done("packages for Lambda")
        template_path, zip_path = write(generated, packages, OUTPUT / stage, Path(scratch))
        layer_path = bundle_layer(layer, OUTPUT / stage / LAYER_NAME)
        say.done("zip of the functions, zip of the layer")
    from infra.lint import findings, transform  # noqa: PLC0415 (takes a second, and only now)

    found = findings(transform(load(template_path)))
    say.done("SAM transform and cfn-lint")
    return say.verdict(template_path, zip_path, layer_path, found)


def stages() -> list[str]:
    """The stages of `.chalice/config.json`."""
    return list(_config()["stages"])


def generate(stage: str, scratch: Path) -> Generated:
    """Run `chalice package` in a fresh copy of the application. Needs neither network nor AWS keys.

    Raises CalledProcessError when the application cannot be imported or packaged.
    """
    project = stage_project(scratch / "project")
    (project / "chalicelib" / FILE_NAME).write_bytes(compiled_methods(ROOT))
    output = scratch / "chalice"
    subprocess.run(
        [
            *(sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())"),
            *("--project-dir", str(project), "package", "--stage", stage),
            *("--template-format", "yaml", "--merge-template", str(RESOURCES), str(output)),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=project,
    )
    template = load(output / "sam.yaml")
    _set_defaults(template, _config()["stages"][stage]["environment_variables"])
    _keep_data_only_in(template, stage)
    for layer in (each for each in template["Resources"].values() if each["Type"] == LAYER):
        named = {"LayerName": f"doorstep-{stage}-images", "CompatibleRuntimes": [RUNTIME]}
        layer["Properties"] |= named
    take_every_method(template)
    start_from_snapshots(template, RUNTIME)
    return Generated(template, output / ZIP_NAME, project)


def stage_project(project: Path, source: Path = ROOT) -> Path:
    """Copy the files of the zip and Chalice's settings, without caches and earlier deployments."""
    project.mkdir(parents=True)
    shutil.copy(source / "app.py", project)
    shutil.copytree(source / "chalicelib", project / "chalicelib", ignore=_is_left_out)
    empty = project / "requirements.txt"  # Chalice would install what it lists, without byte code
    empty.touch()
    (project / ".chalice").mkdir()
    for path in (source / ".chalice").glob("*.json"):
        shutil.copy(path, project / ".chalice")
    return project


def write(generated: Generated, packages: Path, output: Path, scratch: Path) -> tuple[Path, Path]:
    """Write template and zip into `output`, replace old files, and return both paths."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    unpacked = scratch / "unpacked"
    unpacked.mkdir()
    zip_path = bundle(generated.zip_path, packages, unpacked, output / ZIP_NAME)
    return write_template(generated.template, output / TEMPLATE_NAME), zip_path


def write_template(template: Mapping[str, Any], into: Path) -> Path:
    """Write a template as YAML that CloudFormation reads; returns the path."""
    text = yaml.dump(dict(template), Dumper=_NoAliases, allow_unicode=True, width=120)
    into.write_text(text, encoding="utf-8")
    return into


def take_every_method(template: Mapping[str, Any]) -> None:
    """Let the API see requests with a method that a path does not take.

    It answers 405 with the methods that are (`Allow`), and OPTIONS with the same list. API Gateway
    alone would say 404, as for a path that does not exist.
    """
    for methods in template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"][
        "paths"
    ].values():
        some = next(iter(methods.values()))
        methods["x-amazon-apigateway-any-method"] = copy.deepcopy(some)


def start_from_snapshots(template: dict[str, Any], runtime: str) -> None:
    """Let the API's containers start from a snapshot, where the runtime has them.

    A snapshot belongs to a published version, so the API calls the alias of the newest one. Every
    deployment publishes a version, also one that only changes the environment.
    """
    if runtime not in SNAPSHOT_RUNTIMES:
        return
    resources = template["Resources"]
    resources["APIHandler"]["Properties"] |= {
        "SnapStart": {"ApplyOn": "PublishedVersions"},
        "AutoPublishAlias": ALIAS,
        "AutoPublishAliasAllProperties": True,
    }
    alias = {"Ref": f"APIHandlerAlias{ALIAS}"}  # SAM names it so; its Ref is its ARN
    resources["APIHandlerInvokePermission"]["Properties"]["FunctionName"] = alias
    body = resources["RestAPI"]["Properties"]["DefinitionBody"]
    for methods in body["paths"].values():
        for method in methods.values():
            integration = method.get("x-amazon-apigateway-integration", {})
            if integration.get("type") == "aws_proxy":
                uri = integration["uri"]["Fn::Sub"]
                aliased = uri.replace("${APIHandler.Arn}", f"${{APIHandler.Arn}}:{ALIAS}")
                integration["uri"] = {"Fn::Sub": aliased}


def _set_defaults(template: Mapping[str, Any], variables: Mapping[str, str]) -> None:
    for parameter, variable in VARIABLES_BY_PARAMETER.items():
        template["Parameters"][parameter]["Default"] = variables[variable]
    template["Parameters"]["Stage"]["AllowedValues"] = stages()


def _keep_data_only_in(template: Mapping[str, Any], stage: str) -> None:
    """Outside prod, delete the data with the stack, so that the same stack can be made again."""
    if stage == "prod":
        return
    for resource in template["Resources"].values():
        if "DeletionPolicy" in resource:
            resource |= {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}


def _config() -> dict[str, Any]:
    text = (ROOT / ".chalice" / "config.json").read_text(encoding="utf-8")
    config: dict[str, Any] = json.loads(text)
    return config


def _is_left_out(_folder: str, names: list[str]) -> set[str]:
    caches_and_demo = {"__pycache__", "demo-streets.json"}
    return {name for name in names if name.startswith(".") or name in caches_and_demo}


class _NoAliases(yaml.SafeDumper):
    """Writes shared values in full, because CloudFormation refuses YAML aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


class _Report:
    """The report for the person at the terminal: a line per step with its time, then the sizes."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def done(self, step: str) -> None:
        now = time.perf_counter()
        print(f"  ✓ {step:<44} {now - self._since:.1f} s", flush=True)
        self._since = now

    def verdict(
        self, template_path: Path, zip_path: Path, layer_path: Path, found: list[str]
    ) -> int:
        heavy = size_mb(zip_path) > SIZE_LIMIT_MB
        print()
        size = f"{size_mb(zip_path):.1f} MB of {SIZE_LIMIT_MB:.0f} allowed"
        unpacked = f"{unpacked_mb(zip_path):.1f} MB unpacked"
        lines = len(template_path.read_text(encoding="utf-8").splitlines())
        print(f"  template  {template_path.relative_to(ROOT)}  {lines} lines")
        print(f"  zip       {zip_path.relative_to(ROOT)}  {size}, {unpacked}")
        for name, share_mb in shares_mb(zip_path).items():
            if share_mb >= LEAST_SHARE_MB:
                print(f"            {share_mb:4.1f} MB  {name}")
        layer = f"{size_mb(layer_path):.1f} MB, {unpacked_mb(layer_path):.1f} MB unpacked"
        print(f"  layer     {layer_path.relative_to(ROOT)}  {layer}, for inspect_proof alone")
        print(f"  cfn-lint  {len(found) or 'no'} finding{'' if len(found) == 1 else 's'}")
        for line in found:
            print(f"            {line}")
        if heavy:
            print(f"\n  ✗ the zip is larger than {SIZE_LIMIT_MB:.0f} MB", file=sys.stderr)
        if found:
            print("\n  ✗ cfn-lint has findings", file=sys.stderr)
        return 1 if heavy or found else 0


if __name__ == "__main__":
    sys.exit(main())
