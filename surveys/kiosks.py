"""Kiosks: who may send answers gathered without a network, and storing them once however often they are sent."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeGuard
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from participation import limits, receipts, trust
from participation.identity import keyed_hash

from . import intake, kiosk_sealing
from .forms import CompiledSurvey, compiled, forget
from .models import Kiosk, Survey, SurveyVersion
from .questions import type_of

MOST_AT_ONCE = 20  # answers in one message
_FIELDS = 2000  # inputs of one answer
_CALLS = (600, 600)  # messages of one kiosk, in seconds


class Refused(Exception):
    """Nothing of the message was taken; `message` is for the facilitator, `status` what HTTP says."""

    def __init__(self, message: str, status: int):
        super().__init__(message)
        self.message, self.status = message, status


class Taken(NamedTuple):
    """By the ids that the tablet gave: what is stored, now or before; and what cannot be, with the reason."""

    stored: list[str]
    refused: dict[str, str]


class _Answer(NamedTuple):
    id: str
    survey: CompiledSurvey
    code: str
    answers: dict[str, Any]
    unread: int


def new_secret(kiosk: Kiosk) -> str:
    """A secret for the link to `kiosk`, which keeps its hash alone; one given out before works no more."""
    secret = secrets.token_urlsafe(24)
    kiosk.secret_hash = _hash(kiosk.pk, secret)
    return secret


def _hash(kiosk_id: UUID, secret: str) -> bytes:
    return keyed_hash("kiosk", kiosk_id.bytes, secret.encode())


def admit(kiosk_id: UUID, secret: Any) -> Kiosk:
    """The kiosk, to whoever holds its secret. Raises Refused."""
    kiosk = Kiosk.objects.select_related("survey__scope", "survey__tool").filter(pk=kiosk_id).first()
    given = secret if isinstance(secret, str) and secret.isascii() else ""
    if kiosk is None or not constant_time_compare(bytes(kiosk.secret_hash), _hash(kiosk_id, given)):
        raise Refused(_("This tablet’s link is not valid any more. Ask for a new link and open it here."), 403)
    if limits.is_over_for(limits.Limit("kiosk", *_CALLS), str(kiosk_id)):
        raise Refused(_("This tablet sends too often. It tries again by itself."), 429)
    return kiosk


def judge(kiosk: Kiosk, now: datetime | None = None) -> None:
    """Raise Refused unless `kiosk` may send now. What its tablets say of the time is not believed, so what was given
    in time may come in for some days more; once the total is sealed nothing does.
    """
    now, survey = now or timezone.now(), kiosk.survey
    if kiosk.revoked:
        raise Refused(_("This kiosk was closed by who is responsible for it."), 410)
    if not (survey.is_published() and survey.scope.live):
        raise Refused(_("This survey is not online any more."), 410)
    if trust.asks_proof(survey.trust):
        raise Refused(_("This survey now asks people to prove who they are: a kiosk cannot."), 410)
    if survey.is_shut():
        raise Refused(_("The result of this survey is final: nothing can be added to it."), 410)
    if now >= kiosk.sending_until:
        raise Refused(_("This kiosk is over, and the days for sending what it took are, too."), 410)
    if (opening := survey.opening()) and now < opening:
        raise Refused(_("This survey is not open yet."), 409)


def take(kiosk: Kiosk, sent: Sequence[Any]) -> Taken:
    """Store what a tablet sent; what was stored before stays as it is. Raises Refused and DatabaseError: nothing of
    `sent` is stored then, and all of it may be sent again.
    """
    if len(sent) > MOST_AT_ONCE:
        raise Refused(_("Too many answers in one message."), 413)
    refused, read = {}, {}
    for item in sent:
        if not (isinstance(item, dict) and isinstance(id_ := item.get("id"), str) and len(id_) <= 40):
            raise Refused(_("This message is not one of our tablets’."), 400)
        try:
            answer = _read(kiosk, id_, item.get("sealed"))
            read[answer.code] = answer
        except (ValueError, RecursionError, SurveyVersion.DoesNotExist):
            refused[id_] = _("This answer cannot be read.")
    _store(kiosk.pk, list(read.values()))
    known = [item["id"] for item in sent if item["id"] not in refused]
    return Taken(known, refused)


def _read(kiosk: Kiosk, id_: str, sealed: Any) -> _Answer:
    """Read as what comes on paper is: an answer that does not fit its question, or is missing, is no answer to it."""
    survey, code, typed = _opened(kiosk, sealed)
    reading = survey.read(typed)
    left_out = {q["id"] for q in survey.questions if not type_of(q).at_kiosk}
    unfit = {question_id for question_id, _name, _message in reading.errors} - reading.answers.keys() - left_out
    given = {**reading.answers, **dict.fromkeys(unfit)}
    answers = {q["id"]: given[q["id"]] for q in survey.questions if q["id"] in given and q["id"] not in left_out}
    return _Answer(id_, survey, code, answers, len(unfit))


def _opened(kiosk: Kiosk, sealed: Any) -> tuple[CompiledSurvey, str, dict[str, list[str]]]:
    """The version that was answered, the code drawn on the tablet, what was typed. Raises ValueError."""
    if not isinstance(sealed, str):
        raise ValueError("not sealed")
    inside = json.loads(kiosk_sealing.unseal(kiosk.pk, sealed))
    if not isinstance(inside, dict) or not isinstance(number := inside.get("version"), int):
        raise ValueError("no version")
    survey = compiled(kiosk.survey.key, min(max(number, 0), 10**9))
    code, typed = inside.get("code"), inside.get("answers")
    code = receipts.read_code(code) if isinstance(code, str) else None
    if code is None or not _is_form(typed) or survey.foreign_fields(typed):
        raise ValueError("no answers")
    return survey, code, typed


def _is_form(typed: Any) -> TypeGuard[dict[str, list[str]]]:
    return (
        isinstance(typed, dict)
        and len(typed) <= _FIELDS
        and all(isinstance(values, list) and all(isinstance(v, str) for v in values) for values in typed.values())
    )


@transaction.atomic
def _store(kiosk_id: UUID, answers: list[_Answer]) -> None:
    """All in one transaction with the kiosk's count. The code drawn on the tablet is what makes an answer one: the
    token that stands for it is always the same, and the database takes each once.
    """
    kiosk = Kiosk.objects.select_for_update().get(pk=kiosk_id)
    if kiosk.revoked:  # since it was judged
        kiosk.survey = Survey.objects.for_display().get(pk=kiosk.survey_id)
        judge(kiosk)
    fresh = [answer for answer, is_new in _record(answers) if is_new]
    if fresh and kiosk.stored >= kiosk.most:
        raise Refused(_("This kiosk sent all the answers it may. Ask who is responsible to allow more."), 410)
    kiosk.stored += len(fresh)
    kiosk.unread += sum(answer.unread for answer in fresh)
    kiosk.last_seen = timezone.now()
    kiosk.save(update_fields=["stored", "unread", "last_seen"])


def _record(answers: list[_Answer]) -> list[tuple[_Answer, bool]]:
    """Each with whether it was new. Not as the web's: no window but the kiosk's, and no arrival, for a queue that
    empties at once would look like a burst.
    """
    done: list[tuple[_Answer, bool]] = []
    for number in sorted({answer.survey.number for answer in answers}):
        some = [answer for answer in answers if answer.survey.number == number]
        done += zip(some, _record_version(some), strict=True)
    return done


def _record_version(answers: list[_Answer]) -> list[bool]:
    survey = answers[0].survey
    rows = [(receipts.resuming_token(survey.key, answer.code), answer.answers) for answer in answers]
    try:
        return intake.record_many(survey, rows, "field")
    except intake.Closed as closed:
        if closed.phase == "moved":
            forget()
            return intake.record_many(compiled(survey.key, survey.number), rows, "field")
        raise Refused(_("The result of this survey is final: nothing can be added to it."), 410) from None
