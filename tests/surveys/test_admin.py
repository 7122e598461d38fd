"""Surveys in the Wagtail admin: list, drafts, preview, history, locking, copy."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from surveys.models import Survey
from tests.factories.surveys import SurveyFactory, every_type, question, set_questions

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(Survey.snippet_viewset.get_url_name(name), args=args)


def test_the_list_costs_the_same_for_one_and_three_surveys(admin_client):
    SurveyFactory(open=True, title="Votre place")
    admin_client.get(url("list"))
    with CaptureQueriesContext(connection) as one:
        html = admin_client.get(url("list")).content.decode()
    assert "Votre place" in html
    SurveyFactory(open=True)
    SurveyFactory()
    with CaptureQueriesContext(connection) as three:
        admin_client.get(url("list"))
    assert len(three) <= len(one) + 1  # Wagtail asks once more when it first meets a draft


@pytest.mark.parametrize("page", ["edit", "history", "usage", "delete"])
def test_every_screen_of_a_survey_opens(admin_client, page):
    survey = SurveyFactory(open=True)
    assert admin_client.get(url(page, survey.pk)).status_code == 200


def test_the_preview_shows_the_draft_and_cannot_be_sent(admin_client):
    survey = SurveyFactory(open=True, questions=[question("single", "Avant")])
    set_questions(survey, [question(q["type"], f"Brouillon {q['type']}") for q in every_type()])
    survey.save_revision()
    preview = reverse(Survey.snippet_viewset.get_url_name("preview_on_edit"), args=[survey.pk])
    draft = survey.get_latest_revision_as_object()
    html = draft.make_preview_request().content.decode()
    assert "Brouillon single" in html and "Avant" not in html
    assert 'name="token" value=""' in html
    assert admin_client.get(f"{preview}?in_preview_panel=true").status_code == 200


def test_a_locked_survey_refuses_edits(admin_client, admin_user):
    survey = SurveyFactory(open=True)
    Survey.objects.filter(pk=survey.pk).update(locked=True)
    admin_client.post(url("edit", survey.pk), {"title": "Autre titre", "questions-count": "0"})
    assert Survey.objects.get(pk=survey.pk).title == survey.title


def test_a_copy_has_the_questions_and_none_of_the_identity(admin_client):
    survey = SurveyFactory(open=True)
    admin_client.post(reverse("surveys_copy", args=[survey.pk]))
    copy = Survey.objects.exclude(pk=survey.pk).get()
    assert [b.id for b in copy.questions] == [b.id for b in survey.questions]
    assert not copy.live
    assert (copy.key, copy.scope_id, copy.tool_id) != (survey.key, survey.scope_id, survey.tool_id)


def test_a_survey_with_answers_is_not_deleted(admin_client):
    from participation.receipts import issue_token
    from surveys import intake

    survey = SurveyFactory(open=True, questions=[question("scale")])
    answers = {survey.live_version.schema["questions"][0]["id"]: 7}
    intake.receive(survey.key, survey.live_version.number, answers, issue_token(survey.key), None)
    response = admin_client.post(url("delete", survey.pk))
    assert response.status_code < 500
    assert Survey.objects.filter(pk=survey.pk).exists()
    assert survey.responses.count() == 1


def test_without_the_permission_nobody_copies(client, django_user_model):
    survey = SurveyFactory(open=True)
    client.force_login(django_user_model.objects.create_user("nobody", password="x"))
    assert client.post(reverse("surveys_copy", args=[survey.pk])).status_code in (302, 403)
    assert Survey.objects.count() == 1
