"""The zip that Lambda runs: Chalice's package, the vendored packages, and byte code for both.

Beside it lies the zip of the layer with Pillow, which only one function loads.

The same input gives the same bytes, because names are sorted and times are fixed. So a deployment
without a change uploads nothing.
"""

import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.vendor import compile_tree

SIZE_LIMIT_MB: Final = 17.0
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the oldest time that a zip can hold
_READABLE: Final = 0o100644 << 16


def bundle(chalice_zip: Path, packages: Path, scratch: Path, into: Path) -> Path:
    """Write the deployable zip to `into`. `scratch` is an empty folder to unpack and compile in."""
    with zipfile.ZipFile(chalice_zip) as archive:
        archive.extractall(scratch)  # made by us a second ago
    compile_tree(scratch)
    _write(_files(packages) | _files(scratch), into)
    return into


def _write(files: Mapping[str, Path], into: Path) -> None:
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in sorted(files.items()):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = _READABLE
            archive.writestr(member, path.read_bytes())


def bundle_layer(packages: Path, into: Path) -> Path:
    """Write the zip of a layer to `into`."""
    _write(_files(packages), into)
    return into


def size_mb(path: Path) -> float:
    """Megabytes of a file, 10⁶ bytes each."""
    return path.stat().st_size / 1e6


def unpacked_mb(path: Path) -> float:
    """Megabytes that the zip takes when unpacked (Lambda's limit is 250)."""
    with zipfile.ZipFile(path) as archive:
        return sum(member.file_size for member in archive.infolist()) / 1e6


def shares_mb(path: Path) -> dict[str, float]:
    """Compressed megabytes of each package in the zip, the largest first."""
    shares: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            shares[member.filename.partition("/")[0]] += member.compress_size
    return {name: size / 1e6 for name, size in shares.most_common()}


def _files(root: Path) -> dict[str, Path]:
    return {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
