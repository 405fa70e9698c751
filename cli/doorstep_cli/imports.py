"""Import of a CSV file: the deployment reads it; here it is uploaded, watched and told.

Sent again, a file adds nothing that is there: the deployment knows each row by its reference.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx

from doorstep_cli.client import TIMEOUT_S, Client

POLL_S: Final = 1.0
OVER: Final = frozenset({"completed", "failed", "expired"})
NOTHING_CAME: Final = "The upload did not arrive. Try again."


class NotAnImport(Exception):
    """The file cannot be imported at all: a sentence says why."""


def sent(
    client: Client, path: Path, wishes: Mapping[str, Any], *, seen: Callable[[Any], object]
) -> Any:
    """The import of a file when it is over; ``seen`` is called with it now and then.

    Raises NotAnImport for a file that is none, and Refused for wishes that cannot be.
    """
    found = client.post("/v1/imports", {"file_name": path.name, **wishes})
    _upload(found["upload"], path)
    while found["status"] not in OVER:
        client.wait(POLL_S)
        found = client.get(f"/v1/imports/{found['id']}")
        seen(found)
    if found["status"] != "completed":
        raise NotAnImport(found["failure"]["detail"] if found["failure"] else NOTHING_CAME)
    return found


def save_report(found: Mapping[str, Any], path: Path) -> bool:
    """Keep all errors and warnings as a CSV file; False when there are none."""
    if found["report_url"] is None:
        return False
    answer = httpx.get(found["report_url"], timeout=TIMEOUT_S)
    answer.raise_for_status()
    path.write_bytes(answer.content)
    return True


def pairs(given: Sequence[str]) -> dict[str, str]:
    """``name=value`` as a mapping. Raises NotAnImport for anything else."""
    found = {}
    for each in given:
        name, is_given, value = each.rpartition("=") if each.endswith("=") else each.partition("=")
        if not is_given or not name:
            msg = f"Write it as name=value, not {each}."
            raise NotAnImport(msg)
        found[name] = value
    return found


def _upload(form: Mapping[str, Any], path: Path) -> None:
    """Send the file with its form; it is never read whole. Raises NotAnImport."""
    with path.open("rb") as file:
        try:
            answer = httpx.post(
                form["url"],
                data=dict(form["fields"]),
                files={"file": (path.name, file, "text/csv")},
                timeout=TIMEOUT_S,
            )
        except httpx.TransportError as exc:
            raise NotAnImport(NOTHING_CAME) from exc
    if answer.is_error:
        msg = f"The file was not taken ({answer.status_code}). It must have 1 byte to 20 MB."
        raise NotAnImport(msg)
