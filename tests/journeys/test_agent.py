"""A communications agent's way, from the login to a published consultation, in a real browser."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
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
        page.set_default_timeout(30_000)

    def click(self, locator) -> None:
        locator.click()
        self.clicks += 1

    def publish(self, refused: bool = False) -> None:
        """Publish, once the automatic saving of the draft has come to rest, as it has when a person looks up."""
        self.page.wait_for_timeout(1_500)
        self.page.wait_for_load_state("networkidle")
        self.click(self.page.locator(".footer__container button[data-w-dropdown-target='toggle']").first)
        self.click(self.page.get_by_role("button", name=re.compile("Publier")).last)
        self.page.locator(".messages .error" if refused else ".messages .success").first.wait_for(timeout=30_000)


def sign_in(page, base: str, name: str) -> Agent:
    """Somebody whose password is their name."""
    agent = Agent(page, base)
    page.goto(f"{base}/admin/")
    page.fill("#id_username", name)
    page.fill("#id_password", name)
    agent.click(page.locator("button[type=submit]"))
    return agent


@pytest.fixture
def agent(live_server, visit):
    user = User.objects.create_user("camille", password="camille")
    user.groups.add(Group.objects.get(name="Agents de communication"))
    return sign_in(visit(), live_server.url, "camille")


def publish_a_square(agent: Agent) -> ConsultationPage:
    """From the admin's front page to a published consultation about a square, in as few clicks as an agent needs."""
    page = agent.page
    agent.click(page.get_by_role("link", name="Nouvelle consultation").first)
    sound(page)
    for question in page.locator("fieldset.condition").all():
        agent.click(question.get_by_label("Oui"))
    agent.click(page.get_by_role("button", name="Continuer"))
    sound(page)
    agent.click(page.get_by_role("button", name="Choisir : Aménager un espace public"))
    sound(page)
    for name, text in (("title", "Quelle place demain ?"), ("fixed", "La halle est conservée : elle est protégée.")):
        page.fill(f"#id_{name}", text)
    now = timezone.localtime()
    page.fill("#id_opens_at", (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("#id_closes_at", (now + timedelta(weeks=4)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("#id_answer_due", (now + timedelta(weeks=10)).strftime("%Y-%m-%d"))
    page.fill("#id_decision_on", (now + timedelta(weeks=12)).strftime("%Y-%m-%d"))
    agent.click(page.get_by_role("button", name="Créer le brouillon"))
    agent.click(page.locator("#ready-panel").get_by_role("link", name="Prêt à ouvrir ?"))
    sound(page)
    agent.click(page.get_by_role("button", name="Publier"))
    page.locator(".messages .success").wait_for()
    return ConsultationPage.objects.get()


def sound(page, editor: bool = False) -> None:
    """Nothing that axe knows of is wrong, and nothing is wider than the screen. Wagtail's own `editor` of snippets has
    its title at the second level.
    """
    page.wait_for_load_state()
    page.locator("#header-title" if editor else "h1").first.wait_for()
    found = Axe().run(page).response["violations"]
    found = [v for v in found if not (editor and v["id"] == "page-has-heading-one")]
    assert not found, [(v["id"], [n["target"] for n in v["nodes"]]) for v in found]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_edit_of_answered_questions_shows_its_effect_first(agent, live_server):
    from counting import fold
    from tests.factories.surveys import SurveyFactory, every_type, question

    survey = SurveyFactory(
        open=True,
        title="Votre place",
        questions=[question("single", "Comment venez-vous ?", other=False), *every_type()],
    )
    option = survey.live_version.schema["questions"][0]["options"][0]["id"]
    for _ in range(3):
        answer(survey, option)
    fold.sweep()
    page = agent.page
    page.goto(f"{agent.base}/admin/snippets/surveys/survey/edit/{survey.pk}/")
    page.get_by_label("Choix", exact=True).first.fill("en marchant")
    page.set_viewport_size({"width": 320, "height": 768})
    sound(page)
    page.set_viewport_size({"width": 1366, "height": 768})
    agent.publish(refused=True)
    page.locator("#effects-panel li").first.wait_for()
    text = page.locator("#effects-panel").inner_text()
    assert "les 3 choix déjà faits comptent" in text.replace("\xa0", " ")
    assert Survey.objects.get(pk=survey.pk).versions.count() == 1
    page.locator("#id_effects_read").check()
    page.get_by_label("Même sens").check()
    agent.publish()
    assert Survey.objects.get(pk=survey.pk).versions.count() == 2


def answer(survey: Survey, option: str) -> None:
    from participation.receipts import issue_token
    from surveys import intake

    answers = {survey.live_version.schema["questions"][0]["id"]: {"options": [option]}}
    intake.receive(survey.key, survey.live_version.number, answers, issue_token(survey.key), None)
