import pytest

from chalicelib.domain.wishes.wishes import Absence
from chalicelib.pages.tracking.wishes import WishesForm

PLACE, NAME = {"safe_place": "porch"}, {"neighbour_name": "Aino"}


@pytest.mark.parametrize(
    ("before", "ticked", "filled_in", "meant"),
    [
        ("nothing", "nothing", {}, Absence.NOTHING),
        ("nothing", "nothing", PLACE, Absence.SAFE_PLACE),
        ("nothing", "nothing", NAME, Absence.NEIGHBOUR),
        ("nothing", "nothing", PLACE | NAME, Absence.NOTHING),
        ("nothing", "safe_place", {}, Absence.SAFE_PLACE),
        ("safe_place", "nothing", PLACE, Absence.NOTHING),  # the page itself had filled it in
        ("safe_place", "safe_place", PLACE | NAME, Absence.NEIGHBOUR),
        ("neighbour", "neighbour", PLACE, Absence.SAFE_PLACE),
        ("", "nothing", PLACE, Absence.NOTHING),
    ],
)
def test_what_is_filled_in_is_meant_where_the_tick_was_left(
    before: str, ticked: str, filled_in: dict[str, str], meant: Absence
) -> None:
    form = WishesForm(seen="0", before=before, absence=ticked, **filled_in)

    assert form.to_domain().absence is meant
