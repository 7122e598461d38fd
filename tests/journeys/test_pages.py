"""Page by page over two devices with one code; questions that come and go with the answers; an agent writing a rule."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User

from counting import fold, reconcile
from surveys.definitions import import_definition
from surveys.models import Draft, Response, Survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YES_NO = [{"id": "y", "label": "oui"}, {"id": "n", "label": "non"}]
QUESTIONS = [
    {"id": "a", "type": "single", "wording": "Venez-vous à vélo ?", "options": YES_NO},
    {"id": "s", "type": "section", "title": "Votre vélo", "text": "Deux questions.",
     "only_if": {"conditions": [{"question": "a", "operator": "is", "value": "y"}]}},
    {"id": "b", "type": "short_text", "wording": "Où le garez-vous ?", "required": True},
    {"id": "c", "type": "scale", "wording": "Est-ce facile ?"},
]  # fmt: skip


def sound(page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def go(page, name: str, address: str) -> None:
    page.get_by_role("button", name=name).click()
    page.wait_for_url(address)


def responses(survey) -> int:
    fold.fold(survey.tool_id)
    assert reconcile.reconcile(survey.tool) == []
    return survey.tool.tallies.get(name="n").n


def test_begun_on_one_device_sent_on_another_changed_and_withdrawn(live_server, visit):
    survey = import_definition({"title": "Vélo", "pace": "step", "questions": QUESTIONS}, publish=True)
    phone, tablet = visit(javascript=False, width=320), visit(width=768)
    phone.goto(live_server.url + survey.get_absolute_url())
    assert phone.locator("h2.step").inner_text().startswith("Question 1 sur 3 au plus")
    phone.get_by_label("oui").check()
    go(phone, "Continuer", "**&p=2")
    assert phone.title().startswith("Question 2 sur 3 –") and phone.get_by_text("Votre vélo").is_visible()
    phone.get_by_label("Où le garez-vous ?").fill("au garage")
    go(phone, "Enregistrer et finir plus tard", "**&p=code**")
    sound_here(visit, phone)
    code = phone.locator(".code").inner_text()
    assert not phone.context.cookies()
    tablet.goto(live_server.url + "/suivi/")
    tablet.get_by_label("Votre code").fill(code.lower())
    tablet.get_by_role("button", name="Voir").click()
    sound(tablet)
    tablet.get_by_role("button", name="Reprendre").click()
    tablet.wait_for_url("**/suite/**")
    sound(tablet)
    tablet.get_by_text("7", exact=True).click()
    go(tablet, "Continuer", "**&p=relire")
    assert "au garage" in tablet.locator(".answers").inner_text()
    sound(tablet)
    go(tablet, "Envoyer mes réponses", "**/merci/**")
    assert tablet.locator(".code").inner_text() == code and responses(survey) == 1 and not Draft.objects.exists()
    phone.goto(live_server.url + "/suivi/")
    phone.get_by_label("Votre code").fill(code)
    phone.get_by_role("button", name="Voir").click()
    phone.get_by_role("button", name="Modifier mes réponses").click()
    phone.get_by_role("link", name="Changer : Venez-vous à vélo ?").click()
    phone.get_by_label("non").check()
    go(phone, "Continuer", "**&p=relire")
    assert "ne seront pas envoyées" in phone.locator(".notice").inner_text()
    go(phone, "Envoyer", "**/merci/**")
    assert Response.objects.get().answers == {"a": {"options": ["n"]}} and responses(survey) == 1
    tablet.goto(live_server.url + "/suivi/")
    tablet.get_by_label("Votre code").fill(code)
    tablet.get_by_role("button", name="Voir").click()
    tablet.get_by_role("button", name="Retirer").click()
    tablet.get_by_role("button", name="Oui").click()
    assert "retirée" in tablet.locator("main").inner_text() and responses(survey) == 0


def sound_here(visit, page) -> None:
    """Axe needs scripts: the same address in a browser that has them."""
    other = visit(width=320)
    other.goto(page.url)
    sound(other)


def test_on_one_page_questions_come_and_go_with_the_answers(live_server, visit):
    survey = import_definition({"title": "Vélo", "questions": QUESTIONS}, publish=True)
    page = visit(width=320)
    page.goto(live_server.url + survey.get_absolute_url())
    place = page.get_by_label("Où le garez-vous ?")
    assert not place.is_visible()
    page.get_by_label("oui").check()
    assert place.is_visible() and not page.locator(".condition:visible").count()
    place.fill("au garage")
    page.get_by_label("non").check()
    assert not place.is_visible()
    go(page, "Envoyer mes réponses", "**/merci/**")
    assert Response.objects.get().answers == {"a": {"options": ["n"]}}


def test_an_agent_writes_a_rule_by_choosing_from_lists(live_server, visit):
    plain = [{k: v for k, v in q.items() if k != "only_if"} for q in QUESTIONS if q["id"] in ("a", "b")]
    survey = import_definition({"title": "Vélo", "questions": plain}, publish=True)
    User.objects.create_superuser("camille", password="camille")
    page = visit(width=1366)
    page.goto(f"{live_server.url}/admin/")
    page.fill("#id_username", "camille")
    page.fill("#id_password", "camille")
    page.locator("button[type=submit]").click()
    page.goto(f"{live_server.url}/admin/snippets/surveys/survey/edit/{survey.pk}/")
    page.locator("[name='questions-1-value-only_if-conditions-count']").wait_for(state="attached")
    block = page.locator("section", has=page.locator("[name='questions-1-value-only_if-match']")).last
    toggle = block.locator("[data-panel-toggle]").first
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()
    block.get_by_role("button", name=re.compile("Ajouter|Insérer", re.I)).first.click()
    prefix = "questions-1-value-only_if-conditions-0-value"
    page.locator(f"[id='{prefix}-question-list']").select_option(label="Venez-vous à vélo ?")
    page.locator(f"[id='{prefix}-value-list']").select_option(label="oui")
    page.wait_for_timeout(1500)
    page.locator(".footer__container button[data-w-dropdown-target='toggle']").first.click()
    page.get_by_role("button", name=re.compile("Publier")).last.click()
    page.locator(".messages .success").first.wait_for(timeout=30_000)
    asked = Survey.objects.get().live_version.schema["questions"][1]
    assert asked["only_if"] == {"match": "all", "conditions": [{"question": "a", "operator": "is", "value": "y"}]}
