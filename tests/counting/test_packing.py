"""Counting packed cells gives the same for few and for many."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from counting import packing

cells = st.lists(st.integers(0, packing.MAX_CELLS), max_size=200)


@given(cells)
def test_counts_many_like_few(numbers):
    packed = packing.pack(numbers)
    assert packing._count_many(packed) == Counter(numbers) == packing.count(packed)


def test_counts_across_chunks(monkeypatch):
    monkeypatch.setattr(packing, "CHUNK", 3)
    assert packing._count_many(packing.pack([7, 7, 1, 7, 65535])) == {7: 3, 1: 1, 65535: 1}
