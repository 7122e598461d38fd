"""Cell numbers as bytes: two bytes a cell, so that a million responses are recounted in one gulp (pure)."""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable

MAX_CELLS = 0xFFFF
MANY = 500_000  # bytes from which on counting with numpy is worth loading it
CHUNK = 1_000_000  # cells counted at once: numpy widens each to eight bytes


def pack(numbers: Iterable[int]) -> bytes:
    """Cell numbers (0..65535) as little-endian unsigned 16-bit integers. Raises OverflowError outside that range."""
    packed = array("H", numbers)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack(cells: bytes | memoryview) -> array:
    """The cell numbers in `cells`. Raises ValueError when the length is odd."""
    numbers = array("H")
    numbers.frombytes(bytes(cells))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def count(cells: bytes | memoryview) -> Counter[int]:
    """How many times each cell number occurs in `cells` (any number of packed rows, one after the other)."""
    return _count_many(cells) if len(cells) > MANY else Counter(unpack(cells))


def _count_many(cells: bytes | memoryview) -> Counter[int]:
    import numpy  # slow to load, and only a recount needs it

    numbers = numpy.frombuffer(cells, "<u2")
    total = numpy.zeros(MAX_CELLS + 1, numpy.int64)
    for first in range(0, len(numbers), CHUNK):
        total += numpy.bincount(numbers[first : first + CHUNK], minlength=MAX_CELLS + 1)
    return Counter({int(number): int(total[number]) for number in numpy.flatnonzero(total)})
