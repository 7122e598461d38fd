"""Plausible voters: seeded, leaning one way or the other, more or less agreeable, patient or in a hurry."""

import random
from math import exp, log
from typing import Any, NamedTuple

from .lodgings import LEANINGS


class Person(NamedTuple):
    """`mood`: how readily they agree; `patience`: on how many statements they vote; `seed` draws their order."""

    leaning: str
    mood: float
    patience: int
    seed: bytes
    token: str
    key: bytes


class Crowd:
    """The same seed gives the same people, who vote alike."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)  # noqa: S311 - a demo, not a secret

    def person(self, token: str, key: bytes) -> Person:
        leaning = self.random.choices(list(LEANINGS), list(LEANINGS.values()))[0]
        patience = round(self.random.triangular(6, 24, 17))
        return Person(leaning, self.random.gauss(0, 0.45), patience, self.random.randbytes(8), token, key)

    def vote(self, person: Person, told: dict[str, Any]) -> int:
        """1, -1 or 0 on the statement that `told` describes."""
        if self.random.random() < told["passes"]:
            return 0
        share = min(max(told["agree"][person.leaning], 0.02), 0.98)
        agrees = 1 / (1 + exp(-log(share / (1 - share)) - person.mood))
        return 1 if self.random.random() < agrees else -1

    def supports(self, person: Person, told: dict[str, Any]) -> bool:
        """Whether they say of an argument that it is a good one; people read few, and mostly like their own side's."""
        near = 0.12 if person.leaning == told["by"] else 0.035
        return self.random.random() < near * told["appeal"]

    def somebody(self, people: list[Person], leaning: str) -> Person:
        return self.random.choice([p for p in people if p.leaning == leaning] or people)
