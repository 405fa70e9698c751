"""Live states, tracks and departures of every version of the code are still read."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.fixes import Fix, quantized
from chalicelib.domain.driving.live import Live, Progress, Shown
from chalicelib.domain.eta.steady import Span
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.instants import Range
from tests.contract.conftest import Stores
from tests.support.aws import put_raw
from tests.support.builders import NOON, make_eta, minutes
from tests.support.golden import golden_item

DRIVER: Final = DriverId("drv_01JDC6Z5V0000000000000000A")
ROUTE: Final = RouteId("rte_01JDC6Z5V0000000000000000B")
NEXT: Final = RouteId("rte_01JDC6Z5V0000000000000000C")
AT: Final = NOON + timedelta(hours=3, milliseconds=123)
PROMISE: Final = Range(NOON + minutes(240), NOON + minutes(265))
FIXES: Final = (
    Fix(AT - timedelta(seconds=20), Coordinates(60.1699, 24.9384)),
    Fix(AT, Coordinates(60.1701234, 24.9390001), 4.5, 8.25, 271.5, 0.83),
)
OFF_SHIFT: Final = Live(DRIVER, version=3, epoch=2, planned=(ROUTE, NEXT))
UNDER_WAY: Final = Live(
    DRIVER,
    version=812,
    epoch=2,
    route_id=ROUTE,
    plan_version=2,
    started_at=NOON + timedelta(milliseconds=481),
    clock_skew=timedelta(milliseconds=-1530),
    recent=FIXES,
    nearest_stop=1,
    near_since=AT - timedelta(seconds=61),
    last_stop=1,
    standing_since=AT - timedelta(minutes=4),
    breaks_taken_s=(1200, 0),
    estimated_at=AT,
    progress=(
        Progress(is_done=True),
        Progress(arrived_at=AT - timedelta(seconds=40), has_approached=True),
        Progress(has_approached=True),
        Progress(is_delayed=True, promise=PROMISE, told_at=AT - minutes(30)),
        Progress(promise=PROMISE, told_at=AT - minutes(7), has_approached=True),
        Progress(),
    ),
    etas=(
        None,
        None,
        make_eta(NOON + timedelta(minutes=191, seconds=7)),
        make_eta(NOON + minutes(244)),
        make_eta(NOON + minutes(251)),
        make_eta(NOON + timedelta(minutes=262, seconds=59)),
    ),
    planned=(NEXT,),
)
ENDED: Final = Live(
    DRIVER,
    version=900,
    route_id=ROUTE,
    plan_version=3,
    started_at=NOON,
    ended_at=NOON + timedelta(hours=8),
    recent=FIXES[1:],
    progress=(Progress(is_done=True),) * 3,
    etas=(None,) * 3,
)
IN_DOUBT: Final = replace(
    UNDER_WAY,
    recent=tuple(map(quantized, FIXES)),
    progress=(
        UNDER_WAY.progress[0],
        replace(UNDER_WAY.progress[1], is_reported=True),
        replace(UNDER_WAY.progress[2], unreported=Range(AT - minutes(9), AT - minutes(2))),
        *UNDER_WAY.progress[3:],
    ),
    last_stop_before=2,
    away_since=AT - timedelta(seconds=20),
    is_at_hub=True,
)
WAITING: Final = replace(
    UNDER_WAY, recent=tuple(map(quantized, FIXES)), is_at_hub=True, unsettled_until=AT
)
LATER: Final = replace(
    UNDER_WAY,
    recent=tuple(map(quantized, FIXES)),
    progress=(
        *UNDER_WAY.progress[:3],
        Progress(is_delayed=True, promise=PROMISE, told_at=AT + minutes(1)),
        Progress(is_delayed=True, promise=Range(NOON + minutes(245), NOON + minutes(275))),
        Progress(is_silent=True, promise=Range(NOON + minutes(260), NOON + minutes(285))),
    ),
)
LIVES: Final = {"off-shift": OFF_SHIFT, "under-way": UNDER_WAY, "ended": ENDED}
LEFT: Final = Departure(
    route_id=ROUTE,
    driver_id=DRIVER,
    stop_number=1,
    left_at=AT,
    told_at=AT + timedelta(seconds=2),
    expires_at=NOON + timedelta(days=60),
    arrived_at=AT - timedelta(seconds=40),
    etas=(None, None, *UNDER_WAY.etas[2:]),
    stood_at=Coordinates(60.1701234, 24.9390001),
    news_at=AT,
)
FROM_HUB: Final = Departure(
    route_id=ROUTE,
    driver_id=DRIVER,
    stop_number=None,
    left_at=NOON,
    told_at=NOON,
    expires_at=NOON + timedelta(days=60),
    etas=UNDER_WAY.etas[2:],
)
BEGAN: Final = replace(
    UNDER_WAY, recent=tuple(map(quantized, FIXES)), began_at=Coordinates(60.205, 24.966)
)
FIXES_NOW: Final = tuple(map(quantized, FIXES))
NUMBERS: Final = (0, 1, 7, 2, 3, 5)
ALIVE: Final = replace(UNDER_WAY, recent=FIXES_NOW, alive_at=NOON + timedelta(minutes=7))
SHOWN: Final = replace(
    UNDER_WAY,
    recent=FIXES_NOW,
    shown=(
        Shown(2, Span(1_764_000_000, 1_764_000_900)),
        Shown(4, Span(1_764_000_600, 1_764_001_200)),
        Shown(3, Span(1_763_999_400, 1_764_003_300)),
    ),
)
MOCKED: Final = (replace(quantized(FIXES[0]), is_mock=True), quantized(FIXES[1]))
VERSIONS: Final = ("v1", "v2")


def fixes(version: str, some: tuple[Fix, ...] = FIXES) -> tuple[Fix, ...]:
    """From version 2 on, speeds are tenths of a metre, headings whole degrees."""
    return some if version == "v1" else tuple(map(quantized, some))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", LIVES)
def test_a_live_state_is_read(dynamo: Stores, version: str, name: str) -> None:
    put_raw("fleet", golden_item(version, "fleet", name))

    expected = replace(LIVES[name], recent=fixes(version, LIVES[name].recent))
    assert dynamo.fleet.live(DRIVER) == expected


def test_what_is_in_doubt_is_read(dynamo: Stores) -> None:
    put_raw("fleet", golden_item("v3", "fleet", "in-doubt"))

    assert dynamo.fleet.live(DRIVER) == IN_DOUBT


def test_the_numbers_of_an_edited_plan_are_read(dynamo: Stores) -> None:
    put_raw("fleet", golden_item("v3", "fleet", "edited"))

    assert dynamo.fleet.live(DRIVER) == replace(UNDER_WAY, recent=FIXES_NOW, numbers=NUMBERS)


def test_what_pages_show_is_read(dynamo: Stores) -> None:
    put_raw("fleet", golden_item("v3", "fleet", "shown"))

    assert dynamo.fleet.live(DRIVER) == SHOWN


def test_a_sign_of_life_is_read(dynamo: Stores) -> None:
    put_raw("fleet", golden_item("v3", "fleet", "alive"))

    assert dynamo.fleet.live(DRIVER) == ALIVE


def test_visits_in_full_seconds_are_read(dynamo: Stores) -> None:
    put_raw("fleet", golden_item("v3", "fleet", "in-doubt-columns"))

    live = dynamo.fleet.live(DRIVER)

    visit, exact = live.progress[2].unreported, IN_DOUBT.progress[2].unreported
    assert visit is not None
    assert exact is not None
    assert timedelta(0) <= exact.earliest - visit.earliest < timedelta(seconds=1)
    assert timedelta(0) <= visit.latest - exact.latest < timedelta(seconds=1)
    third = replace(live.progress[2], unreported=exact)
    assert live.with_progress(2, third) == IN_DOUBT


def test_promises_that_are_as_much_later_as_their_neighbours_are_read(dynamo: Stores) -> None:
    put_raw("fleet", golden_item("v3", "fleet", "later"))

    assert dynamo.fleet.live(DRIVER) == LATER


def test_a_visit_that_waits_to_be_told_is_read(dynamo: Stores) -> None:
    put_raw("fleet", golden_item("v3", "fleet", "in-doubt-waiting"))

    assert dynamo.fleet.live(DRIVER) == WAITING


@pytest.mark.parametrize("version", VERSIONS)
def test_a_batch_of_a_track_is_read(dynamo: Stores, version: str) -> None:
    put_raw("fleet", golden_item(version, "fleet", "track"))
    span = {"since": NOON, "until": NOON + timedelta(days=1), "now": NOON}

    (told,) = dynamo.fleet.published_etas(DRIVER, ROUTE, **span)

    assert (told.at, told.as_of) == (AT + timedelta(seconds=3), AT)
    assert told.etas == {i: eta for i, eta in enumerate(UNDER_WAY.etas) if eta is not None}
    assert dynamo.fleet.track(DRIVER, **span) == fixes(version)


def test_the_hub_at_the_start_is_read(dynamo: Stores) -> None:
    put_raw("fleet", golden_item("v3", "fleet", "began"))

    assert dynamo.fleet.live(DRIVER) == BEGAN


def test_a_batch_with_made_up_places_is_read(dynamo: Stores) -> None:
    put_raw("fleet", golden_item("v3", "fleet", "track-mocked"))
    span = {"since": NOON, "until": NOON + timedelta(days=1), "now": NOON}

    assert dynamo.fleet.track(DRIVER, **span) == MOCKED


@pytest.mark.parametrize("version", VERSIONS)
def test_departures_are_read(dynamo: Stores, version: str) -> None:
    for name in ("from-hub", "from-stop"):
        put_raw("routes", golden_item(version, "departures", name))

    assert dynamo.routes.departures(ROUTE, NOON) == (FROM_HUB, LEFT)
