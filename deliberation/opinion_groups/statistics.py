"""What each group and the whole population think of each statement: Polis' published statistics, vectorised."""

from itertools import combinations
from typing import NamedTuple, TypedDict

import numpy as np

from .votes import AGREE, DISAGREE, Bool, Float, Int, Int8, Votes

Z90 = 1.2816  # one-sided 90 %, as Polis (stats.clj, z-sig-90?)
TOP = 5
_BLOCK = 1 << 21  # votes counted at a time, which bounds the memory of counting


class Stance(TypedDict):
    """One statement that stands for a group or for everybody, with the numbers behind it."""

    statement: int
    stance: str  # "agree" or "disagree"
    agree: int
    disagree: int
    seen: int
    share: float  # smoothed share of the stance among those who saw it, 0..1
    share_z: float
    ratio: float  # that share over the share in the rest; 1 for the whole population
    ratio_z: float


class Representativeness(NamedTuple):
    """Per group and statement, each [k, S]; names as in Polis: p(robability), r(atio), t(est), a(gree), d(isagree)."""

    pa: Float
    pat: Float
    ra: Float
    rat: Float
    pd: Float
    pdt: Float
    rd: Float
    rdt: Float


def count(votes: Votes, group: Int8, k: int) -> tuple[Int, Int]:
    """(agree, disagree, seen) per group and statement [k, S, 3] and over all participants [S, 3]; seen has passes.

    `group` is the group of each participant of the votes, -1 for none.
    """
    statements = votes.shape[1]
    base = np.where(group < 0, k, group).astype(np.int64) * statements
    cells = np.zeros((k + 1) * statements * 3, np.int64)
    for first in range(0, len(votes.value), _BLOCK):
        some = slice(first, first + _BLOCK)
        cell = (base[votes.participant[some]] + votes.statement[some]) * 3 + votes.value[some] + 1
        cells += np.bincount(cell, minlength=len(cells))
    by_value = cells.reshape(k + 1, statements, 3)
    counts = np.stack((by_value[..., AGREE + 1], by_value[..., DISAGREE + 1], by_value.sum(axis=2)), axis=2)
    return counts[:k], counts.sum(axis=0)


def smoothed(successes: Int, seen: Int) -> Float:
    """(x + 1) / (n + 2): pa and pd of Polis (repness.clj)."""
    return (successes + 1) / (seen + 2)


def proportion_test(successes: Int, seen: Int) -> Float:
    """z of a share against one half (Polis, stats.clj, prop-test)."""
    return 2 * np.sqrt(seen + 1) * ((successes + 1) / (seen + 1) - 0.5)


def two_proportions_test(successes: Int, seen: Int, others: Int, others_seen: Int) -> Float:
    """z of a share against another one, 0 where all agree (Polis, stats.clj, two-prop-test)."""
    s1, n1, s2, n2 = successes + 1, seen + 1, others + 1, others_seen + 1
    pooled = (s1 + s2) / (n1 + n2)
    variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    known = variance > 0  # also false where every vote, and so the smoothed share above one, is a success
    return np.where(known, (s1 / n1 - s2 / n2) / np.sqrt(np.where(known, variance, 1)), 0.0)


def representativeness(counts: Int) -> Representativeness:
    """From counts [k, S, 3]; the rest is all other groups together (Polis, repness.clj)."""
    rest = counts.sum(axis=0, keepdims=True) - counts
    seen, rest_seen = counts[..., 2], rest[..., 2]
    columns: list[Float] = []
    for votes, others in ((counts[..., 0], rest[..., 0]), (counts[..., 1], rest[..., 1])):
        share = smoothed(votes, seen)
        columns += [share, proportion_test(votes, seen), share / smoothed(others, rest_seen)]
        columns += [two_proportions_test(votes, seen, others, rest_seen)]
    return Representativeness(*columns)


def representative(counts: Int, statement_ids: Int) -> list[list[Stance]]:
    """Up to five statements per group that set it apart, agreements first (Polis, repness.clj, select-rep-comments)."""
    numbers = representativeness(counts)
    return [
        _select(counts[g], Representativeness(*(each[g] for each in numbers)), statement_ids)
        for g in range(len(counts))
    ]


def _select(counts: Int, r: Representativeness, statement_ids: Int) -> list[Stance]:
    if not len(statement_ids):
        return []
    agrees = r.rat > r.rdt
    enough = ((r.rat > Z90) & (r.pat > Z90)) | ((r.rdt > Z90) & (r.pdt > Z90))
    metric = np.where(agrees, r.ra * r.rat * r.pa * r.pat, r.rd * r.rdt * r.pd * r.pdt)
    best = _best_agreement(r, voted=(counts[:, 0] + counts[:, 1]) > 0)
    if not enough.any():
        alone = best if best is not None else int(np.argmax(np.maximum(r.rat, r.rdt)))
        chosen = [(alone, best is not None or bool(agrees[alone]))]
    else:
        ranked = [int(j) for j in np.argsort(-metric, kind="stable") if enough[j] and j != best]
        chosen = [(j, bool(agrees[j])) for j in ranked]
        if best is not None:
            chosen.insert(0, (best, True))
    chosen = sorted(chosen[:TOP], key=lambda one: not one[1])
    return [_stance(j, agree, counts, r, statement_ids) for j, agree in chosen]


def _best_agreement(r: Representativeness, voted: Bool) -> int | None:
    """The statement Polis always shows: a fold over statements by id, jumped from one record to the next."""
    standing, distinctive = r.pa * r.pat, r.ra * r.rat * r.pa * r.pat
    better = voted & ((r.pat > Z90) | ((r.ra > 1) & (r.pa > 0.5)))
    best = None
    while better.any():
        best = int(np.argmax(better))
        metric = distinctive if r.ra[best] > 1 else standing
        better = voted & (metric > metric[best])
        better[: best + 1] = False
    return best


def _stance(j: int, agree: bool, counts: Int, r: Representativeness, statement_ids: Int) -> Stance:
    share, share_z, ratio, ratio_z = (r.pa, r.pat, r.ra, r.rat) if agree else (r.pd, r.pdt, r.rd, r.rdt)
    return Stance(
        statement=int(statement_ids[j]),
        stance="agree" if agree else "disagree",
        agree=int(counts[j, 0]),
        disagree=int(counts[j, 1]),
        seen=int(counts[j, 2]),
        share=float(share[j]),
        share_z=float(share_z[j]),
        ratio=float(ratio[j]),
        ratio_z=float(ratio_z[j]),
    )


def consensus(totals: Int, statement_ids: Int) -> dict[str, list[Stance]]:
    """Up to five statements nearly everybody agrees, and disagrees, with; totals [S, 3] (Polis, consensus-stats)."""
    pa, pat = smoothed(totals[:, 0], totals[:, 2]), proportion_test(totals[:, 0], totals[:, 2])
    pd, pdt = smoothed(totals[:, 1], totals[:, 2]), proportion_test(totals[:, 1], totals[:, 2])
    one = np.ones(len(totals))
    numbers = Representativeness(pa, pat, one, one * 0, pd, pdt, one, one * 0)
    lists: dict[str, list[Stance]] = {}
    for stance, share, test in (("agree", pa, pat), ("disagree", pd, pdt)):
        ranked = [int(j) for j in np.argsort(-share * test, kind="stable") if share[j] > 0.5 and test[j] > Z90]
        lists[stance] = [_stance(j, stance == "agree", totals, numbers, statement_ids) for j in ranked[:TOP]]
    return lists


def group_aware_consensus(counts: Int) -> tuple[Float, Float]:
    """Product over groups of the smoothed share that agrees, and its twin for disagreement, each [S] (Polis)."""
    seen = counts[..., 2]
    return smoothed(counts[..., 0], seen).prod(axis=0), smoothed(counts[..., 1], seen).prod(axis=0)


def divisiveness(counts: Int) -> tuple[Float, Int8]:
    """Largest difference between two groups' smoothed agreement [S] and that pair of groups [S, 2].

    0 and (-1, -1) where no pair differs significantly (two proportions, one-sided 90 %). The first of the pair agrees
    more.
    """
    most, pair = np.zeros(counts.shape[1]), np.full((counts.shape[1], 2), -1, np.int8)
    agree, seen = counts[..., 0], counts[..., 2]
    share = smoothed(agree, seen)
    for g, h in combinations(range(len(counts)), 2):
        difference = share[g] - share[h]
        z = two_proportions_test(agree[g], seen[g], agree[h], seen[h])
        wider = (np.abs(z) > Z90) & (np.abs(difference) > most)
        most = np.where(wider, np.abs(difference), most)
        pair[wider] = np.where((difference > 0)[wider, None], (g, h), (h, g))
    return most, pair


def weakest_agreement(counts: Int) -> Float:
    """Lower bound (one-sided 90 %) of the smoothed agreement of the group that agrees least [S]."""
    seen = counts[..., 2]
    share = smoothed(counts[..., 0], seen)
    return np.maximum(share - Z90 * np.sqrt(share * (1 - share) / (seen + 3)), 0).min(axis=0)


def priority(agree: Int | Float, disagree: Int | Float, seen: Int | Float, extremity: Float) -> Float:
    """How strongly each statement asks to be shown next (Polis, conversation.clj, importance-metric, priority-metric).

    Draw the next statement with probability proportional to it. `seen` counts passes too; works on live counts.
    """
    agreed, passed = np.asarray(agree), np.asarray(seen) - agree - disagree
    share, passes = (agreed + 1) / (np.asarray(seen) + 2), (passed + 1) / (np.asarray(seen) + 2)
    importance = (1 - passes) * (np.asarray(extremity) + 1) * share
    return (importance * (1 + 8 * 2.0 ** (-np.asarray(seen) / 5))) ** 2
