"""The columns of the live view are read back as the console reads them."""

from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

import pytest

from chalicelib.api.schemas.live import LiveVansOut
from chalicelib.domain.driving.vans import Standing, van
from chalicelib.domain.policy import Policy
from tests.support.builders import NOON, make_live, make_route, make_stop, minutes
from tests.support.depth import times
from tests.support.scattered import busy_van

AT = NOON + minutes(181)
LETTER = {Standing.ON_TIME: "o", Standing.AT_RISK: "r", Standing.LATE: "l"}


def minutes_apart(one: datetime, other: datetime) -> float:
    return abs((one - other) / timedelta(minutes=1))


@pytest.mark.parametrize("seed", range(times(quick=3, deep=100)))
def test_what_is_sent_tells_each_stop_within_a_minute(seed: int) -> None:
    route, live = busy_van(Random(seed), 30)
    seen = van(live, route, AT, Policy())

    sent: dict[str, Any] = LiveVansOut.seen([seen], AT).model_dump()
    ahead = {stop.number: stop for stop in seen.ahead}

    assert sent["standing"] == (seen.standing(AT),)
    assert route.stops[sent["next_stop"][0]].id == seen.next_stop.id  # type: ignore[union-attr]
    etas = iter(
        zip(
            accumulate(sent["eta_steps_min"][0]),
            accumulate(sent["before_steps"][0]),
            accumulate(sent["after_steps"][0]),
            strict=True,
        )
    )
    told = {i: (begins, ends) for i, begins, ends in sent["promises_min"][0]}
    for i, stop in enumerate(route.stops):
        letter, left = sent["stops"][0][i], ahead.get(stop.number)
        if left is None:
            assert letter == "d"
            continue
        assert letter == ("u" if left.is_under_way else LETTER[left.standing(AT)])
        base = stop.planned.point if stop.planned else route.starts_at
        if left.promise is not None:
            begins, ends = told.get(i, (None, None))
            if begins is None:
                assert left.promise == stop.promise
            else:
                assert minutes_apart(base + minutes(begins), left.promise.earliest) <= 0.5
                assert minutes_apart(base + minutes(ends), left.promise.latest) <= 0.5
        if left.eta is None or left.is_under_way:
            continue
        offset, before, farther = next(etas)
        point = base + minutes(offset)
        assert minutes_apart(point, left.eta.point) <= 0.5
        assert minutes_apart(point - minutes(2 * before), left.eta.earliest) <= 1.5
        assert minutes_apart(point + minutes(2 * (before + farther)), left.eta.latest) <= 1.5
    assert next(etas, None) is None


def test_a_van_that_has_sent_nothing_has_no_place() -> None:
    stops = [make_stop(i) for i in range(3)]
    seen = van(make_live(recent=()), make_route(stops), NOON, Policy())

    sent = LiveVansOut.seen([seen], NOON).model_dump()

    assert sent["lat_deg"] == sent["heading_deg"] == sent["fix_age_s"] == (None,)
    assert sent["stops"] == ("ooo",)
