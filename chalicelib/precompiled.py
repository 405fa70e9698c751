"""Methods of dataclasses, compiled when packaging.

Each time that its module is imported, a dataclass writes the source of its methods and compiles it:
half a millisecond, and the API function needs two hundred of them. Python keeps the byte code of
modules, but not of these methods. So packaging keeps it (``infra/dataclass_methods.py``), in a file
that names this Python. What is not in there is compiled as ever, and on a laptop nothing is.
"""

import dataclasses
import marshal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

FILE_NAME: Final = f"dataclasses.{sys.implementation.cache_tag}.bin"
Execute = Callable[[str, dict[str, Any], dict[str, Any]], None]


def install() -> None:
    """Let dataclasses take what packaging has compiled, before any of them is made."""
    path = Path(__file__).with_name(FILE_NAME)
    if path.exists():
        code_by_source = marshal.loads(path.read_bytes())  # noqa: S302 - part of our own zip, as byte code is
        dataclasses.exec = executing(code_by_source)  # type: ignore[attr-defined] # found there before the builtin


def executing(code_by_source: Mapping[str, bytes]) -> Execute:
    """An ``exec`` that compiles only sources that it does not know."""

    def execute(source: str, names: dict[str, Any], found: dict[str, Any]) -> None:
        packed = code_by_source.get(source)
        code = source if packed is None else marshal.loads(packed)  # noqa: S302 - as above
        exec(code, names, found)  # noqa: S102 - what dataclasses would do

    return execute
