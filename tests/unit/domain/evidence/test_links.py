"""Which manifests there are: whenever it is sealed, every event is covered once, in its order."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.actors import Role
from chalicelib.domain.evidence.links import (
    KINDS,
    Head,
    ManifestKind,
    due_of,
    event_document,
    sha256_of,
)
from chalicelib.domain.evidence.manifests import Scene, manifest_text
from chalicelib.domain.shipments.events import Event, EventType
from tests.support.builders import NOON, make_event, make_shipment, minutes

SHIPMENT = make_shipment()
TYPES = [*KINDS, EventType.ARRIVED, EventType.PROMISED, EventType.SUPERSEDED]


def history(types: list[EventType]) -> list[Event]:
    return [
        make_event(
            seq,
            type=event_type,
            actor_role=Role.DRIVER,
            actor_id="drv_1",
            data={"action_id": f"a{seq}", "proofs": [{"id": f"prf_{seq % 3}", "kind": "photo"}]},
            occurred_at=NOON + minutes(seq),
            recorded_at=NOON + minutes(seq),
        )
        for seq, event_type in enumerate(types, start=1)
    ]


def sealed(events: list[Event], ends: set[int]) -> list[Any]:
    """The manifests when it is sealed after each of these sequences, and at the end."""
    texts: list[str] = []
    for end in sorted({*ends, len(events)}):
        head = Head.of(texts)
        for due in due_of(events[:end], head.last_sequence):
            text = manifest_text(due, head, Scene(SHIPMENT))
            texts.append(text)
            head = head.then(text)
    return [json.loads(text) for text in texts]


@given(st.lists(st.sampled_from(TYPES), max_size=14), st.sets(st.integers(0, 14)))
def test_every_event_up_to_the_last_attempt_is_covered_once(
    types: list[EventType], ends: set[int]
) -> None:
    events = history(types)

    said = sealed(events, ends)

    covered = [sha256 for each in said for sha256 in each["events"]["sha256"]]
    last = max((event.seq for event in events if event.type in KINDS), default=0)
    assert covered == [sha256_of(event_document(event)) for event in events[:last]]
    assert [each["number"] for each in said] == list(range(1, len(said) + 1))
    attempts = [each["attempt_number"] for each in said if each["kind"] == ManifestKind.ATTEMPT]
    assert attempts == list(range(1, len(attempts) + 1))


@given(st.lists(st.sampled_from(TYPES), max_size=14), st.sets(st.integers(0, 14)))
def test_attempts_and_corrections_have_a_manifest_each_whenever_it_is_sealed(
    types: list[EventType], ends: set[int]
) -> None:
    about = [
        (each["kind"], each["about"]["sequence"])
        for each in sealed(history(types), ends)
        if each["kind"] != ManifestKind.FILES
    ]

    assert about == [
        (KINDS[event_type].value, seq)
        for seq, event_type in enumerate(types, start=1)
        if KINDS.get(event_type) in {ManifestKind.ATTEMPT, ManifestKind.CORRECTION}
    ]


def test_each_manifest_names_the_hash_of_the_one_before_it() -> None:
    events = history([EventType.ATTEMPT_FAILED, EventType.DELIVERED, EventType.CORRECTED])
    texts: list[str] = []
    for due in due_of(events, 0):
        texts.append(manifest_text(due, Head.of(texts), Scene(SHIPMENT)))

    hashes = [sha256_of(text.encode()) for text in texts]
    assert [json.loads(text)["previous_sha256"] for text in texts] == [None, *hashes[:-1]]


def test_the_hash_of_an_event_is_that_of_its_canonical_form() -> None:
    event = make_event(7, data={"b": 1.0, "a": "ä"})

    assert event_document(event).decode() == (
        '{"actor":{"id":"key_1","role":"shipper"},"data":{"a":"ä","b":1},"id":"evt_7",'
        '"occurred_at":"2026-11-23T12:00:00.000Z","recorded_at":"2026-11-23T12:00:00.000Z",'
        '"sequence":7,"shipment_id":"shp_0001","shipper_id":"shr_1","type":"shipment.created"}'
    )
