"""What follows from hidden figures: nobody who knows the method can compute a small one from all that is published."""

import itertools
from collections import Counter, defaultdict

import pytest

from surveys.questions import TYPES
from surveys.results import _protect

ITEMS = [{"id": i, "label": i} for i in "abc"]
BASE = {"id": "q", "wording": "?", "required": False, "code": "", "options": ITEMS}


def profiles(answers: list, most: int):
    """Every way in which up to `most` people can have chosen among `answers`."""
    for n in range(most + 1):
        yield from itertools.combinations_with_replacement(range(len(answers)), n)


def published(kind: str, schema: dict, cells: Counter, base: int, threshold: int) -> dict:
    found = TYPES[kind]
    entry = {"base": base, "no_answer": 0, **found.tabulate(schema, lambda name: cells[name], base)}
    _protect(entry, threshold, found)
    found.derive(schema, entry)
    return entry


def frozen(value):
    if isinstance(value, dict):
        return tuple(sorted((key, frozen(v)) for key, v in value.items()))
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def check(kind: str, schema: dict, answers: list, threshold: int, most: int, figures) -> int:
    """Group all profiles by what is published of them; `figures` gives the true values that may not be computed."""
    alike: dict = defaultdict(list)
    filled = [list(TYPES[kind].cells(schema, answer)) for answer in answers]
    for chosen in profiles(answers, most):
        cells = Counter(cell for place in chosen for cell in filled[place])
        entry = published(kind, schema, cells, len(chosen), threshold)
        alike[frozen(entry)].append((figures(cells), entry["base"]))
    for found in alike.values():
        if found[0][1] is None:
            continue  # more people than were enumerated may look like this, too
        for values in zip(*[true for true, _base in found], strict=True):
            assert len(set(values)) > 1 or not 0 < values[0] < threshold, found[:3]
    return len(alike)


@pytest.mark.parametrize("top", [None, 2])
def test_no_small_figure_of_a_ranking_can_be_computed(top):
    orders = [list(o) for n in ((3,) if top is None else (1, 2)) for o in itertools.permutations("abc", n)]
    names = [f"f:q:{i}" for i in "abc"] + [f"w:q:{a}:{b}" for a, b in itertools.permutations("abc", 2)]
    seen = check(
        "ranking", BASE | {"top": top}, orders, 3, 8 if top is None else 6, lambda cells: [cells[n] for n in names]
    )
    assert seen > 50


@pytest.mark.parametrize("exact", [True, False])
def test_no_small_figure_of_points_can_be_computed(exact):
    schema = BASE | {"points": 3, "most": 2, "counted": 2, "exact": exact}
    shares = [dict(zip("abc", p, strict=True)) for p in itertools.product(range(3), repeat=3)]
    answers = [
        {i: n for i, n in s.items() if n}
        for s in shares
        if sum(s.values()) == 3 or (not exact and 0 < sum(s.values()) < 3)
    ]

    def figures(cells: Counter) -> list[int]:
        return [cells[f"p:q:{i}:1"] + cells[f"p:q:{i}:2"] for i in "abc"]

    assert check("points", schema, answers, 3, 7 if exact else 4, figures) > 20


def test_a_mean_is_no_more_than_the_table_says():
    schema = BASE | {"look": "stars5", "begun": "stars5"}
    for chosen in itertools.combinations_with_replacement(range(1, 6), 9):
        counts = Counter(f"v:q:{step}" for step in chosen)
        entry = published("rating", schema, counts, 9, 4)
        low, high = entry.get("mean_between") or [entry.get("mean")] * 2
        if low is None:
            assert entry["base"] is None
            continue
        assert low - 0.051 <= sum(chosen) / 9 <= high + 0.051
        hidden = [int(o["id"]) for o in entry["options"] if o["count"] is None]
        assert (low == high) == (len(set(hidden)) < 2 or high - low < 0.1)
