"""What is counted: a tool, its numbered cells with their tallies, and the ledger of what waits to be counted."""

import secrets

from django.db import models
from django.db.models.functions import Now


def new_tool_key() -> str:
    return secrets.token_urlsafe(9)


class Tool(models.Model):
    """A survey or a debate as counting sees it: something whose cells are counted, until it is sealed."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSING = "closing"
        SEALED = "sealed"

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=20, unique=True, default=new_tool_key, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # The published figures move in batches: {"n": {cell number: count}, "until": ISO datetime}. `moves` counts the
    # ledger rows folded since.
    snapshot = models.JSONField(default=dict)
    moves = models.PositiveIntegerField(default=0)
    counted_until = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)
    agrees = models.BooleanField(default=True)
    sealed = models.JSONField(null=True)
    set_aside = models.IntegerField(default=0)  # how many people's contributions are stored and not counted

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class Tally(models.Model):
    """One cell of a tool and how many times it is filled. `name` is the tool's own word for it."""

    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="tallies")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tool", "number"], name="tally_number"),
            models.UniqueConstraint(fields=["tool", "name"], name="tally_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}={self.n}"


class LedgerEntry(models.Model):
    """A change waiting to be counted: `sign` (+1 or -1) for each of `cells`. Says nothing of who; lives seconds.

    `cells` packs cell numbers as little-endian unsigned 16-bit integers (see `cells.pack`).
    """

    # No constraint: what counts refers to the tool already, and all its writers would queue for a lock on its one row.
    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    sign = models.SmallIntegerField()
    cells = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(sign__in=[-1, 1]), name="ledger_sign")]

    def __str__(self) -> str:
        return f"{self.sign:+d} × {len(self.cells) // 2}"
