"""An address left with answers: typed without JavaScript on a small screen, confirmed and taken back by keyboard."""

import re

import pytest
from django.core import mail

from surveys.models import GivenEmail
from tests.factories.moderation import member
from tests.factories.surveys import SurveyFactory, question
from tests.journeys.test_citizen import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def survey():
    return SurveyFactory(open=True, questions=[question("email", "Être prévenu ?"), question("scale", "Une note ?")])


def given(live_server, visit, survey, width: int) -> str:
    """Answer with an address; where the link of the mail leads."""
    page = visit(javascript=False, width=width)
    page.goto(live_server.url + survey.get_absolute_url())
    page.get_by_role("textbox", name="Être prévenu ?").fill("lou@exemple.fr")
    page.get_by_role("button", name="Envoyer mes réponses").press("Enter")
    assert page.get_by_text("Il reste une chose à faire").count() == 1
    return live_server.url + re.search(r"//[^/]+(/enquetes/\S+/adresse/\S+/)", mail.outbox[-1].body)[1]


@pytest.mark.parametrize("width", [320, 1366])
def test_confirmed_and_taken_back_without_javascript(live_server, visit, survey, width):
    link = given(live_server, visit, survey, width)
    page = visit(javascript=False, width=width)
    page.goto(link)
    page.get_by_role("button", name="Oui, vous pouvez m’écrire").press("Enter")
    assert page.get_by_role("status").inner_text() == "Merci. Votre adresse est gardée."
    assert GivenEmail.objects.get().email == "lou@exemple.fr"
    page.goto(link)
    page.get_by_role("button", name="Retirer mon adresse").press("Enter")
    assert "n’avons plus votre adresse" in page.get_by_role("status").inner_text()
    assert not GivenEmail.objects.exists()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1366, "light")])
def test_its_pages_reflow_and_pass_axe(live_server, visit, survey, client, width, scheme):
    link = given(live_server, visit, survey, width)
    page = visit(width=width, color_scheme=scheme)
    for act in ("look", "Oui, vous pouvez m’écrire", "Retirer mon adresse"):
        if act == "look":
            page.goto(link)
        else:
            page.get_by_role("button", name=act).click()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    GivenEmail.objects.create(
        survey=survey, question_id=survey.live_version.schema["questions"][0]["id"], email="lou@exemple.fr"
    )
    client.force_login(member("Agents de communication", name="agent"))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/admin/surveys/{survey.pk}/emails/")
    assert page.get_by_role("heading", name="Être prévenu ?").count() == 1
    assert violations(page) == []
