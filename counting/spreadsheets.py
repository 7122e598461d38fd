"""Figures as CSV, safe to open in a spreadsheet (pure)."""

import csv
from collections.abc import Iterable
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001


def safe_cell(value: Any) -> Any:
    """`value`, quoted with an apostrophe where a spreadsheet would run it as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write_csv(target: Any, rows: Iterable[Iterable[Any]]) -> None:
    """Write `rows` to a file-like `target`, with the mark by which spreadsheets know UTF-8."""
    target.write("\ufeff")
    writer = csv.writer(target)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
