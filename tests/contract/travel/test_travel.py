"""What has been learnt, in memory and on DynamoDB."""

from datetime import datetime, timedelta

import pytest

from chalicelib.adapters.dynamodb.travel.changes import LEARNT
from chalicelib.adapters.dynamodb.travel.items import LearningMarkItem, PageItem
from chalicelib.adapters.dynamodb.travel.repository import ASIDE
from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.eta.learned.places import MODEL_PAGE, area_page, page_name
from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import LearningMarkChange, PageChange, StoredPage
from chalicelib.domain.learning.learning import LearningMark
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.travel import TravelPages
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores
from tests.support import faults
from tests.support.aws import dynamodb_clients
from tests.support.builders import NOON, minutes
from tests.support.faults import Faults

AREA = area_page(6_687.0, 1_387.0)
ROUTE = RouteId("rte_1")
EXPIRES_AT = NOON + timedelta(days=60)
FIRST, SECOND = (NOON, 0), (NOON + minutes(7), 12)


def changed(
    page: int = MODEL_PAGE, packed: bytes = b"one", expected: int | None = None
) -> PageChange:
    return PageChange(page, packed, expected)


def learnt(
    through: tuple[datetime, int] = FIRST, before: tuple[datetime, int] | None = None
) -> LearningMarkChange:
    return LearningMarkChange(LearningMark(ROUTE, through, EXPIRES_AT), before)


def test_nothing_is_known_at_first(travel: TravelPages) -> None:
    assert travel.read([MODEL_PAGE, AREA]) == travel.open([AREA]) == {}
    assert travel.learning_marks([ROUTE]) == {}
    assert travel.read([]) == travel.open([]) == {}
    assert travel.learning_marks([]) == {}


def test_what_was_committed_is_what_is_read(journal: Journal, travel: TravelPages) -> None:
    journal.commit(changed(), changed(AREA, b"\x00two"), learnt())

    stored = {MODEL_PAGE: StoredPage(b"one", 1), AREA: StoredPage(b"\x00two", 1)}
    assert travel.read([AREA, MODEL_PAGE, 7]) == travel.open([MODEL_PAGE, AREA]) == stored
    assert travel.learning_marks([ROUTE, RouteId("rte_2")]) == {ROUTE: FIRST}


def test_every_write_makes_a_version(journal: Journal, travel: TravelPages) -> None:
    journal.commit(changed(), learnt())
    journal.commit(changed(packed=b"two", expected=1), learnt(SECOND, FIRST))

    assert travel.open([MODEL_PAGE]) == {MODEL_PAGE: StoredPage(b"two", 2)}
    assert travel.learning_marks([ROUTE]) == {ROUTE: SECOND}


@pytest.mark.parametrize("expected", [None, 2])
def test_who_read_another_version_writes_nothing(
    journal: Journal, travel: TravelPages, expected: int | None
) -> None:
    journal.commit(changed(), learnt())

    with pytest.raises(ConcurrentUpdate):
        journal.commit(
            changed(AREA), changed(packed=b"two", expected=expected), learnt(SECOND, FIRST)
        )

    assert travel.open([MODEL_PAGE, AREA]) == {MODEL_PAGE: StoredPage(b"one", 1)}
    assert travel.learning_marks([ROUTE]) == {ROUTE: FIRST}


@pytest.mark.parametrize("before", [None, SECOND])
def test_nothing_is_learnt_twice(
    journal: Journal, travel: TravelPages, before: tuple[datetime, int] | None
) -> None:
    journal.commit(changed(), learnt())

    with pytest.raises(ConcurrentUpdate):
        journal.commit(changed(packed=b"two", expected=1), learnt(FIRST, before))

    assert travel.open([MODEL_PAGE]) == {MODEL_PAGE: StoredPage(b"one", 1)}


def test_what_was_set_aside_is_not_read_again(journal: Journal, travel: TravelPages) -> None:
    journal.commit(changed(packed=b"broken"))

    for _ in range(2):
        travel.set_aside(travel.open([MODEL_PAGE]), NOON + minutes(9))
    journal.commit(changed(packed=b"good", expected=1))

    assert travel.read([MODEL_PAGE]) == {MODEL_PAGE: StoredPage(b"good", 2)}


def test_marks_and_what_was_set_aside_expire_and_pages_do_not(dynamo: Stores) -> None:
    dynamo.journal.commit(changed(packed=b"broken"), learnt())
    dynamo.travel.set_aside(dynamo.travel.open([MODEL_PAGE]), NOON + minutes(9))

    name = page_name(MODEL_PAGE)
    assert PageItem.get(name).expires_at is None
    assert PageItem.get(f"{ASIDE}{name}/1").expires_at == (NOON + minutes(9)).timestamp()
    assert LearningMarkItem.get(f"{LEARNT}{ROUTE}").expires_at == EXPIRES_AT.timestamp()


def test_a_hundred_pages_are_one_call_and_half_a_unit_each(dynamo: Stores) -> None:
    pages = [area_page(6.0 * i, 0.0) for i in range(100)]
    for start in range(0, 100, 50):
        some = pages[start : start + 50]
        dynamo.journal.commit(*(changed(page, b"x" * 3_600) for page in some))

    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        found = dynamo.travel.read(pages)

    assert len(found) == 100
    assert (meter.call_count, meter.read_units) == (1, 50)


def test_a_lost_answer_is_no_conflict_with_oneself(
    dynamo: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    lost = {("dynamodb", "TransactWriteItems", 1): faults.ack_lost}

    with Faults(plan=lost).on(*dynamodb_clients()):
        dynamo.journal.commit(changed(), learnt())

    assert dynamo.travel.open([MODEL_PAGE]) == {MODEL_PAGE: StoredPage(b"one", 1)}
