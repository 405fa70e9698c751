"""`make clients`: clients of the API in Python and TypeScript, generated from its own description.

They go to `clients/generated` and are not committed: an integrator makes them for the release that
runs. A warning of a generator is a mistake in our description, and fails.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "chalicelib" / "pages" / "static" / "openapi.json"
CLIENTS: Final = ROOT / "clients"
GENERATED: Final = CLIENTS / "generated"
PACKAGE: Final = "doorstep_client"
AS_TEXT: Final = {"image/svg+xml": "text/html", "application/manifest+json": "application/json"}
"""Of the pages' own files: the generator knows no such types."""


class NotGenerated(Exception):
    """A generator failed, or left something out."""


def generate() -> Path:
    """Make both clients and return their folder. Raises NotGenerated with the generator's words."""
    shutil.rmtree(GENERATED, ignore_errors=True)
    GENERATED.mkdir(parents=True)
    _python()
    _typescript()
    return GENERATED


def _python() -> None:
    settings = GENERATED / "settings.json"
    options = {"package_name_override": PACKAGE, "content_type_overrides": AS_TEXT}
    settings.write_text(json.dumps(options), encoding="utf-8")
    said = _run(
        *(sys.executable, "-m", "openapi_python_client", "generate"),
        *("--path", str(DOCUMENT), "--config", str(settings), "--meta", "none"),
        *("--output-path", str(GENERATED / PACKAGE)),
    )
    settings.unlink()
    if "arning" in said or "Skipping" in said:
        raise NotGenerated(said)


def _typescript() -> None:
    tool = CLIENTS / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    target = GENERATED / "doorstep.d.ts"
    options = ("--default-non-nullable", "false", "--output", str(target))
    _run("node", str(tool), str(DOCUMENT), *options)


def _run(*command: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotGenerated(done.stdout + done.stderr)
    return done.stdout + done.stderr


if __name__ == "__main__":
    try:
        print(f"  clients in {generate().relative_to(ROOT)}: {PACKAGE} and doorstep.d.ts")
    except NotGenerated as exc:
        sys.exit(str(exc))
