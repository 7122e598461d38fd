"""E-mail addresses given in a survey: kept apart from the answers, and only once their owners confirmed them.

ask       write to what was typed; before its owner confirms, the address is in that mail and nowhere else
keep      its owner confirmed
drop      its owner takes it back, with the same link
purge     a year after the survey closed, all are gone
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from participation import limits, mailing
from participation.identity import keyed_hash

from .forms import CompiledSurvey, compiled_live
from .models import GivenEmail, Survey
from .questions import Form, Schema, type_of
from .questions.email import Email

CONFIRMED_WITHIN = timedelta(days=7)
KEPT_AFTER_CLOSING = timedelta(days=365)
# Mails to one address about one survey, and from one connection: nobody is to be pestered.
TO_ADDRESS = limits.Limit("given_email", 3, 3600)
FROM_CONNECTION = limits.Limit("given_emails", 30, 600)

SENT, BUSY = "envoye", "plus-tard"


class Given(NamedTuple):
    """What the link in our mail says: this address was typed on that day, as the answer to this question."""

    email: str
    question: Schema
    on: date

    @property
    def is_late(self) -> bool:
        return timezone.localdate() > self.on + CONFIRMED_WITHIN


def ask(
    request: HttpRequest,
    survey: CompiledSurvey,
    typed: Mapping[str, Sequence[str]],
    answers: Mapping[str, Any],
) -> str:
    """Write to each address in a form that was stored; "" where it holds none, else SENT or BUSY.

    Says nothing of who has an address: where too much was asked for, no mail leaves and the answer is the same.
    """
    said = ""
    for question in survey.email_questions:
        kind = type_of(question)
        if not isinstance(kind, Email) or answers.get(question["id"]) is None:
            continue
        address = kind.address(survey.names[question["id"]], Form(typed))
        if address is None:
            continue
        said = said or SENT
        if _is_too_much(request, survey, address) or _is_kept(survey.survey_id, question, address.to):
            continue
        try:
            mailing.post(_message(survey, question, address.to))
        except mailing.Busy:
            said = BUSY
    return said


def _is_too_much(request: HttpRequest, survey: CompiledSurvey, address: mailing.Address) -> bool:
    return (
        limits.is_over(FROM_CONNECTION, request)
        or limits.is_over_for(TO_ADDRESS, f"{survey.key} {address.mailbox}")
        or limits.is_over_for(mailing.EVERYWHERE, address.mailbox)
    )


def _message(survey: CompiledSurvey, question: Schema, to: str) -> EmailMessage:
    title = " ".join(str(survey.schema["title"]).split())
    values = {
        "title": title,
        "question": question["wording"],
        "purpose": question["purpose"],
        "link": link(survey.key, question["id"], to),
        "days": CONFIRMED_WITHIN.days,
    }
    text = _(
        "This address was given in the survey “%(title)s”.\n\n%(question)s\nWe would write about: %(purpose)s\n\n"
        "Was it you? Open this page within %(days)d days and press the button:\n%(link)s\n\n"
        "Keep this mail: the same page takes the address back, whenever you like. The address lies apart from the "
        "answers; nothing links them.\n\nIt was not you? Do nothing: then we keep nothing.\n"
    )
    headers = {"Auto-Submitted": "auto-generated"}
    subject = _("Confirm your address: %(title)s") % {"title": title}
    return EmailMessage(subject, text % values, to=[to], headers=headers)


# The link: whoever reads the mailbox has it, and only we can read what it says.


def link(key: str, question_id: str, email: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse("surveys:given_email", args=[key, seal(key, question_id, email)])


def _siv() -> AESSIV:
    return AESSIV(keyed_hash("given email"))


def seal(key: str, question_id: str, email: str) -> str:
    """Always the same for one address and day, so that a mail sent twice holds one link."""
    text = f"{timezone.localdate().isoformat()} {question_id} {email}"
    return base64.urlsafe_b64encode(_siv().encrypt(text.encode(), [key.encode()])).decode().rstrip("=")


def unseal(survey: Survey, sealed: str) -> Given | None:
    """What a link says; None for one that is not ours, or about a question that is not asked any more."""
    try:
        octets = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        day, question_id, email = _siv().decrypt(octets, [survey.key.encode()]).decode().split(" ", 2)
    except (InvalidTag, ValueError, binascii.Error):
        return None
    asked = compiled_live(survey).email_questions if survey.live_version else []
    found = next((q for q in asked if q["id"] == question_id), None)
    return Given(email, found, date.fromisoformat(day)) if found else None


# What is kept


def _is_kept(survey_id: int, question: Schema, email: str) -> bool:
    return GivenEmail.objects.filter(survey_id=survey_id, question_id=question["id"], email=email).exists()


def is_kept(survey: Survey, given: Given) -> bool:
    return _is_kept(survey.pk, given.question, given.email)


def keep(survey: Survey, given: Given) -> None:
    """Its owner confirmed it; twice is once."""
    GivenEmail.objects.get_or_create(survey=survey, question_id=given.question["id"], email=given.email)


def drop(survey: Survey, given: Given) -> None:
    """Its owner takes it back; twice is once."""
    GivenEmail.objects.filter(survey=survey, question_id=given.question["id"], email=given.email).delete()


def purge() -> int:
    """Forget the addresses of surveys that closed a year ago; how many went."""
    gone = 0
    for survey in Survey.objects.for_display().filter(pk__in=GivenEmail.objects.values("survey_id")):
        closed = survey.closing()
        if closed and timezone.now() >= closed + KEPT_AFTER_CLOSING:
            gone += GivenEmail.objects.filter(survey=survey).delete()[0]
    return gone
