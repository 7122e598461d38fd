"""The ideal-point map: logit P(agree) = a_j + b_p + w_j · z_p, so that how readily someone agrees is not an opinion.

Variational EM with the Pólya-Gamma bound (Jaakkola, Jordan 2000; Polson, Scott, Windle 2013; Imai, Lo, Olmsted 2016).
Passes say nothing here. A logit is the product of two vectors, (a, 1, w1, w2) of the statement and (1, b, z1, z2) of
the participant, each with one constant; what a vote needs of either is its mean and its ten second moments.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from .votes import Float, Float32, Votes

SAMPLE = 20_000  # participants that statements are fitted on; everybody is scored
ROUNDS_COLD, ROUNDS_WARM, ROUNDS_SCORE = 40, 4, 8
SEED = 20_240_919
_BLOCK = 1 << 20  # votes at a time, which bounds the memory of a round
_SPREADS = (1.0, 0.3, 0.5)  # first guess of the variances of intercepts, agreeableness and loadings
_I, _K = np.array([(0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)]).T
_STUBBORN = 5
_TWICE = np.where(_I == _K, 1.0, 2.0)
_STATEMENT, _PERSON = (1, [0, 2, 3]), (0, [1, 2, 3])  # the constant coordinate, and the free ones


class Beliefs(NamedTuple):
    """Gaussian beliefs about one side: means [n, 4] and covariances [n, 4, 4], zero for the constant."""

    mean: Float
    covariance: Float

    def moments(self) -> Float:
        """E[u_i u_k] of the ten pairs [n, 10]."""
        return self.mean[:, _I] * self.mean[:, _K] + self.covariance[:, _I, _K]


class Model(NamedTuple):
    """The fitted statements, and the variance of agreeableness among people."""

    intercept: Float  # [S]
    loadings: Float  # [S, 2]
    spread: float

    def beliefs(self) -> Beliefs:
        ones = np.ones(len(self.intercept))
        return Beliefs(np.column_stack((self.intercept, ones, self.loadings)), np.zeros((len(ones), 4, 4)))


def fit(votes: Votes, previous: Model | None = None, rounds: int | None = None) -> Model:
    """The statements' parameters from votes without passes; `previous` has NaN where a statement is new.

    The scale of z is set by its prior, variance 1. Rotation is left as it falls: see `turn`.
    """
    spreads = np.array(_SPREADS)
    if previous is not None:
        spreads[1] = previous.spread
    statements = _start(votes, previous)
    data = np.full(len(votes.value), 0.25, np.float32)
    kappa = votes.matrix(votes.value.astype(np.float32) / 2)
    people = _unknown(votes.shape[0], _PERSON, (spreads[1], 1, 1))
    for _ in range(rounds or (ROUNDS_WARM if previous else ROUNDS_COLD)):
        for _ in range(2):
            people = _believe(votes.matrix(data), kappa, statements, _PERSON, (spreads[1], 1, 1))
            data = _weights(votes, statements, people)
        statements = _believe(votes.matrix(data).T, kappa.T, people, _STATEMENT, (spreads[0], spreads[2], spreads[2]))
        data = _weights(votes, statements, people)
        spreads = _spreads(votes, statements, people)
    return Model(statements.mean[:, 0], statements.mean[:, 2:], float(spreads[1]))


def score(model: Model, votes: Votes) -> Beliefs:
    """What the votes (without passes) of each participant say of (1, b, z1, z2), the statements being given."""
    statements, prior = model.beliefs(), (model.spread, 1.0, 1.0)
    data = np.full(len(votes.value), 0.25, np.float32)
    kappa = votes.matrix(votes.value.astype(np.float32) / 2)
    people = _believe(votes.matrix(data), kappa, statements, _PERSON, prior)
    for _ in range(ROUNDS_SCORE):
        data = _weights(votes, statements, people)
        people = _believe(votes.matrix(data), kappa, statements, _PERSON, prior)
    return people


def turn(loadings: Float, positions: Float, previous: Float | None) -> Float:
    """The rotation [2, 2] of loadings [S, 2] that lies nearest the previous ones, else along the widest spread first.

    The model is the same however it is turned or mirrored.
    """
    if previous is not None and previous.any():
        left, _, right = np.linalg.svd(loadings.T @ previous)
        return left @ right
    _, axes = np.linalg.eigh(positions.T @ positions)
    axes = axes[:, ::-1]
    signs = np.sign(((loadings @ axes) ** 3).sum(axis=0))
    return axes * np.where(signs == 0, 1, signs)


def prior(model: Model, n: int) -> Beliefs:
    """What is believed of n people without votes."""
    return _unknown(n, _PERSON, (model.spread, 1, 1))


def _believe(weights: sparse.sparray, kappa: sparse.sparray, other: Beliefs, side, spreads) -> Beliefs:
    constant, free = side
    moments = np.zeros((len(other.mean), 4, 4), np.float32)
    moments[:, _I, _K] = moments[:, _K, _I] = other.moments()
    pairs = [(free[i], free[k]) for i in range(3) for k in range(i, 3)] + [(constant, i) for i in free]
    sums = weights @ np.ascontiguousarray(np.stack([moments[:, i, k] for i, k in pairs], axis=1))
    pull = kappa @ np.ascontiguousarray(other.mean[:, free].astype(np.float32)) - sums[:, 6:]
    precision = np.empty((len(sums), 3, 3))
    upper = np.triu_indices(3)
    precision[:, upper[0], upper[1]] = precision[:, upper[1], upper[0]] = sums[:, :6]
    precision += np.diag(1 / np.asarray(spreads))
    result = _unknown(len(sums), side, spreads)
    covariance = np.linalg.inv(precision)
    result.covariance[np.ix_(range(len(sums)), free, free)] = covariance
    result.mean[:, free] = np.einsum("nij,nj->ni", covariance, pull)
    return result


def _unknown(n: int, side, spreads) -> Beliefs:
    constant, free = side
    mean, covariance = np.zeros((n, 4)), np.zeros((n, 4, 4))
    mean[:, constant] = 1
    covariance[:, free, free] = spreads
    return Beliefs(mean, covariance)


def _weights(votes: Votes, statements: Beliefs, people: Beliefs) -> Float32:
    """E[omega] of each vote: tanh(c / 2) / 2c at the root mean square c of its logit."""
    ours, theirs = (statements.moments() * _TWICE).astype(np.float32), people.moments().astype(np.float32)
    weights = np.empty(len(votes.value), np.float32)
    for first in range(0, len(weights), _BLOCK):
        some = slice(first, first + _BLOCK)
        square = np.einsum("ni,ni->n", ours[votes.statement[some]], theirs[votes.participant[some]])
        c = np.sqrt(np.maximum(square, 1e-6))
        weights[some] = np.tanh(c / 2) / (2 * c)
    return weights


def _spreads(votes: Votes, statements: Beliefs, people: Beliefs) -> Float:
    """The variances that fit the beliefs, drawn towards the first guess as if by `_STUBBORN` more of each."""
    voted = np.bincount(votes.statement, minlength=votes.shape[1]) > 0
    there = np.diff(votes.starts) > 0
    s, p = statements.moments()[voted], people.moments()[there]
    sums = np.array([s[:, 0].sum(), p[:, 4].sum(), (s[:, 7].sum() + s[:, 9].sum()) / 2])
    sizes = np.array([len(s), len(p), len(s)])
    return (sums + _STUBBORN * np.array(_SPREADS)) / (sizes + _STUBBORN)


def _start(votes: Votes, previous: Model | None) -> Beliefs:
    n = votes.shape[1]
    seen = np.bincount(votes.statement, minlength=n)
    agree = np.bincount(votes.statement, votes.value > 0, minlength=n)
    share = (agree + 1) / (seen + 2)
    b = _unknown(n, _STATEMENT, (0, 0, 0))
    b.mean[:, 0] = np.log(share / (1 - share))
    if previous is not None:
        known = ~np.isnan(previous.intercept)
        b.mean[known, 0] = previous.intercept[known]
        b.mean[known, 2:] = previous.loadings[known]
        return b
    from .classic import _leading

    ncount = np.maximum(np.diff(votes.starts), 1)
    res = votes.value - (2 * share - 1)[votes.statement]
    pm = np.bincount(votes.participant, res, minlength=votes.shape[0]) / (ncount + 3)
    res = res - pm[votes.participant]
    L = _leading(votes.matrix(res), None)
    b.mean[:, 2:] = L * np.sqrt(n) * 1.0
    return b
