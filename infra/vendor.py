"""The runtime dependencies as Lambda gets them: locked, for its processor, pruned and compiled.

Only what `chalicelib` needs is taken: Chalice itself puts its two runtime modules into the zip, and
what its command line needs stays at home. The result is kept in `build/vendor` under a name that
changes with all that it depends on, so a second build neither downloads nor compiles.
"""

import compileall
import gzip
import hashlib
import inspect
import json
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parent.parent
PLATFORM: Final = "aarch64-manylinux2014"
LAMBDA_ROOT: Final = "/var/task"
BOTOCORE_SERVICES: Final = (
    "dynamodb",
    "geo-places",
    "geo-routes",
    "kms",
    "s3",
    "ses",
    "sns",
    "sqs",
    "sts",
)
"""The services whose API descriptions ship; a test compares them with the adapters' clients."""

NEVER_CALLED: Final = (
    "*.pth",
    "bin",
    "share",  # manual pages of commands
    "**/*.pyi",
    "**/py.typed",
    "**/__pycache__",
    "**/*.c",
    ".lock",
    "barcode/fonts",  # for pictures; we draw bars as shapes
    "docs",  # python-barcode brings its own
    "tests",
    "dateutil/zoneinfo/*.tar.gz",  # zones come from tzdata
    "botocore/data/**/examples-1.json*",
    "boto3/data",  # resource objects; we use clients
    "boto3/examples",
    "urllib3/contrib/emscripten",  # for Python inside a browser
    "aws_lambda_powertools/event_handler",  # a second router
    "aws_lambda_powertools/utilities/auth_alpha",  # for that router
    "aws_lambda_powertools/utilities/circuit_breaker",
    "aws_lambda_powertools/utilities/data_masking",
    "aws_lambda_powertools/utilities/feature_flags",
    "aws_lambda_powertools/utilities/idempotency",  # ours knows what a request stood for
    "aws_lambda_powertools/utilities/kafka",
    "aws_lambda_powertools/utilities/parameters",
    "aws_lambda_powertools/utilities/streaming",
    "aws_lambda_powertools/utilities/validation",
    "phonenumbers/shortdata/region_*.py",  # of emergency calls and the like
    "pydantic/mypy.py",  # for type checkers
    "pydantic/v1",  # models of the first version; we have none
    "dns",  # email-validator would ask name servers with it; we only look at an address
)
"""What the packages bring along and nothing reads in a function."""

READS_ITS_VERSION: Final = ("python_ulid",)
"""Packages that ask for their own metadata when they are imported; all others do without."""

_LAMBDA: Final = {
    "extra": "",
    "os_name": "posix",
    "platform_machine": "aarch64",
    "platform_system": "Linux",
    "sys_platform": "linux",
}


IMAGES: Final = "requirements-images.txt"
"""The lock of the layer with Pillow."""
LAYER_ROOT: Final = "/opt"


def vendor_layer(cache: Path = ROOT / "build" / "vendor", platform: str = PLATFORM) -> Path:
    """The folder with the layer of the function that inspects pictures.

    Lambda unpacks it into ``/opt`` and looks for packages below ``python``.
    """
    pins = (ROOT / IMAGES).read_text(encoding="utf-8")
    return _kept(cache, pins, platform, _fill_layer)


def vendor(cache: Path = ROOT / "build" / "vendor", platform: str = PLATFORM) -> Path:
    """The folder with the pruned, compiled packages; made when it is not there yet.

    ``platform`` is one that uv knows: Lambda's processor, unless they are to run elsewhere.

    Needs a package index or uv's warm cache. Raises CalledProcessError when neither has the wheels.
    """
    pins = "".join(locked(needed()))
    return _kept(cache, pins, platform, _fill)


def _kept(cache: Path, pins: str, platform: str, fill: Callable[[str, str, Path], None]) -> Path:
    recipe = (pins, platform, sys.version.split()[0], inspect.getsource(sys.modules[__name__]))
    folder = cache / hashlib.sha256("\0".join(recipe).encode()).hexdigest()[:16]
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            fresh = Path(scratch) / "packages"
            fill(pins, platform, fresh)
            try:
                fresh.rename(folder)
            except OSError:
                if not folder.exists():  # else another build was faster, with the same result
                    raise
    return folder


def _fill(pins: str, platform: str, fresh: Path) -> None:
    _download(pins, platform, fresh)
    prune(fresh)
    compile_tree(fresh)


def _fill_layer(pins: str, platform: str, fresh: Path) -> None:
    packages = fresh / "python"
    packages.mkdir(parents=True)
    _download(pins, platform, packages)
    for about in packages.glob("*.dist-info"):
        shutil.rmtree(about)
    _remove(packages)
    compile_tree(fresh, LAYER_ROOT)


def needed() -> set[str]:
    """The distributions that `requirements.in` asks for, with all that they require in turn."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    names: set[str] = set()
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        applies = requirement.marker is None or requirement.marker.evaluate(_LAMBDA)
        if name == "chalice" or name in names or not applies:
            continue
        names.add(name)
        wanted += [Requirement(line) for line in metadata.requires(name) or ()]
    return names


def locked(names: Iterable[str]) -> Iterator[str]:
    """The entries of `requirements.txt` for these names, hashes included, in the file's order."""
    wanted = set(names)
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for entry in re.findall(r"^\S+==(?:.*\\\n)*.*\n", text, flags=re.MULTILINE):
        if canonicalize_name(entry.partition("==")[0]) in wanted:
            yield entry


def prune(packages: Path) -> None:
    """Delete what no function reads: service descriptions, stubs, metadata, stray byte code."""
    for described in (packages / "botocore" / "data").iterdir():
        if described.is_dir() and described.name not in BOTOCORE_SERVICES:
            shutil.rmtree(described)
    for path in sorted((packages / "botocore" / "data").glob("*/*/service-2.json.gz")):
        told = json.loads(gzip.decompress(path.read_bytes()))
        plain = json.dumps(without_documentation(told), separators=(",", ":")).encode()
        path.unlink()  # it may be a link into a cache of packages
        path.write_bytes(gzip.compress(plain, mtime=0))
    for about in packages.glob("*.dist-info"):
        if not about.name.startswith(READS_ITS_VERSION):
            shutil.rmtree(about)
    _remove(packages)


def without_documentation(told: Any) -> Any:
    """A service's description without its texts: six sevenths of it, which no call ever reads.

    >>> without_documentation({"documentation": "Long.", "members": {"documentation": {}}})
    {'members': {'documentation': {}}}
    """
    match told:
        case dict():
            return {
                name: without_documentation(each)
                for name, each in told.items()
                if name != "documentation" or not isinstance(each, str)
            }
        case list():
            return [without_documentation(each) for each in told]
    return told


def _remove(packages: Path) -> None:
    for pattern in NEVER_CALLED:
        for path in sorted(packages.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def compile_tree(tree: Path, root: str = LAMBDA_ROOT) -> None:
    """Write byte code beside each source, so that a cold start compiles nothing.

    It is valid whatever the file times are. Raises SyntaxError for a source that this Python, and
    so the function's, cannot read.
    """
    compiled = compileall.compile_dir(
        tree,
        quiet=2,
        force=True,
        stripdir=str(tree),
        prependdir=root,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        message = f"a source below {tree} does not compile"
        raise SyntaxError(message)


def _download(pins: str, platform: str, into: Path) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet"),
            *("--no-deps", "--require-hashes"),
            *("--python-platform", platform, "--python-version", version, "--only-binary", ":all:"),
            *("--target", str(into), "--requirement", "-"),
        ],
        input=pins.encode(),
        check=True,
    )
