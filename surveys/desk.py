"""Open answers as moderation sees them: what they say, what they answer, how they are shown, taken off, reworded."""

import uuid
from collections.abc import Collection

from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.masking import is_masked
from moderation.registry import Refused, Source, Text, named

from . import intake
from .models import OpenAnswer, Response, Survey, SurveyVersion
from .open_answers import KIND, original_key
from .questions import Schema, type_of
from .questions.base import clean_text
from .questions.choice import OTHER
from .questions.upload import ALT
from .results import are_public
from .verbatims import questions, shown

Status = OpenAnswer.Status


class OpenAnswers(Source):
    kind = KIND
    label, plural = gettext_lazy("Open answer"), gettext_lazy("Open answers")

    def texts(self, ids: Collection[str]) -> dict[str, Text]:
        rows = OpenAnswer.objects.filter(pk__in=ids).values_list(
            "pk", "text", "question_id", "part", "response__set_aside",
            "response__version_id", "survey__title", "survey__key",
        )  # fmt: skip
        found = list(rows)
        asked = _questions({version for *_row, version, _title, _key in found})
        return {
            str(pk): Text(text, _context(title, asked.get((version, question)), part, aside), _address(key))
            for pk, text, question, part, aside, version, title, key in found
        }

    def show(self, id_: str) -> None:
        self._set(id_, Status.PUBLISHED)

    def hold(self, id_: str) -> None:
        self._set(id_, Status.PENDING)

    def take_off(self, id_: str) -> None:
        self._set(id_, Status.REFUSED)

    def _set(self, id_: str, status: str) -> None:
        OpenAnswer.objects.filter(pk=id_).update(status=status)

    def reword(self, id_: str, text: str) -> None:
        """A redaction, or its end, leaves the response as its author wrote it. Other words are the author's own."""
        answer, question = _find(id_)
        parts = dict(type_of(question).texts(question, answer.response.answers[question["id"]]))
        own = parts.get(answer.part, "")
        answer.text = text
        if text != own and not is_masked(own, text):
            _correct(answer, question, text)
            answer.original_key = original_key(answer.response_id, text)
        answer.save(update_fields=["text", "original_key"])

    def check(self, id_: str, text: str) -> str:
        answer, question = _find(id_)
        tidy, most = clean_text(text), type_of(question).longest(question, answer.part)
        if answer.survey.phase() != "open":
            raise Refused(_("This survey is closed: answers can no longer be changed."))
        if not tidy:
            raise Refused(_("Write your answer first. To take it back, withdraw your response."))
        if len(tidy) > most:
            raise Refused(_("Your answer has %(n)d characters: %(max)d at most.") % {"n": len(tidy), "max": most})
        return tidy

    def counted(self, scope_id: int, words: str = "") -> QuerySet:
        """Those that only the authority reads count too."""
        read = OpenAnswer.objects.filter(survey__scope=scope_id, status=Status.PUBLISHED, response__set_aside=False)
        return named(read.filter(text__icontains=words))

    def readable(self, scope_id: int) -> QuerySet:
        listed = Q(pk__in=[])
        for survey in Survey.objects.for_display().filter(scope=scope_id):
            if are_public(survey):
                listed |= Q(survey=survey, question_id__in=[q["id"] for q in questions(survey)])
        return named(shown().filter(listed))

    def find(self, public_id: str) -> str | None:
        try:
            wanted = uuid.UUID(public_id)
        except ValueError:
            return None
        answers = shown().select_related("survey__scope", "survey__tool").defer("survey__questions")
        found = answers.filter(pk=wanted).first()
        return str(found.pk) if found and _is_listed(found) else None


def _is_listed(answer: OpenAnswer) -> bool:
    """Do the survey’s public pages show it: are its results public, and answers to this question still shown?"""
    survey = answer.survey
    return are_public(survey) and any(q["id"] == answer.question_id for q in questions(survey))


def _questions(versions: Collection[int]) -> dict[tuple[int, str], Schema]:
    """The frozen questions of some versions."""
    found = SurveyVersion.objects.filter(pk__in=versions).values_list("pk", "schema")
    return {(pk, question["id"]): question for pk, schema in found for question in schema["questions"]}


def _find(id_: str) -> tuple[OpenAnswer, Schema]:
    """The answer and the question as it was asked. Raises Refused when its author took it back meanwhile."""
    answers = OpenAnswer.objects.select_related("response__version", "survey__scope", "survey__tool")
    answer = answers.defer("survey__questions").filter(pk=id_).first()
    if answer is None:
        raise Refused(_("This answer was taken back."))
    questions = answer.response.version.schema["questions"]
    return answer, next(q for q in questions if q["id"] == answer.question_id)


def _correct(answer: OpenAnswer, question: Schema, text: str) -> None:
    """Put an author's other words in their response too, else the next sorting would bring the old ones back."""
    try:
        with transaction.atomic():
            intake.reword(answer.response_id, question, answer.part, text)
    except Response.DoesNotExist:
        raise Refused(_("This answer was taken back.")) from None
    except OperationalError:
        raise Refused(_("This answer is just being changed in another window. Wait a moment and send again.")) from None


def _context(title: str, question: Schema | None, part: str, aside: bool) -> tuple[tuple[str, str], ...]:
    context = [(_("Survey"), title), (_("Question"), question["wording"] if question else "")]
    if part == OTHER:
        context.append((_("Written beside"), _("Other")))
    if part == ALT:
        context.append((_("Written beside"), _("Photo")))
    if aside:
        context.append((_("Set aside"), _("Its response came as only machines send: shown to nobody until released.")))
    return tuple(context)


def _address(key: str) -> str:
    return f"/enquetes/{key}/"
