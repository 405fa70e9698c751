"""What a receipt says: the sealed manifests of a shipment, in words.

It is in English, like the API: a receipt is for shippers, the office, and disputes. Nothing on it
comes from anywhere but the manifests and what verifying them found.
"""

import base64
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from chalicelib.domain.evidence.bundles import file_name
from chalicelib.domain.evidence.links import ManifestKind, SignedManifest
from chalicelib.domain.evidence.verification import (
    Check,
    Report,
    Result,
    Subject,
    Verdict,
)
from chalicelib.services.evidence.collect_evidence import Evidence

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
OUTCOMES: Final = {
    "delivered": "Delivered",
    "attempt_failed": "Not delivered",
    "none": "No attempt",
}
SOURCES: Final = {
    "device": "As the driver's phone said it.",
    "corrected": "The clock of the driver's phone was wrong, and was corrected.",
    "ours": "When the report reached us: the clock of the driver's phone made no sense.",
}
PINS: Final = {
    "confirmed": "The recipient's PIN was right.",
    "unconfirmed": "A wrong PIN came later, when it could not be asked for again.",
}
KINDS: Final = {"photo": "Photo", "signature": "Signature"}
DEG_M: Final = 111_195.0
SKETCH: Final = 100.0
"""Half the width of the sketch, in its own units."""
LEAST_M: Final = 40.0
STEP_M: Final = 10.0
MOST_EMBEDDED: Final = 3_000_000
"""An answer of Lambda has at most 6 MB, and base 64 makes of these bytes a third more."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file: where a browser finds it (None: it does not), and what was sealed about it.

    ``is_changed``: what is shown is not what was sealed.
    """

    title: str
    source: str | None
    about: tuple[str, ...]
    sha256: str | None
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Sketch:
    """Positions around the address, in a square of 200 by 200 with the address in the middle."""

    radius_m: int
    points: tuple[tuple[float, float], ...]
    at_report: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Seal:
    """How a manifest was sealed."""

    number: int
    kind: str
    sha256: str
    sealed_at: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Visit:
    """An attempt as it was sealed, with all that came after it."""

    number: int
    outcome: str
    is_delivered: bool
    day: str
    time: str
    facts: tuple[tuple[str, str, str], ...]
    pictures: tuple[Picture, ...]
    corrections: tuple[str, ...]
    sketch: Sketch | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """All of it."""

    reference: str
    shipment_id: str
    sender: str
    recipient: str
    address: tuple[str, ...]
    parcels: tuple[str, ...]
    visits: tuple[Visit, ...]
    seals: tuple[Seal, ...]
    verdict: Verdict
    summary: str
    findings: tuple[str, ...]


Found = Callable[[str], str | None]
"""The address of a proof's picture, by its id."""


def receipt_of(evidence: Evidence, found: Found) -> Receipt:
    """The receipt; pictures are at the addresses that are ``found``."""
    shipment, report = evidence.shipment, evidence.report
    contents = list(_contents(evidence.chain))
    checks = (check for check in report.checks if check.result is not Result.AGREES)
    address = shipment.address
    town = " ".join(filter(None, [address.postal_code, address.city]))
    return Receipt(
        reference=shipment.reference,
        shipment_id=shipment.id,
        sender=evidence.sender,
        recipient=shipment.recipient.name,
        address=(*address.lines, town, address.country),
        parcels=shipment.barcodes,
        visits=tuple(_visits(contents, found, _changed(report), ZoneInfo(address.time_zone))),
        seals=tuple(_seals(evidence.chain)),
        verdict=report.verdict,
        summary=report.summary,
        findings=tuple(map(_finding, checks)),
    )


def embedded(files: Mapping[str, bytes]) -> Found:
    """Pictures as parts of the page itself, as far as they fit: a page that is kept has them."""
    sources: dict[str, str] = {}
    left = MOST_EMBEDDED
    for proof_id, content in files.items():
        left -= len(content)
        if left >= 0:
            kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
            data = base64.b64encode(content).decode()
            sources[proof_id] = f"data:image/{kind};base64,{data}"
    return sources.get


def beside(files: Mapping[str, bytes]) -> Found:
    """Pictures as files beside the page, as a bundle has them."""
    return {proof_id: file_name(proof_id, content) for proof_id, content in files.items()}.get


def _contents(chain: Sequence[SignedManifest]) -> Iterator[dict[str, Any]]:
    """What the manifests say. One that cannot be read is among the findings."""
    for signed in chain:
        try:
            content = signed.content
            content["kind"], content["attempt_number"], content["about"]["sequence"]
        except (KeyError, TypeError, ValueError):
            continue
        yield content


def _visits(
    contents: Sequence[Mapping[str, Any]], found: Found, changed: frozenset[str], zone: ZoneInfo
) -> Iterator[Visit]:
    """A visit for each attempt. What is no manifest of ours any more is named by the findings."""
    for content in contents:
        if content["kind"] == ManifestKind.ATTEMPT:
            with suppress(AttributeError, KeyError, TypeError, ValueError):
                yield _visit(content, contents, found=found, changed=changed, zone=zone)


def _changed(report: Report) -> frozenset[str]:
    """The files that are not those that were sealed, by the ids of their proofs."""
    wrong = (check for check in report.checks if check.result is Result.DIFFERS)
    return frozenset(check.name for check in wrong if check.subject is Subject.FILE)


def _finding(check: Check) -> str:
    return check.detail


def _seals(chain: Sequence[SignedManifest]) -> Iterator[Seal]:
    for signed in chain:
        facts = signed.seal.facts
        kind = next((content["kind"] for content in _contents([signed])), "unreadable")
        yield Seal(
            signed.number,
            str(kind),
            signed.sha256,
            "unknown" if facts is None else facts.sealed_at,
            "unknown" if facts is None else facts.key_id,
        )


def _visit(
    content: Mapping[str, Any],
    contents: Sequence[Mapping[str, Any]],
    *,
    found: Found,
    changed: frozenset[str],
    zone: ZoneInfo,
) -> Visit:
    attempt, number = content["attempt"], content["attempt_number"]
    own = [each for each in contents if each["attempt_number"] == number]
    corrections = [each["correction"] for each in own if "correction" in each]
    outcome = corrections[-1]["outcome"] if corrections else attempt["outcome"]
    files = {file["proof_id"]: file for each in own for file in each.get("files", ())}
    at = datetime.fromisoformat(content["time"]["occurred_at"]).astimezone(zone)
    return Visit(
        number=number,
        outcome=OUTCOMES.get(outcome, outcome),
        is_delivered=outcome == "delivered",
        day=f"{at.day} {MONTHS[at.month - 1]} {at.year}",
        time=f"{at:%H:%M:%S}",
        facts=tuple(_facts(content, zone)),
        pictures=tuple(_picture(file, found, changed, zone) for file in files.values()),
        corrections=tuple(_correction(each, zone) for each in corrections),
        sketch=_sketch(content),
    )


def _facts(content: Mapping[str, Any], zone: ZoneInfo) -> Iterator[tuple[str, str, str]]:
    """Rows of name, value, and what has to be known of the value."""
    attempt, time = content["attempt"], content["time"]
    if attempt["reason"]:
        yield "Reason", str(attempt["reason"]).replace("_", " "), ""
    if attempt["received_by"]:
        yield "Received by", attempt["received_by"], "As the driver wrote it."
    yield "Parcels", ", ".join(attempt["parcels"]), ""
    yield "Time at the door", f"{_moment(time['occurred_at'], zone)}", SOURCES[time["source"]]
    if time["device_said"] and time["source"] != "device":
        yield "Time of the phone", str(time["device_said"]), "As the phone sent it."
    yield "Report received", _moment(time["received_at"], zone), "By our own clock."
    yield "Position", *_position(content["position"])
    if attempt["pin"]:
        yield "PIN", str(attempt["pin"]), PINS.get(attempt["pin"], "")
    if attempt["has_note"]:
        yield "Note", "The driver has written a note.", ""
    yield "Driver", attempt["driver_id"], ""


def _position(position: Mapping[str, Any] | None) -> tuple[str, str]:
    if position is None:
        return "Not known", "No position of the phone within two minutes of the report."
    exact = "" if position["accuracy_m"] is None else f", exact to {position['accuracy_m']} m"
    text = f"{position['distance_to_address_m']} m from the address{exact}"
    place = f"{position['lat_deg']}, {position['lon_deg']}"
    simulated = " The phone calls this position simulated." if position["is_simulated"] else ""
    return text, f"{place} (WGS 84).{simulated}"


def _picture(
    file: Mapping[str, Any], found: Found, changed: frozenset[str], zone: ZoneInfo
) -> Picture:
    about = []
    if file["captured_at"]:
        about.append(f"Taken {_moment(file['captured_at'], zone)} by the phone's clock")
    place = file["captured_place"]
    if place is not None:
        exact = "" if place["accuracy_m"] is None else f" (± {place['accuracy_m']} m)"
        about.append(f"{place['distance_to_address_m']} m from the address{exact}")
    source = found(file["proof_id"])
    if file["sha256"] is None:
        flaw = file["flaw"] or "on its way"
        about.append(f"There is no file: {str(flaw).replace('_', ' ')}")
    elif source is None:
        about.append("The file is not shown here")
    title = KINDS.get(str(file["kind"]), str(file["kind"]))
    is_changed = file["proof_id"] in changed
    return Picture(title, source, tuple(about), file["sha256"], is_changed)


def _correction(correction: Mapping[str, Any], zone: ZoneInfo) -> str:
    was = OUTCOMES.get(str(correction["previous_outcome"]), "unknown").lower()
    became = OUTCOMES.get(str(correction["outcome"]), "unknown").lower()
    by = correction["corrected_by"]["role"]
    at = _moment(correction["corrected_at"], zone)
    return f"Corrected {at} by the {by}: reported as {was}, in truth {became}."


def _sketch(content: Mapping[str, Any]) -> Sketch | None:
    """The positions of the visit around the address; None without any."""
    address = content["shipment"]["address"]
    near = content["track_near_address"]
    reported = content["position"]
    if reported is not None and reported["distance_to_address_m"] > max(
        LEAST_M, *(each["distance_to_address_m"] for each in near), 0
    ):
        reported = None
    shown = [*near, *([reported] if reported else [])]
    if not shown:
        return None
    most_m = max(LEAST_M, *(each["distance_to_address_m"] for each in shown))
    radius_m = math.ceil(most_m / STEP_M) * STEP_M

    def point(place: Mapping[str, Any]) -> tuple[float, float]:
        lat_deg, lon_deg = float(address["lat_deg"]), float(address["lon_deg"])
        north_m = (float(place["lat_deg"]) - lat_deg) * DEG_M
        east_m = (float(place["lon_deg"]) - lon_deg) * DEG_M * math.cos(math.radians(lat_deg))
        scale = 0.9 * SKETCH / radius_m
        return round(SKETCH + east_m * scale, 1), round(SKETCH - north_m * scale, 1)

    return Sketch(
        radius_m=int(radius_m),
        points=tuple(map(point, near)),
        at_report=point(reported) if reported else None,
    )


def _moment(text: str, zone: ZoneInfo) -> str:
    """A time at the address, and in which zone."""
    at = datetime.fromisoformat(text).astimezone(zone)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M:%S} ({zone.key})"
