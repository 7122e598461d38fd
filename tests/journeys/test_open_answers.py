"""Open answers in a real browser: results with verbatims and the list of all of them, without JavaScript."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe

from counting import fold
from surveys import open_answers
from tests.factories.surveys import question
from tests.factories.words import decided, open_survey, send

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = [
    "Des arbres devant l’école, et un banc à l’ombre pour attendre les enfants.",
    "Appelez-moi au 06 00 00 00 00, j’ai des photos du marché.",
    "https://exemple.fr/" + "x" * 90,
    "Moins de voitures.\n\nOu au moins plus lentes.",
    "Le marché doit rester.",
    "Une fontaine, comme celle d’autrefois.",
    "Rien.",
]


@pytest.fixture
def survey(settings):
    settings.SUPPRESS_BELOW = 1
    survey = open_survey(
        question("long_text", "Une idée pour la place ?", shown=True),
        question("short_text", "Quelle rue ?"),
        question("short_text", "Un mot ?", shown=True),
        question("single", "Comment venez-vous ?", options=["à pied", "à vélo"], other=True),
        title="La place du marché",
    )
    for words in WORDS:
        send(survey, words, "rue Haute", None, None)
    open_answers.sort()
    for answer in open_answers.OpenAnswer.objects.filter(shown=True):
        if "06 00" in answer.text:
            decided(answer, "redact", redacted="Appelez-moi au […], j’ai des photos du marché.")
        else:
            decided(answer)
    fold.fold(survey.tool_id)
    return survey


@pytest.mark.parametrize("width", [320, 1366])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_reflow_and_pass_axe_without_javascript(live_server, visit, survey, width, scheme):
    page, plain = visit(width=width, color_scheme=scheme), visit(javascript=False, width=width, color_scheme=scheme)
    for name in ("", "resultats/", "reponses-libres/"):
        for browser in (page, plain):
            browser.goto(live_server.url + survey.get_absolute_url() + name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        found = Axe().run(page).response["violations"]
        assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found] == [], name
        if folder := os.environ.get("SHOTS"):
            plain.screenshot(path=f"{folder}/{name.strip('/') or 'form'}-{width}-{scheme}.png", full_page=True)
    assert not page.context.cookies()
    plain.goto(live_server.url + survey.get_absolute_url() + "resultats/")
    plain.get_by_role("link", name="Une idée pour la place ?").click()
    assert plain.locator("main .words li").count() == len(WORDS)
