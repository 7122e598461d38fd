"""PostgreSQL: statements that each connection keeps planned, sent in one message behind a first one.

Planning a statement of several inserts costs PostgreSQL about as much as running it. Each statement of a message takes
a snapshot of its own, and outside a transaction the message is one: all of it happens, or nothing.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.db import ProgrammingError, connection

# Another connection of a pool answered than the one that prepared: not there, or there already.
_ELSEWHERE = ("26000", "42P05")
_READY = "palabre_ready"  # attribute of a connection: names of what it keeps planned; None where it cannot


def first_row(opening: str, opened: Sequence[Any], name: str, sql: str, values: Sequence[Any]) -> tuple | None:
    """Run `opening` with its values, then `sql` with its own; the first row that `sql` gives.

    `name`: what the planned statement is called, one for each `sql`. Raises django.db.DatabaseError.
    """
    execute = f"EXECUTE {name} ({', '.join(['%s'] * len(values))})"
    with connection.cursor() as cursor:
        if _is_ready(cursor, name, sql):
            try:
                return _run(cursor, f"{opening}; {execute}", [*opened, *values])
            except ProgrammingError as error:
                if _state(error) not in _ELSEWHERE:
                    raise
                setattr(connection.connection, _READY, None)
        return _run(cursor, f"{opening}; {sql}", [*opened, *values])


def _run(cursor: Any, message: str, values: Sequence[Any]) -> tuple | None:
    cursor.execute(message, values)
    cursor.nextset()
    return cursor.fetchone()


def _is_ready(cursor: Any, name: str, sql: str) -> bool:
    """Does this connection keep `sql` planned? Not inside a transaction, which a failure would break off."""
    if connection.in_atomic_block:
        return False
    ready: frozenset[str] | None = getattr(connection.connection, _READY, frozenset())
    if ready is None or name in ready:
        return ready is not None
    try:
        cursor.execute(f"PREPARE {name} AS {_numbered(sql)}")
    except ProgrammingError as error:
        if _state(error) not in _ELSEWHERE:
            raise
        setattr(connection.connection, _READY, None)
        return False
    setattr(connection.connection, _READY, ready | {name})
    return True


def _state(error: ProgrammingError) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def _numbered(sql: str) -> str:
    """`sql` with its parameters as PREPARE wants them: %s, %s → $1, $2."""
    numbers = iter(range(1, sql.count("%s") + 1))
    return re.sub("%s", lambda _found: f"${next(numbers)}", sql).replace("%%", "%")
