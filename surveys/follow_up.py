"""What a receipt code stands for in surveys: responses with their open answers; and how they are taken back."""

import json
from collections.abc import Sequence
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from counting.models import LedgerEntry
from moderation import quarantine
from participation import receipts, resuming
from participation.identity import keyed_hash

from . import intake, open_answers
from .forms import compiled_live
from .models import Draft, OpenAnswer, Response, Survey

_TRACED = ("survey_id", "set_aside", "burst_id", "participant_key", "answers")


def find_traces(key: bytes) -> list[receipts.Trace]:
    """What the follow-up page shows of the surveys a participant answered, or began to."""
    responses = {r.survey_id: r for r in Response.objects.filter(participant_key=key).only(*_TRACED)}
    begun = dict(Draft.objects.filter(participant_key=key).values_list("survey_id", "kept_until"))
    surveys = Survey.objects.for_display().filter(pk__in={*responses, *begun})
    news = open_answers.news_of(key)
    return [
        _trace(survey, responses[survey.pk], news.get(survey.pk, ()), begun.get(survey.pk))
        if survey.pk in responses
        else _begun(survey, begun[survey.pk])
        for survey in surveys
    ]


def _trace(survey: Survey, response: Response, news: Sequence[receipts.News], begun: date | None) -> receipts.Trace:
    waiting = LedgerEntry.objects.filter(tool_id=survey.tool_id).exists()
    is_open = survey.phase() == "open"
    changed = _("Your response is stored. You began to change it: what you changed is not sent yet.")
    return receipts.Trace(
        title=survey.title,
        url=survey.get_absolute_url(),
        counted=not waiting,
        counted_until=survey.tool.counted_until,
        withdrawable=is_open,
        aside=quarantine.what_became_of(response.burst_id) if response.set_aside else "",
        news=news,
        stored=changed if begun else "",
        resumable=is_open,
        resume=_("Go on changing my answers") if begun else _("Change my answers"),
        proof=proof_of(response),
        apart=_address_apart(survey, response),
    )


def _address_apart(survey: Survey, response: Response) -> str:
    """Where an address that was given is taken back: not here, for nothing leads to it."""
    if not any(response.answers.get(question["id"]) for question in compiled_live(survey).email_questions):
        return ""
    return _("The e-mail address that you gave lies apart: to take it back, open the link in the mail that you got.")


def _begun(survey: Survey, until: date) -> receipts.Trace:
    """What was begun and never sent."""
    is_open = survey.phase() == "open"
    day = date_format(until, "j F Y")
    going = _("You have not finished: nothing is sent, nothing is counted. What you wrote is kept until %(day)s.")
    over = _("You had not finished when this survey closed. Nothing was sent, and what you wrote is deleted.")
    return receipts.Trace(
        title=survey.title,
        url=survey.get_absolute_url(),
        counted=False,
        counted_until=None,
        withdrawable=is_open,
        stored=going % {"day": day} if is_open else over,
        resumable=is_open,
        unsent=True,
        resume=_("Go on where I left off"),
    )


def proof_of(response: Response) -> str:
    """The fingerprint of what is stored: the same as long as not a letter of it changes."""
    text = json.dumps(response.answers, sort_keys=True, ensure_ascii=False)
    digest = keyed_hash("proof", bytes(response.participant_key), text.encode()).hex()[:32]
    return " ".join(digest[i : i + 4] for i in range(0, 32, 4))


def resume_at(code: str, url: str) -> str | None:
    """Where the person behind `code` goes on with the survey at `url`; None where that is no survey of ours."""
    key = url.strip("/").rpartition("/")[2]
    survey = Survey.objects.for_display().filter(key=key, scope__tag=code[: receipts.TAG_LENGTH]).first()
    if survey is None or survey.get_absolute_url() != url:
        return None
    return f"{reverse('surveys:go_on', args=[key])}?t={resuming.seal(receipts.resuming_token(key, code))}"


def said(key: bytes) -> set[tuple[str, str]]:
    """The questions a person answered, and what they wrote in their own words."""
    places = set()
    for survey, answers in Response.objects.filter(participant_key=key).values_list("survey_id", "answers"):
        places |= {
            ("question", question_name(survey, question)) for question, given in answers.items() if given is not None
        }
    texts = OpenAnswer.objects.filter(response__participant_key=key).values_list("pk", flat=True)
    return places | {("answer", str(pk)) for pk in texts}


def question_name(survey_id: int, question: str) -> str:
    """How a question is called outside: copies of a survey keep the ids of its questions."""
    return f"{survey_id}:{question}"


def withdraw_at(key: bytes, url: str) -> bool:
    """Take back, while it is open, the response of a person to the survey at `url`."""
    mine = Q(responses__participant_key=key) | Q(drafts__participant_key=key)
    surveys = Survey.objects.for_display().filter(mine).distinct()
    found = next((survey for survey in surveys if survey.get_absolute_url() == url), None)
    try:
        return found is not None and intake.withdraw(found, key)
    except intake.Closed:
        return False
