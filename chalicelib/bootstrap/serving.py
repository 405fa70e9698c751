"""What a process is for, and what it makes before its first call.

Lambda imports at full speed, whatever the memory of the function, and nobody waits then. So the
first call's use case and the client of the tables are made at import.
"""

from __future__ import annotations

import os
from typing import Final

from chalicelib.bootstrap.container import container

API: Final = "app.app"
_FIRST_OF_API: Final = "authenticate"
"""Nearly every request begins with it."""


def handler() -> str | None:
    """The handler that Lambda starts this process for.

    None where there is no Lambda: on a laptop, in tests, when packaging. Such a process is for
    everything.
    """
    return os.environ.get("_HANDLER")


def serves_http() -> bool:
    """Whether this process answers HTTP."""
    return handler() in {None, API}


def prepare() -> None:
    """Make what the first call of this process's function needs; nothing where it is for all."""
    name = handler()
    if name is None:
        return
    wired = container()
    getattr(wired, _FIRST_OF_API if name == API else name.rpartition(".")[2])
    wired.adapters.connect()
