"""What happens at its hour lies in the database: a messenger that forgets everything changes nothing."""

from datetime import timedelta

import django_rq
import pytest
from django.utils import timezone

from cms import scheduling
from consultations.models import ConsultationPage
from consultations.phases import Phase
from counting import fold
from counting.models import LedgerEntry
from participation.receipts import issue_token
from surveys import intake
from surveys.forms import compiled_live
from tests.factories.moderation import member
from tests.factories.pages import ConsultationPageFactory, blocks
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db(transaction=True)


def flush() -> None:
    redis = django_rq.get_connection("default")
    redis.flushdb()
    assert redis.dbsize() == 0


def round_of_duties() -> None:
    for duty in scheduling.DUTIES:
        scheduling._do(duty)


def test_the_schedule_is_kept_though_redis_forgot_everything(settings, mailoutbox, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    agent = member("Agents de communication", name="camille")
    survey = SurveyFactory(open=True, questions=[question("single")])
    late = ConsultationPageFactory(late=True, owner=agent)
    running = ConsultationPageFactory(open=True, body=blocks(survey))
    survey.refresh_from_db()
    coming = ConsultationPageFactory(draft=True)
    hour = timezone.now() + timedelta(hours=1)
    revision = coming.save_revision(approved_go_live_at=hour)
    compiled = compiled_live(survey)
    intake.record_response(compiled, {q["id"]: None for q in compiled.questions}, issue_token(compiled.key))
    assert LedgerEntry.objects.exists()
    flush()
    round_of_duties()
    assert not ConsultationPage.objects.get(pk=coming.pk).live  # its hour has not come
    assert not LedgerEntry.objects.exists() and fold.read(survey.tool_id)[0] == 1  # cell 0: every response
    assert [mail.to for mail in mailoutbox] == [["camille@ville.example"]] and late.title in mailoutbox[0].subject
    # The hour comes, and with it the end of the one that is open.
    type(revision).objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now() - timedelta(seconds=1))
    ConsultationPage.objects.filter(pk=running.pk).update(closes_at=timezone.now())
    flush()
    round_of_duties()
    assert ConsultationPage.objects.get(pk=coming.pk).live
    assert ConsultationPage.objects.get(pk=running.pk).phase() is Phase.CLOSED
    flush()
    round_of_duties()
    assert len(mailoutbox) == 1, "told once, whatever the messenger remembers"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
