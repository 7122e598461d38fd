"""The ideal-point map: logit P(agree) = a_j + b_p + w_j · z_p, so that how readily someone agrees is not an opinion.

Variational EM with the Pólya-Gamma bound (Jaakkola, Jordan 2000; Polson, Scott, Windle 2013; Imai, Lo, Olmsted 2016).
Passes say nothing here. A logit is the product of two vectors, (a, 1, w1, w2) of the statement and (1, b, z1, z2) of
the participant, each with one constant; what a vote needs of either is its mean and its ten second moments.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from .classic import leading
from .votes import Bool, Float, Float32, Votes

SAMPLE = 20_000  # participants that statements are fitted on; everybody is scored
ROUNDS_COLD, ROUNDS_WARM, ROUNDS_SCORE = 40, 2, 5
_VOTES = 1 << 14  # votes at a time: their moments fit into the cache
_PEOPLE = 1 << 16  # participants scored at a time
_GUESS = 0.3  # variance of agreeableness before anything is known
_GUESSES = np.array([1.0, 0.5, 0.5])  # of intercepts and loadings
_STUBBORN = 5
_I, _K = np.array([(0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)]).T
_TWICE = np.where(_I == _K, 1.0, 2.0)


class Beliefs(NamedTuple):
    """Gaussian beliefs about one side: means [n, 4] and covariances [n, 4, 4], zero for the constant."""

    mean: Float
    covariance: Float

    def moments(self) -> Float:
        """E[u_i u_k] of the ten pairs [n, 10]."""
        return self.mean[:, _I] * self.mean[:, _K] + self.covariance[:, _I, _K]


class Prior(NamedTuple):
    """What is expected of one side: the constant coordinate, the three free ones, their mean and variance [3]."""

    constant: int
    free: list[int]
    mean: Float
    variance: Float


class Expected(NamedTuple):
    """The priors of both sides."""

    statements: Prior
    people: Prior


class Model(NamedTuple):
    """The fitted statements, and the variance of agreeableness among people."""

    intercept: Float  # [S]
    loadings: Float  # [S, 2]
    spread: float

    def beliefs(self) -> Beliefs:
        ones = np.ones(len(self.intercept))
        return Beliefs(np.column_stack((self.intercept, ones, self.loadings)), np.zeros((len(ones), 4, 4)))


def fit(votes: Votes, previous: Model | None = None) -> Model:
    """The statements' parameters from votes without passes; `previous` has NaN where a statement is new.

    The scale of z is set by its prior, variance 1. Rotation is left as it falls: see `turn`.
    """
    data, kappa = np.full(len(votes.value), 0.25, np.float32), _kappa(votes)
    there = np.diff(votes.starts) > 0
    people = prior(_GUESS if previous is None else previous.spread, votes.shape[0])
    statements = _start(votes, previous)
    expected = _expected(votes, statements, people)
    for _ in range(ROUNDS_WARM if previous else ROUNDS_COLD):
        people = _believe(votes.matrix(data), kappa, statements, expected.people)
        data = _weights(votes, statements, people)
        statements = _believe(votes.matrix(data).T, kappa.T, people, expected.statements)
        people, statements = _standardise(people, statements, there)
        data = _weights(votes, statements, people)
        expected = _expected(votes, statements, people)
    return Model(statements.mean[:, 0], statements.mean[:, 2:], float(expected.people.variance[0]))


def score(model: Model, votes: Votes) -> Beliefs:
    """What the votes (without passes) of each participant say of (1, b, z1, z2), the statements being given.

    Always from the same start and for as many rounds, so that a visitor is placed where the map would have them.
    """
    parts = []
    for first in range(0, votes.shape[0], _PEOPLE):
        parts.append(_score(model, votes.slice(first, first + _PEOPLE)))
    if not parts:
        return prior(model.spread, 0)
    return Beliefs(np.concatenate([p.mean for p in parts]), np.concatenate([p.covariance for p in parts]))


def _score(model: Model, votes: Votes) -> Beliefs:
    statements, people = model.beliefs(), prior(model.spread, votes.shape[0])
    kappa, before = _kappa(votes), _person(model.spread)
    for _ in range(ROUNDS_SCORE):
        data = _weights(votes, statements, people)
        people = _believe(votes.matrix(data), kappa, statements, before)
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


def prior(spread: float, n: int) -> Beliefs:
    """What is believed of n people without votes, who differ in agreeableness by a variance of `spread`."""
    return _unknown(n, _person(spread))


def _person(spread: float) -> Prior:
    return Prior(0, [1, 2, 3], np.zeros(3), np.array([spread, 1.0, 1.0]))


def _kappa(votes: Votes) -> sparse.csr_array:
    return votes.matrix(votes.value.astype(np.float32) / 2)


def _unknown(n: int, before: Prior) -> Beliefs:
    mean, covariance = np.zeros((n, 4)), np.zeros((n, 4, 4))
    mean[:, before.constant] = 1
    mean[:, before.free] = before.mean
    covariance[:, before.free, before.free] = before.variance
    return Beliefs(mean, covariance)


def _believe(weights: sparse.sparray, kappa: sparse.sparray, other: Beliefs, before: Prior) -> Beliefs:
    """The beliefs about one side that follow from the other: a weighted ridge regression per row."""
    constant, free = before.constant, before.free
    moments = np.empty((len(other.mean), 4, 4), np.float32)
    moments[:, _I, _K] = moments[:, _K, _I] = other.moments()
    i, k = np.triu_indices(3)
    columns = np.take(free, i).tolist() + [constant] * 3, np.take(free, k).tolist() + free
    sums = weights @ np.ascontiguousarray(moments[:, columns[0], columns[1]])
    pull = kappa @ np.ascontiguousarray(other.mean[:, free].astype(np.float32)) - sums[:, 6:]
    precision = np.empty((len(sums), 3, 3))
    precision[:, i, k] = precision[:, k, i] = sums[:, :6]
    precision += np.diag(1 / before.variance)
    beliefs = _unknown(len(sums), before)
    inverse = np.linalg.inv(precision)
    for a, row in enumerate(free):
        beliefs.covariance[:, row, free] = inverse[:, a]
    beliefs.mean[:, free] = np.einsum("nij,nj->ni", inverse, pull + before.mean / before.variance)
    return beliefs


def _weights(votes: Votes, statements: Beliefs, people: Beliefs) -> Float32:
    """E[omega] of each vote: tanh(c / 2) / 2c at the root mean square c of its logit."""
    ours, theirs = (statements.moments() * _TWICE).astype(np.float32), people.moments().astype(np.float32)
    weights = np.empty(len(votes.value), np.float32)
    for first in range(0, len(weights), _VOTES):
        some = slice(first, first + _VOTES)
        square = np.einsum("ni,ni->n", ours[votes.statement[some]], theirs[votes.participant[some]])
        c = np.sqrt(np.maximum(square, 1e-6))
        weights[some] = np.tanh(c / 2) / (2 * c)
    return weights


def _standardise(people: Beliefs, statements: Beliefs, there: Bool) -> tuple[Beliefs, Beliefs]:
    """The same logits with b and z centred on the people who are `there`, and z of variance 1 over both axes.

    Parameter expansion (Liu, Rubin, Wu 1998): without it the scale creeps from one warm start to the next.
    """
    if not there.any():
        return people, statements
    second = people.moments()[there].mean(axis=0)  # 1, b, z1, z2, bb, bz1, bz2, z1z1, z1z2, z2z2
    scale = np.sqrt((second[7] - second[2] ** 2 + second[9] - second[3] ** 2) / 2)
    turn = np.diag([1, 1, 1 / scale, 1 / scale])
    turn[1:, 0] = -second[1:4] * np.diag(turn)[1:]
    back = np.linalg.inv(turn).T
    return _transform(people, turn), _transform(statements, back)


def _transform(beliefs: Beliefs, matrix: Float) -> Beliefs:
    return Beliefs(beliefs.mean @ matrix.T, matrix @ beliefs.covariance @ matrix.T)


def _expected(votes: Votes, statements: Beliefs, people: Beliefs) -> Expected:
    """The priors that fit the beliefs, their variances drawn towards the guess as if by `_STUBBORN` more of each."""
    voted = np.bincount(votes.statement, minlength=votes.shape[1]) > 0
    there = np.diff(votes.starts) > 0
    people_b = people.moments()[there, 4]
    spread = (people_b.sum() + _STUBBORN * _GUESS) / (len(people_b) + _STUBBORN)
    mean, free = statements.mean[voted][:, [0, 2, 3]], [0, 2, 3]
    centre = mean.sum(axis=0) / max(len(mean), 1)
    squares = ((mean - centre) ** 2 + statements.covariance[voted][:, free, free]).sum(axis=0)
    squares[1:] = squares[1:].mean()  # one variance for both axes: neither may wither while the other grows
    variance = (squares + _STUBBORN * _GUESSES) / (len(mean) + _STUBBORN)
    variance[1:] = np.maximum(variance[1:], _GUESSES[1:])  # where votes are few, both would wither together
    return Expected(Prior(1, free, centre, variance), _person(float(spread)))


def _start(votes: Votes, previous: Model | None) -> Beliefs:
    """Statements to begin with: as they were, or the principal components of what agreeableness leaves over."""
    people, n = votes.shape
    seen = np.bincount(votes.statement, minlength=n)
    share = (np.bincount(votes.statement, votes.value > 0, minlength=n) + 1) / (seen + 2)
    beliefs = _unknown(n, Prior(1, [0, 2, 3], np.zeros(3), np.full(3, 0.0)))
    beliefs.mean[:, 0] = np.log(share / (1 - share))
    if previous is None:
        rest = votes.value - (2 * share - 1)[votes.statement]
        lean = np.bincount(votes.participant, rest, minlength=people) / (np.diff(votes.starts) + 3)
        beliefs.mean[:, 2:] = leading(votes.matrix(rest - lean[votes.participant])) * np.sqrt(n)
    else:
        known = ~np.isnan(previous.intercept)
        beliefs.mean[known, 0] = previous.intercept[known]
        beliefs.mean[known, 2:] = previous.loadings[known]
    return beliefs
