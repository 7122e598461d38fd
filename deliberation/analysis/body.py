"""What of a map may be published, as JSON: small groups, and what would give them away, are left out here already."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..opinion_groups import Map, Votes, statistics
from ..opinion_groups.votes import find

MARKS = 420  # on the picture, at the most: it stays below 30 kB
SURE_STEPS = 4


def statement_key(ref: str) -> str:
    """Where a statement is found in `statements`; a bare number would be taken for the place in a list."""
    return f"s:{ref}"


def body_of(found: Map, refs: Mapping[int, str], threshold: int) -> dict[str, Any]:
    """The body of an OpinionMap (see `results` for what its parts become on screen)."""
    sizes = np.bincount(found.group[found.group >= 0], minlength=found.k)
    shown = bool(found.k and sizes.min() >= threshold)
    # Who voted too little to be in a group is a rest that can be computed; being in it tells no opinion (ADR 0008).
    tabled = np.logical_and((found.group_counts[..., 2] >= threshold).all(axis=0), shown)
    totals = np.column_stack((found.agree, found.disagree, found.passed))
    named = [refs.get(pk, "") for pk in found.statement_ids.tolist()]
    return {
        "threshold": threshold,
        "parameters": found.parameters,
        "votes": int(totals.sum()),
        "unplaced": int((found.group < 0).sum()),
        "k": found.k,
        "groups": _groups(found, sizes, tabled, named) if shown else None,
        "statements": {
            statement_key(ref): _statement(found, j, totals[j], bool(tabled[j]), threshold)
            for j, ref in enumerate(named)
            if ref
        },
        "extremities": {ref: round(float(e), 5) for ref, e in zip(named, found.extremity, strict=True) if ref},
        "picture": _picture(found) if shown else None,
        "placing": _placing(found),
    }


def _statement(found: Map, j: int, totals: npt.NDArray[np.int64], tabled: bool, threshold: int) -> dict[str, Any]:
    votes = int(totals.sum())
    one: dict[str, Any] = {"votes": votes, "counts": totals.tolist() if votes >= threshold else None, "groups": None}
    if not tabled:  # what is computed from small numbers would give them back
        return one
    counts = found.group_counts[:, j]
    pair = found.divided[j].tolist()
    return one | {
        "groups": [[int(a), int(d), int(s - a - d)] for a, d, s in counts],
        "consensus": _round(found.consensus[j]),
        "consensus_disagree": _round(found.consensus_disagree[j]),
        "bridging": _round(found.bridging[j]),
        "divisiveness": _round(found.divisiveness[j]),
        "pair": pair if pair[0] >= 0 else None,
    }


def _groups(
    found: Map, sizes: npt.NDArray[np.int64], tabled: npt.NDArray[np.bool_], named: list[str]
) -> list[dict[str, Any]]:
    at = np.flatnonzero(tabled)
    counts = found.group_counts[:, at]
    chosen = statistics.representative(counts, at) if found.k > 1 else [[] for _size in sizes]
    groups = []
    for g, size in enumerate(sizes):
        stances = [_stance(counts, g, at, stance, named) for stance in chosen[g]]
        telling = [s for s in stances if s["share"] > s["elsewhere"]]
        groups.append({"size": int(size), "representative": telling})
    return groups


def _stance(
    counts: npt.NDArray[np.int64], g: int, at: npt.NDArray[np.intp], stance: Any, named: list[str]
) -> dict[str, Any]:
    """One statement a group stands out by: the share of those who say so in the group, and elsewhere."""
    j, kind = int(np.searchsorted(at, stance["statement"])), 0 if stance["stance"] == "agree" else 1
    said, seen = counts[:, j, kind], counts[:, j, 2]
    rest = max(int(seen.sum() - seen[g]), 1)
    return {
        "ref": named[stance["statement"]],
        "stance": stance["stance"],
        "share": _round(said[g] / max(seen[g], 1)),
        "elsewhere": _round((said.sum() - said[g]) / rest),
    }


def _picture(found: Map) -> dict[str, Any]:
    """People counted on a grid, as fine as MARKS allows: [column, row, group, people, how sure (1 to SURE_STEPS)]."""
    inside = found.group >= 0
    group, sure = found.group[inside], found.certainty[inside].astype(float)
    points = found.positions[inside].astype(float)
    low, high = np.quantile(points, 0.005, axis=0), np.quantile(points, 0.995, axis=0)
    middle, reach = (low + high) / 2, max(float((high - low).max()) / 2, 1e-6) * 1.04
    unit = np.clip((points - middle) / reach, -1, 1)  # who stands far out is drawn at the edge
    for columns in (40, 32, 26, 20, 16, 12, 8):
        cell = np.minimum(((unit + 1) / 2 * columns).astype(int), columns - 1)
        code = (cell[:, 1] * columns + cell[:, 0]) * found.k + group
        distinct, at = np.unique(code, return_inverse=True)
        if len(distinct) <= MARKS:
            break
    people = np.bincount(at)
    steps = np.clip(np.ceil(np.bincount(at, sure) / people * SURE_STEPS), 1, SURE_STEPS).astype(int)
    place = distinct // found.k
    marks = np.column_stack((place % columns, place // columns, distinct % found.k, people, steps))
    centres = [[_round(v) for v in unit[group == g].mean(axis=0)] for g in range(found.k)]
    return {
        "columns": columns,
        "middle": [_round(v) for v in middle],
        "reach": _round(reach),
        "marks": marks.tolist(),
        "centres": centres,
    }


def _placing(found: Map) -> dict[str, Any]:
    """What placing one more person takes (see `placeable`), so that nobody's place need be loaded for it."""
    return {
        "engine": found.engine,
        "ids": found.statement_ids.tolist(),
        "loadings": [[_round(v) for v in row] for row in found.loadings],
        "intercept": [_round(v) for v in found.intercept],
        "centres": [[_round(v) for v in row] for row in found.centres],
    }


def placeable(body: Mapping[str, Any]) -> Map:
    """The map of `body` without its people and figures: good for `opinion_groups.place` and nothing else."""
    stored, none = body["placing"], np.empty(0)
    S, k = len(stored["ids"]), len(stored["centres"])
    given = {
        "engine": stored["engine"],
        "parameters": body["parameters"],
        "statement_ids": np.array(stored["ids"], np.int64),
        "loadings": np.array(stored["loadings"], float).reshape(S, 2),
        "intercept": np.array(stored["intercept"], float),
        "centres": np.array(stored["centres"], float).reshape(k, 2),
    }
    return Map(**{name: given.get(name, none) for name in Map.__dataclass_fields__})  # type: ignore[arg-type]


def moved(previous: Map, votes: Votes) -> int:
    """How many votes came, went or changed since the previous map, at the least; a change counts twice."""
    size = len(votes.statement_ids)
    now = np.bincount(votes.statement.astype(np.int64) * 3 + votes.value + 1, minlength=size * 3).reshape(size, 3)
    before = np.column_stack((previous.disagree, previous.passed, previous.agree))
    at = find(previous.statement_ids, votes.statement_ids)
    old = np.where((at >= 0)[:, None], before[at], 0)
    gone = before.sum() - old.sum()  # on statements that are out now
    return int(np.abs(now - old).sum() + gone)


def _round(value: Any) -> float:
    return round(float(value), 5)
