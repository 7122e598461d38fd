"""The classic map: Polis' two principal components, on sparse votes and without chance."""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, eigsh

from .votes import Float, Int, Votes

SEED = 20_240_918
TOLERANCE = 1e-7  # of the eigenvalues, relative
_HALF_KNOWN = 7.0  # votes at which a position is half sure


class Components(NamedTuple):
    """What places a person: votes less `mean` [S], times `loadings` [S, 2]."""

    mean: Float
    loadings: Float


def fit(votes: Votes, previous: Float | None = None) -> tuple[Components, Float]:
    """The components and the position of every participant [P, 2].

    A cell not seen takes the mean of its statement, so after centring it is zero and the matrix stays sparse.
    `previous` are earlier loadings of the same statements [S, 2], zero for new ones: a start, and a direction to keep.
    """
    mean = mean_votes(votes)
    centred = votes.matrix(votes.value - mean[votes.statement])
    components = Components(mean, align(leading(centred, previous), previous))
    return components, position(components, votes, len(np.unique(votes.statement)))


def position(components: Components, votes: Votes, statements: int) -> Float:
    """Where the participants of the votes stand [P, 2] (Polis, sparsity-aware-project-ptpt).

    `statements` is how many statements had votes when the components were made.
    """
    centred = votes.matrix(votes.value - components.mean[votes.statement])
    scale = np.sqrt(statements / np.maximum(np.diff(votes.starts), 1))
    return np.asarray(centred @ components.loadings) * scale[:, None]


def mean_votes(votes: Votes) -> Float:
    """Mean vote per statement [S], passes being 0; 0 without votes."""
    seen = np.bincount(votes.statement, minlength=votes.shape[1])
    return np.bincount(votes.statement, votes.value, minlength=votes.shape[1]) / np.maximum(seen, 1)


def certainty(votes: Int) -> Float:
    """How sure a position is, from the number of votes: 0 with none, one half with seven."""
    return votes / (votes + _HALF_KNOWN)


def extremity(mean: Float, loadings: Float, statements: int) -> Float:
    """How far out an agreement with the statement alone would put someone (Polis, pca-project-cmnts)."""
    return np.sqrt(statements) * np.abs(1 - mean) * np.sqrt((loadings**2).sum(axis=1))


def align(loadings: Float, previous: Float | None) -> Float:
    """The same axes with the signs, and the order, that lie nearest to the previous loadings [S, 2].

    Without previous ones each axis points to where its heaviest loadings are.
    """
    if previous is None or not previous.any():
        signs = np.sign((loadings**3).sum(axis=0))
        return loadings * np.where(signs == 0, 1, signs)
    likeness = loadings.T @ previous
    if abs(likeness[0, 1] * likeness[1, 0]) > abs(likeness[0, 0] * likeness[1, 1]):
        loadings, likeness = loadings[:, ::-1], likeness[::-1]
    signs = np.sign(np.diag(likeness))
    return loadings * np.where(signs == 0, 1, signs)


def leading(centred: sparse.csr_array, previous: Float | None = None) -> Float:
    """The two leading right singular vectors [S, 2]; a column is zero where there is no such direction."""
    statements = centred.shape[1]
    loadings = np.zeros((statements, 2))
    if not centred.nnz or not np.abs(centred.data).max() > 0:
        return loadings
    transposed = centred.T
    if statements <= 10:
        values, vectors = np.linalg.eigh((transposed @ centred).toarray())
    else:
        gram = LinearOperator((statements, statements), matvec=lambda x: transposed @ (centred @ x), dtype=np.float64)
        start = np.random.default_rng(SEED).standard_normal(statements) / np.sqrt(statements)
        if previous is not None:
            start = 0.01 * start + previous.sum(axis=1)  # the little noise reaches statements that are new
        values, vectors = eigsh(gram, k=2, v0=start, tol=TOLERANCE)
    order = np.argsort(values)[::-1][:2]
    real = values[order] > 1e-9 * values.max()
    loadings[:, : len(order)] = np.where(real, vectors[:, order], 0)
    return loadings
