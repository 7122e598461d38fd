"""Folding: ledger rows are taken away and added to the tallies in one transaction, by whoever comes first."""

import time
from collections import Counter
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from . import gate
from .models import LedgerEntry, Tally, Tool
from .packing import count

BATCH = 5000
SECONDS = 20.0  # a fold gives way after this long; the next nudge or sweep goes on

# ctid and SKIP LOCKED: never waits for a writer, never scans dead rows that a long reader keeps from being vacuumed.
_TAKE = {
    "postgresql": """DELETE FROM counting_ledgerentry WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM counting_ledgerentry WHERE tool_id = %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))
        RETURNING sign, cells""",
    "sqlite": """DELETE FROM counting_ledgerentry WHERE id IN (
        SELECT id FROM counting_ledgerentry WHERE tool_id = %s ORDER BY id LIMIT %s) RETURNING sign, cells""",
}


def fold(tool_id: int, seconds: float = SECONDS) -> int:
    """Count what waits for one tool, for at most `seconds`; the number of ledger rows taken."""
    total, end = 0, time.monotonic() + seconds
    while True:
        taken = fold_batch(tool_id)
        total += taken
        if taken < BATCH or time.monotonic() > end:
            return total


@transaction.atomic
def fold_batch(tool_id: int, wait: bool = False) -> int:
    """Count one batch; 0 when nothing waits, or when another fold is at it and `wait` is False."""
    if wait:
        gate.wait_to_fold(tool_id)
    elif not gate.try_fold(tool_id):
        return 0
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE[connection.vendor], [tool_id, BATCH])
        rows = cursor.fetchall()
    delta: Counter[int] = Counter()
    for sign in (1, -1):
        cells = count(b"".join([bytes(c) for s, c in rows if s == sign]))
        delta.update(cells) if sign == 1 else delta.subtract(cells)
    add(tool_id, delta)
    adding = sum(1 for sign, _cells in rows if sign == 1)
    _note(tool_id, len(rows), max(adding, len(rows) - adding), now)
    return len(rows)


def add(tool_id: int, delta: Counter[int]) -> None:
    """Add `delta` (cell number → change) to the tallies of a tool, in one statement."""
    changes = sorted((number, n) for number, n in delta.items() if n)
    if not changes:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "UPDATE counting_tally t SET n = t.n + d.n FROM unnest(%s::int[], %s::bigint[]) AS d(number, n)"
                " WHERE t.tool_id = %s AND t.number = d.number",
                [[c[0] for c in changes], [c[1] for c in changes], tool_id],
            )
        else:
            cursor.executemany(
                "UPDATE counting_tally SET n = n + %s WHERE tool_id = %s AND number = %s",
                [(n, tool_id, number) for number, n in changes],
            )


def _note(tool_id: int, taken: int, moves: int, now: datetime) -> None:
    """Note until when the tool is counted, and publish a new snapshot once enough has moved to hide single persons.

    Of `taken` ledger rows a correction has two, so `moves` counts it once.
    """
    tool = Tool.objects.get(pk=tool_id)
    tool.moves += moves
    fields = ["moves"]
    if taken < BATCH:  # the ledger is drained: everything committed before `now` is in the tallies
        tool.counted_until = now
        fields.append("counted_until")
    if taken and tool.moves >= settings.SUPPRESS_BELOW:
        tool.snapshot = {"n": read(tool_id), "until": (tool.counted_until or now).isoformat()}
        tool.moves = 0
        fields.append("snapshot")
    tool.save(update_fields=fields)


def read(tool_id: int) -> dict[int, int]:
    """The tallies of a tool that are not zero: {cell number: count}."""
    return dict(Tally.objects.filter(tool_id=tool_id).exclude(n=0).values_list("number", "n"))


def waiting() -> list[int]:
    """Ids of the tools that have something to count."""
    return list(LedgerEntry.objects.order_by().values_list("tool_id", flat=True).distinct())


def sweep() -> int:
    """Count everything that waits, for all tools; the number of ledger rows taken."""
    return sum(fold(tool_id) for tool_id in waiting())
