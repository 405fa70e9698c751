"""Which manifests a shipment needs: one for each attempt, correction, and file that comes later.

The manifests of a shipment are a chain. Each one names the hash of the one before it, and the hash
of every event since then. So nothing that was sealed can change, vanish or be put in between.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from chalicelib.domain.evidence.canonical import canonical
from chalicelib.domain.evidence.seals import Seal
from chalicelib.domain.instants import written
from chalicelib.domain.shipments.events import Event, EventType

FORMAT: Final = "doorstep-evidence/1"


class ManifestKind(StrEnum):
    """What a manifest is about: an attempt, a correction of one, or files that came after it."""

    ATTEMPT = "attempt"
    CORRECTION = "correction"
    FILES = "files"


KINDS: Final[Mapping[EventType, ManifestKind]] = {
    EventType.DELIVERED: ManifestKind.ATTEMPT,
    EventType.ATTEMPT_FAILED: ManifestKind.ATTEMPT,
    EventType.CORRECTED: ManifestKind.CORRECTION,
    EventType.PROOF_ADDED: ManifestKind.FILES,
    EventType.PROOF_REJECTED: ManifestKind.FILES,
    EventType.PROOF_MISSING: ManifestKind.FILES,
}
"""The events that a manifest is made for. All others are only covered by the next one."""


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """A manifest as it was sealed, to the byte, and its seal. ``number`` counts from 1."""

    number: int
    text: str
    seal: Seal

    @property
    def document(self) -> bytes:
        """The bytes that were sealed."""
        return self.text.encode()

    @property
    def sha256(self) -> str:
        """The hash that the next manifest names."""
        return sha256_of(self.document)

    @property
    def content(self) -> Any:  # noqa: ANN401 - JSON
        """What it says. Raises ValueError when it is no JSON any more."""
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Due:
    """A manifest that is to be made: the event it is about, and all events that it covers.

    The last of these may be files that came in time to be part of their attempt.
    """

    kind: ManifestKind
    event: Event
    covered: tuple[Event, ...]

    @property
    def files(self) -> list[Mapping[str, Any]]:
        """The newest that the covered events tell of each file, in the order of their first."""
        found: dict[str, Mapping[str, Any]] = {}
        own = self.covered[self.covered.index(self.event) :]
        for event in own:
            found |= {fact["id"]: fact for fact in facts_of_files(event)}
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: what the next manifest has to know of those before it."""

    number: int = 0
    sha256: str | None = None
    last_sequence: int = 0
    attempts: int = 0
    corrections: int = 0
    attempts_by_file: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Head":
        """The end of a chain of these manifests."""
        head = cls()
        for text in texts:
            head = head.then(text)
        return head

    def then(self, text: str) -> "Head":
        """The end after one more."""
        said = json.loads(text)
        kind = ManifestKind(said["kind"])
        attempt = said["attempt_number"]
        return replace(
            self,
            number=said["number"],
            sha256=sha256_of(text.encode()),
            last_sequence=said["events"]["last_sequence"],
            attempts=self.attempts + (kind is ManifestKind.ATTEMPT),
            corrections=self.corrections + (kind is ManifestKind.CORRECTION),
            attempts_by_file={
                **self.attempts_by_file,
                **{each["proof_id"]: attempt for each in said.get("files", ())},
            },
        )


def due_of(events: Sequence[Event], after: int) -> list[Due]:
    """The manifests to be made for the events behind the sequence ``after``, oldest first."""
    found: list[Due] = []
    waiting: list[Event] = []
    for event in events:
        if event.seq <= after:
            continue
        waiting.append(event)
        kind = KINDS.get(event.type)
        if kind is None:
            continue
        last = found[-1] if found else None
        if last is not None and _completes(event, last):
            found[-1] = replace(last, covered=(*last.covered, *waiting))
        else:
            found.append(Due(kind, event, tuple(waiting)))
        waiting = []
    return found


def facts_of_files(event: Event) -> list[Mapping[str, Any]]:
    """What an event tells of files: id, kind, and hash or flaw."""
    facts: Any = event.data.get("proofs") or []
    return list(facts)


def event_document(event: Event) -> bytes:
    """An event as manifests name it by its hash, and as a bundle holds it."""
    return canonical(
        {
            "id": event.id,
            "shipment_id": event.shipment_id,
            "shipper_id": event.shipper_id,
            "sequence": event.seq,
            "type": event.type.value,
            "occurred_at": written(event.occurred_at),
            "recorded_at": written(event.recorded_at),
            "actor": {"role": event.actor_role.value, "id": event.actor_id},
            "data": dict(event.data),
        }
    )


def sha256_of(document: bytes) -> str:
    """A hash in hexadecimal digits."""
    return hashlib.sha256(document).hexdigest()


def _completes(event: Event, attempt: Due) -> bool:
    """Whether an event only tells that files of this report are there now."""
    if event.type is not EventType.PROOF_ADDED or attempt.kind is ManifestKind.FILES:
        return False
    own = {fact["id"] for fact in facts_of_files(attempt.event)}
    return own.issuperset(fact["id"] for fact in facts_of_files(event))
