"""A debate made ready for votes, in each process: its statements, their totals and the order they are asked in.

Read again every moment, so that a vote costs no look-up. What may be voted on is judged anew by the database.
"""

import hashlib
import random
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from counting.models import Tally

from .models import Debate, OpinionMap, Statement
from .wording import Index

FRESH_FOR = 1.0  # seconds
MAX_KEPT = 200


@dataclass(frozen=True)
class Line:
    """A statement that may be voted on, with its votes so far."""

    id: int
    ref: str
    text: str
    cell: int
    agree: int
    disagree: int
    passed: int
    extremity: float
    citizen: bool = False  # somebody proposed it: it may be reported

    @property
    def votes(self) -> int:
        return self.agree + self.disagree + self.passed

    @property
    def priority(self) -> float:
        """How much it deserves to be asked next (Polis, `importance-metric` and `priority-metric`).

        Statements few have seen come up to nine times as often; none is ever left out.
        """
        seen = self.votes
        rated = (1 - (self.passed + 1) / (seen + 2)) * (self.extremity + 1) * (self.agree + 1) / (seen + 2)
        return (rated * (1 + 8 * 2 ** (-seen / 5))) ** 2


@dataclass(frozen=True)
class DebateState:
    """`lines`: the statements open to votes, oldest first."""

    key: str
    id: int
    scope_id: int
    tag: str
    salt: bytes
    tool_id: int
    trust: str
    lines: tuple[Line, ...]
    read_at: float = field(compare=False)

    @cached_property
    def by_ref(self) -> dict[str, Line]:
        return {line.ref: line for line in self.lines}

    @cached_property
    def index(self) -> Index:
        return Index(line.text for line in self.lines)

    @cached_property
    def priorities(self) -> list[float]:
        return [line.priority for line in self.lines]

    def next_line(self, seed: bytes, voted: Collection[int]) -> Line | None:
        """The statement to ask next of a person who voted on the statements with ids `voted`; None when all are done.

        A draw without replacement, each with a chance in proportion to its priority; the same for the same `seed`
        until priorities move, so that reloading the page does not change the question. (Exponential race: Efraimidis
        and Spirakis 2006.)
        """
        draw = random.Random(hashlib.sha256(seed).digest())  # noqa: S311 - an order, not a secret
        best, chosen = float("inf"), None
        for line, priority in zip(self.lines, self.priorities, strict=True):
            arrives = draw.expovariate(1.0) / max(priority, 1e-9)
            if arrives < best and line.id not in voted:
                best, chosen = arrives, line
        return chosen


_kept: dict[str, DebateState] = {}


def state_of(key: str) -> DebateState:
    """The debate called `key`. Raises Debate.DoesNotExist."""
    kept = _kept.get(key)
    if kept and time.monotonic() - kept.read_at < FRESH_FOR:
        return kept
    wanted = Debate.objects.select_related("scope").only("key", "tool_id", "trust", "scope__tag", "scope__salt")
    debate = wanted.get(key=key)
    state = DebateState(
        key, debate.pk, debate.scope_id, debate.scope.tag, bytes(debate.scope.salt), debate.tool_id, debate.trust,
        _lines(debate), time.monotonic(),
    )  # fmt: skip
    if len(_kept) >= MAX_KEPT:
        _kept.clear()
    _kept[key] = state
    return state


def _lines(debate: Debate) -> tuple[Line, ...]:
    tally = dict(Tally.objects.filter(tool_id=debate.tool_id).values_list("number", "n"))
    extremity = _extremities(debate)
    found = Statement.objects.filter(debate=debate, status=Statement.Status.PUBLISHED, cell__isnull=False)
    citizen = Statement.Origin.CITIZEN
    return tuple(
        Line(pk, ref, text, cell, *(tally.get(cell + i, 0) for i in range(3)), extremity.get(ref, 0.0), by == citizen)
        for pk, ref, text, cell, by in found.order_by("pk").values_list("pk", "ref", "text", "cell", "origin")
    )


def _extremities(debate: Debate) -> dict[str, float]:
    newest = OpinionMap.objects.filter(debate=debate).values_list("body__extremities", flat=True).first()
    return newest or {}


def forget() -> None:
    """Read everything anew: after a change made in this process, and between tests."""
    _kept.clear()
