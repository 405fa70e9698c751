import math

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.eta.learned.cells import cells_of, hashes
from chalicelib.domain.eta.learned.places import fingerprint, grid_km
from chalicelib.domain.geography import Coordinates
from tests.support.strategies import coordinates

PER_KM = ((1, 1.5, 0.0), (1.8, 1, 0.0), (1.8, 1, 0.5), (4, 1, 0.0))
"""The pairs from the coarsest on: cells are floor(km × a / b + c)."""


def one_by_one(
    origin: Coordinates, destination: Coordinates, sector: int, reach: int, *, over: bool
) -> list[int]:
    more = (1,) if over else ()
    start, end = grid_km(origin), grid_km(destination)
    o, d = (tuple(map(math.floor, place)) for place in (start, end))
    bearing = (sector >> 1, reach)
    pairs = [tuple(math.floor(km * a / b + c) for km in (*start, *end)) for a, b, c in PER_KM]
    found = [(*o, *more), (*d, *more), (*o, *bearing, *more), (*d, *bearing, *more)]
    found += [(*pair, *more) for pair in pairs]
    return [*(fingerprint(parts) & 0xFFFF for parts in found), fingerprint(pairs[0]) >> 16]


@given(
    origin=coordinates(),
    destination=coordinates(),
    sector=st.integers(0, 15),
    reach=st.integers(0, 3),
    over=st.booleans(),
)
def test_hashes_in_lanes_equal_single_fingerprints(
    *, origin: Coordinates, destination: Coordinates, sector: int, reach: int, over: bool
) -> None:
    start = cells_of(origin.lat_deg, origin.lon_deg)
    end = cells_of(destination.lat_deg, destination.lon_deg)

    found = hashes(start, end, sector, reach, over=over)

    assert list(found) == one_by_one(origin, destination, sector, reach, over=over)
