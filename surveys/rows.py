"""Responses as rows: stored with their ledger rows in one statement, which judges whether the survey is open.

insert        one response, step by step
insert_now    PostgreSQL: one response with all that follows from it, in one message
insert_many   what was gathered elsewhere
"""

import json
import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from counting import gate, ledger, prepared
from participation import arrivals, trust
from participation.arrivals import Came
from participation.windows import within_sql

from .forms import CompiledSurvey


class Row(NamedTuple):
    participant: bytes
    submission: bytes
    answers: Mapping[str, Any]
    text: str  # the answers, as they are stored
    cells: bytes
    channel: str
    trust: str
    has_words: bool


def as_text(answers: Mapping[str, Any]) -> str:
    return json.dumps(answers, ensure_ascii=False, separators=(",", ":"))


def content(survey: CompiledSurvey, row: Row) -> tuple[int, int | None]:
    """How many answers `row` gives, and what tells equal ones."""
    given = sum(answer is not None for answer in row.answers.values())
    return given, arrivals.fingerprint(survey.salt, row.text, given)


_COLUMNS = "id, survey_id, version_id, participant_key, submission_key, answers, cells, channel, received_on"
_VALUES = {
    "postgresql": "%s::uuid, s.id, %s::bigint, %s::bytea, %s::bytea, %s::jsonb, %s::bytea, %s, %s::date",
    "sqlite": "%s, s.id, %s, %s, %s, %s, %s, %s, %s",
}


@cache
def _insert_sql(vendor: str) -> str:
    """One statement that judges, by the database's clock, whether the survey is open, and stores only if it is and asks
    for no more than its sender proved.

    The states are read one by one: a join of the three tables costs PostgreSQL more to plan than to run.
    """
    return f"""
        INSERT INTO surveys_response ({_COLUMNS}, trust)
        SELECT {_VALUES[vendor]}, %s FROM surveys_survey s
        WHERE s.id = %s AND s.scope_id = %s AND s.live AND {within_sql("s")} AND {trust.allows_sql("s")}
          AND (SELECT t.state FROM counting_tool t WHERE t.id = s.tool_id) = 'open'
          AND (SELECT c.live AND {within_sql("c")} FROM participation_scope c WHERE c.id = s.scope_id)
        ON CONFLICT DO NOTHING RETURNING id, cells
    """  # noqa: S608 - no outside value is in the text


def _values(survey: CompiledSurvey, row: Row) -> list[Any]:
    return [
        *(uuid.uuid4().hex, survey.version_id, row.participant, row.submission, row.text, row.cells),
        *(row.channel, timezone.localdate().isoformat(), row.trust),
        *(survey.survey_id, survey.scope_id, trust.allowed_by(row.trust)),
    ]


def insert(survey: CompiledSurvey, row: Row) -> Any:
    """Store a new response to an open survey; its id, None where it is not that."""
    with connection.cursor() as cursor:
        cursor.execute(_insert_sql(connection.vendor), _values(survey, row))
        stored = cursor.fetchone()
    return stored[0] if stored else None


_GONE = "DELETE FROM surveys_draft WHERE survey_id = %s AND participant_key = %s::bytea AND EXISTS (TABLE stored)"


@cache
def _now_sql(traced: bool, worded: bool, drafted: bool) -> str:
    """PostgreSQL: response and ledger row in one statement; with how it came, and that its words wait to be sorted,
    where these are to be noted; and without what was kept of it before.
    """
    beside = f", noted AS ({ledger.BESIDE.format(source='stored')})"
    beside += ", unsorted AS (INSERT INTO surveys_unsorted (response_id) SELECT id FROM stored)" if worded else ""
    beside += f", traced AS ({arrivals.BESIDE.format(source='stored')})" if traced else ""
    beside += f", gone AS ({_GONE})" if drafted else ""
    return f"WITH stored AS ({_insert_sql('postgresql')}){beside} SELECT 1 FROM stored"  # noqa: S608 - see above


def insert_now(survey: CompiledSurvey, row: Row, came: Came | None, drafted: bool) -> bool:
    """PostgreSQL: store a new response to an open survey with its ledger row; False, and nothing stored, where it is
    not that. One message, which is one transaction and one round trip; the survey's state is judged after the gate was
    passed.
    """
    values = [*_values(survey, row), survey.tool_id]
    if came:
        values += arrivals.values(survey.tool_id, row.participant, came, *content(survey, row))
    if drafted:
        values += [survey.survey_id, row.participant]
    kind = (came is not None, row.has_words, drafted)
    name = f"palabre_response_{''.join('01'[fact] for fact in kind)}"
    return prepared.first_row(gate.ENTER, [survey.tool_id], name, _now_sql(*kind), values) is not None


# All rows travel as one JSON text: thousands of separate values cost the client more than the database.
_MANY = f"""WITH stored AS (
    INSERT INTO surveys_response ({_COLUMNS})
    SELECT (e->>'id')::uuid, %s, %s, decode(e->>'participant', 'hex'), decode(e->>'submission', 'hex'),
        (e->>'answers')::jsonb, decode(e->>'cells', 'hex'), %s, %s::date
    FROM jsonb_array_elements(%s::jsonb) e
    ON CONFLICT DO NOTHING RETURNING submission_key, cells),
    noted AS ({ledger.BESIDE.format(source="stored")}) SELECT submission_key FROM stored
"""  # noqa: S608 - no outside value is in the text


def insert_many(survey: CompiledSurvey, rows: list[Row], channel: str) -> set[bytes]:
    """Store the rows that are new, with their ledger rows, whatever the survey's dates; their submission keys."""
    return (_many_at_once if connection.vendor == "postgresql" else _many_one_by_one)(survey, rows, channel)


def _many_at_once(survey: CompiledSurvey, rows: list[Row], channel: str) -> set[bytes]:
    sent = [
        {
            "id": uuid.uuid4().hex,
            "participant": row.participant.hex(),
            "submission": row.submission.hex(),
            "answers": row.text,
            "cells": row.cells.hex(),
        }
        for row in rows
    ]
    values = [survey.survey_id, survey.version_id, channel, timezone.localdate().isoformat()]
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [*values, json.dumps(sent, ensure_ascii=False), survey.tool_id])
        return {bytes(found[0]) for found in cursor.fetchall()}


def _many_one_by_one(survey: CompiledSurvey, rows: list[Row], channel: str) -> set[bytes]:
    """SQLite, which is in our own process: one statement a row costs nothing."""
    places = ", ".join(["%s"] * 9)
    sql = f"INSERT INTO surveys_response ({_COLUMNS}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608
    today, new = timezone.localdate().isoformat(), []
    with connection.cursor() as cursor:
        for row in rows:
            values = [uuid.uuid4().hex, survey.survey_id, survey.version_id, row.participant, row.submission]
            cursor.execute(sql, [*values, row.text, row.cells, channel, today])
            if cursor.rowcount == 1:
                new.append(row)
    ledger.write(survey.tool_id, [(1, row.cells) for row in new])
    return {row.submission for row in new}
