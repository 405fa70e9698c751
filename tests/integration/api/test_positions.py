"""L1–L14 through the API: what is kept, what moves the head, and the reasons of all that is not."""

import itertools
import json
import random
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from tests.support.carrier import Carrier, Round, fix
from tests.support.depth import times

SEEDS: Final = range(times(quick=4, deep=200))
FAR_M: Final = -8_000.0


@pytest.fixture
def van(shared: Carrier) -> Round:
    """A van that has left, far from its first stop."""
    started = shared.round(2).started()
    shared.clock.advance(timedelta(hours=1))
    return started


@pytest.fixture(scope="module")
def resting(shared: Carrier) -> Round:
    """A van that has left, for what is refused and leaves no trace."""
    return shared.round(1).started()


def now(van: Round) -> datetime:
    return van.carrier.clock.now()


def ride(van: Round, count: int, *, every_s: float = 10.0) -> list[dict[str, Any]]:
    """So many fixes of a steady drive that ends now."""
    end = now(van)
    return [
        fix(end - timedelta(seconds=every_s * i), FAR_M - 10 * every_s * i) for i in range(count)
    ][::-1]


def outcome(van: Round) -> tuple[Any, ...]:
    """What must not depend on how fixes arrive: track, head and ETAs."""
    state = van.state(van.ids[0][0]).json
    return van.track(), state["position"], state["eta"], state["last_seen_age_s"]


def test_l1_a_batch_sent_fifty_times_is_kept_once(van: Round) -> None:
    sent = ride(van, 5)

    first = van.positions(*sent).json
    kept = van.fleet()
    again = [van.positions(*sent).json for _ in range(times(quick=10, deep=50))]

    assert (first["accepted"], first["duplicates"]) == (5, 0)
    assert {(reply["accepted"], reply["duplicates"]) for reply in again} == {(0, 5)}
    assert {reply["head_recorded_at"] for reply in again} == {first["head_recorded_at"]}
    assert van.fleet() == kept


def test_l1_the_same_fix_twice_in_a_batch_counts_once(van: Round) -> None:
    (one,) = ride(van, 1)

    report = van.positions(one, one).json

    assert (report["accepted"], report["duplicates"]) == (1, 1)
    assert len(van.track()) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_l2_order_and_grouping_change_neither_track_nor_head_nor_etas(
    shared: Carrier, seed: int
) -> None:
    chance = random.Random(seed)
    vans = [shared.round(2).started() for _ in range(2)]
    shared.clock.advance(timedelta(hours=1))
    sent = ride(vans[0], 6)
    shuffled = chance.sample(sent, len(sent))
    cuts = [0, *sorted(chance.sample(range(1, 6), chance.randrange(4))), 6]

    vans[0].positions(*sent)
    for start, end in itertools.pairwise(cuts):
        vans[1].positions(*shuffled[start:end])
        if chance.random() < 0.3:
            vans[1].positions(*shuffled[start:end])

    assert outcome(vans[0]) == outcome(vans[1])


def test_l3_late_fixes_complete_the_track_and_move_nothing(van: Round) -> None:
    shift_start = now(van) - timedelta(minutes=50)
    head = van.positions(*ride(van, 3)).json["head_recorded_at"]
    before = van.state(van.ids[0][0]).json
    told = van.shop.event_types(van.ids[0][0])

    late = van.positions(*(fix(shift_start + timedelta(seconds=i), 0.0) for i in range(60))).json

    assert late["head_recorded_at"] == head
    assert late["rejected"] == []
    assert len(van.track()) == 63
    after = van.state(van.ids[0][0]).json
    assert (after["position"], after["eta"]) == (before["position"], before["eta"])
    assert van.shop.event_types(van.ids[0][0]) == told


def test_l4_fixes_from_before_the_shift_are_never_stored(van: Round) -> None:
    before_shift = now(van) - timedelta(hours=2)
    too_old = now(van) - timedelta(hours=49)

    report = van.positions(fix(before_shift), fix(too_old), fix(now(van), FAR_M)).json

    assert report["accepted"] == 1
    assert report["rejected"] == [
        {"indexes": [0], "reasons": ["off_shift"]},
        {"indexes": [1], "reasons": ["too_old", "off_shift"]},
    ]
    assert len(van.track()) == 1


@pytest.mark.parametrize("days", [-1, 1])
def test_l5_a_clock_a_day_off_is_corrected_by_what_the_device_says(
    shared: Carrier, days: int
) -> None:
    right, wrong = shared.round(2).started(), shared.round(2).started()
    shared.clock.advance(timedelta(hours=1))
    skew = timedelta(days=days)
    sent = ride(right, 4)
    moved = [
        each | {"recorded_at": (datetime.fromisoformat(each["recorded_at"]) + skew).isoformat()}
        for each in sent
    ]

    right.positions(*sent, sent_at=now(right).isoformat())
    report = wrong.positions(*moved, sent_at=(now(wrong) + skew).isoformat()).json
    repeated = wrong.positions(*moved, sent_at=(now(wrong) + skew).isoformat()).json
    shared.clock.advance(timedelta(seconds=30))
    mended = wrong.positions(fix(now(wrong), FAR_M + 100), sent_at=now(wrong).isoformat()).json

    assert report["accepted"] == 4
    assert report["clock_skew_s"] == skew.total_seconds()
    assert repeated["duplicates"] == 4
    assert (mended["accepted"], mended["clock_skew_s"]) == (1, 0)
    assert wrong.track()[:-1] == right.track()


def test_l5_without_sent_at_a_clock_that_is_ahead_is_still_noticed(van: Round) -> None:
    ahead = timedelta(days=1)

    report = van.positions(fix(now(van) + ahead, FAR_M)).json

    assert report["accepted"] == 1
    assert report["clock_skew_s"] == ahead.total_seconds()


def test_l6_one_fix_of_the_future_costs_only_itself(van: Round) -> None:
    sent = ride(van, 49)
    sent.insert(20, fix(now(van) + timedelta(minutes=10), FAR_M))

    reply = van.positions(*sent)

    assert reply.status == 200
    assert reply.json["accepted"] == 49
    assert reply.json["rejected"] == [{"indexes": [20], "reasons": ["future"]}]


@pytest.mark.parametrize("field", ["lat_deg", "lon_deg"])
@pytest.mark.parametrize(
    "value",
    ["NaN", "Infinity", "-Infinity", "1e308", "1e999", '"51"', "true", "null", "181", "-180.0001"],
)
def test_l7_a_coordinate_that_is_none_costs_only_its_fix(
    resting: Round, field: str, value: str
) -> None:
    place = {"lat_deg": "1.0", "lon_deg": "1.0"} | {field: value}
    before = now(resting) - timedelta(hours=3)  # off shift, so that nothing is left of it
    raw = (
        f'{{"fixes": [{{"recorded_at": "{before.isoformat()}",'
        f' "lat_deg": {place["lat_deg"]}, "lon_deg": {place["lon_deg"]}}},'
        f" {json.dumps(fix(before))}]}}"
    )

    reply = resting.carrier.call("POST", "/v1/driver/positions", raw.encode(), token=resting.token)

    assert reply.status == 200
    assert reply.json["rejected"] == [
        {"indexes": [0], "reasons": ["no_place"]},
        {"indexes": [1], "reasons": ["off_shift"]},
    ]


@pytest.mark.parametrize(
    "recorded_at", [None, 1_764_000_000, "yesterday", "2026-11-23", "2026-11-23T12:00:00", "", []]
)
def test_a_time_that_is_none_costs_only_its_fix(van: Round, recorded_at: object) -> None:
    (good,) = ride(van, 1)

    sent = [good | {"recorded_at": recorded_at}, good, "nonsense"]
    report = van.call("POST", "positions", {"fixes": sent}).json

    assert report["accepted"] == 1
    assert report["rejected"] == [
        {"indexes": [0], "reasons": ["no_time"]},
        {"indexes": [2], "reasons": ["no_place", "no_time"]},
    ]


@pytest.mark.parametrize("year", ["0001", "1970", "1980", "1999", "2040", "2099", "9999"])
def test_a_year_that_cannot_be_costs_only_its_fix(van: Round, year: str) -> None:
    sent = ride(van, 2)
    wrong = sent[0] | {"recorded_at": f"{year}-06-01T00:00:00Z"}

    report = van.positions(sent[0], wrong, sent[1]).json

    assert report["accepted"] == 2
    assert [verdict["indexes"] for verdict in report["rejected"]] == [[1]]


def test_fields_that_we_do_not_know_are_ignored(van: Round) -> None:
    more = {"altitude_m": 12.5, "event": "motionchange", "extras": {"deep": [[[[]]]]}}

    report = van.positions(*(each | more for each in ride(van, 3))).json

    assert report["accepted"] == 3


def test_the_envelope_is_strict(resting: Round) -> None:
    reply = resting.positions(*ride(resting, 1), device="phone")

    assert reply.status == 422
    assert reply.pointers == ["/device"]


def test_a_place_that_an_app_made_up_moves_nothing(van: Round) -> None:
    before = van.positions(*ride(van, 2)).json
    van.carrier.clock.advance(timedelta(seconds=1))

    report = van.positions(fix(now(van), FAR_M, mock=True)).json

    assert report["suspect"] == [{"indexes": [0], "reasons": ["mock"]}]
    assert report["head_recorded_at"] == before["head_recorded_at"]
    assert [found.is_mock for found in van.track()] == [False, False, True]


def test_l8_null_island_is_in_the_track_and_nowhere_else(van: Round) -> None:
    van.positions(*ride(van, 2))
    before = outcome(van)
    van.carrier.clock.advance(timedelta(seconds=1))

    report = van.positions(fix(now(van)) | {"lat_deg": 0.0, "lon_deg": 0.0}).json

    assert report["suspect"] == [{"indexes": [0], "reasons": ["null_island"]}]
    assert len(van.track()) == 3
    assert outcome(van)[2] == before[2]


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"accuracy_m": 5_000.0}, ["poor_accuracy"]),
        ({"accuracy_m": 500.1}, ["poor_accuracy"]),
        ({"accuracy_m": 500.0}, []),
        ({"accuracy_m": 0.0}, []),
        ({"accuracy_m": None}, []),
        ({"accuracy_m": 1e300}, ["poor_accuracy"]),
        ({"speed_mps": 1e300}, []),
        ({"heading_deg": 360.0}, []),
        ({"heading_deg": 359.99}, []),
        ({"battery_ratio": 1.0}, []),
    ],
    ids=repr,
)
def test_l10_a_vague_fix_is_kept_and_moves_nothing(
    van: Round, changes: dict[str, Any], reasons: list[str]
) -> None:
    report = van.positions(fix(now(van), FAR_M) | changes).json

    assert [verdict["reasons"] for verdict in report["suspect"]] == ([reasons] if reasons else [])
    assert (report["head_recorded_at"] is None) == bool(reasons)
    assert len(van.track()) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accuracy_m", -1),
        ("speed_mps", -0.1),
        ("speed_mps", "12"),
        ("heading_deg", -1),
        ("heading_deg", 511),
        ("battery_ratio", 1.01),
        ("battery_ratio", -0.5),
        ("battery_ratio", {}),
    ],
)
def test_l10_a_measure_that_cannot_be_is_unknown(van: Round, field: str, value: object) -> None:
    report = van.positions(fix(now(van), FAR_M) | {field: value}).json

    assert report["accepted"] == 1
    (kept,) = van.track()
    assert getattr(kept, field) is None


@pytest.mark.parametrize(("sent", "kept"), [(360.0, 0.0), (360.4, 0.0), (359.9, 0.0), (361, 1.0)])
def test_a_heading_goes_round(van: Round, sent: float, kept: float) -> None:
    van.positions(fix(now(van), FAR_M, heading_deg=sent))

    assert [found.heading_deg for found in van.track()] == [kept]


def test_l11_a_jump_there_and_back_moves_nothing(van: Round) -> None:
    van.positions(*ride(van, 3))
    van.carrier.clock.advance(timedelta(seconds=60))
    jump = fix(now(van), FAR_M - 200_000)
    van.carrier.clock.advance(timedelta(seconds=60))
    back = fix(now(van), FAR_M + 500)

    there = van.positions(jump).json
    returned = van.positions(back).json

    assert there["suspect"] == [{"indexes": [0], "reasons": ["teleport"]}]
    assert returned["accepted"] == 1
    position = van.carrier.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert returned["head_recorded_at"] == position
    assert van.shop.get(van.ids[0][0])["status"] == "out_for_delivery"


def test_l11_a_van_that_really_is_elsewhere_is_followed(van: Round) -> None:
    van.positions(*ride(van, 3))
    heads = []
    for i in range(4):
        van.carrier.clock.advance(timedelta(seconds=30))
        heads.append(van.positions(fix(now(van), FAR_M - 200_000 + 100 * i)).json)

    assert heads[-1]["accepted"] == 1
    head = datetime.fromisoformat(heads[-1]["head_recorded_at"])
    assert head == now(van)


def test_l12_a_thousand_fixes_are_a_batch_and_one_more_is_too_many(van: Round) -> None:
    thousand = ride(van, 1_000, every_s=1.0)

    kept = van.positions(*thousand)
    refused = van.positions(*thousand, fix(now(van)))

    assert (kept.status, kept.json["accepted"]) == (200, 1_000)
    assert refused.status == 422
    assert refused.pointers == ["/fixes"]
    assert len(van.track()) == 1_000


def test_l12_an_empty_batch_is_refused(resting: Round) -> None:
    reply = resting.positions()

    assert reply.status == 422
    assert reply.pointers == ["/fixes"]


def test_l14_off_shift_nothing_is_stored(shared: Carrier) -> None:
    waiting = shared.round(1)
    before = waiting.fleet()

    reply = waiting.positions(fix(shared.clock.now()), fix(shared.clock.now(), 10.0))

    assert reply.status == 200
    assert reply.json["accepted"] == 0
    assert reply.json["rejected"] == [{"indexes": [0, 1], "reasons": ["off_shift"]}]
    assert reply.json["head_recorded_at"] is None
    assert waiting.fleet() == before


def test_l14_after_the_last_stop_nothing_more_is_stored(shared: Carrier) -> None:
    van = shared.round(1).started()
    van.drive(FAR_M)
    assert van.work(0, "deliver").status == 200
    before = van.fleet()

    after = van.drive(FAR_M + 100).json

    assert after["rejected"] == [{"indexes": [0], "reasons": ["off_shift"]}]
    assert van.fleet() == before


def test_what_was_driven_on_shift_is_taken_also_when_it_comes_after_it(shared: Carrier) -> None:
    van = shared.round(1).started()
    van.drive(FAR_M, after_s=600)
    late = fix(shared.clock.now() - timedelta(seconds=10), FAR_M - 50)
    van.work(0, "deliver")

    report = van.positions(late).json

    assert report["accepted"] == 1
    assert len(van.track()) == 2


def test_late_fixes_that_come_again_with_newer_ones_are_duplicates(shared: Carrier) -> None:
    """They belong to the route before, and the newer ones to the one under way."""
    van = shared.round(1).started()
    van.drive(0)
    driven_at = shared.clock.now() - timedelta(seconds=5)
    assert van.work(0, "deliver").status == 200
    shared.clock.advance(timedelta(minutes=10))
    later = van.shop.shipment(stop=1)
    assert shared.plan(van.driver_id, [[later["id"]]]).status == 201
    van.scan(later["parcels"][0]["barcode"])
    assert van.start().status == 200
    shared.clock.advance(timedelta(minutes=10))
    late = [fix(driven_at, 10), fix(driven_at + timedelta(seconds=2), 12)]

    first = van.positions(*late).json
    again = van.positions(*late, fix(shared.clock.now(), -3_000)).json

    assert (first["accepted"], first["duplicates"]) == (2, 0)
    assert (again["accepted"], again["duplicates"]) == (1, 2)
