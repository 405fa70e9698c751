"""What is known under a key: how it fades, and what opens it."""

import math
from typing import Final

import pytest

from chalicelib.domain.eta.learned.beliefs import Beliefs
from chalicelib.domain.eta.learned.priors import RECENT_S, Key

TAU: Final = 0.04
RECENT: Final[Key] = (1, 1.0, TAU, RECENT_S, None)
LASTING: Final[Key] = (2, 1.0, TAU, 0.0, None)
NOW_S: Final = 1_800_000_000.0


def taught(*keys: Key) -> Beliefs:
    beliefs = Beliefs()
    beliefs.absorb(keys, 0.5, 0.1, NOW_S)
    return beliefs


def test_recent_beliefs_fade_to_the_prior_and_all_others_stay() -> None:
    jam = taught(RECENT)
    mean, variance = jam.recall([RECENT], NOW_S)

    later_mean, later_variance = jam.recall([RECENT], NOW_S + RECENT_S)

    assert mean == pytest.approx(0.5 * TAU / 0.1)
    assert later_mean == pytest.approx(mean / math.e)
    assert TAU - later_variance == pytest.approx((TAU - variance) / math.e**2)
    assert jam.recall([RECENT], NOW_S + 20 * RECENT_S) == pytest.approx((0.0, TAU), abs=1e-6)
    lasting = taught(LASTING)
    assert lasting.recall([LASTING], NOW_S + 1e8) == lasting.recall([LASTING], NOW_S)


def test_a_clock_that_goes_back_strengthens_nothing() -> None:
    jam = taught(RECENT)

    assert jam.recall([RECENT], NOW_S - 10 * RECENT_S) == jam.recall([RECENT], NOW_S)


def test_a_faded_belief_is_learnt_as_if_it_were_new() -> None:
    jam = taught(RECENT)
    later_s = NOW_S + 50 * RECENT_S

    jam.absorb([RECENT], -0.5, 0.1, later_s)

    anew = Beliefs()
    anew.absorb([RECENT], -0.5, 0.1, later_s)
    assert jam.recall([RECENT], later_s) == pytest.approx(anew.recall([RECENT], later_s))


def test_a_fine_key_is_created_only_after_its_parent() -> None:
    fine: Key = (3, 1.0, TAU, 0.0, LASTING[0])
    beliefs = taught(LASTING, fine)
    assert fine[0] not in beliefs.known

    beliefs.absorb([LASTING, fine], 0.5, 0.1, NOW_S)

    assert fine[0] in beliefs.known
