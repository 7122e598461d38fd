"""Which arrivals came as only machines send: rules over many of them, never over one alone (pure).

Nobody is suspected for their address, nor for being one of many behind it: a school or a town hall shares one. What
makes somebody suspect is something a person cannot do, or that people do not do alike, shared with many others.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WINDOW = 600.0  # seconds within which arrivals belong together
MINUTE = 60.0
QUICK = 20  # so many quicker than a person can be
SAME = 20  # so many hurried and alike
SAME_AT_EASE = 150  # … or so many alike at any pace
STEP = 50  # so many that waited for the same time
SHORTEST_STEP = 20  # seconds; shorter waits are alike among people, too
CROWD = 250  # so many drawn and sent in one minute from one network: a full hall has fewer
LONG_CROWD = 1000  # … or in ten
COPIES = 50  # so many hurried and alike from any networks
SOME_ANSWERS, MANY_ANSWERS = 3, 5  # that must be given before being alike tells anything
RULES = ("quick", "same", "step", "crowd", "copies")

Numbers = NDArray[np.int64]
Moments = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Arrivals(NamedTuple):
    """One array each: when (seconds), from which network (-1: unknown), how many seconds after the form was drawn
    (whole ones, up to one too many), how many answers, and what tells equal ones (0: unknown).
    """

    at: Moments
    network: Numbers
    drawn: Numbers
    answers: Numbers
    payload: Numbers


def find(arrivals: Arrivals) -> Numbers:
    """For each arrival the number of the first of RULES that catches it, else -1."""
    found = np.full(len(arrivals.at), -1)
    for number, rule in enumerate((_quick, _same, _step, _crowd, _copies)):
        rest = np.flatnonzero(found < 0)  # what one rule explains does not count towards the next
        caught = rule(Arrivals._make(column[rest] for column in arrivals))
        found[rest[caught]] = number
    return found


def least_seconds(answers: Numbers) -> Numbers:
    """What no person falls short of: a second, and one more for each two answers."""
    return 1 + answers // 2


def _hurried(arrivals: Arrivals) -> Mask:
    """Less than a second an answer: possible, but not for many people with the same answers."""
    return arrivals.drawn < 1 + arrivals.answers


def _quick(arrivals: Arrivals) -> Mask:
    """Those certainly too quick count; those that may be by the rounding of `drawn` are caught with them."""
    least = least_seconds(arrivals.answers)
    near = (arrivals.network >= 0) & (arrivals.drawn < least + 1)
    return _thick(near, [arrivals.network], arrivals.at, WINDOW, QUICK, arrivals.drawn < least)


def _same(arrivals: Arrivals) -> Mask:
    alike = (arrivals.network >= 0) & (arrivals.payload != 0) & (arrivals.answers >= SOME_ANSWERS)
    groups = [arrivals.network, arrivals.payload]
    hurried = _thick(alike & _hurried(arrivals), groups, arrivals.at, WINDOW, SAME)
    alike &= arrivals.answers >= MANY_ANSWERS
    return hurried | _thick(alike, groups, arrivals.at, WINDOW, SAME_AT_EASE)


def _step(arrivals: Arrivals) -> Mask:
    """The same wait to two seconds, counted in two rows of bins so that no edge divides it."""
    waited = (arrivals.network >= 0) & (arrivals.drawn >= SHORTEST_STEP)
    bins = [(arrivals.drawn + shift) // 2 for shift in (0, 1)]
    even, odd = (_thick(waited, [arrivals.network, one], arrivals.at, WINDOW, STEP) for one in bins)
    return even | odd


def _crowd(arrivals: Arrivals) -> Mask:
    """Both drawn and sent amid a crowd: who was there before it, or comes after it, is not of it."""
    known, network, drawn_at = arrivals.network >= 0, [arrivals.network], arrivals.at - arrivals.drawn
    caught = np.zeros(len(known), bool)
    for seconds, least in ((MINUTE, CROWD), (WINDOW, LONG_CROWD)):
        sent = _thick(known, network, arrivals.at, seconds, least)
        caught |= sent & _thick(known, network, drawn_at, seconds, least)
    return caught


def _copies(arrivals: Arrivals) -> Mask:
    alike = (arrivals.payload != 0) & (arrivals.answers >= MANY_ANSWERS) & _hurried(arrivals)
    return _thick(alike, [arrivals.payload], arrivals.at, WINDOW, COPIES)


def _thick(
    among: Mask, groups: list[Numbers], times: Moments, seconds: float, least: int, counts: Mask | None = None
) -> Mask:
    """Of `among`, those in a stretch of `seconds` that holds at least `least` of one group (only `counts` of them)."""
    chosen = np.flatnonzero(among)
    caught = np.zeros(len(among), bool)
    if len(chosen) < least:
        return caught
    chosen = chosen[np.lexsort([times[chosen], *(group[chosen] for group in groups)])]
    changes = np.zeros(len(chosen), bool)
    for group in groups:
        changes[1:] |= group[chosen][1:] != group[chosen][:-1]
    when = times[chosen] - times[chosen].min()
    apart = when.max() + 2 * seconds + 1  # moves each group out of reach of the one before
    line = when + np.cumsum(changes) * apart
    first, behind = np.arange(len(line)), np.searchsorted(line, line + seconds, "right")
    sum_before = np.concatenate([[0], np.cumsum(np.ones(len(line), int) if counts is None else counts[chosen])])
    full = sum_before[behind] - sum_before[first] >= least
    edges = np.zeros(len(line) + 1, int)
    np.add.at(edges, first[full], 1)
    np.add.at(edges, behind[full], -1)
    caught[chosen] = np.cumsum(edges)[:-1] > 0
    return caught
