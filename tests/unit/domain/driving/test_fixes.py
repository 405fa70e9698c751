import sys
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.driving.fixes import Fix, quantized
from chalicelib.domain.geography import Coordinates
from tests.support.builders import NOON, make_fix
from tests.support.strategies import fixes


class TestQuantized:
    @given(fixes())
    def test_storing_again_changes_nothing(self, fix: Fix) -> None:
        assert quantized(fix) == fix

    @given(st.floats(-90, 90), st.floats(-180, 180), st.datetimes(), st.floats(0, 360))
    def test_rounding_loses_little(
        self, lat_deg: float, lon_deg: float, at: datetime, heading_deg: float
    ) -> None:
        raw = Fix(at.replace(tzinfo=NOON.tzinfo), Coordinates(lat_deg, lon_deg))
        raw = replace(raw, heading_deg=heading_deg)

        stored = quantized(raw)

        assert timedelta(0) <= raw.recorded_at - stored.recorded_at < timedelta(milliseconds=1)
        assert abs(stored.coordinates.lat_deg - lat_deg) <= 0.51e-7
        assert abs(stored.coordinates.lon_deg - lon_deg) <= 0.51e-7
        assert stored.heading_deg is not None
        assert 0.0 <= stored.heading_deg < 360.0
        assert quantized(stored) == stored

    def test_another_zone_is_the_same_instant(self) -> None:
        from_device = make_fix(datetime.fromisoformat("2026-11-23T14:00:00.123456+02:00"))

        assert quantized(from_device).recorded_at == NOON + timedelta(milliseconds=123)

    @pytest.mark.parametrize("most", [sys.float_info.max, 1e308, 1e300, 6_553.5])
    def test_the_largest_numbers_are_cut_off_too(self, most: float) -> None:
        stored = quantized(make_fix(accuracy_m=most, speed_mps=most))

        assert (stored.accuracy_m, stored.speed_mps) == (6553.4, 655.3)

    def test_values_beyond_the_stored_range_are_cut_off(self) -> None:
        wild = make_fix(accuracy_m=1e9, speed_mps=1e9, battery_ratio=0.126, heading_deg=359.99)

        stored = quantized(wild)

        assert (stored.accuracy_m, stored.speed_mps) == (6553.4, 655.3)
        assert (stored.battery_ratio, stored.heading_deg) == (0.13, 0.0)
