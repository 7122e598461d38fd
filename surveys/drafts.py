"""What people began to answer and have not sent yet: kept, found again with their code, forgotten.

Each question's input is locked with the code on its own, so two devices that go on at once do not undo one another:
what was written last counts, question by question.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from participation.identity import participant_key
from participation.resuming import Lock
from participation.windows import within_sql

from .forms import CompiledSurvey, compiled
from .models import Draft, Response, Survey, SurveyVersion
from .questions import AnswerError, Form, Schema, type_of

KEPT_DAYS = 30
LONGEST = 60_000  # characters of one question's input

Typed = dict[str, list[str]]


class Standing(NamedTuple):
    """How far somebody is: what is typed so far, by input name; the ids of the questions they passed.

    `sent`: it is what they sent before, and they change it. `begun`: something of it is not sent yet.
    """

    typed: Typed
    passed: frozenset[str]
    sent: bool = False
    begun: bool = False


def standing(survey: CompiledSurvey, code: str) -> Standing | None:
    """Where the person behind `code` left off; what they sent, where that is all; None for who is new."""
    key = participant_key(survey.salt, code)
    mine = {"survey_id": survey.survey_id, "participant_key": key}
    if (stored := Draft.objects.filter(**mine).values_list("typed", flat=True).first()) is not None:
        return _unlocked(survey, code, stored)
    response = Response.objects.filter(**mine).only("answers").first()
    return None if response is None else Standing(*_typed_again(survey, response.answers), sent=True)


def _unlocked(survey: CompiledSurvey, code: str, stored: Mapping[str, str]) -> Standing:
    lock, passed = Lock(survey.salt, code), set()
    typed: Typed = {}
    for question in survey.questions:
        text = lock.open(stored.get(question["id"], ""), question["id"])
        if text is not None:
            number, inputs = json.loads(text)
            typed |= _carried_over(survey, question, number, inputs)
            passed.add(question["id"])
    return Standing(typed, frozenset(passed), begun=True)


def _carried_over(survey: CompiledSurvey, question: Schema, number: int, inputs: list[list[Any]]) -> Typed:
    """Input as this version names it; where it was typed into another version, by way of the answer it gave there."""
    name = survey.names[question["id"]]
    typed = {name + suffix: values for suffix, values in inputs}
    if number == survey.number:
        return typed
    try:
        before = next(q for q in compiled(survey.key, number).questions if q["id"] == question["id"])
        if before["type"] != question["type"]:
            return {}
        answer = type_of(before).read(before, name, Form(typed))
        return type_of(question).typed(question, name, answer) if answer is not None else {}
    except (AnswerError, StopIteration, SurveyVersion.DoesNotExist):
        return typed


def _typed_again(survey: CompiledSurvey, answers: Mapping[str, Any]) -> tuple[Typed, frozenset[str]]:
    typed: Typed = {}
    for question in survey.questions:
        if (answer := answers.get(question["id"])) is not None:
            typed |= type_of(question).typed(question, survey.names[question["id"]], answer)
    return typed, frozenset(answers)


def inputs_of(survey: CompiledSurvey, question: Schema, typed: Mapping[str, Sequence[str]]) -> list[list[Any]]:
    """What was typed into the inputs of one question: [[rest of the input's name, values]]; empty ones are left out."""
    name = survey.names[question["id"]]
    found = []
    for field in sorted(typed):
        values = [value for value in typed[field] if value != ""]
        if values and field.partition("_")[0] == name:
            found.append([field[len(name) :], values])
    return found


def fingerprint(survey: CompiledSurvey, questions: Iterable[Schema], typed: Mapping[str, Sequence[str]]) -> str:
    """Tells whether the input of some questions is still what it was when their page was drawn."""
    inputs = [inputs_of(survey, question, typed) for question in questions]
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:16] if any(inputs) else "-"


def keep(survey: CompiledSurvey, code: str, questions: Iterable[Schema], typed: Mapping[str, Sequence[str]]) -> bool:
    """Keep what was typed into these questions, beside what was kept of others. False where the survey is not open."""
    lock, today = Lock(survey.salt, code), timezone.localdate()
    locked = {}
    for question in questions:
        text = json.dumps([survey.number, inputs_of(survey, question, typed)], ensure_ascii=False)
        if len(text) <= LONGEST:  # longer than any field takes: the page with the error has it still
            locked[question["id"]] = lock.close(text, question["id"])
    values = [participant_key(survey.salt, code), json.dumps(locked), (today + timedelta(days=KEPT_DAYS)).isoformat()]
    with connection.cursor() as cursor:
        cursor.execute(_keep_sql(connection.vendor), [*values, survey.survey_id, survey.scope_id])
        return cursor.fetchone() is not None


@cache
def _keep_sql(vendor: str) -> str:
    """One statement that judges, by the database's clock, whether the survey is open, and merges by question."""
    values, merged = {
        "postgresql": ("%s::bytea, %s::jsonb, %s::date", "surveys_draft.typed || EXCLUDED.typed"),
        "sqlite": ("%s, %s, %s", "json_patch(surveys_draft.typed, EXCLUDED.typed)"),
    }[vendor]
    return f"""
        INSERT INTO surveys_draft (survey_id, participant_key, typed, kept_until)
        SELECT s.id, {values} FROM surveys_survey s
        WHERE s.id = %s AND s.scope_id = %s AND s.live AND {within_sql("s")}
          AND (SELECT t.state FROM counting_tool t WHERE t.id = s.tool_id) = 'open'
          AND (SELECT c.live AND {within_sql("c")} FROM participation_scope c WHERE c.id = s.scope_id)
        ON CONFLICT (participant_key, survey_id) DO UPDATE SET typed = {merged}, kept_until = EXCLUDED.kept_until
        RETURNING id
    """  # noqa: S608 - no outside value is in the text


def is_known(survey: CompiledSurvey, code: str) -> bool:
    """Did the person behind `code` begin this survey, or send it?"""
    mine = {"survey_id": survey.survey_id, "participant_key": participant_key(survey.salt, code)}
    return Response.objects.filter(**mine).exists() or Draft.objects.filter(**mine).exists()


def forget(survey_id: int, key: bytes) -> int:
    """Forget what somebody began in one survey."""
    return Draft.objects.filter(survey_id=survey_id, participant_key=key).delete()[0]


def forget_all(key: bytes) -> int:
    """Forget what somebody began, in whatever survey."""
    return Draft.objects.filter(participant_key=key).delete()[0]


def purge() -> int:
    """Forget what was not touched for KEPT_DAYS, and what can be sent no more; how many went."""
    gone = Draft.objects.filter(kept_until__lt=timezone.localdate()).delete()[0]
    begun = Survey.objects.for_display().filter(pk__in=Draft.objects.values("survey_id"))
    shut = [survey.pk for survey in begun if survey.phase() in ("closed", "unpublished")]
    return gone + Draft.objects.filter(survey_id__in=shut).delete()[0]
