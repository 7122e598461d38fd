"""Statements and votes as the files of a debate tell them, row by row; what cannot be used is set aside."""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TextIO

from django.utils import timezone
from django.utils.translation import gettext as _

from counting.packing import MAX_CELLS
from counting.rejects import Lines, Rejects
from counting.spreadsheets import unquoted

from .. import wording
from .files import STATEMENT_COLUMNS, VOTE_COLUMNS, BadFiles, Columns, columns, lines, open_text

SIGNS = {"1": 1, "-1": -1, "0": 0}  # agree, disagree, pass; and moderated: accepted, refused, not yet read
MAX_STATEMENTS = MAX_CELLS // 3  # each has three cells in the tally, beside the one of voters
LONGEST_TEXT = 1000
LONGEST_NAME = 60  # of a participant
REF = re.compile(r"[A-Za-z0-9_-]{1,20}")  # as in addresses (see `urls`)
FIRST, LAST = 10**11, 253_370_764_800_000  # milliseconds: 1973, before which they must be seconds, and the year 9999


class Unusable(ValueError):
    """A row that cannot be used; the message says why."""


class Line(NamedTuple):
    """A statement of the file; `moderated` is 1, 0 or -1."""

    ref: str
    text: str
    moderated: int
    day: date | None


def read_statements(path: Path, rejects: "Rejects") -> list[Line]:
    """The statements that can be used. Raises BadFiles when there are too many."""
    found, seen, where = [], {}, columns(path, STATEMENT_COLUMNS)
    with open_text(path) as source:
        for line, cells, problem in _records(source):
            try:
                if problem:
                    raise Unusable(problem)
                statement = _statement(_picked(cells, where))
                if first := seen.get(statement.ref):
                    said = {"id": statement.ref, "line": first}
                    raise Unusable(_("The statement %(id)s stands in line %(line)d already: that one counts.") % said)
            except Unusable as why:
                rejects.write(line, str(why), cells)
                continue
            seen[statement.ref] = line
            found.append(statement)
            if len(found) > MAX_STATEMENTS:
                said = {"file": path.name, "max": MAX_STATEMENTS}
                raise BadFiles(_("%(file)s has more than %(max)d statements: divide the debate.") % said)
    return found


def _records(source: TextIO) -> Iterator[tuple[int, list[str], str]]:
    """(line number, cells, problem) of each row after the first; texts may have several lines."""
    reader = csv.reader(lines(source), strict=True)
    next(reader, None)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            text = _("Lines %(a)d to %(b)d cannot be read: a field is too long, or a quotation mark is left open.")
            yield line, [], text % {"a": line, "b": reader.line_num}
            continue
        if cells is None:
            return
        if any(map(str.strip, cells)):  # spreadsheets end their files with rows of separators
            yield line, cells, ""


def _picked(cells: list[str], where: Columns) -> list[str]:
    if len(cells) != where.width:
        said = {"found": len(cells), "expected": where.width}
        raise Unusable(_("%(found)d columns instead of %(expected)d.") % said)
    picked = [cells[place] for place in where.places]
    if any("\x00" in cell for cell in picked):
        raise Unusable(_("A NUL byte: write the row again."))
    return [unquoted(cell.strip()) for cell in picked]


def _statement(picked: list[str]) -> Line:
    ref, text, moderated, created = picked
    text = wording.tidy(text)
    if not REF.fullmatch(ref):
        raise Unusable(_("statement_id: write 1 to 20 letters without accents, digits, “-” or “_”."))
    if not text:
        raise Unusable(_("The text is empty."))
    if len(text) > LONGEST_TEXT:
        raise Unusable(_("The text has %(n)d characters: %(max)d at most.") % {"n": len(text), "max": LONGEST_TEXT})
    if moderated not in SIGNS:
        said = {"found": moderated[:40]}
        raise Unusable(_("moderated is “%(found)s”: write 1 for accepted, 0 for not read yet, -1 for refused.") % said)
    return Line(ref, text, SIGNS[moderated], _day_of(_time(created, "created")))


def _time(cell: str, title: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit()) or not FIRST <= int(cell[:20]) <= LAST:
        said = {"title": title, "found": cell[:40]}
        raise Unusable(_("%(title)s is “%(found)s”: write milliseconds since 1970, or nothing.") % said)
    return int(cell)


def _day_of(time: int | None) -> date | None:
    return None if time is None else day(time)


def day(time: int) -> date:
    """The day on which it was `time`, in milliseconds since 1970, where the site is."""
    return _day_of_quarter(time // 900_000)


@lru_cache(maxsize=50_000)
def _day_of_quarter(quarter: int) -> date:  # no clock differs from another by less than a quarter of an hour
    return timezone.localdate(datetime.fromtimestamp(quarter * 900, UTC))


Vote = tuple[str, int, int, int | None]


def read_votes(path: Path, statements: Mapping[str, int], rejects: Rejects, untimed: Lines) -> Iterator[Vote]:
    """(participant, place of the statement, vote, time) of each row that can be used. A row is one line."""
    where = columns(path, VOTE_COLUMNS)
    with open_text(path) as source:
        for line, cells in _rows(source):
            vote = _usual(cells, where, statements)
            if vote is None:
                try:
                    vote = _vote(cells, where, statements)
                except Unusable as why:
                    rejects.write(line, str(why), cells)
                    continue
            if vote[3] is None:
                untimed.add(line)
            yield vote


def _usual(cells: list[str], where: Columns, statements: Mapping[str, int]) -> Vote | None:
    """A row as most of them are, read in a microsecond; None for one that needs a second look."""
    try:
        who, what, value, time = [cells[place] for place in where.places]
        vote = who, statements[what], SIGNS[value], int(time) if time else None
    except (KeyError, ValueError, IndexError):
        return None
    if len(cells) != where.width or not (who.isascii() and who.isalnum() and len(who) <= LONGEST_NAME):
        return None
    return vote if not time or (time.isascii() and time.isdigit() and FIRST <= vote[3] <= LAST) else None


def _rows(source: TextIO) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each line after the first."""
    for number, text in enumerate(lines(source), 1):
        if number > 1 and text.strip(", \n\t"):
            yield number, text[:-1].split(",") if text.endswith("\n") and '"' not in text else _cells(text)


def _cells(text: str) -> list[str]:
    text = text.rstrip("\n")
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return [text]


def _vote(cells: list[str], where: Columns, statements: Mapping[str, int]) -> Vote:
    """A row read with care. Raises Unusable with the first thing that is wrong."""
    if len(cells) == 1 and ('"' in cells[0] or len(cells[0]) > 1000):
        raise Unusable(_("The line cannot be read: it is too long, or a quotation mark is left open."))
    who, ref, vote, time = _picked(cells, where)
    if not who:
        raise Unusable(_("participant_id is empty: each vote needs the person who cast it."))
    if len(who) > LONGEST_NAME or not who.isprintable():
        raise Unusable(_("participant_id: write at most %(max)d characters, none invisible.") % {"max": LONGEST_NAME})
    if ref not in statements:
        said = {"id": ref[:40]}
        raise Unusable(_("statement_id is “%(id)s”: there is no such row, or none usable, in statements.csv.") % said)
    if vote not in SIGNS:
        said = {"found": vote[:40]}
        raise Unusable(_("vote is “%(found)s”: write 1 for agree, -1 for disagree, 0 for pass.") % said)
    return who, statements[ref], SIGNS[vote], _time(time, "timestamp")
