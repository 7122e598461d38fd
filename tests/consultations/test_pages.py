"""A consultation page promises before it asks, and brings its surveys into its own scope."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from consultations.checks import NEEDED
from consultations.models import ConsultationPage
from participation.models import Scope
from surveys import intake
from surveys.forms import compiled_live
from surveys.models import Survey
from tests.factories.pages import ConsultationPageFactory, blocks
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db


def answer(survey: Survey) -> None:
    from participation.receipts import issue_token

    compiled = compiled_live(Survey.objects.for_display().get(pk=survey.pk))
    answers = {q["id"]: None for q in compiled.questions}
    intake.receive(survey.key, compiled.number, answers, issue_token(survey.key), None)


def test_the_commitment_stands_above_the_first_question(client):
    page = ConsultationPageFactory(open=True, body=blocks(SurveyFactory(open=True)))
    html = client.get(page.url).content.decode()
    assert html.index("Notre engagement") < html.index('id="questionnaire"')
    for text in (page.decision, page.can_change, page.decided_by):
        assert text in html


@pytest.mark.parametrize("missing", NEEDED)
def test_nobody_publishes_an_incomplete_promise(missing):
    page = ConsultationPageFactory(open=True, draft=True)
    setattr(page, missing, None if missing.endswith(("_at", "_due")) else "  ")
    with pytest.raises(ValidationError) as refused:
        page.save_revision(clean=False).publish()
    assert missing in refused.value.message_dict
    assert not ConsultationPage.objects.get(pk=page.pk).live


@pytest.mark.parametrize(("field", "days"), [("decision_on", 12), ("decision_on", 2), ("answer_due", 5)])
def test_dates_in_the_wrong_order_are_refused_at_their_field(field, days):
    page = ConsultationPageFactory(open=True, draft=True)
    setattr(page, field, timezone.localdate() + timedelta(days=days))
    with pytest.raises(ValidationError) as refused:
        page.clean()
    assert field in refused.value.message_dict


def test_a_late_answer_says_so_by_itself(client):
    html = client.get(ConsultationPageFactory(late=True).url).content.decode()
    assert "Réponse en retard de 4\xa0jours" in html or "Réponse en retard de 4 jours" in html


def test_publishing_gives_the_survey_the_window_of_the_page():
    survey = SurveyFactory(open=True)
    page = ConsultationPageFactory(open=True, body=blocks(survey))
    survey = Survey.objects.for_display().get(pk=survey.pk)
    assert survey.scope_id == page.scope_id
    assert survey.phase() == "open"
    assert survey.phase(page.closes_at) == "closed"
    assert survey.phase(page.opens_at - timedelta(seconds=1)) == "coming"


def test_a_draft_written_before_the_survey_came_to_its_page_leaves_it_there():
    survey = SurveyFactory(open=True)
    survey.save_revision()
    page = ConsultationPageFactory(open=True, body=blocks(survey))
    Survey.objects.get(pk=survey.pk).latest_revision.publish()
    assert Survey.objects.get(pk=survey.pk).scope_id == page.scope_id


def test_unpublishing_the_page_stops_intake_and_keeps_the_answers():
    survey = SurveyFactory(open=True)
    page = ConsultationPageFactory(open=True, body=blocks(survey))
    answer(survey)
    page.unpublish()
    with pytest.raises(intake.Closed) as refused:
        answer(survey)
    assert refused.value.phase == "unpublished"
    assert survey.responses.count() == 1


def test_a_survey_answered_elsewhere_must_be_copied():
    survey = SurveyFactory(open=True)
    ConsultationPageFactory(open=True, body=blocks(survey))
    answer(survey)
    with pytest.raises(ValidationError) as refused:
        ConsultationPageFactory(open=True, body=blocks(survey))
    assert "Copiez" in str(refused.value.message_dict["body"])


def test_a_survey_answered_on_its_own_page_may_still_join_a_consultation():
    survey = SurveyFactory(open=True)
    answer(survey)
    page = ConsultationPageFactory(open=True, body=blocks(survey))
    assert page.scope_id == survey.scope_id
    answer(survey)
    assert survey.responses.count() == 2


def test_a_copy_of_a_page_has_a_scope_of_its_own():
    page = ConsultationPageFactory(open=True)
    copy = page.copy(update_attrs={"slug": "copie", "title": "Copie"}, keep_live=False)
    assert copy.scope_id and copy.scope_id != page.scope_id
    assert Scope.objects.get(pk=copy.scope_id).salt != page.scope.salt


def test_a_deleted_survey_leaves_the_page_standing(client):
    survey = SurveyFactory(open=True, questions=[question("scale")])
    page = ConsultationPageFactory(open=True, body=blocks(survey, results=True))
    Survey.objects.filter(pk=survey.pk).update(live_version=None)
    survey.versions.all().delete()
    survey.delete()
    assert client.get(page.url).status_code == 200


def test_a_page_with_a_form_is_kept_by_no_shared_cache(client):
    page = ConsultationPageFactory(open=True, body=blocks(SurveyFactory(open=True)))
    response = client.get(page.url)
    assert response["Cache-Control"] == "private, no-cache"
    assert not response.cookies


@pytest.mark.parametrize("url", ["/", "/consultations/"])
def test_lists_cost_the_same_for_one_and_three_consultations(client, url, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ConsultationPageFactory(open=True)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    ConsultationPageFactory(coming=True)
    ConsultationPageFactory(late=True)
    with django_assert_num_queries(len(one)):
        client.get(url)


def test_a_page_costs_one_query_more_for_its_survey(client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    bare = ConsultationPageFactory(open=True)
    pages = [
        ConsultationPageFactory(open=True, body=blocks(SurveyFactory(open=True, questions=qs)))
        for qs in ([question("single")], [question("single") for _ in range(20)])
    ]
    counts = []
    for page in (bare, *pages):
        client.get(page.url)
        with CaptureQueriesContext(connection) as queries:
            client.get(page.url)
        counts.append(len(queries))
    assert counts[1] == counts[2] <= counts[0] + 1


def test_a_scheduled_page_that_is_not_ready_holds_back_no_other():
    due = timezone.now() - timedelta(minutes=1)
    broken, ready = (ConsultationPageFactory(open=True, draft=True) for _ in range(2))
    broken.decision = ""
    for page, when in ((broken, due - timedelta(hours=1)), (ready, due)):
        page.save_revision(clean=False, approved_go_live_at=when)
    call_command("publish_scheduled")
    assert not ConsultationPage.objects.get(pk=broken.pk).live
    assert ConsultationPage.objects.get(pk=ready.pk).live


@pytest.mark.parametrize("with_descendants", [False, True])
def test_publishing_many_at_once_leads_to_the_page_that_is_not_ready(admin_client, with_descendants):
    page = ConsultationPageFactory(open=True, draft=True)
    page.decision = ""
    page.save_revision(clean=False)
    chosen = page.get_parent() if with_descendants else page
    url = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "publish")) + f"?id={chosen.pk}"
    response = admin_client.post(url, {"include_descendants": "on"} if with_descendants else {})
    assert response.status_code == 302
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert not ConsultationPage.objects.get(pk=page.pk).live


@pytest.mark.parametrize("wish", ["publish_copies", "alias"])
def test_a_copy_from_the_admin_is_always_a_draft_of_its_own(admin_client, wish):
    page = ConsultationPageFactory(open=True)
    sent = {"new_title": "Copie", "new_slug": "copie", "new_parent_page": page.get_parent().pk, wish: "on"}
    assert admin_client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), sent).status_code == 302
    copy = ConsultationPage.objects.get(slug="copie")
    assert not copy.live
    assert copy.alias_of_id is None
    assert copy.scope_id != page.scope_id


@pytest.mark.parametrize("gone", [lambda page: Page.objects.get(pk=page.pk), lambda page: page.get_parent()])
def test_deleting_a_page_or_its_parent_stops_intake(gone):
    page = ConsultationPageFactory(open=True)
    gone(page).delete()
    assert not Scope.objects.get(pk=page.scope_id).live
