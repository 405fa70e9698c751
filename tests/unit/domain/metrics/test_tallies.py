import random
from statistics import median, quantiles

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.metrics.tallies import EDGES_S, added, bins, percentile_s, spread

NAMES = st.sampled_from(["delivered", "tried", "stars"])
TALLIES = st.lists(st.dictionaries(NAMES, st.integers(-5, 100), max_size=3), max_size=8)
DURATIONS = st.lists(st.floats(0, 200_000), min_size=1, max_size=60)


@given(TALLIES, st.randoms(use_true_random=False))
def test_tallies_add_up_in_any_order_and_grouping(
    tallies: list[dict[str, int]], chance: random.Random
) -> None:
    shuffled = chance.sample(tallies, len(tallies))
    at = chance.randint(0, len(tallies))

    whole = added(tallies)

    assert list(added(shuffled).items()) == list(whole.items())
    assert added([added(shuffled[:at]), added(shuffled[at:])]) == whole
    assert 0 not in whole.values()


@given(DURATIONS)
def test_a_distribution_counts_every_duration_once(seconds: list[float]) -> None:
    tally = spread("service", seconds)

    assert tally["service.count"] == len(seconds)
    assert sum(count for _, _, count in bins(tally, "service")) == len(seconds)
    for begins_s, ends_s, count in bins(tally, "service"):
        inside = [s for s in seconds if begins_s <= s and (ends_s is None or s < ends_s)]
        assert len(inside) == count


@given(DURATIONS)
def test_a_median_is_off_by_less_than_the_width_of_its_bin(seconds: list[float]) -> None:
    low = sorted(seconds)[(len(seconds) - 1) // 2]
    begins_s = max(edge for edge in EDGES_S if edge <= low)
    ends_s = min((edge for edge in EDGES_S if edge > low), default=None)

    found = percentile_s(spread("service", seconds), "service", 0.5)

    assert found is not None
    assert begins_s <= found
    assert ends_s is None or found <= ends_s


def test_percentiles_of_many_durations_are_near_the_true_ones() -> None:
    chance = random.Random(20_261_128)
    seconds = [chance.lognormvariate(5.0, 0.7) for _ in range(5_000)]
    tally = spread("driving", seconds)

    found = [percentile_s(tally, "driving", share) for share in (0.5, 0.9)]

    assert found[0] is not None
    assert found[1] is not None
    assert abs(found[0] - median(seconds)) < 5
    assert abs(found[1] - quantiles(seconds, n=10)[8]) < 8


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile_s({}, "service", 0.5) is None
