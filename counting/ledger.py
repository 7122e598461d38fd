"""The signed ledger: what happened, waiting to be counted; written in the transaction of what happened."""

from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.db.models import F, Max

from .models import Tally, Tool
from .packing import MAX_CELLS

_INSERT = "INSERT INTO counting_ledgerentry (tool_id, sign, cells) VALUES (%s, %s, %s)"

# PostgreSQL: the ledger rows of what the CTE {source} stores and whose cells it returns, in the same statement.
# Parameter: the tool's id.
BESIDE = "INSERT INTO counting_ledgerentry (tool_id, sign, cells) SELECT %s, 1, cells FROM {source}"


def write(tool_id: int, changes: Iterable[tuple[int, bytes]]) -> None:
    """Add (sign, packed cells) changes of a tool to the ledger, in one statement. Needs a transaction."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a ledger row belongs to the transaction of what it counts")
    rows = [(tool_id, sign, cells) for sign, cells in changes if cells]
    if not rows:
        return
    sql = _INSERT + ", (%s, %s, %s)" * (len(rows) - 1)
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in rows for value in row])


def set_aside(tool_id: int, rows: Iterable[bytes], aside: bool) -> None:
    """Count the packed cells of each row no more, or again; one row is what one person sent."""
    changes = [(-1 if aside else 1, cells) for cells in rows]
    write(tool_id, changes)
    note_aside(tool_id, len(changes) if aside else -len(changes))


def note_aside(tool_id: int, change: int) -> None:
    """So many more (or fewer) people's contributions are stored and not counted. Needs the same transaction."""
    if change:
        Tool.objects.filter(pk=tool_id).update(set_aside=F("set_aside") + change)


def register_cells(tool: Tool, names: Iterable[str]) -> Mapping[str, int]:
    """Give each cell name of `tool` its number, keeping those already given; returns all of the tool's numbers.

    Raises OverflowError when the tool would have more than 65,536 cells.
    """
    with transaction.atomic():
        Tool.objects.select_for_update().get(pk=tool.pk)
        known = dict(Tally.objects.filter(tool=tool).values_list("name", "number"))
        new = [name for name in dict.fromkeys(names) if name not in known]
        highest = Tally.objects.filter(tool=tool).aggregate(m=Max("number"))["m"]
        first = 0 if highest is None else highest + 1
        if first + len(new) > MAX_CELLS + 1:
            raise OverflowError(f"{tool} would have {first + len(new)} cells")
        Tally.objects.bulk_create(
            [Tally(tool=tool, number=number, name=name) for number, name in enumerate(new, first)], batch_size=2000
        )
        return known | {name: number for number, name in enumerate(new, first)}
