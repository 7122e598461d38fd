"""What the public may read of open answers: those whose form said so, that a moderator read and published."""

from typing import Any

from django.db.models import QuerySet

from .forms import compiled_live
from .models import OpenAnswer, Survey
from .questions import Schema, type_of

FIRST = 5  # shown under a question; the others have a page of their own


def shown() -> QuerySet[OpenAnswer]:
    """Every open answer that may be shown. Nothing else reads them for the public; what is set aside is not shown."""
    published = OpenAnswer.objects.filter(shown=True, status=OpenAnswer.Status.PUBLISHED, part="")
    return published.filter(response__set_aside=False)


def questions(survey: Survey) -> list[Schema]:
    """The questions whose answers the survey shows as it was published last."""
    if not survey.live_version_id:
        return []
    return [q for q in compiled_live(survey).all_questions if type_of(q).is_shown(q)]


def of_question(survey: Survey, question_id: str) -> QuerySet[OpenAnswer]:
    """What is shown of one question, in an order that tells nothing: that of random ids."""
    return shown().filter(survey=survey, question_id=question_id).order_by("pk")


def first_of(survey: Survey) -> dict[str, list[OpenAnswer]]:
    """By question, the first answers shown and one more where there are more; one query, however many questions."""
    asked = [question["id"] for question in questions(survey)]
    if not asked:
        return {}
    parts, values = list[str](), list[Any]()
    for id_ in asked:
        first = of_question(survey, id_).only("question_id", "text")[: FIRST + 1]
        sql, params = first.query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) AS part_{len(parts)}")  # noqa: S608 - Django wrote it
        values += params
    found: dict[str, list[OpenAnswer]] = {id_: [] for id_ in asked}
    for answer in OpenAnswer.objects.raw(" UNION ALL ".join(parts), values):
        found[answer.question_id].append(answer)
    return found
