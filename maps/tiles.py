"""Cells of the world map, level by level, each cut into four at the next; a cell's number says where it lies (pure).

The number is the Morton code of the cell's column and row in Web Mercator: the cells inside a cell have consecutive
numbers, so whatever lies in it is one range of numbers at any deeper level.
"""

from collections.abc import Iterable
from math import cos, pi, radians
from typing import NamedTuple

from geography import grid

DEEPEST = 26  # of a place: about half a metre
COARSEST, FINEST = 4, 20  # levels at which places are counted; a cell of the finest is some 25 m wide in France
NEAR = 17  # cells of some 200 m, to look around a point
FINER = 2  # clusters are drawn so many levels deeper than the map is zoomed: four to a tile's side
MOST_CELLS = 400  # looked at for one view


class Box(NamedTuple):
    """What a map shows: degrees, west below east, south below north."""

    west: float
    south: float
    east: float
    north: float


def number(column: int, row: int) -> int:
    """The Morton code of a cell."""
    return _spread(column) | _spread(row) << 1


def place(number: int) -> tuple[int, int]:
    """(column, row) of the cell called `number`."""
    return _gather(number), _gather(number >> 1)


def quad(longitude: float, latitude: float) -> int:
    """The number of the deepest cell around a point."""
    return number(*grid.cell(longitude, latitude, DEEPEST))


def above(quad: int, level: int) -> int:
    """The number of the cell of `level` that holds the deepest cell `quad`."""
    return quad >> 2 * (DEEPEST - level)


def span(number: int, level: int) -> tuple[int, int]:
    """The first and the last of the deepest cells inside a cell of `level`."""
    shift = 2 * (DEEPEST - level)
    return number << shift, (number + 1 << shift) - 1


def spans(numbers: Iterable[int], level: int) -> list[tuple[int, int]]:
    """`span` of several cells, neighbours joined."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(span(n, level) for n in numbers):
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    return joined


def centre(number: int, level: int) -> tuple[float, float]:
    """(longitude, latitude) of the middle of a cell."""
    return grid.centre(*place(number), level)


def view(box: Box, zoom: int) -> tuple[int, list[int]]:
    """(level, numbers) of the cells to count for what a map shows; never more than `MOST_CELLS`, whatever is asked."""
    level = min(max(zoom + FINER, COARSEST), FINEST)
    while True:
        left, top = grid.cell(box.west, box.north, level)
        right, bottom = grid.cell(box.east, box.south, level)
        if (right - left + 1) * (bottom - top + 1) <= MOST_CELLS:
            break
        level -= 1
    cells = [number(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
    return level, cells


def fitting(box: Box, across: int) -> int:
    """The level of the finest counted cells of which at most `across` fit side by side into a box."""
    for level in range(FINEST, COARSEST, -1):
        left, top = grid.cell(box.west, box.north, level)
        right, bottom = grid.cell(box.east, box.south, level)
        if max(right - left, bottom - top) < across:
            return level
    return COARSEST


def metres(latitude: float, level: int) -> int:
    """How long the side of a cell of `level` is on the ground, about."""
    return round(cos(radians(latitude)) * 2 * pi * grid.RADIUS / (1 << level))


def position(longitude: float, latitude: float, level: int) -> tuple[float, float]:
    """Where a point lies, in columns and rows of `level` and parts of them."""
    x, y = grid.cell(longitude, latitude, DEEPEST)
    return x / (1 << DEEPEST - level), y / (1 << DEEPEST - level)


def around(longitude: float, latitude: float, metres: float) -> list[int]:
    """The cells of level `NEAR` that a circle around a point touches."""
    up = metres / 111_000
    aside = up / max(0.01, cos(radians(latitude)))
    left, top = grid.cell(longitude - aside, latitude + up, NEAR)
    right, bottom = grid.cell(longitude + aside, latitude - up, NEAR)
    return [number(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def _spread(n: int) -> int:
    """The bits of `n` (up to 32) with a zero after each."""
    for shift, mask in _STEPS:
        n = (n | n << shift) & mask
    return n


def _gather(n: int) -> int:
    """Every other bit of `n`: the reverse of `_spread`."""
    n &= 0x5555555555555555
    for (shift, _mask), (_shift, mask) in zip(reversed(_STEPS), [*reversed(_STEPS[:-1]), (0, 0xFFFFFFFF)], strict=True):
        n = (n | n >> shift) & mask
    return n


_STEPS = [
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
]
