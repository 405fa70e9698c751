"""What is stored comes back as it was: every mapping, round and round."""

import tracemalloc
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.accounts import documents as accounts
from chalicelib.adapters.dynamodb.fleet.fixes import digest_of, pack_fixes, unpack_fixes
from chalicelib.adapters.dynamodb.fleet.lives import pack_live, unpack_live
from chalicelib.adapters.dynamodb.fleet.numbers import pack_numbers, unpack_numbers
from chalicelib.adapters.dynamodb.fleet.shown import pack_shown, with_shown
from chalicelib.adapters.dynamodb.fleet.visits import pack_visits, with_visits
from chalicelib.adapters.dynamodb.routes import manifests, plans
from chalicelib.adapters.dynamodb.shipments import mapping as shipments
from chalicelib.adapters.dynamodb.values.bits import (
    differences,
    fold,
    pack_bits,
    sums,
    unfold,
    unpack_bits,
)
from chalicelib.adapters.dynamodb.values.etas import pack_etas, unpack_etas
from chalicelib.adapters.dynamodb.values.instants import from_ms, from_text, to_ms, to_text
from chalicelib.adapters.dynamodb.values.packing import unpack_columns
from chalicelib.adapters.dynamodb.values.varints import Varints, pack_varints
from chalicelib.domain.driving.fixes import Fix, quantized
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.run_sheets import Manifest, ManifestEntry
from chalicelib.domain.ids import RouteId, ShipmentId
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.shipments import Shipment
from tests.support.builders import (
    NOON,
    make_drive,
    make_driver,
    make_eta,
    make_hub,
    make_invitation,
    make_key,
    make_live,
    make_range,
    make_route,
    make_shipper,
    make_webhook,
    minutes,
)
from tests.support.depth import times
from tests.support.strategies import fixes, instants, lives, manifest_entries, mocked
from tests.support.strategies import routes as any_route
from tests.support.strategies import shipments as any_shipment

DIGEST_OF_THREE = "00fdc7c0aad35b85"
"""As the code that wrote the first tracks named the batch."""


def stored(live: Live) -> Live:
    unpacked = unpack_live(
        pack_live(live),
        driver_id=live.driver_id,
        version=live.version,
        route_id=live.route_id,
        planned=live.planned,
    )
    return with_visits(unpacked, pack_visits(live))


class TestInstants:
    @given(instants(within=timedelta(days=36_500)))
    def test_milliseconds_and_text_are_exact(self, at: object) -> None:
        assert from_ms(to_ms(at)) == at  # type: ignore[arg-type]
        assert from_text(to_text(at)) == at  # type: ignore[arg-type]

    @given(instants(), instants())
    def test_text_sorts_as_time_does(self, one: object, other: object) -> None:
        assert (one < other) == (to_text(one) < to_text(other))  # type: ignore[operator, arg-type]


class TestFixes:
    @given(st.lists(mocked(fixes()), max_size=30))
    def test_they_come_back(self, some: list[Fix]) -> None:
        in_order = tuple(sorted(map(quantized, some), key=lambda fix: fix.sort_key))

        assert unpack_fixes(pack_fixes(in_order)) == in_order

    def test_they_are_small(self) -> None:
        assert len(pack_fixes(make_drive(1_000, every_s=1.0))) < 10_000

    def test_a_batch_has_the_name_that_it_always_had(self) -> None:
        assert digest_of(make_drive(3)) == DIGEST_OF_THREE

    @pytest.mark.parametrize("packed", [b"", b"\x07", b"\x02\x04", pack_fixes(make_drive(3))[:-2]])
    def test_damage_is_noticed(self, packed: bytes) -> None:
        with pytest.raises(ValueError, match=r"format|packed|base 2"):
            unpack_fixes(packed)


class TestBits:
    @settings(max_examples=times(quick=200, deep=20_000))
    @given(st.lists(st.lists(st.integers(0, 2**62) | st.integers(0, 40), max_size=40), max_size=5))
    def test_they_come_back(self, columns: list[list[int]]) -> None:
        lengths = [len(column) for column in columns]

        assert unpack_bits(pack_bits(columns), lengths) == columns

    @given(st.lists(st.integers(-(2**60), 2**60)))
    def test_steps_add_up_again(self, column: list[int]) -> None:
        assert sums(differences(column)) == column
        assert [unfold(fold(number)) for number in column] == column

    @given(st.lists(st.integers(-(2**62), 2**62), max_size=9))
    def test_single_numbers_come_back(self, numbers: list[int]) -> None:
        assert Varints(pack_varints(numbers)).take(len(numbers)) == numbers

    def test_one_large_number_widens_no_other(self) -> None:
        assert len(pack_bits([[3] * 199 + [2**40]])) < len(pack_bits([[3] * 200])) + 10

    @pytest.mark.parametrize("packed", [b"", b"\x01", pack_bits([[1, 2]]), b"\xff" * 40])
    def test_damage_is_noticed(self, packed: bytes) -> None:
        with pytest.raises(ValueError, match=r"packed columns|base 2"):
            unpack_bits(packed, [3])


class TestOlderColumns:
    def test_damage_is_noticed(self) -> None:
        with pytest.raises(ValueError, match="packed columns"):
            unpack_columns(b"no zlib", [3])

    def test_nothing_is_inflated_beyond_what_is_expected(self) -> None:
        bomb = zlib.compress(bytes(50_000_000))

        tracemalloc.start()
        with pytest.raises(ValueError, match="another length"):
            unpack_columns(bomb, [3])
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert peak_bytes < 1_000_000


class TestLive:
    @settings(max_examples=times(quick=20, deep=2_000))
    @given(lives(max_stops=30))
    def test_it_comes_back(self, live: Live) -> None:
        # these are attributes of their own
        packed = replace(live, began_at=None, alive_at=None, shown=())

        assert stored(packed) == packed
        assert with_shown(packed, pack_shown(live)).shown_by_number == live.shown_by_number

    @pytest.mark.parametrize("years", [-26, -1, 1, 73])
    def test_a_clock_that_is_years_off_is_kept_too(self, years: int) -> None:
        live = make_live(clock_skew=timedelta(days=365.25 * years))

        assert stored(live) == live

    @pytest.mark.parametrize("packed", [b"", b"\x00", b"\xff" * 100])
    def test_another_format_is_refused(self, packed: bytes) -> None:
        with pytest.raises(ValueError, match="format"):
            unpack_live(packed, driver_id=make_live().driver_id, version=1, route_id=None)

    @settings(max_examples=times(quick=20, deep=2_000))
    @given(lives())
    def test_the_etas_told_with_a_batch_come_back(self, live: Live) -> None:
        assert unpack_etas(pack_etas(live.etas)) == {
            i: eta for i, eta in enumerate(live.etas) if eta is not None
        }

    def test_a_day_of_120_stops_fits_into_one_write(self) -> None:
        """With six fixes, uneven ETAs, a tenth of the stops delayed: half way through the round."""
        at = [NOON + minutes(4.3 * i + (i * 7919 % 11) / 3) for i in range(120)]
        whole = [point.replace(microsecond=0) for point in at]
        live = make_live(
            120,
            recent=make_drive(6),
            near_since=NOON,
            progress=tuple(
                Progress(is_done=True)
                if i < 10
                else Progress(
                    promise=make_range(NOON + minutes(5 * i), minutes(30 + 5 * (i % 7))),
                    is_delayed=i % 10 == 0,
                    told_at=NOON + minutes(i) if i % 10 == 0 else None,
                )
                for i in range(120)
            ),
            etas=tuple(
                None if i < 10 else make_eta(point, margin=minutes(5 + i // 2))
                for i, point in enumerate(whole)
            ),
        )

        assert stored(live) == live
        assert len(pack_live(live)) <= 700  # keys, ids and tokens take the rest of the kilobyte


@settings(max_examples=times(quick=20, deep=2_000))
@given(any_shipment())
def test_a_shipment_comes_back(shipment: Shipment) -> None:
    item = shipments.shipment_item(shipment, "token")

    assert shipments.shipment_of(item, shipments.details_item(shipment)) == shipment


@settings(max_examples=times(quick=20, deep=2_000))
@given(any_route())
def test_a_route_comes_back(route: Route) -> None:
    summary = plans.unpack_summary(plans.pack_summary(route.summary), route.id, route.created_at)

    assert summary == route.summary
    assert plans.unpack_plan(plans.pack_plan(route), summary) == route


@settings(max_examples=times(quick=20, deep=2_000))
@given(any_route(min_stops=2), st.randoms(use_true_random=False))
def test_an_edited_route_comes_back(route: Route, chance: Random) -> None:
    joined, stops = list(route.roll), list(route.stops)
    chance.shuffle(joined)
    chance.shuffle(stops)
    edited = replace(
        route,
        stops=tuple(stops[1:]),
        joined=tuple(joined),
        taken_off=(stops[0],),
        taken_off_with=(chance.randrange(99),),
    )

    assert plans.unpack_plan(plans.pack_plan(edited), edited.summary) == edited


@settings(max_examples=times(quick=100, deep=5_000))
@given(st.lists(st.integers(0, 400), unique=True).map(tuple))
def test_the_numbers_of_stops_come_back(numbers: tuple[int, ...]) -> None:
    assert unpack_numbers(pack_numbers(numbers)) == numbers


def test_200_stops_in_any_order_take_little_room() -> None:
    shuffled = tuple(Random(1).sample(range(210), 200))
    moved = (*range(3, 90), 1, *range(90, 200), 0, 2)

    assert unpack_numbers(pack_numbers(shuffled)) == shuffled
    assert len(pack_numbers(shuffled) or b"") <= 180
    assert len(pack_numbers(moved) or b"") <= 20


def test_a_rank_that_was_once_written_is_read_for_ever() -> None:
    written = "50010802005d0a13e058422bcecccff27415410e5a2ce019bf5c63"

    assert unpack_numbers(bytes.fromhex(written)) == tuple((17 * i + 5) % 41 for i in range(40))


@settings(max_examples=times(quick=20, deep=2_000))
@given(st.lists(manifest_entries(), max_size=5).map(tuple))
def test_a_manifest_comes_back_with_its_plan(entries: tuple[ManifestEntry, ...]) -> None:
    manifest = Manifest(RouteId("rte_1"), entries, NOON, version=3)
    ids = [entry.shipment_id for entry in entries]

    def unpacked(shipment_ids: Sequence[ShipmentId]) -> Manifest | None:
        return manifests.unpack_manifest(
            manifests.pack_manifest(manifest),
            route_id=manifest.route_id,
            shipment_ids=shipment_ids,
            expires_at=NOON,
            version=3,
        )

    assert unpacked(ids) == manifest
    assert unpacked([*ids, ShipmentId("shp_9")]) is None
    assert ids == ids[::-1] or unpacked(ids[::-1]) is None


@pytest.mark.parametrize(
    ("document", "pack", "unpack"),
    [
        (plans.SummaryDocument, plans.pack_summary, plans._SUMMARIES.decode),
        (plans.PlanDocument, plans.pack_plan, plans._PLANS.decode),
    ],
)
def test_what_a_newer_release_appends_is_passed_over(
    document: Any, pack: Callable[[Any], bytes], unpack: Callable[[bytes], Any]
) -> None:
    route = make_route(2)
    packed = pack(route.summary if document is plans.SummaryDocument else route)

    newer = msgspec.msgpack.encode([*msgspec.msgpack.decode(packed), "added later"])

    assert unpack(newer) == unpack(packed)


def test_accounts_come_back() -> None:
    shipper, driver = make_shipper(sms_name="SHOP"), make_driver(epoch=4)
    key = replace(make_key(), expires_at=NOON, revoked_at=NOON)
    webhook = make_webhook(event_types=frozenset({"eta.delayed"}))

    assert accounts.shipper_from(accounts.shipper_to(shipper)) == shipper
    assert accounts.driver_from(accounts.driver_to(driver)) == driver
    assert accounts.hub_from(accounts.hub_to(make_hub())) == make_hub()
    assert accounts.key_from(accounts.key_to(key)) == key
    assert accounts.invitation_from(accounts.invitation_to(make_invitation())) == make_invitation()
    assert accounts.webhook_from(accounts.webhook_to(webhook)) == webhook
