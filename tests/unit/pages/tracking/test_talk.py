import pytest

from chalicelib.catalogues import locale_of
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.pages.tracking.talk import talk_of
from tests.support.tracking_views import make_delivered, make_failed, make_view


def taps(view: TrackingView) -> list[str]:
    talk = talk_of(view, None, (), locale_of("en"), said="")
    return [code for code, _ in talk.quick]


def test_answers_to_tap_are_for_the_door_while_somebody_comes() -> None:
    assert "coming_to_the_door" in taps(make_view())


@pytest.mark.parametrize(
    ("view", "offered"),
    [
        (make_delivered(), ["okay", "thank_you"]),
        (make_failed(), ["at_home", "okay", "thank_you"]),
    ],
)
def test_nobody_is_offered_to_come_to_the_door_after_the_visit(
    view: TrackingView, offered: list[str]
) -> None:
    assert taps(view) == offered
