import random
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.eta.learned.beliefs import PAGE_KEYS
from chalicelib.domain.eta.learned.columns import read
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.pages import (
    HEAD,
    HEADER_BYTES,
    PAGE_BYTES,
    VERSION,
    NewerFormat,
    pack_page,
    pages_of,
    read_page,
)
from chalicelib.domain.eta.learned.places import MODEL_PAGE, Shelf, area_page, group_page, page_name
from chalicelib.domain.eta.learned.priors import Kind, decay_of, key_id
from chalicelib.domain.eta.learned.state import State
from tests.support.builders import HELSINKI, NOON
from tests.unit.domain.eta.builders import AFAR, a_busy_week, make_leg, make_visit

NOW_S = NOON.timestamp()
PAGE = area_page(6_690.0, 1_380.0)

kinds = st.sampled_from([kind for kind in Kind if kind != Kind.AREA_RECENT])
beliefs = st.tuples(
    st.floats(-1.9, 1.9), st.floats(2e-5, 0.15), st.floats(NOW_S - 30 * 86_400, NOW_S)
)
pages = st.dictionaries(
    st.builds(lambda kind, n: key_id(PAGE, kind, n), kinds, st.integers(0, 1 << 30)),
    beliefs,
    max_size=100,
)


def stored(known: dict[int, tuple[float, float, float]]) -> State:
    state = State()
    for id_, belief in known.items():
        state.beliefs.put(id_, belief)
    return state


@given(pages)
def test_a_page_comes_back_as_it_was_to_within_its_resolution(
    known: dict[int, tuple[float, float, float]],
) -> None:
    raw, read = pack_page(stored(known), PAGE, NOW_S), State()

    read_page(read, PAGE, raw)

    for id_, (mean, variance, learnt_s) in read.beliefs.known.items():
        was = known[id_]
        recent = decay_of(id_) > 0
        assert mean == pytest.approx(was[0], abs=1 / (128 if recent else 512))
        assert variance == pytest.approx(was[1], rel=0.08)
        assert was[2] - (64 if recent else 86_400) <= learnt_s <= was[2]
    lost = set(known) - set(read.beliefs.known)
    assert all(NOW_S - known[id_][2] > 2.9 * decay_of(id_) > 0 for id_ in lost)


@given(pages)
def test_storing_a_page_that_was_read_changes_nothing(
    known: dict[int, tuple[float, float, float]],
) -> None:
    raw, read = pack_page(stored(known), PAGE, NOW_S), State()
    read_page(read, PAGE, raw)

    assert pack_page(read, PAGE, NOW_S) == raw


@given(st.binary(max_size=60), st.integers(0, 5))
def test_a_body_without_valid_columns_is_refused_or_has_all_keys(body: bytes, count: int) -> None:
    with suppress(ValueError):
        assert len(read(body, PAGE, int(NOW_S), count)) == count


def test_a_body_that_inflates_beyond_its_keys_is_refused() -> None:
    bomb = zlib.compress(bytes(1_000_000), wbits=-15)

    with pytest.raises(ValueError, match="other columns"):
        read(bomb, PAGE, int(NOW_S), 3)


def test_rounding_is_fair_so_small_steps_add_up() -> None:
    state, id_ = State(), key_id(PAGE, Kind.PAIR, 1)
    state.beliefs.put(id_, (0.0, 0.005, NOW_S))
    for i in range(2_000):  # each step a fifth of what a page can tell apart
        mean, variance, _ = state.beliefs.known[id_]
        state.beliefs.put(id_, (mean + 0.0004, variance, NOW_S + i))
        read_page(state, PAGE, pack_page(state, PAGE, NOW_S + i))

    mean, variance, _ = state.beliefs.known[id_]
    assert mean == pytest.approx(0.8, rel=0.2)
    assert variance == pytest.approx(0.005, rel=0.1)


def test_a_whole_model_survives_its_pages() -> None:
    model, until = a_busy_week()
    copy = LearnedModel(State())

    for page in (MODEL_PAGE, *model.state.beliefs.members):
        read_page(copy.state, page, pack_page(model.state, page, until.timestamp()))

    for mine, its in (
        (model.leg(make_leg(), until), copy.leg(make_leg(), until)),
        (model.dwell(make_visit(), until), copy.dwell(make_visit(), until)),
    ):
        assert its.mean_s == pytest.approx(mine.mean_s, rel=0.05)
        assert its.deviation_s == pytest.approx(mine.deviation_s, rel=0.05)
    assert copy.range_shape(3).low == pytest.approx(model.range_shape(3).low)


def test_full_pages_fit_and_forget_the_beliefs_of_least_worth() -> None:
    state = State()
    well_known = key_id(PAGE, Kind.ORIGIN, 0)
    state.beliefs.put(well_known, (0.5, 1e-4, NOW_S))
    for n in range(3 * PAGE_KEYS):
        state.beliefs.put(key_id(PAGE, Kind.PAIR_250, n), (0.1, 0.0049, NOW_S + n))

    assert len(state.beliefs.members[PAGE]) <= PAGE_KEYS
    assert well_known in state.beliefs.known
    assert len(pack_page(state, PAGE, NOW_S + 5_000)) <= PAGE_BYTES


def test_a_full_page_of_all_kinds_fits() -> None:
    rnd, state = random.Random(1), State()
    for _ in range(PAGE_KEYS):
        id_ = key_id(PAGE, rnd.choice(list(Kind)), rnd.getrandbits(30))
        learnt_s = NOW_S - rnd.uniform(0, 16_000 if decay_of(id_) else 60 * 86_400)
        state.beliefs.put(id_, (rnd.gauss(0.0, 0.2), rnd.uniform(1e-4, 0.03), learnt_s))

    assert len(state.beliefs.members[PAGE]) > 0.99 * PAGE_KEYS
    assert len(pack_page(state, PAGE, NOW_S)) <= PAGE_BYTES


def test_the_model_page_fits() -> None:
    assert len(pack_page(State(), MODEL_PAGE, NOW_S)) < PAGE_BYTES


def test_stale_pace_is_not_stored() -> None:
    state = State()
    state.beliefs.put(key_id(PAGE, Kind.PAIR_RECENT, 1), (0.5, 0.001, NOW_S - 5 * 5_400))

    assert len(pack_page(state, PAGE, NOW_S)) <= HEADER_BYTES + 2  # an empty deflated body


@pytest.mark.parametrize("page", [PAGE, MODEL_PAGE], ids=["keys", "model"])
class TestRefused:
    def raw(self, page: int) -> bytes:
        return pack_page(stored({key_id(PAGE, Kind.PAIR, 1): (0.1, 0.004, NOW_S)}), page, NOW_S)

    @settings(max_examples=30)
    @given(st.integers(min_value=0), st.integers(1, 255))
    def test_a_changed_byte(self, page: int, at: int, by: int) -> None:
        raw = bytearray(self.raw(page))
        at %= len(raw)
        raw[at] ^= by
        state = State()

        with pytest.raises(ValueError, match="page"):
            read_page(state, page, bytes(raw))
        assert not state.beliefs.known

    def test_a_short_one(self, page: int) -> None:
        raw = self.raw(page)
        for length in range(len(raw)):
            with pytest.raises(ValueError, match="page"):
                read_page(State(), page, raw[:length])

    def test_one_of_an_unknown_format(self, page: int) -> None:
        raw = bytearray(self.raw(page))
        raw[0] = 0
        with pytest.raises(ValueError, match="format 0"):
            read_page(State(), page, bytes(raw))

    def test_one_of_a_format_to_come(self, page: int) -> None:
        head = HEAD.pack(VERSION + 1, page, 0, 0)
        raw = head + struct.pack("<I", zlib.crc32(head + b"body")) + b"body"

        with pytest.raises(NewerFormat, match=f"format {VERSION + 1}"):
            read_page(State(), page, raw)

    @pytest.mark.parametrize("made", [b"", b"\x00"], ids=["corrupt", "anothers"])
    def test_one_that_only_looks_like_a_format_to_come(self, page: int, made: bytes) -> None:
        head = HEAD.pack(VERSION + 1, page + len(made), 0, 0)
        body = made or b"body"
        raw = head + struct.pack("<I", zlib.crc32(head + made)) + body

        with pytest.raises(ValueError, match="format") as refusal:
            read_page(State(), page, raw)
        assert not isinstance(refusal.value, NewerFormat)

    def test_anothers(self, page: int) -> None:
        with pytest.raises(ValueError, match="another"):
            read_page(State(), page + 1, self.raw(page))


def made_up(body: bytes) -> bytes:
    head = HEAD.pack(VERSION, MODEL_PAGE, 0, 0)
    return head + struct.pack("<I", zlib.crc32(head + body)) + body


def test_a_model_page_of_another_length_is_refused() -> None:
    raw = made_up(b"short")

    with pytest.raises(ValueError, match="length"):
        read_page(State(), MODEL_PAGE, raw)


def test_a_model_page_of_impossible_numbers_is_refused() -> None:
    body = bytearray(pack_page(State(), MODEL_PAGE, NOW_S)[HEADER_BYTES:])
    body[:8] = struct.pack("<d", float("nan"))
    raw = made_up(bytes(body))

    with pytest.raises(ValueError, match="numbers"):
        read_page(State(), MODEL_PAGE, raw)


def test_the_places_and_the_driver_of_a_route_determine_its_pages() -> None:
    learner, at = LearnedModel(State()), NOON
    learner.learn_leg(make_leg(), departed_at=at, arrived_at=at)
    learner.learn_dwell(make_visit(), arrived_at=at, left_at=at)
    learner.learn_parking(HELSINKI, HELSINKI, at)

    needed = pages_of([HELSINKI, AFAR], ["drv_1"])

    assert learner.state.beliefs.changed <= set(needed)
    assert len(needed) == len(set(needed)) < 40


def test_pages_have_names() -> None:
    assert page_name(group_page(Shelf.SHARED)) == "shared/0/0/0"
    assert page_name(MODEL_PAGE) == "model/0/0/0"
    assert len({page_name(page) for page in pages_of([HELSINKI], ["drv_1"])}) == len(
        pages_of([HELSINKI], ["drv_1"])
    )
