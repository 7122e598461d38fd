"""What is sent as a file with a response: made safe when it comes, kept with the response, gone with it.

take      receive the files of a form, before anything is read; what was typed then holds references to them
prolong   keep what waits as long as the form it belongs to
keep      attach what a stored response refers to, delete what it no longer does
take_off  what is to do before a response goes
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _

from participation.models import Scope
from uploads import store
from uploads.models import Upload

from .forms import CompiledSurvey
from .models import AnswerFile, Response
from .questions import type_of


class Gone(Exception):
    """The response refers to a file that is not there, or not theirs: it waited for more than a day, say."""

    def __init__(self, question_id: str):
        super().__init__(question_id)
        self.question_id = question_id


class Taken(NamedTuple):
    """`errors` are as in `forms.Reading`; `status` says what kind they are of."""

    errors: list[tuple[str, str, str]]
    status: int


def take(request: HttpRequest, survey: CompiledSurvey, typed: dict[str, list[str]]) -> Taken:
    """Receive what came as files, seen by nobody; put a reference to each in `typed`."""
    errors, status = [], 422
    for question in survey.questions:
        kind, name = type_of(question).upload, survey.names[question["id"]]
        file = request.FILES.get(name) if kind else None
        if file is None:
            continue
        typed.pop(f"{name}_remove", None)
        try:
            if store.is_over_limit(request):
                raise _TooMany
            typed[name] = [store.reference(store.receive(file, Scope(pk=survey.scope_id), kind))]
        except (store.Refused, store.NoRoom, _TooMany) as refused:
            errors.append((question["id"], name, refused.message))
            status = max(status, _STATUS.get(type(refused), 422))
    return Taken(errors, status)


class _TooMany(Exception):
    @property
    def message(self) -> str:
        return _("Too many files came from this connection. Wait a few minutes, or send your answers without them.")


_STATUS = {_TooMany: 429, store.NoRoom: 503}


def prolong(survey: CompiledSurvey, typed: Mapping[str, Sequence[str]], days: int) -> None:
    """What waits with a form that is kept for so many days is kept as long."""
    if survey.takes_files:
        names = [survey.names[q["id"]] for q in survey.questions if type_of(q).upload]
        found = [store.read_reference(reference) for name in names for reference in typed.get(name, ())]
        store.prolong(list(filter(None, found)), days)


def keep(survey: CompiledSurvey, key: bytes) -> None:
    """In the transaction that stored it: the response of a participant keeps the files it refers to. Raises Gone."""
    response = Response.objects.only("answers").get(survey_id=survey.survey_id, participant_key=key)
    wanted = _referred(survey, response.answers)
    known = set(AnswerFile.objects.filter(response=response).values_list("upload_id", flat=True))
    for upload_id, question_id in wanted.items():
        if upload_id in known:
            continue
        if not store.attach(upload_id, key):
            raise Gone(question_id)
        AnswerFile.objects.create(
            upload_id=upload_id, response=response, survey_id=survey.survey_id, question_id=question_id
        )
    if left := known - wanted.keys():
        store.discard(*left)


def _referred(survey: CompiledSurvey, answers: dict[str, Any]) -> dict[uuid.UUID, str]:
    """Which upload answers which question."""
    return {
        uuid.UUID(answer["id"]): question["id"]
        for question in survey.all_questions
        if type_of(question).upload and (answer := answers.get(question["id"])) and answer["id"]
    }


def take_off(response: Response) -> None:
    """The files of a response that is about to be deleted go first; those on the disk after the commit."""
    if found := AnswerFile.objects.filter(response=response).values_list("upload_id", flat=True):
        store.discard(*found)


def sees_upload(user: Any, upload: Upload) -> bool:
    """May `user` see what was sent with a response? Who edits surveys."""
    return user.has_perm("surveys.change_survey") and AnswerFile.objects.filter(upload=upload).exists()
