"""Distances, and the two grids: the one that makes points coarse, and that of map tiles (pure)."""

from math import asin, asinh, atan, cos, floor, pi, radians, sin, sinh, sqrt, tan
from math import degrees as to_degrees

Point = tuple[float, float]

RADIUS = 6_371_008.8  # metres: the mean Earth
DEGREE = RADIUS * pi / 180  # metres in one degree of latitude
NARROWEST = 0.01  # of a degree of longitude next to the poles, where cells would be endless
MERCATOR = 85.051129  # the latitude at which map tiles end


def distance(a: Point, b: Point) -> float:
    """Metres from `a` to `b`, each (longitude, latitude)."""
    (lon1, lat1), (lon2, lat2) = ((radians(x), radians(y)) for x, y in (a, b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * RADIUS * asin(min(1.0, sqrt(h)))


def coarsen(point: Point, metres: float) -> Point:
    """The centre of the cell of `metres` by `metres` that holds `point`; the point itself for 0.

    The grid never moves: points of one cell always get the same centre, and the centre is its own.
    """
    lon, lat = point
    if metres <= 0:
        return lon, lat
    height = metres / DEGREE
    middle = _clamp((floor(lat / height) + 0.5) * height, 90)
    width = height / max(cos(radians(middle)), NARROWEST)
    return round(_clamp((floor(lon / width) + 0.5) * width, 180), 6), round(middle, 6)


def cell(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """The map tile that holds a point: its column from the west, its row from the north."""
    tiles = 1 << zoom
    lat = radians(_clamp(lat, MERCATOR))
    x = floor((lon + 180) / 360 * tiles)
    y = floor((1 - asinh(tan(lat)) / pi) / 2 * tiles)
    return min(max(x, 0), tiles - 1), min(max(y, 0), tiles - 1)


def centre(x: int, y: int, zoom: int) -> Point:
    """The middle of a map tile."""
    tiles = 1 << zoom
    lat = to_degrees(atan(sinh(pi * (1 - 2 * (y + 0.5) / tiles))))
    return round((x + 0.5) / tiles * 360 - 180, 6), round(lat, 6)


def _clamp(value: float, most: float) -> float:
    return max(-most, min(most, value))
