"""What stands out of a debate's published figures: what unites, what divides, what puzzles (pure)."""

from collections.abc import Mapping
from typing import Any

Figures = dict[str, Any]
Z90 = 1.2816  # one-sided 90 %
MANY_PASS = 0.25
EVEN = 0.3  # of the votes on each side
APART = 0.25  # between two groups' shares of agreement


def share(entry: Mapping[str, Any], word: str) -> float:
    """The share of one of the three answers among the votes on a statement, of all or of one group."""
    return (entry[word] or 0) / entry["votes"] if entry["votes"] else 0.0


def united(figures: Figures, most: int) -> list[Figures]:
    """Statements that every group mostly agrees, or mostly disagrees, with; without groups, that most people do."""
    found = []
    for entry in _shown(figures):
        for word, measure in (("agree", "consensus"), ("disagree", "consensus_disagree")):
            if entry["groups"]:
                fits = all(share(group, word) > 0.5 for group in entry["groups"])
                found += [(entry[measure], entry)] if fits else []
            elif not has_groups(figures) and (low := _at_least(entry, word)) > 0.6:
                found.append((low, entry))
    return [entry for _measure, entry in sorted(found, key=lambda one: -one[0])][:most]


def dividing(figures: Figures, most: int) -> list[Figures]:
    """Statements on which two groups differ most; without groups, on which people are most evenly split."""
    out = {entry["id"] for entry in united(figures, len(figures["statements"]))}
    rest = [entry for entry in _shown(figures) if entry["id"] not in out]
    if has_groups(figures):
        rest = [entry for entry in rest if (entry["divisiveness"] or 0) >= APART]
        return sorted(rest, key=lambda entry: -entry["divisiveness"])[:most]
    rest = [entry for entry in rest if _balance(entry) >= EVEN]
    return sorted(rest, key=lambda entry: -_balance(entry))[:most]


def puzzling(figures: Figures, most: int) -> list[Figures]:
    """Statements on which many pass."""
    many = [entry for entry in _shown(figures) if share(entry, "pass") >= MANY_PASS]
    return sorted(many, key=lambda entry: -share(entry, "pass"))[:most]


def _shown(figures: Figures) -> list[Figures]:
    return [entry for entry in figures["statements"] if entry["agree"] is not None]


def has_groups(figures: Figures) -> bool:
    """Are there several opinion groups, and may they be shown?"""
    return bool(figures["map"] and figures["map"]["groups"] and figures["map"]["k"] > 1)


def _balance(entry: Figures) -> float:
    return min(share(entry, "agree"), share(entry, "disagree"))


def _at_least(entry: Figures, word: str) -> float:
    """Lower bound (one-sided 90 %) of a share."""
    p = (entry[word] + 1) / (entry["votes"] + 2)
    return p - Z90 * (p * (1 - p) / (entry["votes"] + 3)) ** 0.5
