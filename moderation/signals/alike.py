"""Texts that are nearly the same, and those that came all at once (pure).

Each text is cut into runs of five characters; 64 minima of their hashes (MinHash), taken by fours, put texts that
share most of their runs into the same drawers; those that meet in a drawer are compared exactly. Cost grows with the
number of texts, not with its square: in a drawer every text is compared with a few only.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from .base import Message, Signal, sentence
from .words import folded

NEAR = 0.6  # Jaccard likeness from which on two texts are nearly the same
SHORTEST = 15  # letters: "oui" and "plus d'arbres" come from many people without any of them copying
DOUBLE, BURST = _("Nearly identical texts"), _("Many at once")

_RUN, _MINIMA, _ROWS, _CHUNK = 5, 64, 4, 2000
_PRIME = np.uint64((1 << 31) - 1)
_BEFORE = 40  # groups that a text is compared with in one drawer
_WORD = re.compile(r"[^\W_]+")


class Group(NamedTuple):
    """Texts that belong together. `likeness`: of the least alike to its nearest. `since`, `until`: only for bursts."""

    ids: tuple[Any, ...]
    likeness: float
    signal: Signal
    since: date | None = None
    until: date | None = None


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(folded(unicodedata.normalize("NFKC", text))))


def _runs(text: str) -> set[str]:
    return {text[i : i + _RUN] for i in range(max(1, len(text) - _RUN + 1))}


def _likeness(a: set[str], b: set[str]) -> float:
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)


def likeness(a: str, b: str) -> float:
    """How much of their runs of five characters two texts share: 0 nothing, 1 the same words."""
    return _likeness(_runs(_plain(a)), _runs(_plain(b)))


def _sketches(texts: Sequence[str]) -> np.ndarray:
    """For each text the hashes of its drawers, one column a drawer. Texts have at least _RUN characters."""
    draw = np.random.default_rng(20240307)
    factors = draw.integers(1, int(_PRIME), _MINIMA, dtype=np.uint64)
    shifts = draw.integers(0, int(_PRIME), _MINIMA, dtype=np.uint64)
    mixers = draw.integers(1, 1 << 62, _ROWS, dtype=np.uint64) | np.uint64(1)
    drawers = np.empty((len(texts), _MINIMA // _ROWS), dtype=np.uint64)
    for low in range(0, len(texts), _CHUNK):
        part = texts[low : low + _CHUNK]
        letters = np.frombuffer("".join(part).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
        sizes = np.array([len(t) for t in part])
        hashed = np.zeros(len(letters) - _RUN + 1, dtype=np.uint64)
        for i in range(_RUN):
            hashed = (hashed * np.uint64(1_000_003) + letters[i : len(letters) - _RUN + 1 + i]) % _PRIME
        # Runs that would reach into the next text are left out.
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        inside = np.ones(len(hashed), dtype=bool)
        for back in range(1, _RUN):
            inside[starts[1:] - back] = False
        hashed = hashed[inside]
        firsts = np.concatenate(([0], np.cumsum(sizes - _RUN + 1)[:-1]))
        minima = np.empty((len(part), _MINIMA), dtype=np.uint64)
        for k in range(_MINIMA):
            minima[:, k] = np.minimum.reduceat((hashed * factors[k] + shifts[k]) % _PRIME, firsts)
        for d in range(_MINIMA // _ROWS):
            drawers[low : low + _CHUNK, d] = (minima[:, d * _ROWS : (d + 1) * _ROWS] * mixers).sum(axis=1)
    return drawers


def _gather(texts: Sequence[str], near: float) -> Iterator[tuple[list[int], float]]:
    """Groups of places in `texts` (all different, none short) with the lowest likeness to their first."""
    drawers = _sketches(texts)
    leaders: list[dict[int, list[int]]] = [defaultdict(list) for _n in range(drawers.shape[1])]
    runs: dict[int, set[str]] = {}
    joined: dict[int, int] = {}  # the first of a group → the first of the group that it went into
    members: dict[int, list[int]] = {}
    lowest: dict[int, float] = {}

    def first_of(place: int) -> int:
        while joined[place] != place:
            joined[place] = place = joined[joined[place]]
        return place

    for place, row in enumerate(drawers.tolist()):
        met: dict[int, int] = defaultdict(int)
        for drawer, key in zip(leaders, row, strict=True):
            for leader in drawer.get(key, ()):
                met[leader] += 1
        own = _runs(texts[place]) if met else set()
        alike = []
        for leader in sorted(met, key=lambda n: (-met[n], n))[:_BEFORE]:
            if leader not in runs:
                runs[leader] = _runs(texts[leader])
            if (likeness := _likeness(own, runs[leader])) >= near:
                alike.append((likeness, leader))
        if alike:
            into = first_of(min(leader for _n, leader in alike))
            members[into].append(place)
            lowest[into] = min(lowest[into], max(alike)[0])
            for _n, leader in alike:  # what is like two groups makes them one
                if (other := first_of(leader)) != into:
                    joined[other] = into
                    members[into] += members.pop(other)
                    lowest[into] = min(lowest[into], lowest.pop(other))
            continue
        joined[place], members[place], lowest[place] = place, [place], 1.0
        for drawer, key in zip(leaders, row, strict=True):
            if len(drawer[key]) < _BEFORE:
                drawer[key].append(place)
    yield from ((places, lowest[first]) for first, places in members.items())


def _groups(texts: Sequence[tuple[Hashable, str]], near: float) -> list[tuple[list[int], float]]:
    """Places of the texts that are nearly the same, at least two, the largest group first."""
    same: dict[str, list[int]] = defaultdict(list)
    for place, (_id, text) in enumerate(texts):
        plain = _plain(text)
        if sum(map(len, plain.split())) >= SHORTEST:
            same[plain].append(place)
    different = list(same)
    found = []
    for places, lowest in _gather(different, near) if different else ():
        everyone = sorted(p for i in places for p in same[different[i]])
        if len(everyone) > 1:
            found.append((everyone, lowest))
    return sorted(found, key=lambda g: (-len(g[0]), g[0]))


def doubles(texts: Sequence[tuple[Hashable, str]], *, near: float = NEAR) -> list[Group]:
    """Groups of the `(id, text)` that say nearly the same in nearly the same words, the largest first."""
    groups = []
    for places, lowest in _groups(texts, near):
        n = len(places)
        why: Message = ngettext_lazy("%(n)d nearly identical text", "%(n)d nearly identical texts", "n")
        if lowest == 1:
            why = ngettext_lazy("%(n)d identical text", "%(n)d identical texts", "n")
        signal = Signal("double", DOUBLE, sentence(why, n=n), (), 0.1)
        groups.append(Group(tuple(texts[p][0] for p in places), round(lowest, 2), signal))
    return groups


def _span(since: date, until: date) -> Message:
    """How long it took, in words, both ends counted."""
    if isinstance(since, datetime):
        hours = round((until - since) / timedelta(hours=1)) + 1
        if hours <= 48:
            return sentence(ngettext_lazy("within %(hours)d hour", "within %(hours)d hours", "hours"), hours=hours)
    days = (until - since).days + 1
    return sentence(ngettext_lazy("within %(days)d day", "within %(days)d days", "days"), days=days)


def _densest(days: list[Any], within: timedelta) -> tuple[int, int]:
    """First and one past the last place of the most numerous window of sorted `days`."""
    best, low = (0, 0), 0
    for high, day in enumerate(days):
        while day - days[low] >= within:
            low += 1
        if high + 1 - low > best[1] - best[0]:
            best = (low, high + 1)
    return best


def bursts(
    arrivals: Sequence[tuple[Hashable, date, str]],
    *,
    within: timedelta = timedelta(days=2),
    at_least: int = 10,
    near: float = NEAR,
    times: float = 3,
) -> list[Group]:
    """Groups of `(id, day or hour, text)`: at least `at_least` nearly identical texts `within` a short time.

    A text that keeps coming at an even pace is no burst: within the window there must be `times` as many as an even
    pace over the whole time of `arrivals` would bring, unless all of them came there.
    """
    if not arrivals:
        return []
    whole = max(day for _id, day, _text in arrivals) - min(day for _id, day, _text in arrivals) + within
    found = []
    for places, lowest in _groups([(id_, text) for id_, _day, text in arrivals], near):
        if len(places) < at_least:
            break
        places.sort(key=lambda p: arrivals[p][1])
        low, high = _densest([arrivals[p][1] for p in places], within)
        here = high - low
        if here < at_least or (here < len(places) and here < times * len(places) * (within / whole)):
            continue
        window = places[low:high]
        since, until = arrivals[window[0]][1], arrivals[window[-1]][1]
        why = sentence(_("%(n)d nearly identical texts %(span)s"), n=here, span=_span(since, until))
        signal = Signal("burst", BURST, why, (), 0.5)
        found.append(Group(tuple(arrivals[p][0] for p in window), round(lowest, 2), signal, since, until))
    return found
