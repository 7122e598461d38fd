"""The only way in: a response and its ledger row, in one transaction, under the shared gate.

record_response   a new response, the same one sent again, or a correction of it
record_many       responses that were gathered elsewhere, on paper say
reword            other words in an open answer, from their author
withdraw          the response goes, its count goes with it
erase             the same for everything behind a participant key
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from counting import gate, jobs, ledger
from counting.models import LedgerEntry, Tool
from counting.reconcile import Truth
from participation import receipts
from participation.identity import participant_key, same, submission_key
from participation.windows import within_sql

from . import open_answers
from .forms import CompiledSurvey, compile_version, compiled, forget
from .jobs import ask_for_sorting
from .models import Response, Survey, SurveyVersion
from .questions import Schema, type_of


class Closed(Exception):
    """The survey takes no responses now; `phase` says why: "unpublished", "coming" or "closed"."""

    def __init__(self, phase: str):
        super().__init__(phase)
        self.phase = phase


class Receipt(NamedTuple):
    """What the participant gets back. `fresh` is False when this very form had been received before."""

    code: str
    fresh: bool


_COLUMNS = "id, survey_id, version_id, participant_key, submission_key, answers, cells, channel, received_on"
_VALUES = {
    "postgresql": "%s::uuid, s.id, %s::bigint, %s::bytea, %s::bytea, %s::jsonb, %s::bytea, %s, %s::date",
    "sqlite": "%s, s.id, %s, %s, %s, %s, %s, %s, %s",
}


@cache
def _insert_sql(vendor: str) -> str:
    """One statement that judges, by the database's clock, whether the survey is open, and stores only if it is.

    The states are read one by one: a join of the three tables costs PostgreSQL more to plan than to run.
    """
    return f"""
        INSERT INTO surveys_response ({_COLUMNS})
        SELECT {_VALUES[vendor]} FROM surveys_survey s
        WHERE s.id = %s AND s.scope_id = %s AND s.live AND {within_sql("s")}
          AND (SELECT t.state FROM counting_tool t WHERE t.id = s.tool_id) = 'open'
          AND (SELECT c.live AND {within_sql("c")} FROM participation_scope c WHERE c.id = s.scope_id)
        ON CONFLICT DO NOTHING RETURNING id, cells
    """  # noqa: S608 - no outside value is in the text


@cache
def _at_once_sql() -> str:
    """PostgreSQL: gate, response and ledger row in one message, which is one transaction and one round trip.

    Each statement of it takes a snapshot of its own, so the survey's state is judged after the gate was passed.
    """
    stored = _insert_sql("postgresql")
    return f"""{gate.ENTER};
        WITH stored AS ({stored}), noted AS ({ledger.BESIDE.format(source="stored")}),
            unsorted AS (INSERT INTO surveys_unsorted (response_id) SELECT id FROM stored WHERE %s)
        SELECT 1 FROM stored
    """  # noqa: S608 - no outside value is in the text


def record_response(
    survey: CompiledSurvey, answers: Mapping[str, Any], token: str, *, code: str | None = None, channel: str = "web"
) -> Receipt:
    """Store `answers` and their ledger row; returns the receipt.

    `token` names this form load: sent again it changes nothing, sent again with other answers it corrects them.
    `code` is the code the participant already has in this consultation; it is used unless that person already
    answered this survey (several people share a browser), then they get a code of their own.
    Raises Closed, and django.db.OperationalError when the database cannot take the response now.
    """
    own = receipts.code_for(survey.tag, survey.salt, token)
    codes = [code, own] if code and code[:4] == survey.tag and code != own else [own]
    submission = submission_key(survey.salt, token)
    cells = survey.pack(answers, channel)
    words = survey.has_words(answers)
    rows = [_Row(participant_key(survey.salt, c), submission, answers, cells, channel, words) for c in codes]
    if connection.vendor == "postgresql" and _store_at_once(survey, rows[0]):
        jobs.nudge(survey.tool_id)
        if rows[0].has_words:
            ask_for_sorting()
        return Receipt(codes[0], True)
    return _record_step_by_step(survey, codes, rows)


def _record_step_by_step(survey: CompiledSurvey, codes: list[str], rows: list["_Row"]) -> Receipt:
    """For SQLite, and for all that is not a new response to an open survey."""
    with transaction.atomic():
        gate.enter(survey.tool_id)
        for candidate, row in zip(codes, rows, strict=True):
            if _insert(survey, row):
                ledger.write(survey.tool_id, [(1, row.cells)])
                jobs.nudge(survey.tool_id)
                return Receipt(candidate, True)
            if known := _same_submission(survey, row, codes):
                return Receipt(known, False)
        raise Closed(_why_refused(survey))


class _Row(NamedTuple):
    participant: bytes
    submission: bytes
    answers: Mapping[str, Any]
    cells: bytes
    channel: str
    has_words: bool


def _values(survey: CompiledSurvey, row: _Row) -> list[Any]:
    answers = json.dumps(row.answers, ensure_ascii=False, separators=(",", ":"))
    return [
        *(uuid.uuid4().hex, survey.version_id, row.participant, row.submission, answers, row.cells),
        *(row.channel, timezone.localdate().isoformat(), survey.survey_id, survey.scope_id),
    ]


def _insert(survey: CompiledSurvey, row: _Row) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_insert_sql(connection.vendor), _values(survey, row))
        stored = cursor.fetchone()
    if stored and row.has_words:
        _have_sorted([stored[0]])
    return stored is not None


def _have_sorted(response_ids: Iterable[Any]) -> None:
    """Have open answers sorted out of these responses, whose transaction this is."""
    open_answers.note(response_ids)
    ask_for_sorting()


def _store_at_once(survey: CompiledSurvey, row: _Row) -> bool:
    """Store a new response to an open survey with its ledger row; False, and nothing stored, when it is not that."""
    with connection.cursor() as cursor:
        cursor.execute(_at_once_sql(), [survey.tool_id, *_values(survey, row), survey.tool_id, row.has_words])
        cursor.nextset()
        return cursor.fetchone() is not None


# All rows travel as one JSON text: thousands of separate values cost the client more than the database.
_MANY = f"""WITH stored AS (
    INSERT INTO surveys_response ({_COLUMNS})
    SELECT (e->>'id')::uuid, %s, %s, decode(e->>'participant', 'hex'), decode(e->>'submission', 'hex'), e->'answers',
        decode(e->>'cells', 'hex'), %s, %s::date
    FROM jsonb_array_elements(%s::jsonb) e
    ON CONFLICT DO NOTHING RETURNING submission_key, cells),
    noted AS ({ledger.BESIDE.format(source="stored")}) SELECT submission_key FROM stored
"""  # noqa: S608 - no outside value is in the text


def record_many(
    survey: CompiledSurvey, responses: Sequence[tuple[str, Mapping[str, Any]]], channel: str = "import"
) -> list[bool]:
    """Store many (token, answers), at most a thousand, in one transaction; for each, whether it was new.

    What was gathered elsewhere may be keyed in after the survey closed, so no window applies: only the gate does. A
    token that was stored before changes nothing. Raises Closed with "unpublished", "moved" or the state of the gate.
    """
    rows = []
    for token, answers in responses:
        code = receipts.code_for(survey.tag, survey.salt, token)
        key, submission = participant_key(survey.salt, code), submission_key(survey.salt, token)
        cells, words = survey.pack(answers, channel), survey.has_words(answers)
        rows.append(_Row(key, submission, answers, cells, channel, words))
    with transaction.atomic():
        gate.enter(survey.tool_id)
        _check_gate(survey)
        insert = _insert_many if connection.vendor == "postgresql" else _insert_each
        stored = insert(survey, rows, channel)
        fresh = [row.submission in stored for row in rows]
        if worded := [row.submission for row in rows if row.has_words and row.submission in stored]:
            written = Response.objects.filter(survey_id=survey.survey_id, submission_key__in=worded)
            _have_sorted(written.values_list("pk", flat=True))
        jobs.nudge(survey.tool_id)
    return fresh


def _check_gate(survey: CompiledSurvey) -> None:
    """Raise Closed unless the survey was published, stands where it was compiled, and its gate is open."""
    found = Survey.objects.filter(pk=survey.survey_id, live_version__isnull=False)
    state, scope_id = found.values_list("tool__state", "scope_id").first() or ("unpublished", survey.scope_id)
    if scope_id != survey.scope_id:
        forget()
        raise Closed("moved")
    if state != Tool.State.OPEN:
        raise Closed(state)


def _insert_many(survey: CompiledSurvey, rows: list["_Row"], channel: str) -> set[bytes]:
    """PostgreSQL: store the rows that are new, with their ledger rows, in one statement; their submission keys."""
    sent = [
        {
            "id": uuid.uuid4().hex,
            "participant": row.participant.hex(),
            "submission": row.submission.hex(),
            "answers": row.answers,
            "cells": row.cells.hex(),
        }
        for row in rows
    ]
    values = [survey.survey_id, survey.version_id, channel, timezone.localdate().isoformat()]
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [*values, json.dumps(sent, ensure_ascii=False), survey.tool_id])
        return {bytes(found[0]) for found in cursor.fetchall()}


def _insert_each(survey: CompiledSurvey, rows: list["_Row"], channel: str) -> set[bytes]:
    """SQLite, which is in our own process: one statement a row costs nothing."""
    places = ", ".join(["%s"] * 9)
    sql = f"INSERT INTO surveys_response ({_COLUMNS}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608
    today, new = timezone.localdate().isoformat(), []
    with connection.cursor() as cursor:
        for row in rows:
            answers = json.dumps(row.answers, ensure_ascii=False, separators=(",", ":"))
            values = [uuid.uuid4().hex, survey.survey_id, survey.version_id, row.participant, row.submission]
            cursor.execute(sql, [*values, answers, row.cells, channel, today])
            if cursor.rowcount == 1:
                new.append(row)
    ledger.write(survey.tool_id, [(1, row.cells) for row in new])
    return {row.submission for row in new}


def _same_submission(survey: CompiledSurvey, row: _Row, codes: list[str]) -> str | None:
    """The code under which this very form load was stored before, its answers corrected if they differ; else None."""
    found = (
        Response.objects.select_for_update().filter(survey_id=survey.survey_id, submission_key=row.submission).first()
    )
    if found is None:
        return None
    if found.answers != row.answers and _is_open(survey):
        _change(found, survey, row)
    return next((c for c in codes if same(participant_key(survey.salt, c), found.participant_key)), codes[-1])


def _change(found: Response, survey: CompiledSurvey, row: _Row) -> None:
    """Replace the answers of `found`, locked: minus the old cells, plus the new."""
    ledger.write(survey.tool_id, [(-1, bytes(found.cells)), (1, row.cells)])
    found.answers, found.cells, found.version_id = dict(row.answers), row.cells, survey.version_id
    found.save(update_fields=["answers", "cells", "version"])
    jobs.nudge(survey.tool_id)
    _have_sorted([found.pk])


def reword(response_id: Any, question: Schema, part: str, text: str) -> None:
    """Put an author's other words in one of their open answers: no figure depends on them.

    The caller holds the item of the desk, so this does not wait for the response: raises django.db.OperationalError
    while somebody else is at it, and Response.DoesNotExist when it was taken back.
    """
    response = Response.objects.select_for_update(nowait=True).get(pk=response_id)
    answer = type_of(question).reworded(question, response.answers[question["id"]], part, text)
    response.answers = {**response.answers, question["id"]: answer}
    response.save(update_fields=["answers"])


def _is_open(survey: CompiledSurvey) -> bool:
    return _load(survey).phase() == "open"


def _load(survey: CompiledSurvey) -> Survey:
    return Survey.objects.for_display().get(pk=survey.survey_id)


def _why_refused(survey: CompiledSurvey) -> str:
    current = Survey.objects.for_display().filter(pk=survey.survey_id).first()
    if current is None:
        return "unpublished"
    if current.scope_id != survey.scope_id:
        forget()
        return "moved"
    phase = current.phase()
    return "closed" if phase == "open" else phase  # open by our clock, shut by the database's, which decides


def receive(key: str, number: int, answers: Mapping[str, Any], token: str, code: str | None) -> Receipt:
    """`record_response` for the web: finds the survey compiled, and sees to it that old connections do no harm.

    Django would ask each connection whether it lives before using it, one more round trip for every submission. Here
    it is used at once; if it was dead, the same response is sent again over a new one, which its token makes harmless.
    """
    connection.health_check_done = True
    try:
        return _receive(key, number, answers, token, code)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return _receive(key, number, answers, token, code)


def _receive(key: str, number: int, answers: Mapping[str, Any], token: str, code: str | None) -> Receipt:
    """Follows a survey that joined a consultation since its form was compiled here."""
    try:
        return record_response(compiled(key, number), answers, token, code=code or None)
    except Closed as refused:
        if refused.phase != "moved":
            raise
        return record_response(compiled(key, number), answers, token, code=code or None)


@transaction.atomic
def _remove(responses: Iterable[Response]) -> int:
    """Delete locked responses and count them out, one ledger row each."""
    gone = 0
    for response in responses:
        tool_id = response.survey.tool_id
        gate.enter(tool_id)
        open_answers.take_off(response)
        deleted, _ = Response.objects.filter(pk=response.pk, cells=response.cells).delete()
        if deleted:
            ledger.write(tool_id, [(-1, bytes(response.cells))])
            jobs.nudge(tool_id)
            gone += 1
    return gone


@transaction.atomic
def withdraw(survey: Survey, key: bytes) -> bool:
    """Take back the response of one participant while the survey is open. Raises Closed afterwards."""
    if survey.phase() != "open":
        raise Closed(survey.phase())
    locked = Response.objects.select_for_update(of=("self",)).select_related("survey")
    return _remove(locked.filter(survey=survey, participant_key=key)) > 0


def withdraw_at(key: bytes, url: str) -> bool:
    """`withdraw` for the follow-up page, which knows surveys by their address."""
    surveys = Survey.objects.for_display().filter(responses__participant_key=key)
    found = next((survey for survey in surveys if survey.get_absolute_url() == url), None)
    try:
        return found is not None and withdraw(found, key)
    except Closed:
        return False


@transaction.atomic
def erase(key: bytes) -> int:
    """Forget every response behind a participant key, in whatever phase its survey is; how many went."""
    locked = Response.objects.select_for_update(of=("self",)).select_related("survey")
    return _remove(locked.filter(participant_key=key).order_by("pk"))


def find_traces(key: bytes) -> list[receipts.Trace]:
    """What the follow-up page shows of the surveys a participant answered."""
    responses = Response.objects.filter(participant_key=key).only("survey_id")
    surveys = Survey.objects.for_display().filter(pk__in=[r.survey_id for r in responses])
    news = open_answers.news_of(key)
    return [_trace(survey, news.get(survey.pk, ())) for survey in surveys]


def _trace(survey: Survey, news: Sequence[receipts.News]) -> receipts.Trace:
    waiting = LedgerEntry.objects.filter(tool_id=survey.tool_id).exists()
    return receipts.Trace(
        title=survey.title,
        url=survey.get_absolute_url(),
        counted=not waiting,
        counted_until=survey.tool.counted_until,
        withdrawable=survey.phase() == "open",
        news=news,
    )


def rewrite_cells(tool_id: int) -> int:
    """Recompute the cells of every response of a tool from its answers; how many differed and were mended."""
    mended, compilations = 0, {}
    responses = Response.objects.filter(survey__tool_id=tool_id).only("version_id", "answers", "cells", "channel")
    for response in responses.iterator(chunk_size=2000):
        if response.version_id not in compilations:
            version = SurveyVersion.objects.select_related("survey__scope").get(pk=response.version_id)
            compilations[response.version_id] = compile_version(version)
        cells = compilations[response.version_id].pack(response.answers, response.channel)
        if cells != bytes(response.cells):
            Response.objects.filter(pk=response.pk).update(cells=cells)
            mended += 1
    return mended


_OF_TOOL = "surveys_response r WHERE r.survey_id = (SELECT s.id FROM surveys_survey s WHERE s.tool_id = %s)"
TRUTH = Truth(
    rows=f"SELECT r.cells, r.submission_key AS spread FROM {_OF_TOOL}",  # noqa: S608
    rewrite=rewrite_cells,
    receipts=f"SELECT r.participant_key FROM {_OF_TOOL}",  # noqa: S608
)

__all__ = [
    "Closed",
    "Receipt",
    "Tool",
    "erase",
    "find_traces",
    "receive",
    "record_many",
    "record_response",
    "reword",
    "withdraw",
]
