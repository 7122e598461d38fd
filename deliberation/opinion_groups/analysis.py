"""From votes to a map, with the previous map as memory."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from . import classic, clustering, ideal, statistics
from .maps import Map
from .votes import Bool, Float, Int, Int8, Votes, find

Engine = Literal["classic", "ideal"]
Groups = Mapping[int, int] | npt.NDArray[np.integer]

ENGINE_VERSION = "1"
VOTES_NEEDED = 7  # to be in a group, or a vote on every statement (Polis, conversation.clj, in-conv)
FEW = 15  # below this many people the most active ones fill the map up
_JURY = 500  # people whose predicted agreement stands for everybody's


def analyse(
    votes: Votes, engine: Engine = "classic", previous: Map | None = None, *, groups: Groups | None = None
) -> Map:
    """The map of the votes. `previous` keeps axes, centres, the number of groups and their labels steady.

    `groups` imposes the group of each participant instead, by id or in the order of `votes.participant_ids`, -1 or
    absent for none. The same votes and the same previous map give the same map, bit for bit, in whatever order they
    come. Never fails for want of votes: one group when nothing can be told apart.
    """
    if engine not in ("classic", "ideal"):
        raise ValueError(f"no such engine: {engine}")
    same = previous if previous is not None and previous.engine == engine else None
    fitted = _classic(votes, same) if engine == "classic" else _ideal(votes, same)
    before = _groups_before(votes, previous)
    placed, needed = _placed(fitted["counted"], int(fitted["voted"].sum()), before)
    if groups is not None:
        label = _imposed(votes, groups)
        grouping = _means(fitted["positions"], label)
    else:
        memory = clustering.Grouping(same.centres, same.k_wanted, same.k_agreeing) if same else None
        grouping, label = _group(fitted, placed, memory, before, previous)
    fitted["parameters"] |= {"votes_needed": needed}
    return _map(votes, engine, fitted, grouping, label)


def _classic(votes: Votes, previous: Map | None) -> dict[str, Any]:
    components, positions = classic.fit(votes, _carried(votes, previous, "loadings"))
    seen = np.diff(votes.starts)
    voted = np.bincount(votes.statement, minlength=votes.shape[1]) > 0
    return {
        "positions": positions,
        "certainty": classic.certainty(seen),
        "agreeableness": np.zeros(len(seen)),
        "counted": seen,
        "weights": np.ones(len(seen)),
        "voted": voted,
        "loadings": components.loadings,
        "intercept": components.mean,
        "extremity": classic.extremity(components.mean, components.loadings, int(voted.sum())),
        "parameters": {"seeds": [classic.SEED, clustering.SEED]},
    }


def _ideal(votes: Votes, previous: Map | None) -> dict[str, Any]:
    opinions = votes.without_passes()
    warm = None
    if previous is not None:
        intercept = _carried(votes, previous, "intercept", missing=np.nan)
        warm = ideal.Model(intercept, _carried(votes, previous, "loadings"), previous.parameters["spread"])
    model = ideal.fit(opinions.slice(0, ideal.SAMPLE), warm)
    people = ideal.score(model, opinions)
    counted = np.diff(opinions.starts)
    before = None if previous is None else _carried(votes, previous, "loadings")
    turn = ideal.turn(model.loadings, people.mean[:, 2:], before)
    voted = np.bincount(votes.statement, minlength=votes.shape[1]) > 0
    loadings = model.loadings @ turn
    mean = np.bincount(votes.statement, votes.value, minlength=votes.shape[1]) / np.maximum(
        np.bincount(votes.statement, minlength=votes.shape[1]), 1
    )
    length = np.sqrt((loadings**2).sum(axis=0))
    sure = np.clip(1 - np.trace(people.covariance[:, 2:, 2:], axis1=1, axis2=2) / 2, 0, 1)
    return {
        "positions": people.mean[:, 2:] @ turn,
        "certainty": sure,
        "agreeableness": people.mean[:, 1],
        "counted": counted,
        "weights": np.maximum(sure, 0.01),
        "voted": voted,
        "loadings": loadings,
        "intercept": model.intercept,
        "extremity": classic.extremity(mean, loadings / np.where(length > 0, length, 1), int(voted.sum())),
        "parameters": {"seeds": [classic.SEED, clustering.SEED], "spread": model.spread, "sample": ideal.SAMPLE},
    }


def _group(
    fitted: dict[str, Any], placed: Bool, memory: clustering.Grouping | None, before: Int8, previous: Map | None
) -> tuple[clustering.Grouping, Int8]:
    positions = fitted["positions"]
    grouping = clustering.group(positions[placed], fitted["weights"][placed], memory)
    label = np.full(len(positions), -1, np.int8)
    label[placed] = clustering.nearest(positions[placed], grouping.centres)
    if previous is not None:
        numbers = clustering.relabel(label, grouping.k, before, previous.k)
    else:
        sizes = np.bincount(label[placed], minlength=grouping.k)
        numbers = np.argsort(np.lexsort((grouping.centres[:, 0], -sizes)))
    label[placed] = numbers[label[placed]]
    grouping.centres = grouping.centres[np.argsort(numbers)]
    return grouping, label


def _map(votes: Votes, engine: Engine, fitted: dict[str, Any], grouping: clustering.Grouping, label: Int8) -> Map:
    k = grouping.k
    counts, totals = statistics.count(votes, label, k)
    gac, twin = statistics.group_aware_consensus(counts)
    most, pair = statistics.divisiveness(counts)
    among = counts.sum(axis=0)
    order = np.argsort(votes.participant_ids)
    bridging = statistics.weakest_agreement(counts) if engine == "classic" else _bridging(fitted, label, totals)
    return Map(
        engine=engine,
        parameters={
            "version": ENGINE_VERSION,
            "statements_voted": int(fitted["voted"].sum()),
            "k_range": list(clustering.K_RANGE),
            **fitted["parameters"],
        },
        participant_ids=votes.participant_ids[order],
        positions=fitted["positions"][order].astype(np.float32),
        certainty=fitted["certainty"][order].astype(np.float32),
        agreeableness=fitted["agreeableness"][order].astype(np.float32),
        group=label[order],
        k_wanted=grouping.k_wanted,
        k_agreeing=grouping.k_agreeing,
        centres=grouping.centres,
        statement_ids=votes.statement_ids,
        agree=totals[:, 0],
        disagree=totals[:, 1],
        passed=totals[:, 2] - totals[:, 0] - totals[:, 1],
        group_counts=counts,
        loadings=fitted["loadings"],
        intercept=fitted["intercept"],
        extremity=fitted["extremity"],
        consensus=gac,
        consensus_root=gac ** (1 / k),
        consensus_disagree=twin,
        divisiveness=most,
        divided=pair,
        bridging=bridging,
        priority=statistics.priority(among[:, 0], among[:, 1], among[:, 2], fitted["extremity"]),
        representative=statistics.representative(counts, votes.statement_ids),
        consensus_lists=statistics.consensus(totals, votes.statement_ids),
    )


def _bridging(fitted: dict[str, Any], label: Int8, totals: Int) -> Float:
    """Predicted agreement of the tenth of people who agree least, times one less the (smoothed) share of passes."""
    jury = np.flatnonzero(label >= 0)[:_JURY]
    logits = fitted["intercept"] + fitted["agreeableness"][jury, None]
    logits = logits + fitted["positions"][jury] @ fitted["loadings"].T
    tenth = max(len(jury) // 10, 1)
    if not len(jury):
        logits = fitted["intercept"][None]
    lowest = np.partition(logits, tenth - 1, axis=0)[:tenth]
    passes = (totals[:, 2] - totals[:, 0] - totals[:, 1] + 1) / (totals[:, 2] + 2)
    return _sigmoid(lowest).mean(axis=0) * (1 - passes)


def _placed(counted: Int, statements: int, before: Int8) -> tuple[Bool, int]:
    """Who is in a group, and how many votes that takes; once in, always in (Polis, conversation.clj, in-conv)."""
    needed = min(VOTES_NEEDED, statements)
    placed = (counted > 0) & ((counted >= needed) | (before >= 0))
    if placed.sum() < FEW:
        active = np.argsort(-counted, kind="stable")[:FEW]
        placed[active] = counted[active] > 0
        needed = int(counted[placed].min(initial=needed))
    return placed, max(needed, 1)


def _carried(votes: Votes, previous: Map | None, name: str, missing: float = 0.0) -> Any:
    """An array per statement of the previous map, in the order of these votes; `missing` where it has none."""
    if previous is None:
        return None
    old = getattr(previous, name)
    at = find(previous.statement_ids, votes.statement_ids)
    new = np.full((len(at), *old.shape[1:]), missing)
    new[at >= 0] = old[at[at >= 0]]
    return new


def _groups_before(votes: Votes, previous: Map | None) -> Int8:
    before = np.full(len(votes.participant_ids), -1, np.int8)
    if previous is not None:
        at = previous.person(votes.participant_ids)
        before[at >= 0] = previous.group[at[at >= 0]]
    return before


def _imposed(votes: Votes, groups: Groups) -> Int8:
    if isinstance(groups, Mapping):
        return np.array([groups.get(i, -1) for i in votes.participant_ids.tolist()], np.int8)
    label = np.asarray(groups).astype(np.int8)
    if label.shape != votes.participant_ids.shape:
        raise ValueError("one group per participant of the votes")
    return label


def _means(positions: Float, label: Int8) -> clustering.Grouping:
    k = max(int(label.max(initial=-1)) + 1, 1)
    inside = label >= 0
    sizes = np.maximum(np.bincount(label[inside], minlength=k), 1)
    sums = [np.bincount(label[inside], positions[inside, axis], minlength=k) for axis in (0, 1)]
    return clustering.Grouping(np.column_stack(sums) / sizes[:, None], k, 0)


def place(map: Map, statement_ids: Any, values: Any) -> tuple[float, float, int, float]:
    """(x, y, group, certainty) of someone with these votes on a map that stays as it is.

    Statements the map does not know are left out; group is -1 with fewer votes than the map asks of its people.
    """
    visitor = Votes.of(np.zeros(len(statement_ids), np.int64), statement_ids, values, map.statement_ids)
    if map.engine == "ideal":
        visitor = visitor.without_passes()
    position, sure = np.zeros(2), 0.0
    if len(visitor.value) and map.engine == "classic":
        components = classic.Components(map.intercept, map.loadings)
        voted = map.parameters["statements_voted"]
        position, sure = classic.place(components, voted, visitor.statement, visitor.value)
    elif len(visitor.value):
        people = ideal.score(_model(map), visitor)
        position = people.mean[0, 2:]
        sure = float(np.clip(1 - np.trace(people.covariance[0, 2:, 2:]) / 2, 0, 1))
    enough = len(visitor.value) >= map.parameters["votes_needed"]
    group = int(clustering.nearest(position[None], map.centres)[0]) if enough else -1
    return float(position[0]), float(position[1]), group, sure


def predict(map: Map, votes: Votes, participant_ids: Any, statement_ids: Any) -> Float:
    """P(agree | agrees or disagrees) for each pair [n]; `votes` are what is known of the participants.

    Ideal: from the map's statements and each participant's votes. Classic: the rate of the participant's group, drawn
    towards everybody's. Unknown participants count as average, unknown statements as the average statement.
    """
    who, what = np.asarray(participant_ids, np.int64), find(map.statement_ids, statement_ids)
    return _predict_classic(map, who, what) if map.engine == "classic" else _predict_ideal(map, votes, who, what)


def _predict_classic(map: Map, who: Int, what: Int) -> Float:
    base = (map.agree.sum() + 1) / (map.agree.sum() + map.disagree.sum() + 2)
    rate = (map.agree + 2 * base) / (map.agree + map.disagree + 2)
    agree, disagree = map.group_counts[..., 0], map.group_counts[..., 1]
    by_group = np.concatenate(((agree + 2 * rate) / (agree + disagree + 2), rate[None]))  # -1: everybody
    by_group = np.column_stack((by_group, np.full(len(by_group), base)))
    at = map.person(who)
    group = np.append(map.group, -1)[at]
    return by_group[group, what]


def _predict_ideal(map: Map, votes: Votes, who: Int, what: Int) -> Float:
    wanted, at = np.unique(who, return_inverse=True)
    known = find(wanted, votes.participant_ids)
    rows = (known >= 0)[votes.participant]
    theirs = known[votes.participant[rows]]
    asked = Votes.of(theirs, votes.statement_ids[votes.statement[rows]], votes.value[rows], map.statement_ids)
    model = _model(map)
    people = ideal.score(model, asked.without_passes())
    mean, covariance = ideal.prior(model.spread, len(wanted))
    mean[asked.participant_ids], covariance[asked.participant_ids] = people
    base = float(model.intercept.mean()) if len(model.intercept) else 0.0
    statement = np.concatenate((model.beliefs().mean, [[base, 1, 0, 0]]))[what]  # the last one: unknown
    logit = (statement * mean[at]).sum(axis=1)
    variance = np.einsum("ni,nij,nj->n", statement, covariance[at], statement)
    return _sigmoid(logit / np.sqrt(1 + np.pi * variance / 8))  # MacKay 1992


def _model(map: Map) -> ideal.Model:
    return ideal.Model(map.intercept, map.loadings, map.parameters["spread"])


def _sigmoid(logit: Float) -> Float:
    return 0.5 + 0.5 * np.tanh(logit / 2)
