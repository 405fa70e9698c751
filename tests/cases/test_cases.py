"""Every case that concerns what exists; those that wait for a feature are listed by it."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from tests.cases import driving, importing, pages, shopping
from tests.cases.reading import Case, cases, folder
from tests.cases.stories import STORIES
from tests.support.carrier import Carrier, note

Run = Callable[[Carrier, Case], None]

RUNS: Final[Mapping[str, Run]] = {
    "shipment": shopping.shipment,
    "scan": shopping.scan,
    "plan": shopping.plan,
    "drive": driving.drive,
    "two_routes": driving.two_routes,
    "page": lambda _, case: pages.page(case),
}

ELSEWHERE: Final[Mapping[str, str]] = {
    "F31": "tests/integration/notices",
    "F32": "tests/integration/webhooks",
    "F1-148": "tests/browser",
    "F1-150": "tests/integration/api/test_access.py",
    "F1-151": "tests/integration/api/test_positions.py",
    "F1-152": "tests/integration/api/test_stops.py",
    "F1-153": "tests/integration/api/test_shipments.py",
}
"""Cases in words that need more than a carrier in process: where their kind is tested."""

ALL: Final = cases()


def run_of(case: Case) -> Run | None:
    """How a case is run; None when it waits for a feature or is tested elsewhere."""
    if "file_utf8" in case.said:
        return importing.file
    if case.id in STORIES:  # some once waited for a feature, as their file still says
        return STORIES[case.id]
    if case.awaits or case.id in ELSEWHERE:
        return None
    if isinstance(case.said.get("input"), dict) and case.said["input"].get("run") == "track":
        return driving.track
    return RUNS[case.run]


def test_every_case_has_its_place() -> None:
    if not ALL:
        pytest.skip(f"there are no cases in {folder()}")
    waiting = {
        case.id: None if run_of(case) else case.awaits
        for case in ALL
        if case.id not in ELSEWHERE  # also where its file says that it waits
    }
    for feature in sorted({feature for feature in waiting.values() if feature}):
        note(f"waits for {feature}: {', '.join(k for k, v in waiting.items() if v == feature)}")
    here = [case for case in ALL if run_of(case)]
    note(f"{len(ALL)} cases: {len(here)} run here, {len(ELSEWHERE)} elsewhere")
    assert len(here) + len([w for w in waiting.values() if w]) + len(ELSEWHERE) == len(ALL)


@pytest.mark.parametrize("case", [c for c in ALL if run_of(c)] or [None], ids=lambda c: c and c.id)
def test_case(case: Case | None, carrier: Carrier) -> None:
    if case is None:
        pytest.skip(f"there are no cases in {folder()}")
    run = run_of(case)
    assert run is not None
    run(carrier, case)
