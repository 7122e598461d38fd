"""Precision and recall of the signals on texts of which a person said what should be seen."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from . import doubles, signals_of

MEASURED = ("personal", "insult", "shouting", "link", "language")


# seen: the lists were written looking at them; held out: nobody looked at what is found in them;
# later: written when the lists were finished, and no list was changed for them.
PARTS = ("seen", "held out", "later")


class Line(NamedTuple):
    """A text, the kinds that a fair moderator would expect, and the group of near-identical texts that it is of."""

    text: str
    kinds: frozenset[str]
    alike: str
    part: str


class Score(NamedTuple):
    """How many were expected, how many found, how many of these rightly."""

    expected: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0


def read(path: Path) -> list[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Line(r["text"], frozenset(r["kinds"].split()), r["alike"], r["part"]) for r in csv.DictReader(file)]


def mistakes(lines: Iterable[Line]) -> Iterator[tuple[str, str, str]]:
    """What is found wrongly ("+") or missed ("-"): sign, kind, text."""
    for line in lines:
        found = {s.kind for s in signals_of(line.text)}
        yield from (("+", kind, line.text) for kind in sorted(found - line.kinds))
        yield from (("-", kind, line.text) for kind in sorted(line.kinds - found))


def _pairs(groups: Iterable[Iterable[int]]) -> set[tuple[int, int]]:
    return {(a, b) for group in groups for a in group for b in group if a < b}


def measure(lines: list[Line]) -> dict[str, Score]:
    """A score for each kind."""
    counts: dict[str, list[int]] = {kind: [0, 0, 0] for kind in MEASURED}
    for line in lines:
        found = {s.kind for s in signals_of(line.text)}
        for kind, count in counts.items():
            for i, true in enumerate((kind in line.kinds, kind in found, kind in line.kinds & found)):
                count[i] += true
    return {kind: Score(*numbers) for kind, numbers in counts.items()}


def measure_doubles(lines: list[Line]) -> Score:
    """The score of pairs of texts that belong to one group."""
    groups = defaultdict(list)
    for i, line in enumerate(lines):
        if line.alike:
            groups[line.alike].append(i)
    expected = _pairs(groups.values())
    found = _pairs(g.ids for g in doubles([(i, line.text) for i, line in enumerate(lines)]))
    return Score(len(expected), len(found), len(expected & found))


def measured(lines: list[Line]) -> dict[str, dict[str, Score]]:
    """The scores of each part that there is."""
    parts = {part: [line for line in lines if line.part == part] for part in PARTS}
    return {part: measure(its) for part, its in parts.items() if its}


def table(lines: list[Line]) -> str:
    """The scores as text, the parts side by side."""
    scores = measured(lines)
    heads = (f"{sum(line.part == part for line in lines)} texts, {part}" for part in scores)
    rows = [
        " " * 9 + "".join(f"{head:>29}" for head in heads),
        " " * 9 + f"{'expected':>11}{'precision':>10}{'recall':>8}" * len(scores),
    ]
    for kind in MEASURED:
        cells = "".join(
            f"{s[kind].expected:>11}{s[kind].precision:>10.2f}{s[kind].recall:>8.2f}" for s in scores.values()
        )
        rows.append(f"{kind:9}{cells}")
    pairs = measure_doubles(lines)
    rows.append(
        f"double   {pairs.expected:>11}{pairs.precision:>10.2f}{pairs.recall:>8.2f}  (pairs, all texts together)"
    )
    quiet = [line for line in lines if not line.kinds]
    loud = sum(bool(signals_of(line.text)) for line in quiet)
    rows.append(f"Of {len(quiet)} texts with nothing to see, {loud} are given a signal.")
    return "\n".join(rows)
