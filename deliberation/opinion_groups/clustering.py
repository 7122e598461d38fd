"""Groups of people on the plane: weighted k-means, the choice of k with a memory, and labels that stay."""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from .votes import Float, Int, Int8

K_RANGE = (2, 5)
BASE_CLUSTERS = 100  # as Polis: groups are sought among these, so that the silhouette costs 100² whatever the size
RESTARTS = 10
ROUNDS = 30
PATIENCE = 4  # updates that must agree before another k is shown (Polis' k-smoother)
SMALLEST_PEOPLE, SMALLEST_SHARE = 2, 0.02
BETTER = 0.1  # a restart replaces the previous centres only when it is this much tighter
CLEARER = 0.05  # another k is wanted only when its silhouette is this much higher than that of the k shown
SAMPLE = 20_000  # points that centres are fitted on
SEED = 20_240_917
_BLOCK = 1 << 16


@dataclass
class Grouping:
    """Centres [k, 2] with the memory that keeps k steady."""

    centres: Float = field(default_factory=lambda: np.zeros((1, 2)))
    k_wanted: int = 1
    k_agreeing: int = 0

    @property
    def k(self) -> int:
        return len(self.centres)


def group(points: Float, weights: Float, previous: Grouping | None = None, smallest: int = SMALLEST_PEOPLE) -> Grouping:
    """Centres of the groups among points [n, 2] that weigh `weights` [n] > 0.

    The points stand in an order that depends on content alone. k is the one with the best weighted silhouette among
    2..5 whose smallest group is no splinter (fewer than `smallest` people or 2 %), and 1 when there is none; another
    k than the previous one is taken only after four updates in a row wanted it. Centres keep no particular order: see
    `relabel`.
    """
    points, weights = points[:SAMPLE], weights[:SAMPLE]
    base, mass, people = _base_clusters(points, weights)
    fits: dict[int, Float] = {}
    scores: dict[int, float] = {}
    distances = np.sqrt(_squared(base, base))
    for k in range(K_RANGE[0], min(K_RANGE[1], len(base)) + 1):
        warm = previous.centres if previous and previous.k == k else None
        centres, labels = k_means(base, mass, k, warm)
        sizes = np.bincount(labels, people, minlength=k)
        if sizes.min() >= max(smallest, SMALLEST_SHARE * len(points)):
            fits[k], scores[k] = centres, silhouette(distances, mass, labels)
    if previous and previous.k in scores:
        scores[previous.k] += CLEARER
    wanted = max(scores, key=lambda k: (scores[k], k)) if scores else 1
    k, agreeing = _steady(wanted, previous, {1, *fits})
    if not len(points):
        return Grouping()
    centres = fits[k] if k > 1 else np.average(points, axis=0, weights=weights)[None]
    return Grouping(_refine(points, weights, centres), wanted, agreeing)


def nearest(points: Float, centres: Float) -> Int8:
    """Index of the nearest centre per point [n], the lowest one when equally near."""
    labels = np.empty(len(points), np.int8)
    for first in range(0, len(points), _BLOCK):
        labels[first : first + _BLOCK] = _squared(points[first : first + _BLOCK], centres).argmin(axis=1)
    return labels


def relabel(labels: Int8, k: int, before: Int8, k_before: int) -> Int:
    """New number of each group [k], such that as many people as possible keep the number they had.

    `before` is the previous group per person, -1 for none. Groups without a counterpart get the numbers left over.
    """
    known = (before >= 0) & (labels >= 0)
    size = max(k, k_before)
    cells = labels[known].astype(np.int64) * size + before[known]
    overlap = np.bincount(cells, minlength=size * size).reshape(size, size)
    _, numbers = linear_sum_assignment(overlap, maximize=True)
    wanted = numbers[:k]
    # Numbers run 0..k-1: when k shrinks, who held a higher one takes the lowest that is free.
    free = iter(sorted(set(range(k)) - {int(n) for n in wanted if n < k}))
    return np.array([int(n) if n < k else next(free) for n in wanted], np.int64)


def silhouette(distances: Float, weights: Float, labels: Int) -> float:
    """Weighted mean silhouette, -1..1, from all distances [n, n]; a cluster of one point counts 0 (Rousseeuw 1987)."""
    member = (labels[:, None] == np.arange(labels.max() + 1)) * weights[:, None]
    mass = member.sum(axis=0)
    reach = distances @ member
    rows = np.arange(len(labels))
    others = mass[labels] - weights
    inside = reach[rows, labels] / np.where(others > 0, others, 1)
    reach = reach / mass
    reach[rows, labels] = np.inf
    outside = reach.min(axis=1)
    widest = np.maximum(inside, outside)
    values = np.where((others > 0) & (widest > 0), (outside - inside) / np.where(widest > 0, widest, 1), 0)
    return float(np.average(values, weights=weights))


def k_means(points: Float, weights: Float, k: int, warm: Float | None = None) -> tuple[Float, Int]:
    """(centres [k, 2], label per point) of the tightest of ten seeded starts, or of the warm start when as tight."""
    starts = _seeds(points, weights, k, RESTARTS)
    if warm is not None:
        starts = np.concatenate((warm[None], starts))
    centres, labels, spread = _lloyd(points, weights, starts, ROUNDS)
    best = int(spread.argmin())
    if warm is not None and spread[best] > (1 - BETTER) * spread[0]:
        best = 0
    return centres[best], labels[best]


def _steady(wanted: int, previous: Grouping | None, possible: set[int]) -> tuple[int, int]:
    """(k shown, updates in a row that wanted another one)."""
    if previous is None or previous.k not in possible or wanted == previous.k:
        return wanted, 0
    agreeing = previous.k_agreeing + 1 if wanted == previous.k_wanted else 1
    return (wanted, 0) if agreeing >= PATIENCE else (previous.k, agreeing)


def _base_clusters(points: Float, weights: Float) -> tuple[Float, Float, Int]:
    """(centres, weight, people) of at most a hundred base clusters, none of them empty."""
    if not len(points):
        return points, weights, np.zeros(0, np.int64)
    k = min(BASE_CLUSTERS, len(points))
    centres, labels, _ = _lloyd(points, weights, _seeds(points, weights, k, 1), 10)
    people = np.bincount(labels[0], minlength=k)
    kept = people > 0
    mass = np.bincount(labels[0], weights, minlength=k).astype(np.float64)
    return centres[0][kept], mass[kept], people[kept].astype(np.int64)


def _refine(points: Float, weights: Float, centres: Float) -> Float:
    """Centres settled on the people themselves, so that the detour over base clusters leaves no trace."""
    return _lloyd(points, weights, centres[None], 10)[0][0]


def _seeds(points: Float, weights: Float, k: int, runs: int) -> Float:
    """`runs` starts [runs, k, 2] by k-means++ (Arthur, Vassilvitskii 2007) with a fixed seed."""
    random = np.random.default_rng(SEED + k)
    starts = np.empty((runs, k, 2))
    distance = np.ones((runs, len(points)))
    for i in range(k):
        reach = np.cumsum(distance * weights, axis=1)
        reach = np.where(reach[:, -1:] > 0, reach, np.cumsum(weights))  # every point taken: any will do
        at = (reach < random.random((runs, 1)) * reach[:, -1:]).sum(axis=1)
        starts[:, i] = points[np.minimum(at, len(points) - 1)]
        new = ((points - starts[:, i, None]) ** 2).sum(axis=2)
        distance = new if i == 0 else np.minimum(distance, new)
    return starts


def _lloyd(points: Float, weights: Float, starts: Float, rounds: int) -> tuple[Float, Int, Float]:
    """(centres, labels, weighted sum of squares) of each run [runs, …]; a centre that loses all its points stays."""
    runs, k = starts.shape[:2]
    centres, offset = starts.copy(), np.arange(runs)[:, None] * k
    columns = [np.tile(weights * each, runs) for each in (np.ones(len(points)), points[:, 0], points[:, 1])]
    labels: Int = np.full((runs, len(points)), -1, np.int64)
    for _ in range(rounds):
        old, labels = labels, _squared(points, centres).argmin(axis=-1)
        if (old == labels).all():
            break
        cells = (labels + offset).ravel()
        mass, x, y = (np.bincount(cells, each, minlength=runs * k).reshape(runs, k) for each in columns)
        held = mass > 0
        scale = np.where(held, mass, 1)
        centres = np.where(held[..., None], np.stack((x / scale, y / scale), axis=2), centres)
    labels = _squared(points, centres).argmin(axis=-1)
    gaps = points - np.take_along_axis(centres, labels[..., None], axis=1)
    return centres, labels, ((gaps**2).sum(axis=2) * weights).sum(axis=1)


def _squared(points: Float, centres: Float) -> Float:
    """Squared distances [..., n, k]."""
    across = points[:, 0, None] - centres[..., None, :, 0]
    along = points[:, 1, None] - centres[..., None, :, 1]
    return across * across + along * along
