"""A communications agent's way, from the login to a published consultation, in a real browser."""

import re
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from consultations.models import ConsultationPage
from surveys.models import Survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_CLICKS = 25


class Agent:
    """Counts every click; typing and tabbing are free."""

    def __init__(self, page, base: str):
        self.page, self.base, self.clicks = page, base, 0
        page.set_default_timeout(10_000)

    def click(self, locator) -> None:
        locator.click()
        self.clicks += 1

    def add_block(self, name: str) -> None:
        self.click(self.page.locator("button.c-sf-add-button:visible").last)
        self.click(self.page.get_by_role("option", name=name, exact=True))

    def open_tab(self, name: str) -> None:
        """A first click may only close a calendar that still stands open."""
        tab = self.page.get_by_role("tab", name=name, exact=True)
        while tab.get_attribute("aria-selected") != "true":
            self.click(tab)
            self.page.wait_for_timeout(300)

    def type_date(self, name: str, value: str) -> None:
        self.page.locator(f"#id_{name}").focus()
        self.page.keyboard.type(value)
        self.page.keyboard.press("Tab")

    def publish(self, refused: bool = False) -> None:
        """Publish, once the automatic saving of the draft has come to rest, as it has when a person looks up."""
        self.page.wait_for_timeout(1_500)
        self.page.wait_for_load_state("networkidle")
        self.click(self.page.locator(".footer__container button[data-w-dropdown-target='toggle']").first)
        self.click(self.page.get_by_role("button", name=re.compile("Publier")).last)
        self.page.locator(".messages .error" if refused else ".messages .success").first.wait_for(timeout=30_000)


@pytest.fixture
def agent(live_server, visit):
    user = User.objects.create_user("camille", password="camille")
    user.groups.add(Group.objects.get(name="Agents de communication"))
    agent = Agent(visit(), live_server.url)
    agent.page.goto(f"{live_server.url}/admin/")
    agent.page.fill("#id_username", "camille")
    agent.page.fill("#id_password", "camille")
    agent.click(agent.page.locator("button[type=submit]"))
    return agent


def write_survey(agent: Agent) -> None:
    page = agent.page
    agent.click(page.get_by_role("link", name="Questionnaires"))
    agent.click(page.locator("a[href$='/surveys/survey/add/']").first)
    page.fill("#id_title", "Votre place")
    agent.add_block("Choix unique")
    page.locator("[id$='-value-wording']").fill("Comment venez-vous ?")
    for i, label in enumerate(["à pied", "à vélo"]):
        page.locator(f"[id$='-value-options-{i}-value']").fill(label)
    agent.publish()


def write_page(agent: Agent) -> None:
    page = agent.page
    agent.click(page.get_by_role("button", name="Pages"))
    agent.click(page.get_by_role("link", name="Consultations").first)
    agent.click(page.get_by_role("link", name=re.compile("Ajouter une sous-page|Ajouter")).first)
    page.fill("#id_title", "Quelle place demain ?")
    page.fill("#id_summary", "La place va être refaite.")
    now = timezone.localtime()
    agent.type_date("opens_at", (now - timedelta(days=1)).strftime("%d/%m/%Y %H:%M"))
    agent.type_date("closes_at", (now + timedelta(days=20)).strftime("%d/%m/%Y %H:%M"))
    agent.open_tab("Notre engagement")
    for name in ("decision", "can_change", "fixed", "decided_by"):
        page.fill(f"#id_{name}", "Le programme des travaux, voté en juin.")
    agent.type_date("answer_due", (now + timedelta(days=60)).strftime("%d/%m/%Y"))
    agent.open_tab("Page")
    agent.add_block("Questionnaire")
    agent.click(page.get_by_role("button", name=re.compile("Choisir")).first)
    agent.click(page.get_by_role("link", name="Votre place", exact=True))
    agent.add_block("Résultats")
    agent.click(page.get_by_role("button", name=re.compile("Choisir")).first)
    agent.click(page.get_by_role("link", name="Votre place", exact=True))
    agent.publish()


def test_from_login_to_a_published_consultation(agent, visit, live_server, capsys):
    start = time.monotonic()
    write_survey(agent)
    assert Survey.objects.get().live_version_id
    write_page(agent)
    consultation = ConsultationPage.objects.get()
    assert consultation.live
    assert agent.clicks <= MOST_CLICKS
    with capsys.disabled():
        print(f"\n  from login to published: {agent.clicks} clicks, {time.monotonic() - start:.0f} s of a robot")
    citizen = visit(javascript=False)
    citizen.goto(live_server.url + consultation.url)
    citizen.get_by_label("à pied").check()
    citizen.get_by_role("button", name="Envoyer mes réponses").click()
    assert "Merci" in citizen.title()


def test_an_edit_of_answered_questions_shows_its_effect_first(agent, live_server):
    from counting import fold
    from tests.factories.surveys import SurveyFactory, question

    survey = SurveyFactory(
        open=True, title="Votre place", questions=[question("single", "Comment venez-vous ?", other=False)]
    )
    option = survey.live_version.schema["questions"][0]["options"][0]["id"]
    for _ in range(3):
        answer(survey, option)
    fold.sweep()
    page = agent.page
    page.goto(f"{agent.base}/admin/snippets/surveys/survey/edit/{survey.pk}/")
    page.locator("[id$='-value-options-0-value']").fill("en marchant")
    agent.publish(refused=True)
    page.locator("#effects-panel li").first.wait_for()
    text = page.locator("#effects-panel").inner_text()
    assert "les 3 choix déjà faits comptent" in text.replace("\xa0", " ")
    assert Survey.objects.get(pk=survey.pk).versions.count() == 1
    page.locator("#id_effects_read").check()
    agent.publish()
    assert Survey.objects.get(pk=survey.pk).versions.count() == 2


def answer(survey: Survey, option: str) -> None:
    from participation.receipts import issue_token
    from surveys import intake

    answers = {survey.live_version.schema["questions"][0]["id"]: {"options": [option]}}
    intake.receive(survey.key, survey.live_version.number, answers, issue_token(survey.key), None)
