"""A driver's day in any order: shuffled, split, sent twice. Track and head are always the same."""

import random
from datetime import timedelta
from typing import Any, Final

from chalicelib.domain.driving.fixes import Fix, quantized
from chalicelib.domain.policy import Policy
from tests.support.builders import HELSINKI, NOON, make_fix, north_of
from tests.support.carrier import note
from tests.support.depth import times
from tests.unit.services.driving.test_ingest_positions import Road

ORDERS: Final = times(quick=40, deep=10_000)
FIXES: Final = 30
STOP_M: Final = 12_000.0
"""Between two stops of the road."""


def day() -> tuple[Fix, ...]:
    """Three hours past two stops, with a rest at each; some fixes are poor, absurd or made up."""
    chance = random.Random(1)
    fixes, way_m = [], 0.0
    for number in range(FIXES):
        at = NOON - timedelta(hours=3) + timedelta(minutes=6) * number
        rests = abs(way_m % STOP_M) < 50 and number % 3
        way_m += 0.0 if rests else min(1_500.0, STOP_M - way_m % STOP_M)
        odd: dict[str, Any] = {}
        if number % 7 == 3:
            odd = chance.choice([{"accuracy_m": 900.0}, {"is_mock": True}, {"way_m": 90_000.0}])
        place = north_of(HELSINKI, odd.pop("way_m", way_m) + chance.uniform(-8, 8))
        fixes.append(quantized(make_fix(at, coordinates=place, **odd)))
    return tuple(fixes)


def in_any_order(told: tuple[Fix, ...], chance: random.Random) -> list[list[Fix]]:
    """All of it in batches, shuffled, and a part of it again."""
    again = chance.choices(told, k=chance.randint(0, len(told) // 2))
    sent = chance.sample([*told, *again], len(told) + len(again))
    cuts = sorted(chance.choices(range(len(sent) + 1), k=chance.randint(0, 9)))
    return [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True) if a < b]


def test_a_day_in_any_order_has_one_track_and_one_head() -> None:
    told = day()
    one = Road()
    one.post(told)
    head = one.live.head(Policy())
    batches = repeats = 0

    for seed in range(ORDERS):
        sent = in_any_order(told, random.Random(seed))
        batches, repeats = batches + len(sent), repeats + sum(map(len, sent)) - len(told)
        other = Road()
        for batch in sent:
            other.post(batch)
        assert other.track == one.track, seed
        assert other.live.head(Policy()) == head, seed

    note(
        f"{ORDERS:,} orders of a day of {len(one.track)} fixes, {batches:,} batches, "
        f"{repeats:,} repeats: one track, one head"
    )
    assert len(one.track) == FIXES
    assert head == max(
        (f for f in told if f.accuracy_m != 900 and not f.is_mock), key=lambda f: f.recorded_at
    )
