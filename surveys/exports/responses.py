"""Responses one by one, as rows: no key, no order that tells anything, the week in place of the day.

An answer that was left empty is an empty cell; NOT_ASKED stands for a question that was not asked. Most answers are the
same few again and again: each is made into cells once. What is left to do per row is to look its cells up.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from ..models import OpenAnswer, Response, Survey, SurveyVersion
from ..questions import QuestionType, Schema, type_of

NOT_ASKED = "NA"
AT_ONCE = 2000  # rows fetched, and looked up among the open answers
REMEMBERED = 5000  # answers kept ready per question
HEAD = ("response_week", "response_channel", "response_level", "response_version")

Cell = str | int | float
Write = Callable[[str], str]


class Words(Enum):
    """Which words of one's own are in: all, those a moderator has read and published (as redacted), or none."""

    ALL = "all"
    PUBLISHED = "published"
    NONE = "none"


def headings(questions: Sequence[Schema]) -> list[str]:
    """The titles of the columns; where questions share one, the later ones are numbered."""
    seen: dict[str, int] = {}
    titles = []
    for question in questions:
        for _part, title in type_of(question).columns(question):
            seen[title] = seen.get(title, 0) + 1
            titles.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return titles


def count(survey: Survey) -> int:
    """How many rows there will be: responses that count."""
    return Response.objects.filter(survey=survey, set_aside=False).count()


def rows(
    survey: Survey,
    questions: Sequence[Schema],
    write: Write = str,
    words: Words = Words.PUBLISHED,
    numbers: bool = False,
) -> Iterator[list[Cell]]:
    """One row per response, after one with the titles.

    `write` makes each text safe for the file it goes into; with `numbers`, what is a number stays one.
    """
    yield [write(title) for title in (*HEAD, *headings(questions))]
    columns = [_Column(question, write, numbers) for question in questions]
    versions = dict(SurveyVersion.objects.filter(survey=survey).values_list("pk", "number"))
    told = {column for column in columns if column.has_words} if words is not Words.ALL else set()
    for batch in _batches(survey, questions):
        published = _published(batch) if told and words is Words.PUBLISHED else {}
        for id_, day, channel, level, version, *answers in batch:
            row: list[Cell] = [_week(day), channel, level, versions[version]]
            for column, answer in zip(columns, answers, strict=True):
                if column in told:
                    row += column.reworded_cells(answer, id_, published)
                else:
                    row += column.known.get(answer) or column.cells(answer)
            yield row


@lru_cache(maxsize=4000)
def _week(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


class _Column:
    """The columns of one question."""

    def __init__(self, question: Schema, write: Write, numbers: bool):
        self.question, self.kind = question, type_of(question)
        self._write, self._numbers = write, numbers
        width = len(self.kind.columns(question))
        self.known: dict[str | None, list[Cell]] = {None: [NOT_ASKED] * width}
        self.has_words = type(self.kind).texts is not QuestionType.texts

    def cells(self, stored: str | None) -> list[Cell]:
        """The cells of an answer as stored: JSON, None where the question was not asked."""
        found = self.known.get(stored)
        if found is None:
            found = self._make(json.loads(stored or "null"))
            if len(self.known) < REMEMBERED and len(stored or "") < 400:
                self.known[stored] = found
        return found

    def reworded_cells(self, stored: str | None, id_: Any, published: dict[tuple, str]) -> list[Cell]:
        """The same, with the words that may be read in the place of those written."""
        answer = json.loads(stored) if stored else None
        texts = self.kind.texts(self.question, answer) if answer is not None else []
        if not texts:
            return self.cells(stored)
        for part, _text in texts:
            shown = published.get((id_, self.question["id"], part), _("(not published)"))
            answer = self.kind.reworded(self.question, answer, part, shown)
        return self._make(answer)

    def _make(self, answer: Any) -> list[Cell]:
        if self._numbers and isinstance(answer, int | float) and not isinstance(answer, bool):
            return [answer]
        return [self._write(cell) for cell in self.kind.to_csv(self.question, answer)]


def _published(batch: Sequence[tuple]) -> dict[tuple, str]:
    """(response, question, part) → what a moderator let pass."""
    answers = OpenAnswer.objects.filter(response__in=[row[0] for row in batch], status=OpenAnswer.Status.PUBLISHED)
    return {
        (id_ if connection.vendor == "postgresql" else id_.hex, question, part): text
        for id_, question, part, text in answers.values_list("response_id", "question_id", "part", "text")
    }


_ANSWER = {"postgresql": "(answers -> %s)::text", "sqlite": "answers -> %s"}


def _batches(survey: Survey, questions: Sequence[Schema]) -> Iterator[list[tuple]]:
    """All responses as they are at this moment, shuffled anew each time, read a batch at a time."""
    vendor = connection.vendor
    keys = [q["id"] if vendor == "postgresql" else f'$."{q["id"]}"' for q in questions]
    wanted = ", ".join(["id", "received_on", "channel", "trust", "version_id", *([_ANSWER[vendor]] * len(questions))])
    sql = f"SELECT {wanted} FROM surveys_response WHERE survey_id = %s AND NOT set_aside ORDER BY random()"  # noqa: S608
    with _cursor() as cursor:
        cursor.execute(sql, [*keys, survey.pk])
        while batch := cursor.fetchmany(AT_ONCE):
            yield batch


@contextmanager
def _cursor() -> Iterator[Any]:
    """On PostgreSQL the server keeps the rows, outside of any transaction: a long export hinders no clean-up."""
    chunked = connection.vendor == "postgresql"
    with connection.chunked_cursor() if chunked else connection.cursor() as cursor:
        yield cursor
