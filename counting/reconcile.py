"""Proof that the figures are right: recount from the stored responses == tallies + what still waits."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from . import fold, gate
from .models import LedgerEntry, Tally, Tool
from .packing import count


class Truth(NamedTuple):
    """Where an engine keeps what it counts, so that it can be recounted without knowing the engine.

    `rows`: SQL with one parameter, the tool's id, giving for everything that counts its `cells` and, as `spread`, some
    evenly spread bytes (a key) by which to read them in parts.
    `rewrite`: recomputes those cells from the answers themselves; returns how many rows it had to mend.
    `receipts`: SQL with one parameter, the tool's id, giving one column of keyed hashes, for the seal.
    """

    rows: str
    rewrite: Callable[[int], int]
    receipts: str


truths: dict[str, Truth] = {}


class Difference(NamedTuple):
    """A cell whose recount differs from tally + pending."""

    cell: str
    recounted: int
    tally: int
    pending: int


def recount(tool: Tool) -> Counter[int]:
    """Cell number → how often the stored responses fill it, from zero."""
    recounted, _tally, _pending = _three_views(tool)
    return recounted


def compare(tool: Tool) -> list[Difference]:
    """The cells in which recount and tally + pending differ, all three read in one snapshot; empty when all agree."""
    recounted, tally, pending = _three_views(tool)
    wrong = [c for c in recounted.keys() | tally.keys() | pending.keys() if recounted[c] != tally[c] + pending[c]]
    names = dict(Tally.objects.filter(tool=tool, number__in=wrong[:1000]).values_list("number", "name"))
    return [Difference(names.get(c, f"#{c}"), recounted[c], tally[c], pending[c]) for c in sorted(wrong)]


def _three_views(tool: Tool) -> tuple[Counter[int], Counter[int], Counter[int]]:
    """(recounted, tally, pending) by ONE statement, hence one snapshot, also under load."""
    rows = truths[tool.kind].rows
    postgresql = connection.vendor == "postgresql"
    # Sixteen parts keep each value below PostgreSQL's limit of one gigabyte, and the memory for them small.
    joined = "string_agg(cells, ''::bytea)" if postgresql else "cells"
    part = "GROUP BY get_byte(spread, 0) & 15" if postgresql else ""
    sql = f"""
        SELECT 'recount', 1, {joined}, 0 FROM ({rows}) r {part}
        UNION ALL SELECT 'pending', sign, {joined}, 0 FROM counting_ledgerentry WHERE tool_id = %s
            {"GROUP BY sign" if postgresql else ""}
        UNION ALL SELECT 'tally', number, NULL, n FROM counting_tally WHERE tool_id = %s AND n <> 0
    """  # noqa: S608 - `rows` is an engine's constant
    views: dict[str, Counter[int]] = {"recount": Counter(), "pending": Counter(), "tally": Counter()}
    with transaction.atomic(), _binary_cursor() as cursor:
        if postgresql:
            cursor.execute(_IN_PARALLEL)
        cursor.execute(sql, [tool.pk, tool.pk, tool.pk])
        while rows_read := cursor.fetchmany(1 if postgresql else 50_000):
            _gather(views, rows_read)
    return views["recount"], views["tally"], views["pending"]


# For the rest of the transaction. The planner overrates what it costs to hand rows to another process and what
# compiling gains, and takes the sixteen parts for a million, which it would rather sort.
_IN_PARALLEL = """SELECT set_config(name, value, true)
    FROM (VALUES ('parallel_tuple_cost', '0'), ('jit', 'off'), ('enable_sort', 'off')) AS settings(name, value)"""


def _binary_cursor() -> Any:
    """A cursor that fetches bytes as bytes: PostgreSQL's text format doubles their size and the time to read them."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    import psycopg  # only installed, and only needed, where PostgreSQL is

    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    cursor.format = psycopg.pq.Format.BINARY
    return cursor


def _gather(views: dict[str, Counter[int]], rows: Iterable[Any]) -> None:
    buffers: dict[tuple[str, int], list[bytes]] = {}
    for view, number, cells, n in rows:
        if view == "tally":
            views[view][number] = n
        elif cells is not None:
            buffers.setdefault((view, number), []).append(cells)
    for (view, sign), parts in buffers.items():
        counted = count(b"".join([bytes(p) for p in parts]))
        views[view].update(counted) if sign == 1 else views[view].subtract(counted)


def reconcile(tool: Tool) -> list[Difference]:
    """Compare, and note on the tool when that was and whether all agreed."""
    differences = compare(tool)
    Tool.objects.filter(pk=tool.pk).update(reconciled_at=timezone.now(), agrees=not differences)
    return differences


def rebuild(tool: Tool) -> int:
    """Recompute cells from the answers and tallies from the cells, alone at the gate; rows whose cells were mended."""
    with transaction.atomic():
        gate.enter_alone(tool.pk)
        gate.wait_to_fold(tool.pk)
        mended = truths[tool.kind].rewrite(tool.pk)
        LedgerEntry.objects.filter(tool=tool).delete()
        Tally.objects.filter(tool=tool).update(n=0)
        fold.add(tool.pk, recount(tool))
        now = timezone.now()
        snapshot = {"n": fold.read(tool.pk), "until": now.isoformat()}
        Tool.objects.filter(pk=tool.pk).update(counted_until=now, snapshot=snapshot, moves=0)
    return mended


class SealRefused(Exception):
    """Recount and tallies differ: sealing would make a wrong total final."""


def seal(tool: Tool) -> dict:
    """Close, drain, assert and write the final totals; the sealed record. Sealing twice gives the same record.

    The record: {"totals": {cell name: count}, "receipts": number, "sha256": hash of the sorted keyed hashes, "at"}.
    Raises SealRefused when the recount differs from the tallies.
    """
    gate.close(tool.pk)
    with transaction.atomic():
        tool = gate.enter_alone(tool.pk)
        if tool.state == Tool.State.SEALED and tool.sealed:
            return tool.sealed
        while fold.fold_batch(tool.pk, wait=True):
            pass
        if differences := compare(tool):
            raise SealRefused(f"{len(differences)} cells differ")
        tool.refresh_from_db()
        tool.sealed = _record(tool)
        tool.state = Tool.State.SEALED
        tool.save(update_fields=["sealed", "state"])
        return tool.sealed


def _record(tool: Tool) -> dict:
    with connection.cursor() as cursor:
        cursor.execute(truths[tool.kind].receipts, [tool.pk])
        hashes = sorted(bytes(row[0]).hex() for row in cursor.fetchall())
    totals = dict(Tally.objects.filter(tool=tool).exclude(n=0).order_by("number").values_list("name", "n"))
    digest = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    record = {"totals": totals, "receipts": len(hashes), "sha256": digest, "at": timezone.now().isoformat()}
    return json.loads(json.dumps(record))
