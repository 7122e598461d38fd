"""Rows that are safe to open in a spreadsheet, as CSV (pure)."""

import csv
import re
from collections.abc import Iterable
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001
NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def safe_cell(value: Any) -> Any:
    """`value`, quoted with an apostrophe where a spreadsheet would run it as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def quoted(text: str) -> str:
    """As `safe_cell`, but plain numbers stay, and `unquoted` gives `text` back whatever it was."""
    risky = text.lstrip("'").startswith(FORMULA) and not NUMBER.fullmatch(text)
    return f"'{text}" if risky else text


def unquoted(text: str) -> str:
    """What `quoted` made `text` of."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


def printable(text: str) -> str:
    """`text` without what no XML file can hold, which would make a whole workbook unreadable."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def write_csv(target: Any, rows: Iterable[Iterable[Any]]) -> None:
    """Write `rows` to a file-like `target`, with the mark by which spreadsheets know UTF-8."""
    target.write("\ufeff")
    writer = csv.writer(target)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
