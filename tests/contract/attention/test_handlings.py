"""What colleagues have done about concerns, in memory and on DynamoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.attention.handling import KEPT_FOR, Handled, Handling
from chalicelib.domain.errors import ConcurrentUpdate
from tests.contract.conftest import Stores
from tests.support.builders import NOON, minutes

TAKEN = Handling("late~rte_1", Handled.TAKEN, "key_1", Role.DISPATCHER, NOON, NOON + minutes(7))


def test_what_was_done_is_remembered_by_the_concern(stores: Stores) -> None:
    snoozed = replace(
        TAKEN, concern_id="silent~rte_2", state=Handled.SNOOZED, until=NOON + minutes(20)
    )
    stores.handlings.put(TAKEN, 0)
    stores.handlings.put(snoozed, 0)

    assert stores.handlings.get("late~rte_1", NOON) == TAKEN
    assert stores.handlings.get("late~rte_9", NOON) is None
    several = ["late~rte_1", "silent~rte_2", "late~rte_9", "late~rte_1"]
    assert stores.handlings.of(several, NOON) == {
        "late~rte_1": TAKEN,
        "silent~rte_2": snoozed,
    }
    assert stores.handlings.of([], NOON) == {}


def test_only_one_of_two_at_once_is_first(stores: Stores) -> None:
    stores.handlings.put(TAKEN, 0)
    second = replace(TAKEN, by="key_2", version=2)

    with pytest.raises(ConcurrentUpdate):
        stores.handlings.put(replace(TAKEN, by="key_3"), 0)
    stores.handlings.put(second, 1)
    with pytest.raises(ConcurrentUpdate):
        stores.handlings.put(replace(second, by="key_3"), 1)

    assert stores.handlings.get("late~rte_1", NOON) == second


def test_what_is_old_is_forgotten_and_may_be_done_again(stores: Stores) -> None:
    stores.handlings.put(TAKEN, 0)
    later = NOON + KEPT_FOR + timedelta(seconds=1)

    assert stores.handlings.get("late~rte_1", later) is None
    assert stores.handlings.of(["late~rte_1"], later) == {}
    stores.handlings.put(replace(TAKEN, at=later, by="key_2"), 0)
    found = stores.handlings.get("late~rte_1", later)
    assert found is not None
    assert found.by == "key_2"


def test_more_than_a_hundred_are_read_at_once(stores: Stores) -> None:
    stores.handlings.put(TAKEN, 0)

    found = stores.handlings.of([*(f"late~rte_x{i}" for i in range(150)), "late~rte_1"], NOON)

    assert found == {"late~rte_1": TAKEN}
