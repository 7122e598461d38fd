"""From closing to publication in the admin: themes, sorting, an answer that an official validates, steps."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import themes
from consultations.models import Attachment, Commitment, ConsultationPage, OfficialAnswer, Theme
from consultations.phases import Phase
from tests.factories.moderation import member
from tests.factories.pages import (
    CommitmentFactory,
    ConsultationPageFactory,
    OfficialAnswerFactory,
    ThemeFactory,
    blocks,
)
from tests.factories.words import open_survey, published

pytestmark = pytest.mark.django_db

AGENTS, OFFICIALS = "Agents de communication", "Élus référents"


@pytest.fixture
def agent():
    client = Client()
    client.force_login(member(AGENTS, name="agente"))
    return client


@pytest.fixture
def official():
    client = Client()
    client.force_login(member(OFFICIALS, name="elue"))
    return client


def url(name: str, pk: int) -> str:
    return reverse(name, args=[pk])


def test_themes_are_added_moved_renamed_and_deleted(agent):
    page = ConsultationPageFactory(closed=True)
    at = url("follow_up_add_theme", page.pk)
    assert agent.post(at, {"title": "  "}).status_code == 422
    for title in ("Ombre", "Bancs"):
        assert agent.post(at, {"title": title}).status_code == 302
    shade, benches = page.themes.order_by("path")
    agent.post(at, {"title": "Tilleuls", "parent": shade.pk})
    agent.post(url("follow_up_move", benches.pk), {"way": "up"})
    assert [t.title for t in page.themes.order_by("path")] == ["Bancs", "Ombre", "Tilleuls"]
    agent.post(url("follow_up_theme", benches.pk), {"title": "S’asseoir", "told": "Il en manque."})
    assert Theme.objects.get(pk=benches.pk).told == "Il en manque."
    assert agent.get(url("follow_up_delete", shade.pk)).status_code == 200
    agent.post(url("follow_up_delete", shade.pk))
    assert [t.title for t in page.themes.order_by("path")] == ["S’asseoir"]
    OfficialAnswerFactory(theme=benches)
    agent.post(url("follow_up_delete", benches.pk))
    assert page.themes.count() == 1


def test_contributions_are_sorted_in_bulk_by_words_or_all_at_once(agent):
    survey = open_survey()
    page = ConsultationPageFactory(open=True, body=blocks(survey))
    survey.refresh_from_db()
    texts = [published(survey, words) for words in ("un tilleul", "deux tilleuls", "un banc")]
    theme, at = ThemeFactory(page=page), url("follow_up_sort", page.pk)
    html = agent.get(at, {"kind": "answer", "words": "tilleul"}).content.decode()
    assert "deux tilleuls" in html and "un banc" not in html and 'aria-keyshortcuts="t 1"' in html
    agent.post(at, {"kind": "answer", "words": "tilleul", "all": "1", "attach": theme.pk})
    assert themes.counts(page)[theme.pk] == 2
    agent.post(at, {"kind": "answer", "attach": theme.pk, "text": [str(texts[2].pk), "x" * 300, ""]})
    assert themes.counts(page)[theme.pk] == 3
    assert "un banc" not in agent.get(at, {"kind": "answer"}).content.decode()
    agent.post(at, {"kind": "answer", "which": "all", "detach": theme.pk, "text": str(texts[0].pk)})
    assert themes.counts(page)[theme.pk] == 2
    other = ThemeFactory(page=ConsultationPageFactory(open=True))
    for number in (other.pk, "9" * 40, "x", ""):
        assert agent.post(at, {"kind": "answer", "attach": number, "all": "1"}).status_code == 302
    assert Attachment.objects.count() == 2


def test_the_sorting_screen_costs_the_same_for_few_and_many(agent):
    survey = open_survey()
    page = ConsultationPageFactory(open=True, body=blocks(survey))
    survey.refresh_from_db()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert agent.get(url("follow_up_sort", page.pk), {"kind": "answer", "which": "all"}).status_code == 200
        return len(queries)

    def grow() -> None:
        text = published(survey, f"texte {page.themes.count()}")
        themes.attach(ThemeFactory(page=page), [("answer", str(text.pk))])

    grow()
    cost()
    once = cost()
    grow()
    grow()
    assert cost() == once


def test_an_agent_writes_an_official_validates_and_everybody_reads(agent, official, client):
    page = ConsultationPageFactory(late=True)
    theme = ThemeFactory(page=page, title="De l’ombre")
    edit = agent.post(url("follow_up_answer", theme.pk))["Location"]
    assert agent.post(url("follow_up_answer", theme.pk))["Location"] == edit  # begun once
    answer = OfficialAnswer.objects.get()
    assert agent.get(edit).status_code == 200
    typed = {
        "status": "retained",
        "reason": "Trop cher.",
        "signed_by": "Claire Ancel",
        "mandate": "adjointe à l’urbanisme",
        "signed_on": timezone.localdate().strftime("%d/%m/%Y"),
    }
    refused = agent.post(edit, {**typed, "action-submit": "1"})
    assert refused.status_code == 200 and "phrase entière" in refused.content.decode()
    typed["reason"] = "Quatorze arbres au lieu de six, arrosés par la citerne."
    assert agent.post(edit, {**typed, "action-publish": "1"}).status_code in (200, 302)
    assert not OfficialAnswer.objects.get().live  # an agent alone publishes nothing
    assert f"/follow-up/{page.pk}/" in agent.post(edit, {**typed, "action-submit": "1"})["Location"]
    assert agent.post(url("follow_up_step", page.pk), {"step": "answered"}).status_code == 422
    answer.refresh_from_db()
    state = answer.current_workflow_task_state
    assert state and not answer.live and "citerne" not in client.get(page.url).content.decode()
    preview = official.get(reverse("wagtailsnippets_consultations_officialanswer:preview_on_edit", args=[answer.pk]))
    assert preview.status_code == 200
    action = reverse(
        "wagtailsnippets_consultations_officialanswer:workflow_action", args=[answer.pk, "approve", state.pk]
    )
    assert official.post(action, {"comment": ""}).status_code in (200, 302)
    answer.refresh_from_db()
    assert answer.live and "citerne" in client.get(page.url).content.decode()
    assert agent.post(url("follow_up_step", page.pk), {"step": "answered"}).status_code == 302
    assert ConsultationPage.objects.get(pk=page.pk).phase() is Phase.ANSWERED


def test_one_contribution_alone_is_answered_from_the_list_and_beside_its_words(agent, client):
    survey = open_survey()
    page = ConsultationPageFactory(open=True, body=blocks(survey))
    survey.refresh_from_db()
    theme, other = ThemeFactory(page=page), ThemeFactory(page=page)
    texts = [published(survey, words) for words in ("le banc cassé", "un autre banc")]
    themes.attach(theme, [("answer", str(text.pk)) for text in texts])
    sorting, at = url("follow_up_sort", page.pk), url("follow_up_answer", theme.pk)
    row = {"kind": "answer", "object_id": str(texts[0].pk)}
    html = agent.get(sorting, {"kind": "answer", "which": "all"}).content.decode()
    assert html.count(f'formaction="{at}"') == 2 and "Ouvrir sa réponse" not in html
    assert agent.post(url("follow_up_answer", other.pk), row).status_code in (302, 403)  # not of that theme
    assert not OfficialAnswer.objects.exists()
    edit = agent.post(at, row)["Location"]
    assert agent.post(at, row)["Location"] == edit
    assert "Ouvrir sa réponse" in agent.get(sorting, {"kind": "answer", "which": "all"}).content.decode()
    answer = OfficialAnswer.objects.get()
    assert "le banc cassé" in agent.get(edit).content.decode()
    answer.status, answer.reason = "done", "Le banc a été réparé par nos services mardi."
    answer.signed_by, answer.mandate = "Claire Ancel", "adjointe"
    assert "réparé" not in client.get(theme.get_absolute_url()).content.decode()
    answer.save_revision().publish()
    html = client.get(theme.get_absolute_url()).content.decode()
    before, after = html.split("réparé", 1)
    said = before.rindex("le banc cassé")
    assert "un autre banc" not in before[said:] and f'id="reponse-{answer.ref}"' in before[said:]
    assert client.get(theme.get_absolute_url() + "?page=x\x00").status_code == 200


def test_what_was_answered_in_public_is_not_made_unsaid(agent, admin_client):
    page = ConsultationPageFactory(answered=True)
    kept = OfficialAnswerFactory(theme=ThemeFactory(page=page))
    draft = OfficialAnswerFactory(theme=ThemeFactory(page=page), live=False)
    name = "wagtailsnippets_consultations_officialanswer"
    for act in ("delete", "unpublish"):
        admin_client.post(reverse(f"{name}:{act}", args=[kept.pk]))
        kept.refresh_from_db()
        assert kept.live, act
    many = reverse("wagtail_bulk_action", args=["consultations", "officialanswer", "delete"])
    admin_client.post(f"{many}?id={kept.pk}&id={draft.pk}")
    assert OfficialAnswer.objects.filter(pk__in=[kept.pk, draft.pk]).count() == 2
    admin_client.post(reverse(f"{name}:delete", args=[draft.pk]))
    assert list(OfficialAnswer.objects.filter(pk__in=[kept.pk, draft.pk])) == [kept]


def test_steps_are_reached_with_a_click_and_refused_at_their_field(agent):
    page = ConsultationPageFactory(open=True)
    at = url("follow_up_step", page.pk)
    agent.post(at, {"step": "close"})
    assert ConsultationPage.objects.get(pk=page.pk).phase() is Phase.CLOSED
    answered = ConsultationPageFactory(answered=True)
    at = url("follow_up_step", answered.pk)
    refused = agent.post(at, {"step": "decided", "act_url": "javascript:x"})
    assert refused.status_code == 422
    refused = agent.post(at, {"step": "decided", "decided_on": ""})
    assert refused.status_code == 422 and "numéro de la délibération" in refused.content.decode()
    agent.post(at, {"step": "decided", "act_number": "2026-04"})
    assert ConsultationPage.objects.get(pk=answered.pk).phase() is Phase.DECIDED
    agent.post(at, {"step": "carried_out"})
    assert ConsultationPage.objects.get(pk=answered.pk).phase() is Phase.CARRIED_OUT


def test_commitments_are_made_and_told_and_what_is_late_is_listed_for_officials(agent, official):
    page = ConsultationPageFactory(answered=True)
    add = url("follow_up_add_commitment", page.pk)
    assert agent.post(add, {"what": "", "who": "x", "due": "hier"}).status_code == 422
    made = {"what": "Planter quatorze arbres", "who": "espaces verts", "due": "01/02/2026", "budget": "46000"}
    assert agent.post(add, made).status_code == 302
    commitment = Commitment.objects.get()
    news = url("follow_up_news", commitment.pk)
    assert agent.post(news, {"text": "", "status": "done"}).status_code == 422
    assert agent.post(news, {"text": "Plus tard", "status": "planned", "due": "01/02/2027"}).status_code == 422
    html = official.get(reverse("commitments_report"), {"late": "late"}).content.decode()
    assert "Planter quatorze arbres" in html
    assert agent.post(news, {"text": "Ils sont plantés.", "status": "done"}).status_code == 302
    html = official.get(reverse("commitments_report"), {"late": "late"}).content.decode()
    assert "Planter quatorze arbres" not in html


def test_nobody_else_follows_up(client, official):
    page = ConsultationPageFactory(closed=True)
    theme, made = ThemeFactory(page=page), CommitmentFactory(page=page)
    client.force_login(member("Modérateurs", name="momo2"))
    places = [
        ("follow_up", page.pk),
        ("follow_up_sort", page.pk),
        ("follow_up_theme", theme.pk),
        ("follow_up_news", made.pk),
    ]
    for name, pk in places:
        for person in (client, official):
            assert person.get(url(name, pk)).status_code in (302, 403), name
    assert client.post(url("follow_up_add_theme", page.pk), {"title": "x"}).status_code in (302, 403)
    assert page.themes.count() == 1
