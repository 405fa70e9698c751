"""The phone of the demo's drivers: what was done leaves in order, and waits for a network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.instants import written
from local.client import Refused
from local.demo.phone import MOST_FIXES, Phone
from tests.support.builders import NOON, minutes


@dataclass
class Office:
    """Stands in for the API: writes down what comes, and refuses some of it."""

    refusing: Mapping[str, int] = field(default_factory=dict)
    heard: list[tuple[str, Any]] = field(default_factory=list)

    def post(self, path: str, body: Any) -> dict[str, Any]:
        name = path.removeprefix("/v1/driver/")
        self.heard.append((name, body))
        if name in self.refusing:
            raise Refused(name, path, self.refusing[name], {})
        return {}


def phone_of(office: Office) -> Phone:
    names = iter(range(100))
    return Phone(office, lambda: NOON + minutes(9), lambda: f"id-{next(names)}")  # type: ignore[arg-type]


def test_what_was_done_leaves_in_its_order_and_says_when_it_was_and_when_it_was_sent() -> None:
    office = Office()
    phone = phone_of(office)
    phone.locate({"n": 1})
    phone.locate({"n": 2})
    phone.report("stops/s/arrive", NOON)
    phone.locate({"n": 3})
    phone.send()

    sent_at = written(NOON + minutes(9))
    assert office.heard == [
        ("positions", {"sent_at": sent_at, "fixes": [{"n": 1}, {"n": 2}]}),
        (
            "stops/s/arrive",
            {"action_id": "id-0", "occurred_at": written(NOON), "sent_at": sent_at},
        ),
        ("positions", {"sent_at": sent_at, "fixes": [{"n": 3}]}),
    ]
    assert phone.waiting == 0


def test_without_a_network_everything_waits_and_then_goes_in_batches() -> None:
    office = Office()
    phone = phone_of(office)
    phone.has_network = False
    for n in range(MOST_FIXES + 1):
        phone.locate({"n": n})
    phone.send()
    assert (office.heard, phone.waiting) == ([], MOST_FIXES + 1)

    phone.has_network = True
    phone.send()

    assert [len(body["fixes"]) for _, body in office.heard] == [MOST_FIXES, 1]


def test_a_conflict_is_dropped_and_any_other_refusal_is_told() -> None:
    office = Office({"stops/s/deliver": 409, "stops/s/fail": 422})
    phone = phone_of(office)
    phone.report("stops/s/deliver", NOON, note="hello")
    phone.report("stops/s/fail", NOON)

    with pytest.raises(Refused):
        phone.send()

    assert [name for name, _ in office.heard] == ["stops/s/deliver", "stops/s/fail"]
    assert office.heard[0][1]["note"] == "hello"
    assert phone.waiting == 1
