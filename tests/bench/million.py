"""Many stored responses, as the intake would have left them: answers, correct cells, tallies and snapshot."""

import json
import os
import random
import uuid
from array import array
from collections.abc import Iterator
from datetime import date
from typing import Any

from counting import fold, reconcile
from counting.models import Tool
from surveys.forms import CompiledSurvey, compiled_live
from surveys.models import Survey

from . import database, reference

SIZE = int(os.environ.get("BENCH_RESPONSES", "1000000"))
COLUMNS = "id, survey_id, version_id, participant_key, submission_key, answers, cells, channel, received_on"


class Choices:
    """What people answered, as whole numbers by question: the same answers, ready for another engine to count.

    Single choice: the place of the option; multiple choice: a bit per option, 0 for none; else the value itself.
    """

    def __init__(self, survey: CompiledSurvey):
        self.columns = {q["id"]: array("B") for q in survey.questions if q["type"] != "long_text"}


_made: dict[int, tuple[Survey, Choices]] = {}


def survey_with(size: int) -> tuple[Survey, Choices]:
    """A survey with `size` counted responses; made once per run."""
    if size not in _made:
        survey = reference.make_survey(10)
        made = compiled_live(survey)
        choices = Choices(made)
        with database.connect() as db:
            db.execute("SET synchronous_commit = off")
            with db.cursor().copy(f"COPY surveys_response ({COLUMNS}) FROM STDIN") as copy:
                for row in _rows(made, choices, size):
                    copy.write_row(row)
        database.settle()
        _count(survey)
        _made[size] = Survey.objects.get(pk=survey.pk), choices
    return _made[size]


def _rows(survey: CompiledSurvey, choices: Choices, size: int) -> Iterator[tuple[Any, ...]]:
    rng, day = random.Random(size), date.today()
    for _ in range(size):
        answers = _note(survey, choices, reference.answers(survey, rng))
        packed = survey.pack(answers, "web")
        keys = rng.randbytes(32), rng.randbytes(32)
        id_ = uuid.UUID(bytes=rng.randbytes(16), version=4)
        yield (id_, survey.survey_id, survey.version_id, *keys, json.dumps(answers), packed, "web", day)


def _note(survey: CompiledSurvey, choices: Choices, answers: dict[str, Any]) -> dict[str, Any]:
    for question in survey.questions:
        column, answer = choices.columns.get(question["id"]), answers[question["id"]]
        if column is None:
            continue
        if question["type"] in ("single", "multiple"):
            places = _places(question)
            chosen = [places[option] for option in answer["options"]] if answer else []
            column.append(chosen[0] if question["type"] == "single" else sum(1 << i for i in chosen))
        else:
            column.append(answer)
    return answers


def _places(question: dict[str, Any]) -> dict[str, int]:
    return {option["id"]: i for i, option in enumerate(question["options"])}


def _count(survey: Survey) -> None:
    """Tallies and snapshot, from the cells."""
    tool = survey.tool
    fold.add(tool.pk, reconcile.recount(tool))
    tool.snapshot = {"n": fold.read(tool.pk), "until": survey.first_published_at.isoformat()}
    tool.counted_until = survey.first_published_at
    Tool.objects.filter(pk=tool.pk).update(snapshot=tool.snapshot, counted_until=tool.counted_until)
