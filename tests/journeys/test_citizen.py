"""A citizen's way through a real browser: without JavaScript, with the keyboard, on a small screen."""

import gzip
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from counting import fold
from surveys.models import Survey
from tests.factories.pages import ConsultationPageFactory, blocks
from tests.factories.surveys import SurveyFactory, question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BUDGET_BYTES, BUDGET_REQUESTS = 60_000, 6


@pytest.fixture
def consultation():
    survey = SurveyFactory(open=True, title="Votre place")
    page = ConsultationPageFactory(open=True, body=blocks(survey, results=True))
    return page, Survey.objects.get(pk=survey.pk)


def fill_everything(page) -> None:
    """Fill each question of `every_type()` as a person does."""
    page.get_by_label("à vélo").check()
    page.get_by_label("le marché").check()
    for row in range(1, 3):
        page.locator(f'input[name="q3_{row}"]').first.check()
    page.locator('input[name="q4"][value="7"]').check()
    page.locator("#q5").fill("42")
    page.locator("#q6").fill("rue des Tanneurs")
    page.locator("#q7").fill("Deux tilleuls changeraient tout.")
    for part, value in (("day", "3"), ("month", "4"), ("year", "2001")):
        page.locator(f"#q8_{part}").fill(value)


def in_order(survey: Survey) -> list:
    """The answers of the only response in the order of the questions; PostgreSQL orders JSON keys its own way."""
    answers = survey.responses.get().answers
    return [answers[q["id"]] for q in survey.live_version.schema["questions"]]


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in found]


def test_answers_without_javascript_and_comes_back_with_the_code(live_server, visit, consultation):
    page, survey = consultation
    browser = visit(javascript=False, width=320)
    browser.goto(live_server.url + page.url)
    assert not browser.context.cookies()
    fill_everything(browser)
    browser.get_by_role("button", name="Envoyer mes réponses").click()
    assert "Merci" in browser.title()
    code = browser.locator(".code strong").inner_text()
    assert re.fullmatch(r"([0-9A-Z]{4}-){4}[0-9A-Z]{4}", code)
    assert survey.responses.count() == 1

    fold.sweep()
    browser.goto(live_server.url + page.url)
    assert "1 réponse" in browser.locator(".results").inner_text()

    other_device = visit(javascript=False)
    other_device.goto(live_server.url + "/suivi/")
    other_device.locator("#code").fill(code.lower().replace("-", " "))
    other_device.get_by_role("button").click()
    assert "Elle est comptée" in other_device.locator("main").inner_text()

    other_device.get_by_role("button", name="Retirer ma réponse").click()
    other_device.get_by_role("button", name="Oui, la retirer").click()
    assert "est retirée" in other_device.locator("main").inner_text()
    assert survey.responses.count() == 0


def test_an_error_is_told_at_its_field_and_nothing_typed_is_lost(live_server, visit, consultation):
    page, survey = consultation
    browser = visit(javascript=False)
    browser.goto(live_server.url + page.url)
    fill_everything(browser)
    browser.locator("#q5").fill("quarante")
    browser.get_by_role("button", name="Envoyer mes réponses").click()
    assert browser.title().startswith("À corriger")
    summary = browser.get_by_role("alert")
    assert "Écrivez un nombre en chiffres" in summary.inner_text()
    assert summary.get_by_role("link").get_attribute("href") == "#q5"
    assert browser.locator("#q5").input_value() == "quarante"
    assert browser.locator("#q7").input_value() == "Deux tilleuls changeraient tout."
    assert browser.get_by_label("à vélo").is_checked()
    assert browser.locator('input[name="q3_2"]').first.is_checked()
    browser.locator("#q5").fill("40")
    browser.get_by_role("button", name="Envoyer mes réponses").click()
    assert "Merci" in browser.title()
    assert survey.responses.count() == 1


def test_the_keyboard_alone_is_enough(live_server, visit):
    survey = SurveyFactory(open=True, questions=[question("single", other=False), question("short_text")])
    browser = visit()
    browser.goto(live_server.url + survey.get_absolute_url())
    browser.keyboard.press("Tab")
    assert "Aller au contenu" in browser.evaluate("document.activeElement.innerText")
    browser.keyboard.press("Enter")
    for key in ("Tab", "Space", "ArrowDown", "Tab"):
        browser.keyboard.press(key)
    browser.keyboard.type("quai des Tanneurs")
    browser.keyboard.press("Tab")
    assert browser.evaluate("document.activeElement.tagName") == "BUTTON"
    browser.keyboard.press("Enter")
    browser.wait_for_url("**/merci/**")
    answers = in_order(survey)
    assert answers[1] == "quai des Tanneurs"
    assert answers[0]["options"]


def test_one_question_at_a_time_goes_back_and_forth(live_server, visit):
    questions = [
        question("single", required=True, other=False),
        question("multiple", other=False),
        question("long_text"),
    ]
    survey = SurveyFactory(open=True, by_step=True, questions=questions)
    browser = visit(javascript=False, width=320)
    browser.goto(live_server.url + survey.get_absolute_url())
    assert "Question 1 sur 3" in browser.locator(".step").inner_text()
    browser.get_by_role("button", name="Continuer").click()
    assert "Répondez à cette question" in browser.get_by_role("alert").inner_text()
    browser.get_by_label("à vélo").check()
    browser.get_by_role("button", name="Continuer").click()
    browser.get_by_label("traverser").check()
    browser.get_by_role("button", name="Continuer").click()
    browser.locator("#q3").fill("Merci")
    browser.get_by_role("button", name="Question précédente").click()
    assert browser.get_by_label("traverser").is_checked()
    browser.get_by_role("button", name="Continuer").click()
    assert browser.locator("#q3").input_value() == "Merci"
    browser.get_by_role("button", name="Continuer").click()
    browser.wait_for_url("**&p=relire")
    assert "Relisez vos réponses" in browser.title()
    browser.get_by_role("link", name="Changer : Question single").click()
    assert browser.get_by_label("à vélo").is_checked()
    browser.go_back()
    browser.wait_for_url("**&p=relire")
    browser.get_by_role("button", name="Envoyer mes réponses").click()
    assert "Merci" in browser.title()
    first, second, third = in_order(survey)
    assert first["options"] and second["options"] and third == "Merci"


def visit_and_listen(browser, url: str) -> list:
    responses = []

    def listen(response) -> None:
        responses.append(response)

    browser.on("response", listen)
    browser.goto(url)
    browser.remove_listener("response", listen)
    return responses


@pytest.mark.parametrize("width", [320, 768, 1366])
def test_pages_are_light_reflow_and_pass_axe(live_server, visit, consultation, width):
    page, survey = consultation
    browser = visit(width=width)
    for url in (
        page.url,
        survey.get_absolute_url(),
        f"{survey.get_absolute_url()}resultats/",
        "/",
        "/suivi/",
        "/accessibilite/",
    ):
        responses = visit_and_listen(browser, live_server.url + url)
        assert len(responses) <= BUDGET_REQUESTS
        assert all(r.url.startswith(live_server.url) for r in responses)
        assert sum(len(gzip.compress(r.body())) for r in responses) <= BUDGET_BYTES  # as a server sends it
        assert browser.evaluate("document.documentElement.scrollWidth") <= width, url
        assert violations(browser) == [], url
    assert not browser.context.cookies()


def test_errors_and_thanks_pass_axe_too(live_server, visit, consultation):
    page, _survey = consultation
    browser = visit(width=320)
    browser.goto(live_server.url + page.url)
    browser.locator("#q5").fill("quarante")
    browser.get_by_role("button", name="Envoyer mes réponses").click()
    assert violations(browser) == []
    assert browser.evaluate("document.activeElement.id") == "erreurs"
    browser.locator("#q5").fill("40")
    browser.get_by_role("button", name="Envoyer mes réponses").click()
    browser.wait_for_url("**/merci/**")
    assert violations(browser) == []
