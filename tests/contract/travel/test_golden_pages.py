"""Pages of what has been learnt, as each version of the code has stored them, are still read."""

import pytest

from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.pages import read_page
from chalicelib.domain.eta.learned.places import MODEL_PAGE, area_page
from chalicelib.domain.eta.learned.priors import Kind, key_id
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.ids import RouteId
from tests.contract.conftest import Stores
from tests.support.aws import put_raw
from tests.support.builders import NOON
from tests.support.golden import golden_item
from tests.unit.domain.eta.builders import make_leg, make_visit

PAGE = area_page(6_690.0, 1_380.0)


def known(dynamo: Stores, page: int) -> State:
    """A state with that page, read from the table."""
    state = State()
    read_page(state, page, dynamo.travel.open([page])[page].packed)
    return state


def test_an_area_of_version_1_is_read(dynamo: Stores) -> None:
    put_raw("travel", golden_item("v1", "travel", "area-page"))

    beliefs = known(dynamo, PAGE).beliefs.known

    pair, recent = key_id(PAGE, Kind.PAIR, 7), key_id(PAGE, Kind.PAIR_RECENT, 7)
    assert set(beliefs) == {pair, recent}
    assert beliefs[pair][:2] == pytest.approx((-0.25, 0.004), rel=0.04)
    assert beliefs[recent][:2] == pytest.approx((0.5, 0.003), rel=0.04)
    assert dynamo.travel.read([PAGE])[PAGE].version == 7


def test_the_curves_of_version_1_are_read(dynamo: Stores) -> None:
    put_raw("travel", golden_item("v1", "travel", "model-page"))

    state = known(dynamo, MODEL_PAGE)

    model = LearnedModel(state)
    assert state.travel.curves[0].theta == pytest.approx((5.760651, 0.341228, 0.199022), abs=1e-5)
    assert model.leg(make_leg(), NOON).mu == pytest.approx(6.135528, abs=1e-5)
    assert model.dwell(make_visit(), NOON).mu == pytest.approx(4.704247, abs=1e-5)
    assert model.range_shape(3).low == pytest.approx(-1.437292, abs=1e-5)


def test_a_mark_of_version_1_is_read(dynamo: Stores) -> None:
    put_raw("travel", golden_item("v1", "travel", "route-learnt"))

    assert dynamo.travel.learning_marks([RouteId("rte_1")]) == {RouteId("rte_1"): (NOON, 12)}
