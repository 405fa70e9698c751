"""The words of the API: what each field means, and an example of its value.

A word means the same wherever it stands; where it does not, it is written with its model
(`ShipmentOut.id`). A field may also say both itself: `Field(description=…, examples=[…])`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

WORDS: Final = Path(__file__).with_name("glossary.toml")


@dataclass(frozen=True, slots=True)
class Word:
    """A field: what it means, and an example; None where its schema has one or is one."""

    means: str
    example: object = None


@dataclass(frozen=True, slots=True)
class Glossary:
    """All words; ``left_out`` are the fields that an example of a model does not have.

    ``events`` says of each type of event when it comes, with the status after it as the example.
    So does ``route_events``, without a status.
    """

    words: Mapping[str, Word]
    left_out: Mapping[str, frozenset[str]]
    events: Mapping[str, Word]
    route_events: Mapping[str, str]

    def word(self, model: str, field: str) -> Word | None:
        """The word for a field of a model."""
        return self.words.get(f"{model}.{field}") or self.words.get(field)

    def left_out_of(self, model: str) -> frozenset[str]:
        """The fields that an example of a model does not have."""
        return self.left_out.get(model, frozenset())

    def event(self, name: str) -> Word:
        """The word for a type of event."""
        return self.events.get(name, Word(means="", example="created"))


@cache
def glossary() -> Glossary:
    """The glossary as it is written."""
    found = tomllib.loads(WORDS.read_text("utf-8"))
    words = {
        name: Word(word["means"], word.get("example")) for name, word in found["words"].items()
    }
    left_out = {name: frozenset(fields) for name, fields in found["left_out"].items()}
    events = {
        name: Word(event["means"], event["status"]) for name, event in found["events"].items()
    }
    return Glossary(words, left_out, events, found["route_events"])
