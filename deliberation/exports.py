"""A debate as the two files it can be imported from: statements.csv and votes.csv."""

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from counting.spreadsheets import quoted

from . import wording
from .analysis import COUNTED
from .models import Debate, Statement

STATEMENT_COLUMNS = ("statement_id", "text", "moderated", "created")
VOTE_COLUMNS = ("participant_id", "statement_id", "vote", "timestamp")
AT_ONCE = 5000  # rows fetched

# In what order people stand, the same again after an import: numbers, those whom we number ourselves, other names.
_NUMBER = {
    "postgresql": "r.name_in_file ~ '^(0|[1-9][0-9]*)$'",
    "sqlite": "(r.name_in_file = '0' OR r.name_in_file GLOB '[1-9]*' AND r.name_in_file NOT GLOB '*[^0-9]*')",
}
_BYTES = {"postgresql": '"C"', "sqlite": "BINARY"}


class Exported(NamedTuple):
    """How much was written."""

    statements: int
    participants: int
    votes: int


def export_debate(debate: Debate, folder: Path) -> Exported:
    """Write the two files into `folder`, both or none. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Statement.objects.filter(debate=debate).exclude(text="")  # whose author was forgotten
    found = found.exclude(status=Statement.Status.PENDING, cell=None)  # which wait, never shown so far
    statements = sorted(found, key=lambda s: (len(s.ref), s.ref))  # not by age, which a ref does not tell
    places = {statement.pk: (place, statement.ref) for place, statement in enumerate(statements)}
    said, cast = _Part(folder / "statements.csv"), _Part(folder / "votes.csv")
    try:
        said.write(STATEMENT_COLUMNS, map(_statement_row, statements))
        names = _Names()
        cast.write(VOTE_COLUMNS, _vote_rows(debate, places, names))
        said.done()
        cast.done()
    finally:
        said.forget()
        cast.forget()
    return Exported(len(statements), names.n, cast.rows)


class _Part:
    """A file under another name until it is whole."""

    def __init__(self, path: Path):
        self._path, self._part = path, path.with_name(f".{path.name}.part")
        self.rows = 0

    def write(self, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
        with self._part.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(header)
            for row in rows:
                writer.writerow(row)
                self.rows += 1

    def done(self) -> None:
        os.replace(self._part, self._path)

    def forget(self) -> None:
        self._part.unlink(missing_ok=True)


def _statement_row(statement: Statement) -> tuple[Any, ...]:
    moderated = int(statement.read) if statement.status in COUNTED else -1
    return statement.ref, quoted(wording.tidy(statement.text)), moderated, _midnight(statement.proposed_on)


@lru_cache(maxsize=50_000)
def _midnight(day: date | None) -> int | str:
    """The beginning of the day, all that is stored of when, in milliseconds since 1970."""
    if day is None:
        return ""
    return int(timezone.make_aware(datetime.combine(day, time())).timestamp()) * 1000


class _Names:
    """Gives each person, asked in their order, a name: as in the file they were imported from, else the next number.

    Who has no name of their own stands in the order of voters' ids, which are random and seen nowhere: a number does
    not tell when somebody came.
    """

    def __init__(self) -> None:
        self.n = self._last = 0

    def of(self, name: str) -> str:
        self.n += 1
        if name.isascii() and name.isdecimal():
            self._last = int(name)  # the largest of them, when the first person without a name comes
        elif not name:
            self._last += 1
        return name or str(self._last)


def names_of(debate: Debate) -> dict[int, str]:
    """Voter id → the name in the files, of everybody who counts."""
    names = _Names()
    return {voter: names.of(name) for voter, name in _read(debate, "r.id, r.name_in_file")}


def _vote_rows(debate: Debate, places: dict[int, tuple[int, str]], names: _Names) -> Iterator[tuple[Any, ...]]:
    wanted = "r.id, r.name_in_file, v.statement_id, v.value, v.cast_on"
    rows = _read(debate, wanted, "JOIN deliberation_vote v ON v.voter_id = r.id")
    for (_voter, name), theirs in groupby(rows, itemgetter(0, 1)):
        who = quoted(names.of(name))
        votes = [(places[row[2]], row[3], row[4]) for row in theirs if row[2] in places]  # not of newer statements
        for (_place, ref), value, day in sorted(votes, key=itemgetter(0)):
            yield who, ref, value, _midnight(day)


def _read(debate: Debate, wanted: str, joined: str = "") -> Iterator[tuple[Any, ...]]:
    """Rows of people who count, in their order, read in one statement as they are needed."""
    vendor = connection.vendor
    sql = f"""SELECT {wanted} FROM deliberation_voter r {joined} WHERE r.debate_id = %s AND NOT r.set_aside
        ORDER BY CASE WHEN r.name_in_file = '' THEN 1 WHEN {_NUMBER[vendor]} THEN 0 ELSE 2 END,
        length(r.name_in_file), r.name_in_file COLLATE {_BYTES[vendor]}, r.id"""  # noqa: S608 - constants of ours
    with _cursor() as cursor:
        cursor.execute(sql, [debate.pk])
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


@contextmanager
def _cursor() -> Iterator[Any]:
    """One that fetches as it goes. SQLite needs no transaction for that, and one would keep voters waiting."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            yield cursor
        return
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        yield cursor
