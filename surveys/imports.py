"""Responses gathered elsewhere, on paper say: a CSV file read as a stream, row by row, good rows in, bad rows aside."""

import csv
import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from django.utils.translation import gettext as _

from counting.spreadsheets import unquoted

from . import intake
from .forms import CompiledSurvey
from .questions import AnswerError, Schema, type_of
from .questions.base import NOT_ASKED, clean_text
from .questions.choice import OTHER, fold

BATCH = 1000
LONGEST_LINE = 2_000_000
LONGEST_FIELD = 131_072
REMEMBERED = 2000  # readings of short values kept per question: the same few come again and again
SEPARATORS = ",;\t"
PLACE = re.compile(r"(.+)_0*([1-9][0-9]{0,3})")  # q4_1, q0004_0001: the first column of that question


class Refused(ValueError):
    """A file that cannot be imported at all; the message says why and the way out."""


class Outcome(NamedTuple):
    """What an import did. `ignored` columns belong to no question, `missing` questions have no column."""

    added: int
    already_there: int
    rejected: int
    ignored: list[str]
    missing: list[str]
    rejects: Path


def import_file(
    survey: CompiledSurvey, path: Path, channel: str = "import", progress: Callable[[int, int], None] | None = None
) -> Outcome:
    """Store the responses in the CSV file at `path`. Raises Refused, and OSError when a file cannot be read or written.

    A row is known again by all of its cells, and by how many rows like it came before: the same file again adds
    nothing, also after it was interrupted, reordered, continued or corrected.
    """
    lines = _check_text(path)
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = _Rows(source)
        header = rows.header(survey)
        reading = Reading(survey, header)
        with _Rejects(path.with_suffix(".rejected.csv"), header, rows.separator) as rejects:
            run = _Run(survey, channel, reading, rejects)
            for line, row, problem in rows:
                run.take(line, row, problem)
                if progress and line % BATCH == 0:
                    progress(line, lines)
            run.store()
    return Outcome(run.added, run.known, rejects.n, reading.ignored, reading.missing, rejects.path)


def _check_text(path: Path) -> int:
    """Raise Refused unless the whole file is text in UTF-8; the number of its lines."""
    lines = 0
    with path.open(encoding="utf-8-sig", newline="") as source:
        try:
            while chunk := source.read(1 << 20):
                lines += chunk.count("\n")
        except UnicodeDecodeError:
            message = _("The file is not in UTF-8. Save it again as “CSV UTF-8”, then import it. Nothing was imported.")
            raise Refused(message) from None
    return lines


class _Rows:
    """The rows of a CSV file with their line numbers; what cannot be read as a row comes with the problem."""

    def __init__(self, source: TextIO):
        self._source = source
        self.separator = ","

    def header(self, survey: CompiledSurvey) -> list[str]:
        """The titles of the columns, read with the separator under which most of them are known."""
        first = self._source.readline(LONGEST_LINE)
        self._source.seek(0)
        self._source.read(1 if first.startswith("\ufeff") else 0)
        tried = {s: _parse_line(first, s) for s in SEPARATORS}
        self.separator = max(SEPARATORS, key=lambda s: (Reading.count_known(survey, tried[s]), len(tried[s])))
        csv.field_size_limit(LONGEST_FIELD)
        lines = iter(lambda: self._source.readline(LONGEST_LINE), "")  # a line without end does not fill the memory
        self._reader = csv.reader(lines, delimiter=self.separator)
        try:
            header = [unquoted(clean_text(title)) for title in next(self._reader, [])]
        except csv.Error:
            header = []
        if not any(header):
            raise Refused(_("The file has no first line with the titles of the columns."))
        return header

    def __iter__(self) -> Iterator[tuple[int, list[str], str]]:
        while True:
            line = self._reader.line_num + 1
            try:
                row = next(self._reader, None)
            except csv.Error:
                text = _("This line cannot be read: a field is too long, or a quotation mark is left open.")
                yield line, [], text
                continue
            if row is None:
                return
            if any(map(str.strip, row)):  # spreadsheets end their files with rows of separators
                yield line, row, ""


def _parse_line(line: str, separator: str) -> list[str]:
    try:
        return [unquoted(clean_text(title)) for title in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []


def _names(question: Schema) -> Iterator[tuple[str, int]]:
    """Every title by which a file may name a column of `question`, with the place of that column."""
    columns = type_of(question).columns(question)
    heads = [head for head in (question["code"], question["wording"]) if head]
    titles = [title for _part, title in columns]
    for place, title in enumerate(titles):
        yield fold(title), place
        if question["code"] and title.startswith(question["code"]):
            yield fold(question["wording"] + title[len(question["code"]) :]), place
    if columns[-1][0] == OTHER:
        yield from ((fold(f"{head}_{OTHER}"), len(columns) - 1) for head in heads)
    if columns[0][0] == "":
        yield from ((fold(head), 0) for head in heads)
    if len(columns) > 1 or columns[0][0]:  # a grid may have one row
        yield from ((fold(f"{head}_{n}"), n - 1) for head in heads for n in range(1, len(columns) + 1))


class Reading:
    """Which column of a file answers which question, and how its values are read."""

    def __init__(self, survey: CompiledSurvey, header: list[str]):
        known = _titles(survey)
        self.ignored = []
        places: dict[str, list[int | None]] = {}
        for column, title in enumerate(header):
            found = _find(known, title)
            if not found:
                self.ignored.append(title)
                continue
            if len(found) > 1:
                raise Refused(_("The column “%(title)s” fits several questions.") % {"title": title[:80]})
            question, place = found[0]
            width = len(type_of(question).columns(question))
            columns = places.setdefault(question["id"], [None] * width)
            if columns[place] is not None:
                raise Refused(_("The column “%(title)s” stands there twice.") % {"title": title[:80]})
            columns[place] = column
        if not places:
            raise Refused(_("No column of the file is a question of this survey."))
        self.width = len(header)
        self._routing = survey.routing
        self._parts = [(q, places[q["id"]], {}) for q in survey.questions if q["id"] in places]
        self.missing = [q["wording"] for q in survey.questions if q["id"] not in places]

    @staticmethod
    def count_known(survey: CompiledSurvey, header: list[str]) -> int:
        known = _titles(survey)
        return sum(1 for title in header if _find(known, title))

    def answers(self, row: list[str]) -> dict[str, Any]:
        """The answers in `row`, by question id; a question that was not asked is absent. Raises AnswerError."""
        found = {}
        for question, columns, remembered in self._parts:
            values = tuple([unquoted(row[c].strip()) if c is not None else "" for c in columns])
            try:
                if values in remembered:
                    answer = remembered[values]
                else:
                    answer = _read(question, columns, values)
                    if len(remembered) < REMEMBERED and sum(map(len, values)) < 400:
                        remembered[values] = answer
            except AnswerError as error:
                raise AnswerError(f"{question['code'] or question['wording'][:80]} : {error.message}") from None
            if answer is not NOT_PUT:
                found[question["id"]] = answer
        self._leave_out_what_was_not_asked(found)
        return found

    def _leave_out_what_was_not_asked(self, found: dict[str, Any]) -> None:
        """What is empty and was not to be answered was not asked. What somebody answered nonetheless stays."""
        for id_ in self._routing.rules:
            if id_ in found and found[id_] is None and not self._routing.shows(id_, found):
                del found[id_]


NOT_PUT = object()


def _read(question: Schema, columns: list[int | None], values: tuple[str, ...]) -> Any:
    """The answer in `values`; NOT_PUT when the file says that the question was not asked."""
    offered = {fold(item["label"]) for item in (*question.get("options", ()), *question.get("scale", ()))}
    not_asked = [v.lower() in NOT_ASKED and fold(v) not in offered for v in values]
    if all(no or c is None for no, c in zip(not_asked, columns, strict=True)):
        return NOT_PUT
    return type_of(question).from_csv(question, ["" if no else v for v, no in zip(values, not_asked, strict=True)])


def _titles(survey: CompiledSurvey) -> dict[str, list[tuple[Schema, int]]]:
    known: dict[str, list[tuple[Schema, int]]] = {}
    for question in survey.questions:
        for title, place in dict.fromkeys(_names(question)):
            known.setdefault(title, []).append((question, place))
    return known


def _find(known: dict[str, list[tuple[Schema, int]]], title: str) -> list[tuple[Schema, int]]:
    title = fold(title)
    if title not in known and (numbered := PLACE.fullmatch(title)):
        title = f"{numbered[1]}_{numbered[2]}"
    return known.get(title, [])


class _Run:
    """One import on its way: a batch of good rows, and the counts."""

    def __init__(self, survey: CompiledSurvey, channel: str, reading: Reading, rejects: "_Rejects"):
        self.survey, self.channel, self.reading, self.rejects = survey, channel, reading, rejects
        self.added = self.known = 0
        self._batch: list[tuple[str, dict[str, Any]]] = []
        self._occurrences = _Occurrences()

    def take(self, line: int, row: list[str], problem: str) -> None:
        try:
            if problem:
                raise AnswerError(problem)
            if len(row) != self.reading.width:
                numbers = {"found": len(row), "expected": self.reading.width}
                raise AnswerError(_("%(found)d columns instead of %(expected)d.") % numbers)
            answers = self.reading.answers(row)
        except AnswerError as error:
            self.rejects.write(line, str(error.message), row)
            return
        self._batch.append((self._token(row), answers))
        if len(self._batch) == BATCH:
            self.store()

    def store(self) -> None:
        try:
            fresh = intake.record_many(self.survey, self._batch, self.channel)
        except intake.Closed as closed:
            raise Refused(_why(closed.phase)) from None
        self.added += sum(fresh)
        self.known += len(fresh) - sum(fresh)
        self._batch = []

    def _token(self, row: list[str]) -> str:
        digest = hashlib.sha256("\x1f".join(row).encode(errors="surrogatepass")).digest()
        return f"import:{self.survey.key}:{digest.hex()}:{self._occurrences.count(digest)}"


def _why(phase: str) -> str:
    if phase == "unpublished":
        return _("This survey was never published: publish it first.")
    if phase == "moved":
        return _("This survey has just joined a consultation. Import again.")
    return _("This survey is sealed, or being sealed: nothing can be added to it.")


class _Occurrences:
    """How many equal rows came before, in a temporary file: a million rows take no memory."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("CREATE TABLE seen (row BLOB PRIMARY KEY, n INTEGER) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def count(self, digest: bytes) -> int:
        sql = "INSERT INTO seen VALUES (?, 0) ON CONFLICT DO UPDATE SET n = n + 1 RETURNING n"
        return self._database.execute(sql, [digest[:16]]).fetchone()[0]


class _Rejects:
    """The file beside the imported one that keeps each bad row, its line and the reason; gone when there is none."""

    def __init__(self, path: Path, header: list[str], separator: str):
        self.path, self.n = path, 0
        self._header, self._separator = header, separator
        self._file: TextIO | None = None

    def __enter__(self) -> "_Rejects":
        return self

    def write(self, line: int, reason: str, row: list[str]) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file, delimiter=self._separator)
            self._writer.writerow(["line", "reason", *self._header])
        self._writer.writerow([line, reason, *row])
        self.n += 1

    def __exit__(self, *raised: Any) -> None:
        if self._file is not None:
            self._file.close()
        elif raised[0] is None:
            self.path.unlink(missing_ok=True)  # left by an earlier run
