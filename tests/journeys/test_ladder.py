"""Proving oneself in a real browser, without JavaScript and on a small screen; the sheet of letter codes as printed."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from django.core import mail

from participation import letters
from surveys.models import Response, Survey
from tests.factories.debates import DebateFactory
from tests.factories.pages import ConsultationPageFactory, blocks
from tests.factories.provider import Provider
from tests.factories.surveys import SurveyFactory, question
from tests.participation.test_ladder import letter_codes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def survey_at(level: str) -> tuple[str, Survey]:
    """A survey on a consultation page, and the address of the page."""
    survey = SurveyFactory(open=True, title="Votre place", questions=[question("scale")], trust=level)
    page = ConsultationPageFactory(open=True, title="Quelle place demain ?", body=blocks(survey, results=True))
    return page.url, Survey.objects.select_related("scope").get(pk=survey.pk)


def check(page) -> None:
    """Nothing that axe knows of is wrong, and nothing is wider than the screen."""
    found = Axe().run(page).response["violations"]
    assert not found, [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in found]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def send(page) -> None:
    page.locator('input[name="q1"][value="7"]').check()
    page.locator('button[name="go"][value="send"]').click()
    assert page.locator(".code strong").inner_text()


def test_by_email_without_javascript(live_server, visit):
    url, _survey = survey_at("email")
    page = visit(javascript=False, width=320)
    page.goto(live_server.url + url)
    assert not page.context.cookies() and page.locator('input[name="q1"]').count() == 0
    page.locator('input[name="email"]').fill("ana")
    page.locator(".gate .button").click()
    assert page.locator('input[name="email"]').input_value() == "ana" and page.locator(".field-error").count() == 1
    page.locator('input[name="email"]').fill("ana@exemple.fr")
    page.locator('form:has(input[name="email"]) .button').click()
    page.locator('input[name="code"]').fill(re.search(r"\d{4} \d{4}", mail.outbox[-1].body)[0])
    page.locator(".survey .button").click()
    assert page.url.split("#")[0] == live_server.url + url  # back on the consultation, nothing left in the address
    send(page)
    assert Response.objects.get().trust == "email"


def test_by_letter_without_javascript_from_a_qr_code_and_again(live_server, visit):
    _url, survey = survey_at("letter")
    code = letter_codes(survey.scope)[0]
    for _time in range(2):
        page = visit(javascript=False, width=320)
        page.goto(f"{live_server.url}/acces/{survey.scope.tag}/?c={letters.show(code)}")
        assert not page.context.cookies()
        page.locator(".survey .button").click()
        send(page)
    assert Response.objects.count() == 1


def test_a_debate_by_letter_in_a_browser_that_takes_no_cookies(live_server, visit):
    debate = DebateFactory(open=True, trust="letter")
    code = letter_codes(debate.scope)[0]
    page = visit(javascript=False)
    page.context.route("**/*", lambda route: route.continue_(headers={**route.request.headers, "cookie": ""}))
    page.goto(live_server.url + debate.get_absolute_url())
    page.locator('input[name="code"]').fill(code)
    page.locator(".gate .button").click()
    for _vote in range(3):
        page.locator('button[name="vote"][value="agree"]').first.click()
    assert debate.voters.count() == 1 and debate.voters.get().votes.count() == 3


def test_by_identity_with_javascript_and_the_strict_policy(live_server, visit, settings):
    provider = Provider()
    try:
        provider.configure(settings)
        url, _survey = survey_at("identity")
        page = visit(width=320)
        page.goto(live_server.url + url)
        page.locator(".gate a.button").click()
        check(page)
        page.locator("#continuer").click()
        send(page)
        assert Response.objects.get().trust == "identity"
    finally:
        provider.close()


@pytest.mark.parametrize("width", [320, 1366])
def test_no_page_of_proofs_has_a_fault_that_axe_knows(live_server, visit, width, settings):
    settings.OIDC_CITIZEN_ISSUER, settings.OIDC_CITIZEN_CLIENT_ID = "https://id.example", "palabre"
    settings.OIDC_CITIZEN_NAME = settings.OIDC_CITIZEN_AUTHORIZATION_ENDPOINT = "https://id.example"
    page = visit(width=width)
    for level in ("email", "letter", "identity"):
        url, survey = survey_at(level)
        tag = survey.scope.tag
        page.goto(live_server.url + url)
        check(page)
        debate = DebateFactory(open=True, trust=level)
        for address in ("", "affirmations/", f"affirmations/{debate.statements.first().ref}/", "resultats/"):
            page.goto(live_server.url + debate.get_absolute_url() + address)
            check(page)
    pages = [f"/acces/{tag}/", f"/acces/{tag}/courriel/", f"/acces/{tag}/identite/", "/acces/retour/"]
    for address in [*pages, f"/acces/{tag}/courriel/00000000-0000-4000-8000-000000000000/"]:
        page.goto(live_server.url + address)
        check(page)
        if page.locator('input[type="text"]').count():
            page.locator(".survey .button").click()
            assert page.locator(".error-summary").count() == 1
            check(page)


def test_the_sheet_of_letter_codes_prints_eight_on_a_page(live_server, visit):
    _url, survey = survey_at("letter")
    get_user_model().objects.create_superuser("root", "root@exemple.fr", "root")
    page = visit()
    page.goto(f"{live_server.url}/admin/login/?next=/admin/access/{survey.scope_id}/codes/")
    page.locator('input[name="username"]').fill("root")
    page.locator('input[name="password"]').fill("root")
    page.locator('button[type="submit"]').click()
    page.wait_for_selector("h1")
    check(page)
    page.locator('input[name="size"]').fill("17")
    page.locator('input[value="labels"]').check()
    page.get_by_role("main").locator("form button.button").first.click()
    page.wait_for_selector(".labels")
    assert page.locator(".labels li").count() == 17 and page.locator(".labels svg").count() == 17
    assert page.locator(".once").is_visible()
    check(page)
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 3
