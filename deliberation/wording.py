"""Sentences compared: those that say nearly the same (pure)."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from moderation.wording import plain, text_key, tidy

__all__ = ["Alike", "Index", "likeness", "plain", "text_key", "tidy"]

NEAR = 0.5  # Dice coefficient from which on two sentences are shown to their author as alike
_IDEOGRAPH = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def _grams(text: str) -> set[str]:
    """Trigrams of each word, its ends marked; pairs of characters where words are not set apart by spaces."""
    found = set()
    for word in plain(text).split():
        n, padded = (2, word) if _IDEOGRAPH.search(word) else (3, f" {word} ")
        found |= {padded[i : i + n] for i in range(max(1, len(padded) - n + 1))}
    return found


def likeness(a: str, b: str) -> float:
    """Dice coefficient of the two sentences' trigrams: 0 nothing in common, 1 the same."""
    left, right = _grams(a), _grams(b)
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


class Alike(NamedTuple):
    """A sentence (by its place in the index) and how much it is like the one asked for."""

    place: int
    likeness: float


class Index:
    """Many sentences, ready to be asked which of them resemble a new one; cost grows with what they share."""

    def __init__(self, texts: Iterable[str]):
        self._sizes: list[int] = []
        self._where: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            grams = _grams(text)
            self._sizes.append(len(grams))
            for gram in grams:
                self._where[gram].append(place)

    def near(self, text: str, limit: int = 3, at_least: float = NEAR) -> list[Alike]:
        """The `limit` sentences most like `text`, the nearest first, none below `at_least`."""
        grams = _grams(text)
        shared = Counter(place for gram in grams for place in self._where.get(gram, ()))
        found = [Alike(p, 2 * n / (len(grams) + self._sizes[p])) for p, n in shared.items()]
        return sorted((a for a in found if a.likeness >= at_least), key=lambda a: (-a.likeness, a.place))[:limit]
