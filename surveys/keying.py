"""Keying in what was answered on paper, by telephone or in the field; and a sample of sheets twice.

key_in      a sheet becomes a response, once
correct     what was mistyped
key_again   the same sheet by a second pair of eyes: how far both agree
settle      which of the two is right
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet

from participation import receipts
from participation.identity import participant_key

from . import intake
from .forms import CompiledSurvey, compiled
from .models import KeyedSheet, Response, SecondKeying, SheetSample, Survey
from .questions import Schema, type_of
from .questions.text_folding import fold

CHANNELS = (Response.Channel.PAPER, Response.Channel.PHONE, Response.Channel.FIELD)
EVERY = 10
LARGEST = 999_999


class NumberTaken(Exception):
    """A sheet with this number was keyed in before."""

    def __init__(self, sheet: KeyedSheet | None):
        super().__init__(sheet)
        self.sheet = sheet


class UsedElsewhere(Exception):
    """This form was sent before, and not from here."""


def next_number(survey_id: int, channel: str) -> int:
    sheets = KeyedSheet.objects.filter(survey=survey_id, channel=channel)
    return (sheets.aggregate(last=Max("number"))["last"] or 0) + 1


def code_of(survey: CompiledSurvey, token: str) -> str:
    """The receipt code of what is keyed in with the form `token`."""
    return receipts.code_for(survey.tag, survey.salt, token)


def sheet_of(survey: CompiledSurvey, token: str) -> KeyedSheet | None:
    """What was keyed in with the form `token`."""
    key = participant_key(survey.salt, code_of(survey, token))
    mine = {"response__survey_id": survey.survey_id, "response__participant_key": key}
    return KeyedSheet.objects.filter(**mine).select_related("response").first()


def key_in(
    survey: CompiledSurvey, channel: str, number: int | None, answers: Mapping[str, Any], token: str, user: Any
) -> KeyedSheet:
    """Store what a sheet says as one response, under its number; without one, under the next that is free.

    The same form sent twice is one sheet. Raises NumberTaken, UsedElsewhere and, as imports do, intake.Closed.
    """
    with transaction.atomic():
        (fresh,) = intake.record_many(survey, [(token, answers)], channel)
        if not fresh:
            if known := sheet_of(survey, token):
                return known
            raise UsedElsewhere
        key = participant_key(survey.salt, code_of(survey, token))
        response = Response.objects.only("pk").get(survey_id=survey.survey_id, participant_key=key)
        Survey.objects.select_for_update(no_key=True).only("pk").get(pk=survey.survey_id)  # numbers, one after another
        wanted = number or next_number(survey.survey_id, channel)
        try:
            with transaction.atomic():
                return KeyedSheet.objects.create(
                    survey_id=survey.survey_id, channel=channel, number=wanted, response=response, keyed_by=user
                )
        except IntegrityError:
            taken = KeyedSheet.objects.filter(survey_id=survey.survey_id, channel=channel, number=wanted)
            raise NumberTaken(taken.select_related("keyed_by").first()) from None


def version_of(sheet: KeyedSheet) -> CompiledSurvey:
    """The version that a sheet was keyed in under."""
    return compiled(sheet.survey.key, sheet.response.version.number)


def typed(survey: CompiledSurvey, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """What has to be typed to key in these answers."""
    found: dict[str, list[str]] = {}
    for question in survey.questions:
        if (answer := answers.get(question["id"])) is not None:
            found |= _inputs(question, survey.names[question["id"]], answer)
    return found


def _inputs(question: Schema, name: str, answer: Any) -> dict[str, list[str]]:
    kind = type_of(question)
    return kind.typed(kind.from_paper(question), name, answer)


def correct(sheet: KeyedSheet, survey: CompiledSurvey, answers: Mapping[str, Any]) -> None:
    """Put `answers` in the place of what was keyed in; a photo that came since stays. Raises as `intake.correct`."""
    kept = {
        question["id"]: before
        for question in survey.questions
        if type_of(question).upload
        and answers.get(question["id"])
        and (before := sheet.response.answers.get(question["id"]))
    }
    intake.correct(survey, sheet.response_id, {**answers, **kept})


class Difference(NamedTuple):
    """One question that two agents read differently."""

    question: Schema
    first: list[str]
    second: list[str]


def key_again(sheet: KeyedSheet, survey: CompiledSurvey, answers: Mapping[str, Any], user: Any) -> SecondKeying:
    """Compare a second typing of a sheet with the first; only what differs is kept, until it is settled.

    Once it is done it is done: a second typing of the second time changes nothing.
    """
    with transaction.atomic():
        first = Response.objects.select_for_update().only("answers").get(pk=sheet.response_id).answers
        compared = {q["id"]: compare(q, first.get(q["id"]), answers.get(q["id"])) for q in survey.questions}
        asked = {id_: list(found) for id_, found in compared.items() if id_ in first or id_ in answers}
        equal = all(found[0] == found[1] and found[2] == found[3] for found in asked.values())
        second, _made = SecondKeying.objects.get_or_create(
            sheet=sheet, defaults={"answers": None if equal else answers, "agreed": asked, "keyed_by": user}
        )
    return second


def compare(question: Schema, first: Any, second: Any) -> tuple[int, int, int, int]:
    """(equal, compared, equal in words, compared in words) of what was typed: a cell for each box list, line or blank.

    What both left empty is one equal cell for the whole question, so long lists do not flatter the agreement.
    """
    words = f"q{type_of(question).paper(question).words}" if type_of(question).paper(question).lines else ""
    a, b = (_cells(question, answer) for answer in (first, second))
    names = a.keys() | b.keys()
    closed = [a.get(name) == b.get(name) for name in names - {words}]
    if not names:
        closed = [] if words == "q" else [True]
    said = [a.get(words) == b.get(words)] if words in names or (not names and words == "q") else []
    return sum(closed), len(closed), sum(said), len(said)


def _cells(question: Schema, answer: Any) -> dict[str, list[str]]:
    if answer is None:
        return {}
    cells = _inputs(question, "q", answer).items()
    return {name: sorted(map(fold, values)) for name, values in cells if any(values)}


def differences(sheet: KeyedSheet, survey: CompiledSurvey) -> list[Difference]:
    """What is not settled, of a sheet that was keyed in twice."""
    again = sheet.second.answers or {}
    found = []
    for question in survey.questions:
        first, second = sheet.response.answers.get(question["id"]), again.get(question["id"])
        equal, compared, said, in_words = compare(question, first, second)
        if (equal, said) != (compared, in_words):
            found.append(Difference(question, _said(question, first), _said(question, second)))
    return found


def _said(question: Schema, answer: Any) -> list[str]:
    return [] if answer is None else [str(line) for line in type_of(question).said(question, answer)]


def settle(sheet: KeyedSheet, survey: CompiledSurvey, second_right: Iterable[str]) -> None:
    """Take the answers to the questions `second_right` from the second typing, and keep no more of it."""
    again = sheet.second.answers or {}
    chosen = {**sheet.response.answers, **{id_: again.get(id_) for id_ in second_right}}
    with transaction.atomic():
        reading = survey.read(typed(survey, chosen), on_paper=True)
        correct(sheet, survey, reading.answers)
        SecondKeying.objects.filter(sheet=sheet).update(answers=None)


class Agreement(NamedTuple):
    """How far two typings agree: over all sheets that were keyed in twice, and question by question."""

    sheets: int
    unsettled: int
    closed: tuple[int, int]
    words: tuple[int, int]
    by_question: dict[str, tuple[int, int]]


def agreement(survey_id: int) -> Agreement:
    rows = SecondKeying.objects.filter(sheet__survey=survey_id).values_list("agreed", "answers")
    totals, by_question, sheets, unsettled = [0, 0, 0, 0], dict[str, tuple[int, int]](), 0, 0
    for agreed, answers in rows:
        sheets, unsettled = sheets + 1, unsettled + (answers is not None)
        for id_, found in agreed.items():
            totals = [total + n for total, n in zip(totals, found, strict=True)]
            equal, compared = by_question.get(id_, (0, 0))
            by_question[id_] = (equal + found[0] + found[2], compared + found[1] + found[3])
    return Agreement(sheets, unsettled, (totals[0], totals[1]), (totals[2], totals[3]), by_question)


def every(survey_id: int) -> int:
    """One sheet in how many is keyed in twice; 0 is none."""
    chosen = SheetSample.objects.filter(survey=survey_id).values_list("every", flat=True).first()
    return EVERY if chosen is None else chosen


def sample(survey: Survey, one_in: int) -> QuerySet[KeyedSheet]:
    """The sheets of paper to be keyed in twice, by number: nobody chooses them."""
    sheets = KeyedSheet.objects.filter(survey=survey, channel=Response.Channel.PAPER).order_by("number")
    return sheets.alias(rest=F("number") % one_in).filter(rest=0) if one_in else sheets.none()
