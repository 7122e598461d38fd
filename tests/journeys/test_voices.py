"""The author's and the reader's way through moderation in a real browser, without JavaScript."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils.translation import gettext as _

from deliberation.models import Statement
from moderation import voices
from moderation.models import Appeal, Charter, Item, Report
from tests.factories.debates import DebateFactory, StatementFactory
from tests.factories.moderation import item_of, moderate, moderator
from tests.factories.people import Author

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "Le maire doit quitter la place."


@pytest.fixture
def debate():
    return DebateFactory(open=True, title="Quelle place pour demain ?")


def fits(page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_a_refused_text_is_contested_and_shown_in_the_end(live_server, visit, debate):
    page = visit(javascript=False, width=320)
    page.goto(live_server.url + debate.get_absolute_url() + "affirmations/")
    page.locator("#phrase").fill(TEXT)
    page.locator("form.propose button").click()
    code = page.locator(".receipt .code strong").inner_text()
    moderate(Statement.objects.get(text=TEXT), "refuse", moderator("anna"), number=2, reason="Ne visez personne.")

    page = visit(javascript=False, width=320)
    page.goto(live_server.url + "/suivi/")
    page.locator("#code").fill(code.lower())
    page.locator("main form button").click()
    assert "Ne visez personne." in page.locator("main").inner_text()
    page.locator(".news button").click()
    assert page.url.endswith(f"/suivi/texte/{Item.objects.get().ref}/")
    told = page.locator("main").inner_text()
    assert TEXT in told and "Ne visez personne." in told
    fits(page, 320)
    page.locator("button[value=appeal]").click()
    assert page.locator("#mots-erreur").is_visible()
    page.locator("#mots").fill("Je parle de sa statue, au milieu de la place.")
    page.locator("button[value=appeal]").click()
    assert "sa statue" in page.locator(".story").inner_text() and page.get_by_role("status").is_visible()
    voices.decide_appeal(Appeal.objects.get(), moderator("bruno"), True, "C’est vrai.")

    page.locator("form[action='/suivi/'] button").click()
    page.locator(".news button").click()
    assert "C’est vrai." in page.locator(".story").inner_text()
    page.goto(live_server.url + debate.get_absolute_url() + "affirmations/")
    assert TEXT in page.locator(".statements").inner_text()


def test_a_text_sent_back_is_corrected(live_server, visit, debate):
    statement = StatementFactory(debate=debate, text="Des bancs et moins de voitures.")
    author = Author(statement)
    moderate(statement, "ask", moderator(), reason="Une seule idée, s’il vous plaît.")
    page = visit(javascript=False, width=320)
    page.goto(live_server.url + author.at)
    page.locator("#code").fill(author.code)
    page.locator("main form button").click()
    assert page.locator("#texte").input_value() == "Des bancs et moins de voitures."
    page.locator("#texte").fill("x" * 200)
    page.locator("button[value=resend]").click()
    assert page.locator("#texte").input_value() == "x" * 200 and page.locator("#texte-erreur").is_visible()
    page.locator("#texte").fill("Des bancs à l’ombre.")
    page.locator("button[value=resend]").click()
    assert page.get_by_role("status").is_visible() and "Des bancs à l’ombre." in page.locator("main").inner_text()
    statement.refresh_from_db()
    assert (statement.text, statement.status) == ("Des bancs à l’ombre.", "pending")


def test_a_shown_text_is_reported_and_the_reporter_reads_what_came_of_it(live_server, visit, debate):
    statement = StatementFactory(debate=debate, published=True, text="Ma voisine est une voleuse.")
    page = visit(javascript=False, width=320)
    page.goto(live_server.url + debate.get_absolute_url() + "affirmations/")
    page.locator("a[href^='/signaler/']").click()
    assert not page.context.cookies() and "Ma voisine est une voleuse." in page.locator("main").inner_text()
    page.locator("form.survey button").click()
    assert page.locator("#motif-erreur").is_visible()
    fits(page, 320)
    page.locator("input[name=article]").nth(1).check()
    page.locator("#mots").fill("C’est de la diffamation.")
    page.locator("form.survey button").click()
    report = Report.objects.get()
    assert report.ref in page.locator("main").inner_text() and "suite=" not in page.url
    code = page.locator(".receipt .code strong").inner_text()
    assert re.fullmatch(r"([0-9A-Z]{4}-){4}[0-9A-Z]{4}", code)
    moderate(statement, "hide", moderator(), number=2, reason="Elle est accusée sans preuve.")
    page.goto(live_server.url + "/suivi/")
    page.locator("#code").fill(code)
    page.locator("main form button").click()
    assert "Elle est accusée sans preuve." in page.locator("main").inner_text()


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in found]


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1366, "light")])
def test_the_pages_reflow_and_pass_axe(live_server, visit, debate, width, scheme):
    shown = StatementFactory(debate=debate, published=True)
    refused = StatementFactory(debate=debate, text=TEXT)
    author = Author(refused)
    moderate(refused, "refuse", moderator(), reason="Ne visez personne.")
    page = visit(width=width, color_scheme=scheme)
    at = debate.get_absolute_url()
    month = item_of(shown).received_at.strftime("/moderation/chiffres/%Y-%m/")
    for path in (
        "/moderation/", Charter.default().get_absolute_url(), "/moderation/chiffres/", month, author.at,
        f"/signaler/statement/{shown.ref}/", f"{at}affirmations/", f"{at}affirmations/{shown.ref}/",
    ):  # fmt: skip
        page.goto(live_server.url + path)
        assert violations(page) == [], path
        fits(page, width)
    assert not page.context.cookies()
    page.goto(live_server.url + f"/signaler/statement/{shown.ref}/")
    page.locator("form.survey button").click()
    assert violations(page) == [], "with an error"
    page.locator("input[name=article]").first.check()
    page.locator("form.survey button").click()
    assert violations(page) == [] and _("Your report") in page.title()
    page.goto(live_server.url + author.at)
    page.locator("#code").fill(author.code)
    page.locator("main form button").click()
    assert violations(page) == []
    page.locator("button[value=appeal]").click()
    assert violations(page) == [], "with an error"
    fits(page, width)
    page.locator("form[action='/suivi/'] button").click()
    page.locator("#courriel").fill("nour")
    page.locator("form[action='/suivi/avis/'] .button").click()
    assert page.locator("#courriel-erreur").is_visible() and violations(page) == []
    fits(page, width)
