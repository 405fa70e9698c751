"""Imports over fakes: good rows come in, bad ones are named, and nothing comes in twice."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any, Final

import pytest

from chalicelib.api.schemas.imports import read_row
from chalicelib.domain.actors import Role
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.ids import ImportId
from chalicelib.domain.imports.imports import (
    LATEST_FILE,
    MOST_SETBACKS,
    STALLED_AFTER,
    Import,
    ImportStatus,
    Tally,
    Wishes,
)
from chalicelib.domain.shipments.batches import LATER, RowOutcome, RowVerdict
from chalicelib.domain.shipments.orders import IfExists
from chalicelib.services.imports.begin_import import BeginImport
from chalicelib.services.imports.import_shipments import GROUP, NEEDED_S, ImportShipments
from chalicelib.services.imports.show_imports import ShowImports
from chalicelib.services.shipments.create_batch import CreateBatch
from tests.support.builders import NOON, make_actor, minutes
from tests.support.fakes.contested import cut_off, goes_well, lost_race
from tests.support.in_memory import InMemoryCarrier

SHOP: Final = make_actor(Role.SHIPPER)
HEADINGS: Final = "reference;name;phone;lines;city;country;lat;lon;barcode"
PLENTY: Final = 1_000.0


def row(number: int, **changes: str) -> str:
    cells = {
        "reference": f"R{number}",
        "name": "Väinö",
        "phone": "040 1234567",
        "lines": f"Kuja {number}",
        "city": "Helsinki",
        "country": "FI",
        "lat": "60,17",
        "lon": "24,94",
        "barcode": f"B{number}",
    } | changes
    return ";".join(cells.values())


def file_of(*rows: str) -> bytes:
    return "\r\n".join([HEADINGS, *rows]).encode()


def many(count: int, **changes: str) -> bytes:
    return file_of(*(row(number, **changes) for number in range(count)))


class Ticking:
    """A watch that never runs out, since the clock of these tests goes by itself."""

    def passed_s(self) -> float:
        return 0.0

    def take(self, longest_s: float) -> None:
        """Wait for nobody."""


class Desk:
    """A shipper who uploads files, and the function behind the queue."""

    def __init__(self) -> None:
        self.carrier = InMemoryCarrier()
        self.carrier.clock.at = NOON
        self.carrier.pauses = Ticking()  # type: ignore[attr-defined] # as a use case names it
        self.created: list[int] = []

    def begin(self, **wishes: Any) -> Import:
        return self.carrier.use(BeginImport)(Wishes(**wishes), actor=SHOP).found

    def send(self, begun: Import, content: bytes) -> None:
        taken = self.carrier.import_files.receive(
            begun.file_key, content, content_type="text/csv", at=self.carrier.clock.now()
        )
        assert taken

    def run(
        self,
        key: str,
        version: str | None = None,
        *,
        left_s: Callable[[], float] = lambda: PLENTY,
        create: Callable[..., Any] | None = None,
    ) -> None:
        self.carrier.clock.at += timedelta(milliseconds=1)
        self.carrier.use(ImportShipments)(
            key, version, read=read_row, create=create or self.create, time_left_s=left_s
        )

    def create(self, orders: Any, **given: Any) -> tuple[RowVerdict | None, ...]:
        self.carrier.clock.at += timedelta(milliseconds=1)
        self.created.append(len(orders))
        return self.carrier.use(CreateBatch)(orders, **given)

    def imported(self, content: bytes, **wishes: Any) -> Import:
        begun = self.begin(**wishes)
        self.send(begun, content)
        self.run(begun.file_key)
        return self.shown(begun)

    def shown(self, begun: Import) -> Import:
        return self.carrier.use(ShowImports).one(begun.id, SHOP).found

    def report(self, done: Import) -> list[dict[str, str]]:
        text = self.carrier.import_files.reports[done.report_key].decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    @property
    def references(self) -> list[str]:
        return sorted(each.reference for each in self.carrier.shipments.shipments.values())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_all_good_rows_come_in_and_each_bad_one_is_named_by_its_column(desk: Desk) -> None:
    content = file_of(
        row(1),
        row(2, phone="12"),
        "",
        row(3, barcode="3,40434E+17"),
        row(4, lat="north"),
        row(5, name=""),
        row(6) + ";surplus",
        row(7),
    )

    done = desk.imported(content)

    assert (done.status, done.tally.created, done.tally.refused) == (ImportStatus.COMPLETED, 2, 5)
    assert desk.references == ["R1", "R7"]
    assert [(e.row, e.column, e.code) for e in done.first_errors] == [
        (3, "phone", "invalid_phone"),
        (5, "barcode", "rounded_number"),
        (6, "lat", "not_a_number"),
        (7, "name", "missing"),
        (8, "", "too_many_cells"),
    ]
    assert [(line["row"], line["reference"]) for line in desk.report(done)] == [
        ("3", "R2"),
        ("5", "R3"),
        ("6", "R4"),
        ("7", "R5"),
        ("8", "R6"),
    ]


def test_the_same_file_again_adds_nothing_and_a_mended_one_only_what_was_missing(
    desk: Desk,
) -> None:
    desk.imported(file_of(row(1), row(2, phone="12")))

    again = desk.imported(file_of(row(1), row(2, phone="12")))
    mended = desk.imported(file_of(row(1), row(2)))

    assert again.tally == Tally(unchanged=1, refused=1, errors=1)
    assert mended.tally == Tally(created=1, unchanged=1)


def test_a_row_that_says_something_else_is_refused_or_updates(desk: Desk) -> None:
    desk.imported(file_of(row(1)))

    refused = desk.imported(file_of(row(1, name="Aino")))
    updated = desk.imported(file_of(row(1, name="Aino")), if_exists=IfExists.UPDATE)

    assert (refused.tally.refused, updated.tally.updated) == (1, 1)
    assert [e.code for e in refused.first_errors] == ["reference_taken"]
    (shipment,) = desk.carrier.shipments.shipments.values()
    assert shipment.recipient.name == "Aino"


def test_a_dry_run_says_the_same_and_writes_nothing(desk: Desk) -> None:
    desk.imported(file_of(row(1)))
    content = file_of(row(1), row(2), row(3, phone="12"))

    dry = desk.imported(content, dry_run=True)

    assert desk.references == ["R1"]
    assert dry.tally == desk.imported(content).tally == Tally(1, 0, 1, 1, errors=1)


def test_a_reference_that_comes_again_far_below_is_refused_with_its_first_row(desk: Desk) -> None:
    rows = [row(number) for number in range(GROUP + 1)]

    done = desk.imported(file_of(*rows, row(0, name="Other")))

    assert done.tally.created == GROUP + 1
    (error,) = done.first_errors
    assert (error.row, error.column, error.code) == (GROUP + 3, "reference", "repeated_reference")
    assert "Row 2" in error.detail


def test_what_is_doubtful_comes_in_and_is_in_the_report(desk: Desk) -> None:
    done = desk.imported(file_of(row(1, barcode="SAME"), row(2, barcode="SAME")))

    assert (done.tally.created, done.tally.warnings, done.first_errors) == (2, 1, ())
    (line,) = desk.report(done)
    assert (line["severity"], line["row"], line["column"]) == ("warning", "3", "barcode")
    assert "Row 2" in line["detail"]


def test_defaults_and_meanings_fill_what_the_file_lacks(desk: Desk) -> None:
    content = b"Nr,name,postal_code,barcode\n1004,Test Person,00100,0012345\n"

    done = desk.imported(
        content,
        columns={"NR": "reference"},
        defaults={
            "address.lines": "Testikatu 1",
            "address.city": "Helsinki",
            "address.country": "FI",
            "address.lat_deg": "60.18",
            "address.lon_deg": "24.95",
        },
    )

    assert done.tally.created == 1, done.first_errors
    (shipment,) = desk.carrier.shipments.shipments.values()
    assert (shipment.address.postal_code, shipment.barcodes) == ("00100", ("0012345",))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04", "not_csv"),
        (b"name;city\nAino;Helsinki\n", "missing_column"),
        (HEADINGS.encode() + b"\r\n;;;\r\n", "no_rows"),
        (file_of(row(1), '"never closed'), "unreadable_row"),
    ],
)
def test_of_a_file_that_cannot_be_read_nothing_comes_in(
    desk: Desk, content: bytes, code: str
) -> None:
    done = desk.imported(content)

    assert done.status is ImportStatus.FAILED
    assert done.failure is not None
    assert done.failure.code == code
    assert desk.references == []


def test_a_run_without_time_is_gone_on_with_where_it_stopped(desk: Desk) -> None:
    begun = desk.begin()
    desk.send(begun, many(GROUP + 20))
    left = iter([PLENTY, NEEDED_S - 1])

    desk.run(begun.file_key, left_s=lambda: next(left))

    half = desk.shown(begun)
    assert (half.status, half.tally.rows) == (ImportStatus.RUNNING, GROUP)
    assert desk.carrier.import_queue.waiting == [(begun.file_key, "1")]
    desk.run(*desk.carrier.import_queue.waiting.pop())
    assert desk.shown(begun).tally == Tally(created=GROUP + 20)
    assert desk.created == [GROUP, 20]


def test_a_run_that_broke_off_is_gone_on_with_and_counts_right(desk: Desk) -> None:
    """The database fails after some rows of a group: they are there, but nobody has noted it."""
    begun = desk.begin()
    desk.send(begun, many(60))
    journal = desk.carrier.journal
    before_all_rows = [goes_well] * 4  # begun, looked at, and two groups of twenty
    journal.before = [*before_all_rows, cut_off]

    desk.run(begun.file_key)

    there = len(desk.references)
    assert 0 < there < 60
    assert desk.shown(begun).tally == Tally()
    desk.run(*desk.carrier.import_queue.waiting.pop())
    assert desk.shown(begun).tally == Tally(created=60)
    assert len(desk.references) == 60


def test_after_each_failure_it_waits_longer_and_in_the_end_the_queue_gives_up(desk: Desk) -> None:
    def failing(orders: Any, **given: Any) -> tuple[RowVerdict | None, ...]:
        del orders, given
        raise Unavailable

    begun = desk.begin()
    desk.send(begun, many(GROUP + 1))
    desk.run(begun.file_key, create=failing)
    for _ in range(MOST_SETBACKS - 1):
        desk.run(*desk.carrier.import_queue.waiting.pop(), create=failing)

    with pytest.raises(Unavailable):
        desk.run(*desk.carrier.import_queue.waiting.pop(), create=failing)

    assert desk.carrier.import_queue.delays_s == [5, 10, 20, 40, 80, 160, 320, 640]
    desk.run(begun.file_key)
    done = desk.shown(begun)
    assert (done.tally, done.setbacks) == (Tally(created=GROUP + 1), 0)


def test_a_file_that_breaks_off_is_read_again_after_a_while(desk: Desk) -> None:
    begun = desk.begin()
    desk.send(begun, many(3))
    whole = desk.carrier.import_files.chunks

    def broken(key: str, version: str) -> Iterator[bytes]:
        yield from islice(whole(key, version), 1)
        raise Unavailable

    desk.carrier.import_files.chunks = broken  # type: ignore[method-assign] # for a moment
    desk.run(begun.file_key)

    desk.carrier.import_files.chunks = whole  # type: ignore[method-assign] # as it was
    desk.run(*desk.carrier.import_queue.waiting.pop())
    assert desk.shown(begun).tally == Tally(created=3)


def test_rows_for_which_a_batch_had_no_time_are_sent_again(desk: Desk) -> None:
    def hurried(orders: Any, **given: Any) -> tuple[RowVerdict | None, ...]:
        done = desk.create(orders[:3], **given)
        return (*done, *[LATER] * len(orders[3:]))

    begun = desk.begin()
    desk.send(begun, many(8))

    desk.run(begun.file_key, create=hurried)

    assert desk.shown(begun).tally == Tally(created=8)
    assert desk.created == [3, 3, 2]


def test_a_notice_that_comes_again_changes_nothing(desk: Desk) -> None:
    done = desk.imported(many(3))

    desk.run(done.file_key)

    assert desk.shown(done) == done
    assert desk.created == [3]


def test_two_runs_at_once_create_nothing_twice(desk: Desk) -> None:
    begun = desk.begin()
    desk.send(begun, many(3))
    desk.carrier.journal.before = [goes_well, goes_well, goes_well, lost_race]

    desk.run(begun.file_key)  # another run has noted the group first

    desk.run(begun.file_key)
    assert desk.shown(begun).tally == Tally(created=3)
    assert len(desk.references) == 3


def test_only_the_first_file_of_an_import_counts(desk: Desk) -> None:
    done = desk.imported(many(2))
    desk.send(done, many(5))

    desk.run(done.file_key)

    assert desk.shown(done).tally == Tally(created=2)


@pytest.mark.parametrize(
    "key", ["imports/files/shr_1", "imports/parts/shr_1/imp_1", "quarantine/shp_1/prf_1"]
)
def test_a_file_that_no_import_asked_for_is_left_alone(desk: Desk, key: str) -> None:
    desk.run(key)

    assert desk.created == []


def test_an_import_without_a_file_expires_and_one_without_progress_fails(desk: Desk) -> None:
    waiting, running = desk.begin(), desk.begin()
    desk.send(running, many(3))
    left = iter([NEEDED_S - 1])
    desk.run(running.file_key, left_s=lambda: next(left))

    desk.carrier.clock.at += LATEST_FILE + minutes(1)
    assert desk.shown(waiting).status is ImportStatus.EXPIRED
    assert desk.shown(running).status is ImportStatus.RUNNING
    desk.carrier.clock.at += STALLED_AFTER

    stalled = desk.shown(running)
    assert (stalled.status, stalled.failure and stalled.failure.code) == (
        ImportStatus.FAILED,
        "stalled",
    )
    desk.run(running.file_key, "1")  # an operator puts the notice back
    assert desk.shown(running).tally.created == 3


def test_a_shipper_sees_its_own_imports_only(desk: Desk) -> None:
    done = desk.imported(many(1))
    other = replace(SHOP, shipper_id=None)

    with pytest.raises(NotFound):
        desk.carrier.use(ShowImports).one(ImportId("imp_0099"), SHOP)
    with pytest.raises(NotFound):
        desk.carrier.use(ShowImports).one(done.id, other)


def test_few_of_many_errors_are_shown_and_the_report_has_all(desk: Desk) -> None:
    done = desk.imported(many(40, phone="12"))

    assert (len(done.first_errors), done.tally.errors) == (20, 40)
    assert len(desk.report(done)) == 40


def lazily(rows: int) -> Iterator[bytes]:
    yield HEADINGS.encode() + b"\r\n"
    for number in range(rows):
        yield row(number).encode() + b"\r\n"


def test_no_more_of_a_file_is_in_memory_than_a_group(desk: Desk) -> None:
    """Rows are taken from the file when their group is worked on, and not before."""
    taken = 0

    def counted(rows: int) -> Iterator[bytes]:
        nonlocal taken
        for chunk in lazily(rows):
            taken += 1
            yield chunk

    ahead: list[int] = []
    done = 0

    def create(orders: Any, **given: Any) -> tuple[RowVerdict | None, ...]:
        nonlocal done
        del given
        ahead.append(taken - done)
        done += len(orders)
        return tuple(RowVerdict(RowOutcome.UNCHANGED) for _ in orders)

    def opened(key: str, version: str) -> Iterator[bytes]:
        nonlocal taken
        taken = 0
        return counted(4 * GROUP)

    begun = desk.begin()
    desk.send(begun, b"any")
    desk.carrier.import_files.chunks = opened  # type: ignore[method-assign] # as a stream
    desk.run(begun.file_key, create=create)

    assert len(ahead) == 4
    assert max(ahead) < 2 * GROUP
