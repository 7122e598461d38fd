"""From votes to a map, with the previous map as memory."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import clustering, statistics
from .fits import Fit, fit_classic, fit_ideal, is_enough, predicted_bridging
from .maps import Map
from .votes import Bool, Float, Int, Int8, Votes

Engine = Literal["classic", "ideal"]
Groups = Mapping[int, int] | npt.NDArray[np.integer]

ENGINE_VERSION = "1"
VOTES_NEEDED = 7  # to be in a group, or a vote on every statement (Polis, conversation.clj, in-conv)
FEW = 15  # below this many people the most active ones fill the map up


def analyse(
    votes: Votes,
    engine: Engine = "classic",
    previous: Map | None = None,
    *,
    groups: Groups | None = None,
    smallest: int = clustering.SMALLEST_PEOPLE,
) -> Map:
    """The map of the votes. `previous` keeps axes, centres, the number of groups and their labels steady.

    `groups` imposes the group of each participant instead, by id or in the order of `votes.participant_ids`, -1 or
    absent for none. No group is sought that has fewer than `smallest` people.

    The same votes and the same previous map give the same map, bit for bit, in whatever order they
    come. Never fails for want of votes: one group when nothing can be told apart. Raises ValueError for an engine
    that does not exist and for groups that do not match the votes.
    """
    if engine not in ("classic", "ideal"):
        raise ValueError(f"no such engine: {engine}")
    same = previous if previous is not None and previous.engine == engine else None
    fit = fit_classic(votes, same) if engine == "classic" else fit_ideal(votes, same)
    before = _groups_before(votes, previous)
    placed, needed = _placed(np.diff(votes.starts), fit.counted, int(fit.voted.sum()), before)
    fit.parameters |= {"votes_needed": needed, "statements_voted": int(fit.voted.sum())}
    if groups is not None:
        label = _imposed(votes, groups)
        return _map(votes, engine, fit, _centred_on(fit.positions, label), label)
    memory = clustering.Grouping(same.centres, same.k_wanted, same.k_agreeing) if same else None
    grouping = clustering.group(fit.positions[placed], fit.weights[placed], memory, smallest)
    label = np.full(len(placed), -1, np.int8)
    label[placed] = clustering.nearest(fit.positions[placed], grouping.centres)
    numbers = _numbers(grouping, label, before, previous)
    label[placed] = numbers[label[placed]]
    grouping.centres = grouping.centres[np.argsort(numbers)]
    return _map(votes, engine, fit, grouping, label)


def _map(votes: Votes, engine: Engine, fit: Fit, grouping: clustering.Grouping, label: Int8) -> Map:
    counts, totals = statistics.count(votes, label, grouping.k)
    gac, twin = statistics.group_aware_consensus(counts)
    most, pair = statistics.divisiveness(counts)
    agree, disagree, seen = counts.sum(axis=0).T  # of people in groups, as Polis routes
    order = np.argsort(votes.participant_ids)
    return Map(
        engine=engine,
        parameters={
            "version": ENGINE_VERSION,
            "k_range": list(clustering.K_RANGE),
            "k_patience": clustering.PATIENCE,
            "grouping_seed": clustering.SEED,
            **fit.parameters,
        },
        participant_ids=votes.participant_ids[order],
        positions=fit.positions[order].astype(np.float32),
        certainty=fit.certainty[order].astype(np.float32),
        agreeableness=fit.agreeableness[order].astype(np.float32),
        group=label[order],
        k_wanted=grouping.k_wanted,
        k_agreeing=grouping.k_agreeing,
        centres=grouping.centres,
        statement_ids=votes.statement_ids,
        agree=totals[:, 0],
        disagree=totals[:, 1],
        passed=totals[:, 2] - totals[:, 0] - totals[:, 1],
        group_counts=counts,
        loadings=fit.loadings,
        intercept=fit.intercept,
        extremity=fit.extremity,
        consensus=gac,
        consensus_root=gac ** (1 / grouping.k),
        consensus_disagree=twin,
        divisiveness=most,
        divided=pair,
        bridging=(
            statistics.weakest_agreement(counts)
            if engine == "classic"
            else predicted_bridging(fit, np.flatnonzero(label >= 0), totals)
        ),
        priority=statistics.priority(agree, disagree, seen, fit.extremity),
        representative=statistics.representative(counts, votes.statement_ids),
        consensus_lists=statistics.consensus(totals, votes.statement_ids),
    )


def _placed(seen: Int, counted: Int, statements: int, before: Int8) -> tuple[Bool, int]:
    """Who is in a group, and how many votes that takes; once in, always in (Polis, conversation.clj, in-conv).

    Where passes say nothing of the position, half of those votes must not be passes.
    """
    needed = max(min(VOTES_NEEDED, statements), 1)
    placed = is_enough(seen, counted, needed) | ((before >= 0) & (counted > 0))
    if placed.sum() < FEW:
        active = np.argsort(-counted, kind="stable")[:FEW]
        placed[active] = counted[active] > 0
        needed = int(seen[placed].min(initial=needed))
    return placed, needed


def _numbers(grouping: clustering.Grouping, label: Int8, before: Int8, previous: Map | None) -> Int:
    """The number each group is to have: the one it had, or without a previous map the larger the lower."""
    if previous is not None:
        return clustering.relabel(label, grouping.k, before, previous.k)
    sizes = np.bincount(label[label >= 0], minlength=grouping.k)
    return np.argsort(np.lexsort((grouping.centres[:, 1], grouping.centres[:, 0], -sizes)))


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


def _centred_on(positions: Float, label: Int8) -> clustering.Grouping:
    """Imposed groups, each centred on its people."""
    k = max(int(label.max(initial=-1)) + 1, 1)
    inside = label >= 0
    sizes = np.maximum(np.bincount(label[inside], minlength=k), 1)
    sums = [np.bincount(label[inside], positions[inside, axis], minlength=k) for axis in (0, 1)]
    return clustering.Grouping(np.column_stack(sums) / sizes[:, None], k, 0)
