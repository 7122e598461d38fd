"""Distances, coarse points and tiles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geography import grid

lons, lats = st.floats(-180, 180), st.floats(-90, 90)


@settings(max_examples=200, deadline=None)
@given(lons, lats, st.sampled_from([10, 50, 100, 250, 1000, 20_000]))
def test_a_coarse_point_is_near_and_stays(lon, lat, metres):
    coarse = grid.coarsen((lon, lat), metres)
    assert grid.coarsen(coarse, metres) == coarse
    assert grid.distance((lon, lat), coarse) <= metres * 0.72 + 0.2


def test_points_of_one_cell_meet_and_those_of_another_do_not():
    a, b = (4.8357, 45.7640), (4.83571, 45.76401)
    assert grid.coarsen(a, 100) == grid.coarsen(b, 100) != grid.coarsen((4.8377, 45.7640), 100)
    assert grid.coarsen(a, 0) == a


def test_distance_is_in_metres():
    assert grid.distance((2.3522, 48.8566), (4.8357, 45.7640)) == pytest.approx(391_500, rel=0.002)
    assert grid.distance((1, 1), (1, 1)) == 0


def test_tiles_are_those_of_web_maps():
    assert grid.cell(2.3522, 48.8566, 12) == (2074, 1409)
    assert grid.cell(-180, 90, 3) == (0, 0) and grid.cell(180, -90, 3) == (7, 7)


@settings(max_examples=100, deadline=None)
@given(lons, lats, st.integers(0, 19))
def test_the_middle_of_a_tile_lies_in_it(lon, lat, zoom):
    x, y = grid.cell(lon, lat, zoom)
    assert grid.cell(*grid.centre(x, y, zoom), zoom) == (x, y)
