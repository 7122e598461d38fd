"""Cell numbers as bytes: two bytes a cell, so that a million responses are recounted in one gulp (pure)."""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable

MAX_CELLS = 0xFFFF


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
    return Counter(unpack(cells))
