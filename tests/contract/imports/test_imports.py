"""What is remembered of imports, in memory and on DynamoDB."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import ImportId, ShipperId
from chalicelib.domain.imports.imports import (
    KEPT_FOR,
    Failure,
    Import,
    ImportStatus,
    Layout,
    Remark,
    Tally,
    Wishes,
)
from chalicelib.domain.imports.tables import Form
from chalicelib.domain.journal.changes import ImportChange
from chalicelib.domain.shipments.orders import IfExists
from tests.contract.conftest import Stores
from tests.support.builders import NOON, minutes

SHOP = ShipperId("shr_01M8F8AFNJ6A4AD4YEY1ENRM5T")


def an_import(number: int = 1, **changes: Any) -> Import:
    bare = Import(
        id=ImportId(f"imp_{number:04d}"),
        shipper_id=SHOP,
        key_id="key_1",
        wishes=Wishes(),
        created_at=NOON,
    )
    return replace(bare, **changes)


FULL = an_import(
    wishes=Wishes(
        "july.csv",
        dry_run=True,
        if_exists=IfExists.UPDATE,
        columns={"Nr": "reference"},
        defaults={"address.country": "FI"},
    ),
    status=ImportStatus.FAILED,
    file_version="3",
    size_bytes=1_234,
    begun_at=NOON + minutes(1),
    moved_at=NOON + minutes(2),
    ended_at=NOON + minutes(3),
    layout=Layout(Form("cp1252", "\t", 2), ("Nr", "Väri"), ("reference", ""), 17),
    row_done=9,
    tally=Tally(1, 2, 3, 4, 5, 6),
    parts=(3, 503),
    first_errors=(Remark(3, "Nr", "blank", "Write it.", reference="R 3"),),
    failure=Failure("not_csv", "No."),
    has_report=True,
)


def kept(stores: Stores, found: Import, expected: int | None = None) -> None:
    stores.journal.commit(ImportChange(found, expected))


@pytest.fixture(autouse=True)
def noon(stores: Stores) -> None:
    stores.clock.at = NOON


@pytest.mark.parametrize("found", [an_import(), FULL])
def test_an_import_is_read_as_it_was_written(stores: Stores, found: Import) -> None:
    kept(stores, found)

    assert stores.imports.get(SHOP, found.id) == found


def test_only_who_knows_the_present_version_writes(stores: Stores) -> None:
    first = an_import()
    kept(stores, first)
    second = first.begun("1", 10, NOON)
    kept(stores, second, first.version)

    with pytest.raises(ConcurrentUpdate):
        kept(stores, first.begun("2", 10, NOON), first.version)
    with pytest.raises(ConcurrentUpdate):
        kept(stores, first)
    assert stores.imports.get(SHOP, first.id) == second


def test_a_shipper_finds_its_own_newest_first(stores: Stores) -> None:
    for number in range(3):
        kept(stores, an_import(number))
    kept(stores, an_import(9, shipper_id=ShipperId("shr_other")))

    first = stores.imports.page(SHOP, limit=2, position=None)
    rest = stores.imports.page(SHOP, limit=2, position=first.position)

    assert [each.id for each in (*first.data, *rest.data)] == ["imp_0002", "imp_0001", "imp_0000"]
    with pytest.raises(NotFound):
        stores.imports.get(SHOP, ImportId("imp_0009"))


def test_it_is_forgotten_after_two_weeks(stores: Stores) -> None:
    kept(stores, an_import())
    stores.clock.at = NOON + KEPT_FOR - timedelta(seconds=1)
    assert stores.imports.page(SHOP, limit=9, position=None).data

    stores.clock.at = NOON + KEPT_FOR

    with pytest.raises(NotFound):
        stores.imports.get(SHOP, an_import().id)
    assert not stores.imports.page(SHOP, limit=9, position=None).data
