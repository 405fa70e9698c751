from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pages.icalendar import MOST_OCTETS, day, document, moment, text


@given(st.text(max_size=300))
def test_any_text_is_folded_and_comes_back(value: str) -> None:
    written = document([("SUMMARY", text(value))])

    lines = written.split("\r\n")
    assert lines.pop() == ""
    assert all(len(line.encode()) <= MOST_OCTETS for line in lines)
    assert all(line.startswith(" ") for line in lines[1:])
    unfolded = written.replace("\r\n ", "").removesuffix("\r\n")
    assert unfolded == f"SUMMARY:{text(value)}"
    assert "\n" not in unfolded
    assert unfolded.isprintable()


def test_times_are_those_of_the_world_and_days_those_of_the_address() -> None:
    helsinki = datetime(2026, 10, 25, 3, 30, tzinfo=ZoneInfo("Europe/Helsinki"), fold=1)

    assert moment(helsinki) == "20261025T013000Z"
    assert moment(datetime(2026, 11, 23, 12, 0, 0, 999, tzinfo=UTC)) == "20261123T120000Z"
    assert day(date(2026, 1, 2)) == "20260102"
