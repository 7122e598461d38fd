"""Guided creation in the admin: conditions first, nothing typed is lost, one consultation at the end."""

import re

import pytest
from django.urls import reverse

from consultations import kinds
from consultations.models import ConsultationPage
from surveys.models import Survey
from tests.factories.moderation import member
from tests.factories.pages import ConsultationPageFactory, blocks
from tests.factories.surveys import SurveyFactory

pytestmark = pytest.mark.django_db

YES = dict.fromkeys(("to_decide", "can_change", "who_decides", "will_answer", "offline"), "yes")
NEW = "/admin/consultations/new/"


@pytest.fixture
def agent(client):
    client.force_login(member("Agents de communication", name="camille"))
    return client


def fields(response) -> dict[str, str]:
    """Every input of the page with its value, as a browser without JavaScript would send it."""
    html = response.content.decode()
    main = html[html.index('class="nice-padding new-consultation"') :]
    found = {}
    for tag in re.findall(r"<input[^>]+>", main):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="radio"' not in tag or "checked" in tag):
            found[name[1]] = value[1] if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', main, re.S):
        found[name] = text
    return found


def send(agent, response, **more):
    return agent.post(NEW, {**fields(response), **more})


def test_from_the_conditions_to_a_draft(agent):
    page = send(agent, send(agent, agent.get(NEW), **YES), kind="planning")
    proposed = fields(page)
    assert proposed["decision"] == kinds.all_kinds()["planning"].decision
    assert proposed["opens_at"] and proposed["closes_at"] and not proposed["answer_due"]
    refused = send(agent, page, title="Quelle place demain ?")
    assert refused.status_code == 422 and fields(refused)["title"] == "Quelle place demain ?"
    early = send(agent, page, title="Quelle place demain ?", answer_due="01/01/2020")
    assert early.status_code == 422 and not ConsultationPage.objects.exists()
    made = send(agent, page, title="Quelle place demain ?", answer_due="31/12/2099", fixed="La halle.")
    draft = ConsultationPage.objects.get()
    assert made.url == reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert (draft.live, draft.fixed, draft.owner.username) == (False, "La halle.", "camille")
    assert draft.get_latest_revision_as_object().body[1].value["survey"].title == "Quelle place demain ?"
    again = send(agent, page, title="Quelle place demain ?", answer_due="31/12/2099")
    assert again.url == made.url and Survey.objects.count() == 1


def test_going_back_keeps_what_was_typed(agent):
    page = send(agent, send(agent, agent.get(NEW), **YES), kind="planning")
    back = send(agent, page, title="Mon titre", fixed="La halle.", answer_due="bientôt", back="1")
    assert b'value="school"' in back.content
    again = fields(send(agent, back, kind="school"))
    assert (again["title"], again["fixed"], again["answer_due"]) == ("Mon titre", "La halle.", "bientôt")
    assert (
        again["decision"] == kinds.all_kinds()["school"].decision
    )  # was not touched, so the new kind proposes its own
    first = send(agent, send(agent, back, back="1"))
    assert first.status_code == 200


@pytest.mark.parametrize("unmet", YES)
def test_a_no_says_why_and_what_to_do_instead(agent, unmet):
    advice = send(agent, agent.get(NEW), **{**YES, unmet: "no"})
    html = advice.content.decode()
    stops = unmet in ("to_decide", "can_change")
    assert "Que faire" in html and ('name="anyway"' in html) is not stops
    assert ('name="kind"' in send(agent, advice, anyway="1").content.decode()) is not stops
    back = send(agent, advice, back="1").content.decode()
    assert re.search(rf'name="{unmet}" value="no"[^>]*checked', back)


def test_a_condition_without_an_answer_is_asked_again(agent):
    assert send(agent, agent.get(NEW), to_decide="yes").status_code == 422


@pytest.mark.parametrize("typed", [{"step": "page"}, {"step": "kind", "kind": "../x"}, {"step": "page", "kind": "x"}])
def test_nonsense_is_asked_again_and_never_a_fault(agent, typed):
    assert agent.post(NEW, typed).status_code in (200, 422)
    assert agent.post(NEW, {**YES, **typed, "key": "no key", "title": "x" * 999}).status_code in (200, 422)


def test_who_may_not_write_pages_may_not_begin(client):
    client.force_login(member("Modérateurs", "Analystes"))
    assert client.get(NEW).status_code == 302


def test_ready_to_open_says_what_stops_and_publishes_what_is_ready(agent):
    page = ConsultationPageFactory(
        open=True, draft=True, elsewhere="", title="Référendum", body=blocks(SurveyFactory())
    )
    url = reverse("consultations_ready", args=[page.pk])
    html = agent.get(url).content.decode()
    assert f"/admin/pages/{page.pk}/edit/#id_elsewhere" in html and "L1112-15" in html
    assert "/admin/settings/home/sitesettings/" in html  # nobody reads the example address
    assert "<form" not in html[html.index("new-consultation") :]
    agent.post(url)
    assert not ConsultationPage.objects.get().live
    draft = page.get_latest_revision_as_object()
    draft.elsewhere = "Sur papier."
    draft.save_revision()
    agent.post(url)
    assert ConsultationPage.objects.get().live


def test_the_edit_form_says_at_the_field_what_stops_publishing(agent):
    page = ConsultationPageFactory(open=True, draft=True, elsewhere="")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = agent.get(edit)
    assert 'id="ready-panel"' in shown.content.decode()
    form = shown.context["form"]
    data = {name: form[name].value() or "" for name in form.fields if name not in ("body", "comment_notifications")}
    data |= {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "action-publish": "1"}
    refused = agent.post(edit, data)
    assert set(refused.context["form"].errors) == {"elsewhere"}
    assert not ConsultationPage.objects.get().live


def test_a_copy_is_one_action_away(agent):
    page = ConsultationPageFactory(open=True)
    url = reverse("consultations_copy", args=[page.pk])
    assert url in agent.get(reverse("wagtailadmin_explore", args=[page.get_parent().pk])).content.decode()
    assert agent.get(url).status_code == 200
    made = agent.post(url)
    copy = ConsultationPage.objects.exclude(pk=page.pk).get()
    assert made.url == reverse("wagtailadmin_pages:edit", args=[copy.pk])
