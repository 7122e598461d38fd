"""Figures by channel give nothing away: whoever knows the method and all that is published computes no small number."""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import pytest

from surveys import cells, results

ITEMS = [{"id": i, "label": i} for i in "abc"]
TEXT = {"wording": "?", "required": False, "code": ""}
TWO = TEXT | {"id": "q", "type": "single", "options": ITEMS[:2]}
THREE = TEXT | {"id": "q", "type": "single", "options": ITEMS}
MANY = TEXT | {"id": "q", "type": "multiple", "options": ITEMS[:2], "min": None, "max": None}
GRID = TEXT | {"id": "q", "type": "grid", "rows": ITEMS[:2], "scale": ITEMS[:2]}
RANKS = TEXT | {"id": "q", "type": "ranking", "options": ITEMS[:2], "top": None}
SECOND = TEXT | {"id": "r", "type": "single", "options": ITEMS[:2]}


def chosen(*options: str) -> dict:
    return {"options": list(options)}


@pytest.fixture
def publish(monkeypatch):
    """All that is published of cells and their counts: cell names stand for numbers."""

    def published(questions: list[dict], counts: Counter, threshold: int, trust: str = "open") -> dict:
        compiled = SimpleNamespace(all_questions=questions, number_of=str, counts_by_channel=cells.names_off)
        monkeypatch.setattr(results, "compiled_live", lambda survey: compiled)
        survey = SimpleNamespace(key="k", title="T", trust=trust, tool=SimpleNamespace(set_aside=0))
        return results.figures(survey, counts, None, threshold)

    return published


Person = tuple[str, str, dict]  # channel, level, answers


def crowds(kinds: list[Person], sizes: Sequence[int]) -> Iterator[list[int]]:
    """Every crowd: how many of each kind."""
    for size in sizes:
        for bars in itertools.combinations(range(size + len(kinds) - 1), len(kinds) - 1):
            edges = [-1, *bars, size + len(kinds) - 1]
            yield [after - before - 1 for before, after in itertools.pairwise(edges)]


def filled(questions: list[dict], person: Person) -> list[str]:
    channel, level, answers = person
    off = [] if channel == "web" else cells.filled_off(questions, answers)
    return [*cells.filled(questions, answers, channel, level), *off]


def secrets(counts: Counter, names: list[str]) -> list[tuple[int, int, int]]:
    """What may not be computed while it is small: each cell in all, on the web and otherwise; each channel."""
    split = [(counts[name], counts[f"off:{name}"], counts[name] - counts[f"off:{name}"]) for name in names]
    return split + [(0, counts[f"c:{channel}"], 0) for channel in cells.CHANNELS]


def given_away(found: list[list[tuple[int, int, int]]], threshold: int) -> list[int]:
    """The small parts that are the same in all crowds of which the same is published.

    Totals are the matter of test_small_figures: what they give away by themselves is not looked for again.
    """
    small = []
    for cell in zip(*found, strict=True):
        total, *parts = (set(values) for values in zip(*cell, strict=True))
        if len(total) > 1 or not 0 < min(total) < threshold:
            small += [min(part) for part in parts if len(part) == 1 and 0 < min(part) < threshold]
    return small


def attack(
    publish, questions, kinds: list[Person], sizes: Sequence[int], threshold: int, trust: str = "open"
) -> Counter:
    """Group all crowds by what is published of them; returns how many groups split how many tables."""
    each = [Counter(filled(questions, person)) for person in kinds]
    names = [
        name.removeprefix("off:") for q in questions for name in cells.names_off(q) if not name.startswith("off:q:")
    ]
    alike: dict[str, list[list[int]]] = defaultdict(list)
    seen: Counter = Counter()
    for crowd in crowds(kinds, sizes):
        counts: Counter = Counter()
        for n, fills in zip(crowd, each, strict=True):
            for cell in fills:
                counts[cell] += n
        told = publish(questions, counts, threshold, trust)
        key = json.dumps(told)
        if key not in alike:
            tables = [table for q in told["questions"] for table in q.get("rows") or [q]]
            seen[sum(bool(table.get("by_channel")) for table in tables)] += 1
        alike[key].append(secrets(counts, names))
    for key, found in alike.items():
        assert not given_away(found, threshold), (key, found[:3])
    return seen


def people(questions: list[dict], answers: list, channels=("web", "paper")) -> list[Person]:
    return [(c, "open", {questions[0]["id"]: answer}) for c in channels for answer in answers]


CASES = {
    "two options": ([TWO], [chosen("a"), chosen("b")], ("web", "paper"), range(15), 3),
    "two options, three channels": ([TWO], [chosen("a"), chosen("b")], ("web", "paper", "phone"), (4, 8), 2),
    "with nobody's answer": ([TWO], [chosen("a"), chosen("b"), None], ("web", "paper"), (7, 12), 3),
    "three options": ([THREE], [chosen(i) for i in "abc"], ("web", "paper"), (4, 8), 2),
    "several choices": ([MANY], [chosen("a"), chosen("b"), chosen("a", "b")], ("web", "paper"), (7, 9), 2),
    "a grid": ([GRID], [{"a": "a", "b": "a"}, {"a": "b", "b": "a"}, {"a": "b"}], ("web", "paper"), (7, 9), 2),
    "ranks": ([RANKS], [["a", "b"], ["b", "a"], None], ("web", "paper"), (7, 12), 3),
}


@pytest.mark.parametrize("case", CASES)
def test_no_small_number_can_be_computed(publish, case):
    questions, answers, channels, sizes, threshold = CASES[case]
    seen = attack(publish, questions, people(questions, answers, channels), sizes, threshold)
    assert seen[0] > 20 and seen.total() > seen[0], seen


def test_two_questions_do_not_give_each_other_away(publish):
    """The second is asked of those only who said “a” to the first."""
    answers = [{"q": chosen("a"), "r": chosen("a")}, {"q": chosen("a"), "r": chosen("b")}, {"q": chosen("b")}]
    kinds = [(channel, "open", told) for channel in ("web", "paper") for told in answers]
    seen = attack(publish, [TWO, SECOND], kinds, (7, 9), 2)
    assert min(seen[0], seen[1]) > 5, seen


def test_levels_of_verification_do_not_give_channels_away(publish):
    """Where a proof is asked for, who proved nothing answered otherwise than on the web."""
    ways = [("web", "email"), ("web", "identity"), ("paper", "open"), ("phone", "open")]
    kinds = [(*way, {"q": chosen("a")}) for way in ways]
    attack(publish, [TWO], kinds, (5, 10, 13), 3, "email")


def test_all_channels_alike_are_hidden_among_others(publish):
    kinds = [(channel, "open", {"q": chosen("a")}) for channel in cells.CHANNELS]
    attack(publish, [TWO], kinds, (1, 5, 10), 3)
