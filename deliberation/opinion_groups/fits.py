"""Both engines under one form: positions of people and what the votes say of statements, before any grouping."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import classic, ideal
from .maps import Map
from .votes import Bool, Float, Int, Votes, find

_JURY = 500  # people whose predicted agreement stands for everybody's
_LEAST_WEIGHT = 0.01  # of somebody whose position is unknown, so that a group never weighs nothing


@dataclass
class Fit:
    """P participants in the order of the votes, S statements."""

    positions: Float  # [P, 2]
    certainty: Float  # [P], 0..1
    agreeableness: Float  # [P], logit
    counted: Int  # [P], votes that say something about the position
    weights: Float  # [P], in the search for groups
    voted: Bool  # [S], statements with a vote
    loadings: Float  # [S, 2]
    intercept: Float  # [S]
    extremity: Float  # [S]
    parameters: dict[str, Any]


def fit_classic(votes: Votes, previous: Map | None) -> Fit:
    components, positions = classic.fit(votes, _carried(votes, previous, "loadings", 0))
    seen, voted = np.diff(votes.starts), _voted(votes)
    return Fit(
        positions=positions,
        certainty=classic.certainty(seen),
        agreeableness=np.zeros(len(seen)),
        counted=seen,
        weights=np.ones(len(seen)),
        voted=voted,
        loadings=components.loadings,
        intercept=components.mean,
        extremity=classic.extremity(components.mean, components.loadings, int(voted.sum())),
        parameters={"seed": classic.SEED},
    )


def fit_ideal(votes: Votes, previous: Map | None) -> Fit:
    opinions, before = votes.without_passes(), _carried(votes, previous, "loadings", 0)
    warm = None
    if previous is not None and before is not None:
        intercept = _carried(votes, previous, "intercept", np.nan)
        warm = ideal.Model(intercept, before, previous.parameters["spread"])
    model = ideal.fit(opinions.slice(0, ideal.SAMPLE), warm)
    people = ideal.score(model, opinions)
    turn = ideal.turn(model.loadings, people.mean[:, 2:], before)
    loadings, voted = model.loadings @ turn, _voted(votes)
    length = np.sqrt((loadings**2).sum(axis=0))
    unit = loadings / np.where(length > 0, length, 1)  # as long as principal components, so that E is comparable
    sure = certainty(people)
    return Fit(
        positions=people.mean[:, 2:] @ turn,
        certainty=sure,
        agreeableness=people.mean[:, 1],
        counted=np.diff(opinions.starts),
        weights=np.maximum(sure, _LEAST_WEIGHT),
        voted=voted,
        loadings=loadings,
        intercept=model.intercept,
        extremity=classic.extremity(classic.mean_votes(votes), unit, int(voted.sum())),
        parameters={"seed": classic.SEED, "spread": model.spread, "sample": ideal.SAMPLE},
    )


def certainty(people: ideal.Beliefs) -> Float:
    """Share of the prior variance of z that the votes have taken away [P]."""
    return np.clip(1 - np.trace(people.covariance[:, 2:, 2:], axis1=1, axis2=2) / 2, 0, 1)


def is_enough(seen: Int, counted: Int, needed: int) -> Bool:
    """Whether `seen` votes, `counted` of which tell a position, are enough to be in a group."""
    return (seen >= needed) & (2 * counted >= needed)


def predicted_bridging(fit: Fit, placed: Int, totals: Int) -> Float:
    """Predicted agreement of the tenth of people who agree least, times one less the smoothed share of passes [S].

    `placed` are indices of people on the map; the first few stand for all.
    """
    jury = placed[:_JURY]
    logits = fit.intercept + fit.agreeableness[jury, None] + fit.positions[jury] @ fit.loadings.T
    if not len(jury):
        logits = fit.intercept[None]
    tenth = max(len(logits) // 10, 1)
    lowest = np.partition(logits, tenth - 1, axis=0)[:tenth]
    passes = (totals[:, 2] - totals[:, 0] - totals[:, 1] + 1) / (totals[:, 2] + 2)
    return sigmoid(lowest).mean(axis=0) * (1 - passes)


def sigmoid(logit: Float) -> Float:
    return 0.5 + 0.5 * np.tanh(logit / 2)  # exp would overflow


def _voted(votes: Votes) -> Bool:
    return np.bincount(votes.statement, minlength=votes.shape[1]) > 0


def _carried(votes: Votes, previous: Map | None, name: str, missing: float) -> Any:
    """An array per statement of the previous map, in the order of these votes; `missing` where it has none."""
    if previous is None:
        return None
    old = getattr(previous, name)
    at = find(previous.statement_ids, votes.statement_ids)
    new = np.full((len(at), *old.shape[1:]), missing, np.float64)
    new[at >= 0] = old[at[at >= 0]]
    return new
