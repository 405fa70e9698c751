"""Verification: everything about the sealed evidence of a shipment is worked out anew.

Nothing is believed because it is stored: signatures are checked, hashes recomputed, and manifests
compared with events, files and the shipment as it is shown now. Each check says what it found in a
sentence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType
from typing import Any, Final

from chalicelib.domain.evidence import p256
from chalicelib.domain.evidence.links import (
    Due,
    Head,
    ManifestKind,
    SignedManifest,
    due_of,
    event_document,
    facts_of_files,
    sha256_of,
)
from chalicelib.domain.evidence.seals import SealKey, is_in, key_id
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.instants import written
from chalicelib.domain.proofs.proofs import KEPT
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Attempt, Shipment

KEPT_PARTS: Final = 2


class Subject(StrEnum):
    """What a check is about."""

    MANIFEST = "manifest"
    EVENT = "event"
    FILE = "file"
    ATTEMPT = "attempt"


class Question(StrEnum):
    """What a check asks."""

    READABLE = "readable"
    SIGNATURE = "signature"
    CHAIN = "chain"
    EVENT = "event"
    FILE = "file"
    SHOWN = "shown"
    SEALED = "sealed"


class Result(StrEnum):
    """What a check found: it agrees, it differs, it is gone, or it is still to come."""

    AGREES = "agrees"
    DIFFERS = "differs"
    MISSING = "missing"
    PENDING = "pending"


class Verdict(StrEnum):
    """All checks together. ``incomplete``: nothing differs, but something is gone or to come."""

    INTACT = "intact"
    INCOMPLETE = "incomplete"
    CHANGED = "changed"
    NOTHING = "nothing"


VERDICT_WORDS: Final = {
    Verdict.INTACT: "All evidence is as it was sealed.",
    Verdict.INCOMPLETE: "Nothing has changed, but not everything is there.",
    Verdict.CHANGED: "Something has changed since it was sealed.",
    Verdict.NOTHING: "There has been no delivery attempt yet, so there is nothing to verify.",
}
NOTHING_SEALED: Final = "Nothing is sealed yet. That takes about ten minutes after a visit."
REST_IS_COMING: Final = "All that is sealed is as it was sealed. The newest is not sealed yet."


@dataclass(frozen=True, slots=True)
class Check:
    """One question, about one thing, and its answer in a sentence."""

    subject: Subject
    name: str
    question: Question
    result: Result
    detail: str


@dataclass(frozen=True, slots=True)
class Stored:
    """All that is stored of a shipment's evidence.

    ``hashes`` are those of the kept files as they lie there now, by the id of the proof; None for
    one that is gone.
    """

    shipment: Shipment
    events: Sequence[Event]
    chain: Sequence[SignedManifest]
    keys: Sequence[SealKey]
    hashes: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, in order."""

    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        """All checks together."""
        results = {check.result for check in self.checks}
        if Result.DIFFERS in results:
            return Verdict.CHANGED
        if results & {Result.MISSING, Result.PENDING}:
            return Verdict.INCOMPLETE
        return Verdict.INTACT if results else Verdict.NOTHING

    @property
    def summary(self) -> str:
        """The verdict in a sentence. What is only to come is not called gone."""
        results = {check.result for check in self.checks}
        if results == {Result.PENDING}:
            return NOTHING_SEALED
        if results == {Result.AGREES, Result.PENDING}:
            return REST_IS_COMING
        return VERDICT_WORDS[self.verdict]


def verified(stored: Stored) -> Report:
    """Check everything. Nothing that is stored makes this raise."""
    checks: list[Check] = []
    said: list[dict[str, Any]] = []
    previous: SignedManifest | None = None
    last_sequence = 0
    for place, signed in enumerate(stored.chain, start=1):
        checks.append(_seal_check(signed, stored.keys))
        content = _content(signed)
        if content is None:
            text = f"Manifest {place} cannot be read any more."
            checks.append(_of_manifest(signed, Question.READABLE, Result.DIFFERS, text))
        else:
            checks.append(
                _chain_check(
                    signed,
                    content,
                    place=place,
                    previous=previous,
                    last_sequence=last_sequence,
                    shipment_id=stored.shipment.id,
                )
            )
            checks += _event_checks(signed, content, stored.events)
            last_sequence = content["events"]["last_sequence"]
            said.append(content)
        previous = signed
    checks += _file_checks(said, stored.hashes)
    checks += _shown_checks(said, stored.shipment)
    checks += _pending_checks(stored.events, last_sequence)
    return Report(tuple(checks))


def files_named(chain: Sequence[SignedManifest]) -> dict[str, str]:
    """Where the files lie that the manifests name, by the id of the proof.

    Only inspected files: whoever could change a manifest learns nothing of other files by it.
    """
    contents = filter(None, map(_content, chain))
    found = {
        str(file["proof_id"]): str(file["stored_as"])
        for content in contents
        for file in content.get("files", ())
        if file["sha256"] is not None
    }
    return {
        proof_id: key
        for proof_id, key in found.items()
        if key.startswith(KEPT) and key.count("/") == KEPT_PARTS and key.endswith(f"/{proof_id}")
    }


FORM: Final[Mapping[str, tuple[type, ...]]] = {
    "number": (int,),
    "kind": (str,),
    "attempt_number": (int, NoneType),
    "previous_sha256": (str, NoneType),
    "shipment.id": (str,),
    "about.event_id": (str,),
    "about.sequence": (int,),
    "events.first_sequence": (int,),
    "events.last_sequence": (int,),
    "events.sha256": (list,),
}
"""What every manifest says, and of which types it is."""
FORM_BY_KIND: Final[Mapping[str, Mapping[str, tuple[type, ...]]]] = {
    ManifestKind.ATTEMPT: {"attempt.outcome": (str,), "time.occurred_at": (str,)},
    ManifestKind.CORRECTION: {"correction.outcome": (str,)},
}
FORM_OF_FILE: Final[Mapping[str, tuple[type, ...]]] = {
    "proof_id": (str,),
    "sha256": (str, NoneType),
    "stored_as": (str, NoneType),
}


def _content(signed: SignedManifest) -> dict[str, Any] | None:
    """What a manifest says; None where it has not the form of one."""
    try:
        found: dict[str, Any] = signed.content
        Head().then(signed.text)
        own = FORM_BY_KIND.get(found["kind"], {})
        files = found.get("files", [])
        is_whole = type(files) is list and _has_form(found, {**FORM, **own})
        is_whole = is_whole and all(_has_form(file, FORM_OF_FILE) for file in files)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return None
    return found if is_whole else None


def _has_form(content: Mapping[str, Any], form: Mapping[str, tuple[type, ...]]) -> bool:
    """Whether it has all of these, of these types. Raises KeyError or TypeError without one."""
    for path, types in form.items():
        found: Any = content
        for name in path.split("."):
            found = found[name]
        if type(found) not in types:
            return False
    return True


def _of_manifest(signed: SignedManifest, question: Question, result: Result, text: str) -> Check:
    return Check(Subject.MANIFEST, str(signed.number), question, result, text)


def _seal_check(signed: SignedManifest, keys: Sequence[SealKey]) -> Check:
    facts, seal, name = signed.seal.facts, signed.seal, f"Manifest {signed.number}"
    result, text = Result.DIFFERS, f"The seal of manifest {signed.number} cannot be read."
    if facts is not None:
        key = next((key for key in keys if key_id(key.spki) == facts.key_id), None)
        if key is None:
            text = f"{name}: its key {facts.key_id} is not known here, so nothing vouches for it."
        elif not p256.is_signed(key.spki, seal.signature, seal.statement.encode()):
            text = f"{name}: the signature of its seal is wrong."
        elif not is_in(signed.document, seal, facts):
            text = f"{name} is not the text that was sealed: it was changed afterwards."
        else:
            result = Result.AGREES
            text = f"{name} is what was sealed at {facts.sealed_at} with the key {facts.key_id}."
    return _of_manifest(signed, Question.SIGNATURE, result, text)


def _chain_check(
    signed: SignedManifest,
    content: Mapping[str, Any],
    *,
    place: int,
    previous: SignedManifest | None,
    last_sequence: int,
    shipment_id: ShipmentId,
) -> Check:
    expected = None if previous is None else previous.sha256
    events = content["events"]
    count = events["last_sequence"] - events["first_sequence"] + 1
    result, name = Result.DIFFERS, f"Manifest {signed.number}"
    if (signed.number, content["number"]) != (place, place):
        text = f"Manifest {place} is missing, or was put in between."
    elif content["shipment"]["id"] != shipment_id:
        text = f"{name} is about another shipment."
    elif content["previous_sha256"] != expected:
        text = f"{name} does not follow the manifest before it: one of both was replaced."
    elif events["first_sequence"] != last_sequence + 1 or count != len(events["sha256"]):
        text = f"{name} does not go on where the manifest before it ends."
    else:
        result, text = Result.AGREES, f"{name} follows the manifest before it."
        if previous is None:
            text = f"{name} is the first one."
    return _of_manifest(signed, Question.CHAIN, result, text)


def _event_checks(
    signed: SignedManifest, content: Mapping[str, Any], events: Sequence[Event]
) -> Iterator[Check]:
    known = {event.seq: event for event in events}
    first = content["events"]["first_sequence"]
    agreeing = 0
    for sequence, sha256 in enumerate(content["events"]["sha256"], start=first):
        event = known.get(sequence)
        if event is None:
            text = f"Event {sequence} was sealed, but it is not there any more."
            yield Check(Subject.EVENT, str(sequence), Question.EVENT, Result.MISSING, text)
        elif sha256_of(event_document(event)) != sha256:
            text = f"Event {sequence} ({event.type.value}) is not the one that was sealed."
            yield Check(Subject.EVENT, str(sequence), Question.EVENT, Result.DIFFERS, text)
        else:
            agreeing += 1
    last = content["events"]["last_sequence"]
    if agreeing == last - first + 1:
        text = f"Events {first} to {last} are those that were sealed with manifest {signed.number}."
        yield Check(Subject.EVENT, f"{first}-{last}", Question.EVENT, Result.AGREES, text)
    about = known.get(content["about"]["sequence"])
    if about is not None:
        yield _about_check(signed, content, about)


def _about_check(signed: SignedManifest, content: Mapping[str, Any], event: Event) -> Check:
    """Whether a manifest says the same as the event that it is about."""
    is_same = content["about"]["event_id"] == event.id
    match content["kind"]:
        case ManifestKind.ATTEMPT:
            said = content["attempt"]
            is_same &= f"shipment.{said['outcome']}" == event.type.value
            is_same &= content["time"]["occurred_at"] == written(event.occurred_at)
            is_same &= said.get("driver_id") == event.actor_id
            is_same &= said.get("reason") == event.data.get("reason")
            is_same &= said.get("pin") == event.data.get("pin")
        case ManifestKind.CORRECTION:
            is_same &= content["correction"]["outcome"] == event.data.get("outcome")
    told = {fact["id"]: fact.get("sha256") for fact in facts_of_files(event)}
    for file in content.get("files", ()):
        is_same &= told.get(file["proof_id"]) in {None, file["sha256"]}
    name = f"Manifest {signed.number}"
    text = f"{name} says the same as event {event.seq} ({event.type.value})."
    if is_same:
        return _of_manifest(signed, Question.EVENT, Result.AGREES, text)
    text = f"{name} does not say the same as event {event.seq} ({event.type.value})."
    return _of_manifest(signed, Question.EVENT, Result.DIFFERS, text)


def sealed_hashes(said: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The hashes of the files that manifests name, by the id of the proof."""
    return {
        file["proof_id"]: file["sha256"]
        for content in said
        for file in content.get("files", ())
        if file["sha256"] is not None
    }


def _file_checks(
    said: Sequence[Mapping[str, Any]], hashes: Mapping[str, str | None]
) -> Iterator[Check]:
    for proof_id, sha256 in sealed_hashes(said).items():
        now = hashes.get(proof_id)
        result, text = Result.AGREES, f"File {proof_id} is the one that was sealed."
        if now is None:
            result = Result.MISSING
            text = f"File {proof_id} is not there any more. Files are deleted after their time."
        elif now != sha256:
            result = Result.DIFFERS
            text = f"File {proof_id} is not the one that was sealed: its bytes were changed."
        yield Check(Subject.FILE, proof_id, Question.FILE, result, text)


def _shown_checks(said: Sequence[Mapping[str, Any]], shipment: Shipment) -> Iterator[Check]:
    """Whether the shipment shows what was sealed, with all corrections."""
    sealed: dict[int, Mapping[str, Any]] = {}
    outcomes: dict[int, str] = {}
    for content in said:
        number = content["attempt_number"]
        if content["kind"] == ManifestKind.ATTEMPT:
            sealed[number], outcomes[number] = content, content["attempt"]["outcome"]
        elif content["kind"] == ManifestKind.CORRECTION:
            outcomes[number] = content["correction"]["outcome"]
    hashes = sealed_hashes(said)
    for attempt in shipment.made_attempts:
        if attempt.number not in sealed:
            continue
        shown = _differences(attempt, sealed[attempt.number], outcomes[attempt.number], hashes)
        result, text = Result.AGREES, f"Attempt {attempt.number} is shown as it was sealed."
        if shown:
            result = Result.DIFFERS
            text = f"Attempt {attempt.number} is not shown as it was sealed: {', '.join(shown)}."
        yield Check(Subject.ATTEMPT, str(attempt.number), Question.SHOWN, result, text)


def _differences(
    attempt: Attempt, content: Mapping[str, Any], outcome: str, hashes: Mapping[str, str]
) -> list[str]:
    said = content["attempt"]
    pairs = {
        "outcome": (attempt.status.value, outcome),
        "time": (written(attempt.occurred_at), content["time"]["occurred_at"]),
        "driver": (attempt.driver_id, said.get("driver_id")),
        "PIN": (None if attempt.pin is None else attempt.pin.value, said.get("pin")),
        "receiver": (attempt.received_by, said.get("received_by")),
    }
    found = [name for name, (now, then) in pairs.items() if now != then]
    files = [p.id for p in attempt.proofs if p.sha256 and hashes.get(p.id, p.sha256) != p.sha256]
    return [*found, *(f"file {proof_id}" for proof_id in files)]


def _pending_checks(events: Sequence[Event], last_sequence: int) -> Iterator[Check]:
    for due in due_of(events, last_sequence):
        text = f"Event {due.event.seq} ({due.event.type.value}) is not sealed yet. {_WAIT}"
        name = str(due.event.seq)
        yield Check(Subject.EVENT, name, Question.SEALED, Result.PENDING, text)


_WAIT: Final = "That takes about ten minutes; what was lost is sealed within two hours."


def unsealed(events: Sequence[Event], chain: Sequence[SignedManifest]) -> list[Due]:
    """What is still to be sealed."""
    return due_of(events, Head.of([each.text for each in chain]).last_sequence)
