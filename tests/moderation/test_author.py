"""The page of a text, for its author alone; and reporting one: what is seen, by whom, and what is never seen."""

import html
import re

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext as _

from deliberation.models import Debate, Statement
from moderation import voices
from moderation.models import Appeal, Item, Report, Service
from moderation.views.reports import form_key
from participation import limits, receipts
from tests.factories.citizens import OURS
from tests.factories.debates import ArgumentFactory, DebateFactory, StatementFactory
from tests.factories.moderation import item_of, moderate, moderator
from tests.factories.people import Author
from tests.factories.voters import VoterBrowser

pytestmark = pytest.mark.django_db

CODE = r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}"
REPORTER = r'<p class="code"><strong>([0-9A-Z-]{24})</strong>'


@pytest.fixture
def author():
    """The author of a statement refused by Anna for its article 2."""
    statement = StatementFactory(text="Le maire est un canari.")
    person = Author(statement)
    moderate(statement, "refuse", moderator("anna"), number=2, reason="Parlez de la place.")
    person.item.refresh_from_db()
    return person


def body(response) -> str:
    return html.unescape(response.content.decode())


# Who reads it


def test_the_page_asks_for_the_code_and_shows_nothing_without_it(author):
    page = Client().get(author.at)
    assert page.status_code == 200 and "canari" not in body(page) and "no-store" in page["Cache-Control"]
    assert not page.cookies


def test_its_author_reads_where_it_stands_why_and_the_whole_story(author):
    page = body(author.post())
    assert "Le maire est un canari." in page and "Parlez de la place." in page
    assert author.item.decisions.get().article_said in page
    assert page.count("<li><p><span") == 2 and str(timezone.localdate().year) in page
    assert "anna" not in page.lower()
    assert not re.search(r"\d\d:\d\d", page), "days, never hours"


def test_a_wrong_code_and_somebody_elses_are_answered_alike(author):
    other = Author(StatementFactory())
    answers = [
        author.client.post(author.at, {"code": code}, headers=OURS)
        for code in ("", "x", "0" * 20, other.code, "\0" * 20)
    ]
    assert {a.status_code for a in answers} == {422}
    assert all("canari" not in body(a) for a in answers)
    said = {re.sub(r'value="[^"]*"', "", body(a)) for a in answers}
    assert len(said) == 1


def test_unknown_texts_are_not_there(author):
    for ref in ("0" * 16, "x", "a" * 400):
        assert Client().get(f"/suivi/texte/{ref}/").status_code == 404
        assert Client().post(f"/suivi/texte/{ref}/", {"code": author.code}).status_code == 404


def test_another_site_cannot_send_the_form(author):
    assert (
        Client().post(author.at, {"code": author.code}, headers={"origin": "http://ailleurs.example"}).status_code
        == 403
    )


def test_too_many_codes_from_one_address_are_stopped_and_words_kept(author):
    from moderation.views import texts

    for _n in range(texts.READINGS.times):
        author.client.post(author.at, {"code": "x"}, headers=OURS)
    page = author.contest("Mes mots à garder.")
    assert page.status_code == 429 and "Mes mots à garder." in body(page) and not Appeal.objects.exists()


def test_a_text_taken_back_is_nobodys(author):
    receipts.erase(author.code)
    assert author.post().status_code == 422


def test_a_merged_text_goes_on_in_other_words():
    debate = DebateFactory(open=True)
    kept = StatementFactory(debate=debate, published=True, text="Une fontaine pour tous.")
    merged = StatementFactory(debate=debate, published=True)
    person = Author(merged)
    moderate(merged, "merge", moderator(), into=item_of(kept))
    assert "Une fontaine pour tous." in body(person.post())


def test_the_story_takes_the_same_queries_whatever_happened(author, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    author.post()
    with CaptureQueriesContext(connection) as once:
        author.post()
    n = len(once)
    for words in ("Un autre texte.", "Encore un autre."):
        author.correct(words)
        moderate(author.text, "refuse", moderator(f"m{len(words)}"))
    with django_assert_num_queries(n):
        author.post()


# What its author does


def test_a_correction_waits_and_the_story_says_so(author):
    page = author.correct("Les bancs manquent d’ombre.")
    assert page.status_code == 200 and "Les bancs manquent d’ombre." in body(page) and "canari" not in body(page)
    author.item.refresh_from_db()
    assert (author.item.state, author.text.status) == ("pending", "pending")


@pytest.mark.parametrize("text", ["", "x" * 141, "\0\0", "Trop long. " * 900])
def test_what_cannot_be_taken_stands_in_its_field_with_the_reason(author, text):
    page = author.correct(text)
    assert page.status_code == 422 and 'id="texte-erreur"' in body(page)
    assert text.strip("\0")[:5000].strip() in body(page)
    assert author.text.text == "Le maire est un canari."


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "٣", "999999999"])
def test_an_unreadable_version_is_an_old_one(author, version):
    page = author.post(act="resend", text="Les bancs manquent d’ombre.", version=version)
    assert page.status_code == 422 and "Les bancs manquent d’ombre." in body(page)


def test_who_corrects_while_a_moderator_decides_is_told_and_loses_nothing(author):
    seen = author.item.version
    moderate(author.text, "publish", moderator("bruno"))
    page = author.correct("Les bancs manquent d’ombre.", seen)
    assert page.status_code == 422 and "Les bancs manquent d’ombre." in body(page)
    assert author.text.status == "published"


def test_an_appeal_is_taken_once_and_its_outcome_read(author):
    assert author.contest("non").status_code == 422
    page = author.contest()
    assert page.status_code == 200 and "Je parle bien de la place." in body(page)
    again = author.contest("Je le redis autrement.")
    assert again.status_code == 422 and "Je le redis autrement." in body(again)
    appeal = Appeal.objects.get()
    voices.decide_appeal(appeal, moderator("bruno"), True, "Un canari n’est pas une insulte.")
    page = body(author.post())
    assert "Un canari n’est pas une insulte." in page and "bruno" not in page.lower()
    assert author.text.status == "published"


def test_the_page_of_what_one_sent_leads_to_each_text(author):
    page = author.client.post("/suivi/", {"code": author.code}, headers=OURS)
    assert f'action="{author.at}"' in body(page)


def test_the_answer_of_the_service_is_in_the_story():
    from django.contrib.auth.models import Group

    from tests.factories.moderation import member

    agent = member("Agents d’un autre service", name="lea")
    service = Service.objects.create(name="Voirie", group=Group.objects.get(name="Agents d’un autre service"))
    statement = StatementFactory()
    person = Author(statement)
    moderate(statement, "forward", moderator(), service=service)
    voices.answer(person.item, agent, "Le trou est rebouché.")
    page = body(person.post())
    assert "Le trou est rebouché." in page and "Voirie" in page and "lea" not in page


# Reporting


class Reporter:
    """A browser that opens the form to report a text, and sends it."""

    def __init__(self, text, cookies: bool = True):
        self.item, self.cookies, self.client = item_of(text), cookies, Client(raise_request_exception=False)
        name = text._meta.model_name
        self.at = f"/signaler/{name}/{text.ref if name == 'statement' else text.pk}/"

    def get(self, url: str = "", **more):
        if not self.cookies:
            self.client.cookies.clear()
        return self.client.get(url or self.at, **more)

    def send(self, headers=OURS, **fields):
        if "token" not in fields:
            fields["token"] = re.search(r'name="token" value="([^"]*)"', body(self.get()))[1]
        if not self.cookies:
            self.client.cookies.clear()
        return self.client.post(self.at, {"article": "2", **fields}, headers=headers)


def test_a_report_is_acknowledged_with_its_reference_and_a_code():
    statement = StatementFactory(published=True, text="Une fontaine.")
    reporter = Reporter(statement)
    page = reporter.get()
    assert "Une fontaine." in body(page) and not page.cookies and "no-store" in page["Cache-Control"]
    thanks = reporter.client.get(reporter.send(words="Elle vise ma voisine.")["Location"], follow=True)
    made = Report.objects.get()
    assert (made.article, made.words) == (2, "Elle vise ma voisine.") and made.ref in body(thanks)
    code = re.search(REPORTER, body(thanks))[1]
    assert "24" in body(thanks) and "?" not in thanks.redirect_chain[-1][0]
    told = reporter.client.post("/suivi/", {"code": code}, headers=OURS)
    assert told.status_code == 200 and made.ref in body(told) and "Une fontaine." not in body(told)
    moderate(statement, "hide", moderator("anna"), reason="Vous avez raison.")
    told = body(reporter.client.post("/suivi/", {"code": code}, headers=OURS))
    assert "Vous avez raison." in told and "anna" not in told and "resultats" not in told


@pytest.mark.parametrize("cookies", [True, False])
def test_reporting_twice_is_taken_kindly(cookies):
    reporter = Reporter(StatementFactory(published=True), cookies)
    token = re.search(r'name="token" value="([^"]*)"', body(reporter.get()))[1]
    first = reporter.get(reporter.send(token=token)["Location"], follow=cookies)
    second = reporter.get(reporter.send(token=token)["Location"], follow=cookies)
    assert first.status_code == second.status_code == 200
    assert Report.objects.count() == 1 and Item.objects.get().open_reports == 1
    assert _("We have your report already") in body(second) and _("We have your report already") not in body(first)


def test_an_argument_and_a_reply_are_reported_from_where_they_stand():
    debate = DebateFactory(open=True, free_arguments=True)
    top = ArgumentFactory(debate=debate, published=True)
    reply = ArgumentFactory(debate=debate, published=True, parent=top)
    page = VoterBrowser(debate).get(f"/debats/{debate.key}/arguments/").content.decode()
    for argument in (top, reply):
        assert f"/signaler/argument/{argument.pk}/" in page
        assert Reporter(argument).send().status_code == 303
    assert Report.objects.count() == 2


def test_only_what_citizens_wrote_has_a_link_to_report_it():
    statement = StatementFactory(published=True)
    seed = Statement.objects.get(debate=statement.debate, text__startswith="Il manque")
    browser = VoterBrowser(statement.debate)
    page = browser.get(browser.at + "affirmations/").content.decode()
    assert page.count("/signaler/") == 1 and f"/signaler/statement/{statement.ref}/" in page
    assert "/signaler/" in browser.get(f"{browser.at}affirmations/{statement.ref}/").content.decode()
    assert "/signaler/" not in browser.get(f"{browser.at}affirmations/{seed.ref}/").content.decode()
    assert Client().get(f"/signaler/statement/{seed.ref}/").status_code == 404


@pytest.mark.parametrize(
    "fields", [{"article": ""}, {"article": "99"}, {"article": "\0"}, {"words": "x" * 501}, {"token": "forged"}]
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(fields):
    reporter = Reporter(StatementFactory(published=True))
    page = reporter.send(**{"words": "Mes mots à garder.", **fields})
    assert page.status_code == 422 and not Report.objects.exists()
    assert fields.get("words", "Mes mots à garder.") in body(page)


def test_a_report_from_another_site_and_floods_are_refused():
    reporter = Reporter(StatementFactory(published=True))
    assert reporter.send(headers={"origin": "http://ailleurs.example"}).status_code == 403
    from moderation.views import reports

    token = receipts.issue_token(form_key(reporter.item))
    answers = [reporter.send(token=token).status_code for _n in range(reports.REPORTS.times + 1)]
    assert set(answers[:-1]) == {303} and answers[-1] == 429 and Report.objects.count() == 1
    assert reports.REPORTS.times >= 100, "a school shares one address"


def test_what_is_taken_off_meanwhile_is_said_to_be_gone():
    statement = StatementFactory(published=True)
    reporter = Reporter(statement)
    token = receipts.issue_token(form_key(reporter.item))
    moderate(statement, "hide", moderator())
    assert reporter.get().status_code == 404
    gone = reporter.send(token=token)
    assert gone.status_code == 410 and statement.text not in body(gone) and not Report.objects.exists()


def test_the_acknowledgement_is_for_who_reported():
    reporter = Reporter(StatementFactory(published=True))
    thanks = reporter.send()["Location"].partition("?")[0]
    assert reporter.get(thanks).status_code == 200
    assert Client().get(thanks).status_code == 404
    assert Client().get("/signaler/recu/nulle-part/").status_code == 404


@pytest.mark.parametrize("path", ["statement/0/", "statement/é/", "argument/x/", "argument/" + "0" * 400 + "/", "x/y/"])
def test_nothing_else_can_be_reported(path):
    for answer in (Client().get(f"/signaler/{path}"), Client().post(f"/signaler/{path}", headers=OURS)):
        assert answer.status_code in (404, 410)


# The canary


def test_no_page_shows_a_canary_to_anybody_but_its_author():
    """Waiting, refused, masked or taken off; also where the debate went offline."""
    debate, boss = DebateFactory(open=True, free_arguments=True, title="Débat"), moderator()
    hidden = StatementFactory(debate=debate, published=True, text="canari retiré")
    masked = StatementFactory(debate=debate, text="Appelez canari au 06, vite.")
    texts = [
        StatementFactory(debate=debate, text="canari en attente"),
        hidden,
        masked,
        ArgumentFactory(debate=debate, text="canari refusé"),
    ]
    under = ArgumentFactory(debate=debate, statement=hidden, published=True, text="canari sous un texte retiré")
    moderate(hidden, "hide", boss), moderate(masked, "redact", boss, redacted="Appelez […] au 06, vite.")
    moderate(texts[3], "refuse", boss)
    offline = StatementFactory(published=True, text="canari hors ligne")
    Debate.objects.filter(pk=offline.debate_id).update(live=False)
    texts += [under, offline]
    urls = ["/moderation/", "/moderation/chiffres/", "/moderation/chiffres.json", "/moderation/chiffres.csv"]
    for text in texts:
        name = text._meta.model_name
        urls += [f"/signaler/{name}/{getattr(text, 'ref', text.pk)}/", f"/suivi/texte/{item_of(text).ref}/"]
    urls += [debate.get_absolute_url() + part for part in ("", "affirmations/", "arguments/")]
    limits.forget_all()
    for url in urls:
        for answer in (Client().get(url), Client().post(url, {"code": "0" * 20}, headers=OURS)):
            assert answer.status_code < 500 and "canari" not in body(answer), url
    assert "canari au 06" in body(Author(masked).post()) or "[…] au 06" in body(Author(masked).post())
