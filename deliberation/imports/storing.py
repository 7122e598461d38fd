"""A debate and its votes stored from files: person by person, so that an interrupted import goes on where it was."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from counting import gate, ledger
from counting.models import Tool
from participation.identity import participant_key

from .. import cells, wording
from ..models import Debate, Statement, Voter
from ..models.vote import new_voter_id
from .reading import Line, Vote

BATCH = 50_000  # votes stored in one transaction
BATCH_PEOPLE = 10_000

Person = tuple[str, dict[int, tuple[int, int | None]]]  # name in the file; place of the statement → value, time


class Refused(ValueError):
    """The debate takes nothing in; the message says why."""


class Spool:
    """Votes on disk, to be read again person by person: any number of them takes no memory."""

    def __init__(self, votes: Iterable[Vote]):
        self.replaced = 0
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("CREATE TABLE vote (who TEXT, statement INTEGER, value INTEGER, time INTEGER)")
        self._database.execute("BEGIN")
        self.n = self._database.executemany("INSERT INTO vote VALUES (?, ?, ?, ?)", votes).rowcount

    def people(self) -> Iterator[Person]:
        """Everybody with the last vote on each statement: by time, or by place in the file where that is missing."""
        rows = self._database.execute("SELECT who, statement, value, time FROM vote ORDER BY who, rowid")
        for who, theirs in groupby(rows, itemgetter(0)):
            last: dict[int, tuple[int, int | None]] = {}
            for _who, statement, value, time in theirs:
                if before := last.get(statement):
                    self.replaced += 1
                    if time is not None and before[1] is not None and time < before[1]:
                        continue
                last[statement] = value, time
            yield who, last

    def close(self) -> None:
        self._database.close()


def find_or_create(digest: str, title: str, statements: list[Line]) -> tuple[Debate, bool]:
    """The published debate of these files, and whether it is new."""
    found = Debate.objects.for_display().filter(imported_from=digest)
    if not found.exists():
        try:
            return _create(digest, title, statements), True
        except IntegrityError:  # made this very moment by another import of the same files
            pass
    return found.get(), False


@transaction.atomic
def _create(digest: str, title: str, statements: list[Line]) -> Debate:
    debate = Debate(title=title, imported_from=digest, live=False)
    debate.save()
    debate.save_revision().publish()
    names = [name for line in statements for name in cells.names(line.ref)]
    numbers = ledger.register_cells(debate.tool, [cells.VOTERS, *names])
    made = [_statement(debate, line, numbers[cells.names(line.ref)[0]]) for line in statements]
    Statement.objects.bulk_create(made, batch_size=500)
    return Debate.objects.for_display().get(pk=debate.pk)


def _statement(debate: Debate, line: Line, cell: int) -> Statement:
    """Refused ones have cells too: their votes are stored and counted like those of a statement refused later."""
    refused = line.moderated == -1
    return Statement(
        debate=debate,
        ref=line.ref,
        text=line.text,
        text_key=wording.text_key(line.text),
        origin=Statement.Origin.IMPORT,
        status=Statement.Status.REFUSED if refused else Statement.Status.PUBLISHED,
        read=line.moderated != 0,
        cell=cell,
        proposed_on=line.day,
    )


class Store:
    """One import on its way: people are gathered, and stored with all their votes or not at all."""

    def __init__(self, debate: Debate, refs: Iterable[str], day: Callable[[int], Any]):
        self.people = self.votes = self.known = 0
        self._debate, self._day, self._salt = debate, day, bytes(debate.scope.salt)
        known = {ref: (pk, cell) for pk, ref, cell in debate.statements.values_list("pk", "ref", "cell")}
        self._columns = [self._column(*known[ref]) if ref in known else None for ref in refs]
        self._batch: list[Person] = []
        self._size = 0

    @staticmethod
    def _column(pk: int, first: int) -> dict[int, tuple[int, int, bytes]]:
        """What is stored of each of the three votes on a statement."""
        return {value: (pk, value, cells.vote_cells(first, value)) for value in cells.PLACES}

    def take(self, person: Person) -> None:
        self._batch.append(person)
        self._size += len(person[1])
        if self._size >= BATCH or len(self._batch) >= BATCH_PEOPLE:
            self.flush()

    @transaction.atomic
    def flush(self) -> None:
        """Store who was gathered, but those who are there already. Raises Refused."""
        gate.enter(self._debate.tool_id)
        # Imports of the same debate stand in line; not FOR UPDATE, which would make every vote wait.
        Debate.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=self._debate.pk)
        by_key = {participant_key(self._salt, f"file:{person[0]}"): person for person in self._batch}
        there = Voter.objects.filter(debate=self._debate, participant_key__in=list(by_key))
        for key in there.values_list("participant_key", flat=True):
            del by_key[bytes(key)]
        if by_key:
            self._insert(by_key)
        self.known += len(self._batch) - len(by_key)
        self._batch, self._size = [], 0

    def _insert(self, by_key: dict[bytes, Person]) -> None:
        if Tool.objects.get(pk=self._debate.tool_id).state != Tool.State.OPEN:
            raise Refused(_("This debate is sealed, or being sealed: nothing can be added to it."))
        voters, votes = [], []
        for key, (name, last) in by_key.items():
            voter = new_voter_id()
            voters.append((voter, self._debate.pk, key, name, False))
            for place, (value, time) in last.items():
                if column := self._columns[place]:
                    votes.append((voter, *column[value], None if time is None else self._day(time)))
        _insert("deliberation_voter (id, debate_id, participant_key, name_in_file, set_aside)", voters)
        _insert("deliberation_vote (voter_id, statement_id, value, cells, cast_on)", votes)
        packed = cells.VOTER_CELLS * len(voters) + b"".join([vote[3] for vote in votes])
        ledger.write(self._debate.tool_id, [(1, part) for part in _parts(packed)])
        self.people += len(voters)
        self.votes += len(votes)


def _parts(packed: bytes) -> Iterator[bytes]:
    """Some ledger rows rather than one: published figures wait for a number of rows, which hides single persons."""
    step = 2 * max(1, len(packed) // (4 * max(settings.SUPPRESS_BELOW, 1)))
    return (packed[at : at + step] for at in range(0, len(packed), step))


def _insert(table: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(rows[0])) if rows else ""
            cursor.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - constants of ours
