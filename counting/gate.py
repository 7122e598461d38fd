"""The closing gate: writers hold it shared, who closes holds it alone, so that no thanks comes after the seal."""

from django.db import connection, transaction

from .models import Tool

_GATE = 0x50414C  # advisory-lock namespaces of this site's database: "PAL", and the next one for the fold
_FOLD = _GATE + 1
LOCK_TIMEOUT = "3s"
# PostgreSQL. A statement of its own, before any that judges the state: a snapshot taken before the lock would be old.
ENTER = f"SELECT set_config('lock_timeout', '{LOCK_TIMEOUT}', true), pg_advisory_xact_lock_shared({_GATE}, %s)"


def enter(tool_id: int) -> None:
    """Hold the gate of a tool, shared with all other writers, until the transaction ends.

    SQLite has one writer at a time (transactions are IMMEDIATE), which is the same promise.
    Raises django.db.OperationalError when a closing holds the gate for more than three seconds.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(ENTER, [tool_id])


def is_sealed(tool_id: int) -> bool:
    """Is the total final? Asked inside the gate, the answer holds until the transaction ends."""
    return Tool.objects.filter(pk=tool_id, state=Tool.State.SEALED).exists()


def enter_alone(tool_id: int) -> Tool:
    """Wait for every writer to leave, keep the others out until the transaction ends, and return the tool, locked."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_GATE, tool_id])
    return Tool.objects.select_for_update().get(pk=tool_id)


def try_fold(tool_id: int) -> bool:
    """True when this transaction is now the only one folding the tool; False when another one is at it."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_FOLD, tool_id])
        return cursor.fetchone()[0]


def wait_to_fold(tool_id: int) -> None:
    """Like `try_fold`, but waits its turn."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_FOLD, tool_id])


def close(tool_id: int) -> None:
    """Stop taking anything in: after this returns no transaction can still add to the tool."""
    with transaction.atomic():
        tool = enter_alone(tool_id)
        if tool.state == Tool.State.OPEN:
            tool.state = Tool.State.CLOSING
            tool.save(update_fields=["state"])
