"""What a receipt code stands for in surveys: responses with their open answers; and how they are taken back."""

from collections.abc import Sequence

from counting.models import LedgerEntry
from moderation import quarantine
from participation import receipts

from . import intake, open_answers
from .models import Response, Survey

_TRACED = ("survey_id", "set_aside", "burst_id")


def find_traces(key: bytes) -> list[receipts.Trace]:
    """What the follow-up page shows of the surveys a participant answered."""
    responses = {r.survey_id: r for r in Response.objects.filter(participant_key=key).only(*_TRACED)}
    surveys = Survey.objects.for_display().filter(pk__in=responses)
    news = open_answers.news_of(key)
    return [_trace(survey, responses[survey.pk], news.get(survey.pk, ())) for survey in surveys]


def _trace(survey: Survey, response: Response, news: Sequence[receipts.News]) -> receipts.Trace:
    waiting = LedgerEntry.objects.filter(tool_id=survey.tool_id).exists()
    return receipts.Trace(
        title=survey.title,
        url=survey.get_absolute_url(),
        counted=not waiting,
        counted_until=survey.tool.counted_until,
        withdrawable=survey.phase() == "open",
        aside=quarantine.what_became_of(response.burst_id) if response.set_aside else "",
        news=news,
    )


def withdraw_at(key: bytes, url: str) -> bool:
    """Take back, while it is open, the response of a person to the survey at `url`."""
    surveys = Survey.objects.for_display().filter(responses__participant_key=key)
    found = next((survey for survey in surveys if survey.get_absolute_url() == url), None)
    try:
        return found is not None and intake.withdraw(found, key)
    except intake.Closed:
        return False
