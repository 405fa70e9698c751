"""Compiles the methods of all dataclasses of the application: see `chalicelib.precompiled`."""

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

RECORD: Final = """
import dataclasses, marshal, pkgutil, sys

VERSION = 2  # later ones note who else holds a value, which differs from run to run
codes = {}

def record(source, names, found):
    code = compile(source, "<string>", "exec")
    codes[source] = marshal.dumps(code, VERSION)
    exec(code, names, found)

dataclasses.exec = record
import app, chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    __import__(module.name)
sys.stdout.buffer.write(marshal.dumps(dict(sorted(codes.items())), VERSION))
"""


@cache
def compiled_methods(project: Path) -> bytes:
    """The byte code of all methods by their source, for this Python.

    Our own dataclasses and those of the packages that they need. ``project`` holds the application.
    Raises CalledProcessError when it cannot be imported.
    """
    done = subprocess.run(
        [sys.executable, "-B", "-c", RECORD], cwd=project, check=True, stdout=subprocess.PIPE
    )
    return done.stdout
