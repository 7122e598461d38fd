"""When taking part is possible: half-open windows, judged by the database's clock."""

from datetime import datetime

from django.db import connection


def is_within(now: datetime, opens_at: datetime | None, closes_at: datetime | None) -> bool:
    """True from `opens_at` (included) to `closes_at` (excluded); None means no limit on that side."""
    return (opens_at is None or opens_at <= now) and (closes_at is None or now < closes_at)


def database_now_sql() -> str:
    """The SQL expression for this very instant on the database's clock, comparable with stored datetimes (UTC).

    `clock_timestamp()`, not `now()`: a transaction that waited at the gate must not be judged by when it began.
    Percent signs are doubled, for statements with parameters.
    """
    if connection.vendor == "postgresql":
        return "clock_timestamp()"
    return "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"


def within_sql(table: str) -> str:
    """SQL that is true while the window of `table` (columns opens_at, closes_at) is open."""
    now = database_now_sql()
    return (
        f"({table}.opens_at IS NULL OR {table}.opens_at <= {now}) AND "
        f"({table}.closes_at IS NULL OR {table}.closes_at > {now})"
    )
