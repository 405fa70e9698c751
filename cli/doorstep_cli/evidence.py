"""Evidence: fetch the bundle of a shipment, and verify one without anybody's help."""

import hashlib
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer

from doorstep_cli.bundles import Result, Verified, verified
from doorstep_cli.client import TIMEOUT_S, Unreachable
from doorstep_cli.context import given
from doorstep_cli.output import as_json, console

CHANGED: Final = 5
INCOMPLETE: Final = 6
MARKS: Final = {Result.AGREES: "✓", Result.DIFFERS: "✗", Result.MISSING: "?", Result.NOTE: "·"}


def verify(
    context: typer.Context,
    bundle: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A bundle.")],
    trust: Annotated[
        list[str] | None, typer.Option(help="The id of a key that you have compared; repeatable.")
    ] = None,
) -> None:
    """Verify a bundle of evidence, without a network: name whatever was changed."""
    found = verified(bundle, trust or ())
    if given(context).is_json:
        as_json(
            {
                "shipment_id": found.shipment_id,
                "verdict": _verdict(found),
                "key_ids": found.key_ids,
                "findings": [
                    {"result": each.result, "about": each.about, "detail": each.detail}
                    for each in found.findings
                ],
            }
        )
    else:
        _tell(found, is_trusted=bool(trust))
    if found.is_changed:
        raise typer.Exit(CHANGED)
    if not found.is_complete:
        raise typer.Exit(INCOMPLETE)


def bundle(
    context: typer.Context,
    shipment_id: str,
    to: Annotated[Path | None, typer.Option(dir_okay=False, help="Where to keep it.")] = None,
) -> None:
    """Fetch all evidence of a shipment as a zip that anybody can verify."""
    made = given(context).client.get(f"/v1/shipments/{shipment_id}/proofs/bundle")
    target = to or Path(Path(made["file_name"]).name)  # never into another folder
    with httpx.Client(timeout=TIMEOUT_S) as http:
        target.write_bytes(fetched(http, made["url"], made["sha256"]))
    given(context).tell({**made, "file": str(target)}, f"Kept in {target}.")


def fetched(http: httpx.Client, url: str, sha256: str) -> bytes:
    """The bundle at this address. Raises Unreachable unless all of it comes."""
    try:
        content = http.get(url).raise_for_status().content
    except httpx.HTTPError as exc:
        msg = "The bundle was made, but could not be fetched. Try again."
        raise Unreachable(msg) from exc
    if hashlib.sha256(content).hexdigest() != sha256:
        msg = "The bundle was damaged on its way. Try again."
        raise Unreachable(msg)
    return content


def _verdict(found: Verified) -> str:
    if found.is_changed:
        return "changed"
    return "intact" if found.is_complete else "incomplete"


def _tell(found: Verified, *, is_trusted: bool) -> None:
    console.print(f"Shipment {found.shipment_id}", markup=False)
    for each in found.findings:
        console.print(f"{MARKS[each.result]} {each.detail}", markup=False, soft_wrap=True)
    console.print(
        {
            "changed": "Something is not as it was sealed.",
            "incomplete": "Nothing of what is sealed has changed, but not everything is there.",
            "intact": "All evidence is as it was sealed.",
        }[_verdict(found)]
    )
    if found.key_ids and not is_trusted:
        ids = ", ".join(found.key_ids)
        text = f"Compare the key with those that the carrier publishes, or say --trust: {ids}"
        console.print(text, markup=False, soft_wrap=True)
