"""A kind of process or another consultation becomes a draft, complete but for what only its authority can say."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from consultations import creation, kinds, readiness
from consultations.models import ConsultationIndexPage, ConsultationPage, Theme
from deliberation import linting
from deliberation.models import Debate
from moderation.models import Charter
from surveys.models import Survey
from tests.factories.moderation import member
from tests.factories.pages import ConsultationPageFactory, blocks
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db


def agent() -> Any:
    there = get_user_model().objects.filter(username="camille").first()
    return there or member("Agents de communication", name="camille")


def told(kind: kinds.Kind, **more) -> dict:
    start = timezone.now() + timedelta(days=2)
    dates = {"opens_at": start, "closes_at": start + timedelta(weeks=kind.weeks)}
    dates["answer_due"] = (dates["closes_at"] + timedelta(weeks=6)).date()
    return {"title": kind.example, **kind.proposed, **dates, **more}


def create(slug: str, key: uuid.UUID | None = None, user: Any = None) -> ConsultationPage:
    kind = kinds.all_kinds()[slug]
    parent = ConsultationIndexPage.objects.get()
    made = creation.create(kind, told(kind), parent, user or agent(), key or uuid.uuid4())
    return ConsultationPage.objects.get(pk=made.pk)


@pytest.mark.parametrize("slug", kinds.all_kinds())
def test_each_kind_becomes_a_draft_that_nothing_stops(slug, client):
    page = create(slug)
    draft = page.get_latest_revision_as_object()
    found = readiness.findings(draft)
    assert not page.live and not [f for f in found if f.stops], found
    assert [theme.title for theme in page.themes.order_by("path")] == kinds.all_kinds()[slug].themes
    [tool] = list(draft.tools())
    assert tool.is_published() and tool.scope_id == page.scope_id
    assert tool.phase() == "unpublished"
    assert client.get(tool.get_absolute_url()).status_code in (404, 410)
    page.latest_revision.publish()
    assert client.get(ConsultationPage.objects.get(pk=page.pk).url).status_code == 200


@pytest.mark.parametrize("kind", kinds.all_kinds().values(), ids=kinds.all_kinds())
def test_what_a_kind_asks_is_short_neutral_and_may_be_passed_over(kind):
    questions = kind.survey["questions"] if kind.survey else []
    assert len(questions) <= 10
    assert all(q.get("no_opinion") for q in questions if q["type"] == "grid")
    assert kind.themes and kind.faq and kind.weeks >= 3
    if kind.debate:
        assert not linting.advise(kind.debate["statements"])


def test_the_same_form_sent_twice_is_one_consultation():
    key = uuid.uuid4()
    assert create("school", key).pk == create("school", key).pk
    assert ConsultationPage.objects.count() == 1 and Survey.objects.count() == 1


def test_who_may_not_publish_surveys_gets_drafts():
    user = member("Modérateurs")
    kind = kinds.all_kinds()["school"]
    page = creation.create(kind, told(kind), ConsultationIndexPage.objects.get(), user, uuid.uuid4())
    assert not Survey.objects.get().live
    assert "body" in {f.field for f in readiness.findings(page)}


def test_a_charter_is_made_where_there_is_none():
    Charter.objects.all().delete()
    assert create("school").charter.articles.count() == 5


def test_a_copy_has_the_questions_and_neither_answers_nor_dates_nor_promise():
    from tests.consultations.test_pages import answer

    survey = SurveyFactory(open=True, title="Votre place", questions=[question("single", "Comment ?")])
    page = ConsultationPageFactory(late=True, title="La place", body=blocks(survey, results=True))
    survey = Survey.objects.get(pk=survey.pk)
    type(page.scope).objects.filter(pk=page.scope_id).update(closes_at=None)
    answer(survey)
    Theme.add_to(page, Theme.add_to(page, title="Ombre", told="Vous en voulez."), title="Ombre du marché")
    copy = creation.clone(page, agent())
    copy = ConsultationPage.objects.get(pk=copy.pk)
    draft = copy.get_latest_revision_as_object()
    assert copy.get_parent().pk == page.get_parent().pk and not copy.live
    assert (draft.decision, draft.charter) == (page.decision, page.charter)
    assert {draft.opens_at, draft.closes_at, draft.answer_due, draft.answered_on, draft.decision_on} == {None}
    assert draft.scope_id != page.scope_id
    asked, results = [block.value["survey"] for block in draft.body]
    assert asked.pk == results.pk != survey.pk
    assert asked.title == "Votre place" and not asked.is_taken() and survey.is_taken()
    assert [t.title for t in copy.themes.all()] == ["Ombre", "Ombre du marché"]
    assert asked.live and asked.phase() == "unpublished"
    assert {f.field for f in readiness.findings(draft) if f.stops} == {"opens_at", "closes_at", "answer_due"}


def test_a_debate_is_copied_with_its_page():
    page = create("deliberation")
    copy = creation.clone(page, agent())
    body = copy.get_latest_revision_as_object().body
    debates = {b.value["debate"].pk for b in body if b.block_type in ("debate", "debate_results")}
    assert len(debates) == 1 and Debate.objects.count() == 2
