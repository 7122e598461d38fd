"""The ladder of trust: what each rung asks for, what it gives, and that nobody climbs past it."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counting import fold, reconcile
from deliberation.models import Argument, Debate, Statement, Support, Vote, Voter
from participation import letters, limits, mail_codes, mailing, passes, receipts, trust
from participation.models import AccessBatch, AccessCode, EmailChallenge, Scope
from surveys import intake
from surveys.forms import compiled_live
from surveys.models import Response, Survey
from tests.factories.citizens import OURS, Citizen, hidden
from tests.factories.debates import ArgumentFactory, DebateFactory
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db

PROOFS = ["email", "letter", "identity"]


@pytest.fixture(autouse=True)
def _provider(settings):
    settings.OIDC_CITIZEN_ISSUER, settings.OIDC_CITIZEN_CLIENT_ID = "https://id.example", "palabre"
    settings.OIDC_CITIZEN_AUTHORIZATION_ENDPOINT = "https://id.example/authorize"


def survey_at(level: str) -> Survey:
    return SurveyFactory(open=True, questions=[question("scale")], trust=level)


def debate_at(level: str) -> Debate:
    return DebateFactory(open=True, trust=level, free_arguments=True, moderation="after")


def letter_codes(scope: Scope, n: int = 1) -> list[str]:
    return [code for some in letters.make(uuid4(), scope, "Votre place", n, None) for code in some]


def voucher(scope: Scope, level: str, proof: str = "p") -> receipts.Voucher:
    return receipts.Voucher(level, trust.subject(bytes(scope.salt), level, proof))


class Person(Citizen):
    """A browser, with or without cookies, and what its owner can prove."""

    def __init__(self, tool, cookies: bool = True):
        self.key, self.tool, self.cookies = tool.key, tool, cookies
        self.client = Client(raise_request_exception=False)
        self.url = tool.get_absolute_url()

    def get(self, url: str):
        if not self.cookies:
            self.client.cookies.clear()
        return self.client.get(url)

    def post(self, url: str, data: dict):
        if not self.cookies:
            self.client.cookies.clear()
        return self.client.post(url, data, headers=OURS)

    def letter(self, code: str, back: str | None = None):
        """Give the letter's code; what the browser is led to."""
        tag = self.tool.scope.tag
        reply = self.post(f"/acces/{tag}/", {"code": code, "back": self.url if back is None else back})
        if reply.status_code == 303:
            self.url = reply["Location"]
        return reply

    def email(self, address: str) -> str:
        """Ask for a code; the address of the page that takes it."""
        reply = self.post(f"/acces/{self.tool.scope.tag}/courriel/", {"email": address, "back": self.url})
        assert reply.status_code == 303, reply.content.decode()[:2000]
        return reply["Location"]

    def mail_code(self, page: str, code: str):
        reply = self.post(page, {"code": code, "back": self.url})
        if reply.status_code == 303:
            self.url = reply["Location"]
        return reply

    def page(self) -> str:
        reply = self.get(self.url)
        for _hop in range(2):
            if reply.status_code in (302, 303):
                self.url = reply["Location"]
                reply = self.get(self.url)
        assert reply.status_code == 200
        return reply.content.decode()

    def fields(self) -> dict[str, str]:
        form = re.search(r'<form class="survey" id="questionnaire".*?</form>', self.page(), re.S)
        assert form, "no form"
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form[0])
        return {name: html.unescape(value) for name, value in found}

    def answer(self, mark: str = "3"):
        return self.post(f"/enquetes/{self.key}/repondre/", {**self.fields(), "q1": mark, "go": "send"})

    def vote(self, word: str = "agree"):
        form = re.search(r'<form class="vote".*?</form>', self.page(), re.S)
        assert form, "no ballot"
        found = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form[0]))
        reply = self.post(f"/debats/{self.key}/voter/", {**found, "vote": word})
        if reply.status_code == 303:
            self.url = reply["Location"]
        return reply


def code_in_mail() -> str:
    return re.search(r"\d{4} \d{4}", mail.outbox[-1].body)[0]


# The ladder itself


def test_a_rung_satisfies_itself_and_all_below():
    for i, reached in enumerate(trust.LADDER):
        assert [trust.suffices(reached, demanded) for demanded in trust.LADDER] == [True] * (i + 1) + [False] * (4 - i)
        assert trust.allowed_by(reached).split() == list(trust.LADDER[: i + 1])


def test_a_subject_is_the_same_for_a_proof_in_a_scope_and_nowhere_else():
    one = trust.subject(b"a", "email", "x@y.fr")
    assert one == trust.subject(b"a", "email", "x@y.fr") and len(one) == 22
    assert len({one, trust.subject(b"b", "email", "x@y.fr"), trust.subject(b"a", "letter", "x@y.fr")}) == 3


def test_a_pass_is_good_for_its_scope_its_use_and_its_time(monkeypatch):
    who = receipts.Voucher("letter", "s" * 22)
    text = passes.issue("AB12", who, "cookie")
    assert passes.read("AB12", text, "cookie") == who
    assert passes.read("AB13", text, "cookie") is None and passes.read("AB12", text, "address") is None
    assert passes.read("AB12", text[:-1] + "x", "cookie") is None and passes.read("AB12", "\0é:", "cookie") is None
    monkeypatch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 3602)
    assert passes.read("AB12", text, "cookie") is None


# Surveys


@pytest.mark.parametrize("demanded", PROOFS)
def test_who_lacks_the_proof_sees_what_is_needed_and_stores_nothing(demanded):
    survey = survey_at(demanded)
    person = Person(survey)
    page = person.page()
    assert 'name="q1"' not in page and f"/acces/{survey.scope.tag}/" in page
    assert not person.client.cookies
    fields = {"version": "1", "token": receipts.issue_token(survey.key), "q1": "7", "go": "send"}
    reply = person.post(f"/enquetes/{survey.key}/repondre/", fields)
    assert reply.status_code == 403 and Response.objects.count() == 0
    kept = reply.content.decode()
    assert re.search(r'value="7"[^>]*checked', kept) and f"/acces/{survey.scope.tag}/" in kept


@pytest.mark.parametrize("reached", PROOFS)
@pytest.mark.parametrize("demanded", trust.LADDER)
def test_every_proof_against_every_demand(reached, demanded):
    survey = survey_at(demanded)
    token = receipts.issue_token(survey.key, voucher(survey.scope, reached))
    reply = Person(survey).post(f"/enquetes/{survey.key}/repondre/", {"version": "1", "token": token, "q1": "3"})
    if trust.suffices(reached, demanded):
        assert reply.status_code == 303
        assert Response.objects.get().trust == reached
        fold.sweep()
        assert reconcile.compare(survey.tool) == []
    else:
        assert reply.status_code == 403 and Response.objects.count() == 0


@pytest.mark.parametrize("cookies", [True, False])
def test_a_letter_opens_the_form_and_two_browsers_with_it_are_one_response(cookies):
    survey = survey_at("letter")
    code = letter_codes(survey.scope)[0]
    receipts_given = set()
    for mark in ("3", "8"):
        person = Person(survey, cookies)
        assert person.letter(letters.show(code).lower()).status_code == 303
        receipts_given.add(person.code(person.answer(mark)))
    stored = Response.objects.get()
    assert stored.trust == "letter" and list(stored.answers.values()) == [8] and len(receipts_given) == 1
    fold.sweep()
    assert reconcile.compare(survey.tool) == []


def test_an_email_code_opens_the_form_whatever_way_the_address_is_written():
    survey = survey_at("email")
    for address in ("Ana.Roy+sondage@Exemple.fr", " ana.roy@exemple.FR "):
        person = Person(survey)
        page = person.email(address)
        assert person.mail_code(page, code_in_mail()).status_code == 303
        assert person.answer().status_code == 303
    assert Response.objects.count() == 1 and Response.objects.get().trust == "email"


def test_with_a_pass_the_address_is_cleaned_and_the_page_kept_by_nobody():
    survey = survey_at("letter")
    person = Person(survey)
    reply = person.letter(letter_codes(survey.scope)[0])
    cookie = reply.cookies[f"pass_{survey.scope.tag}"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["max-age"]
    page = person.get(person.url)
    assert page.status_code == 302 and "acces=" not in page["Location"]
    assert "no-store" in person.get(page["Location"])["Cache-Control"]


def test_the_code_cookie_of_somebody_else_is_ignored_and_left_alone():
    survey, other = survey_at("letter"), survey_at("open")
    other.join_scope(survey.scope)
    person = Person(other)
    first = person.code(person.answer())
    person = _with_client(Person(survey), person)
    person.letter(letter_codes(survey.scope)[0])
    mine = person.code(person.answer())
    assert mine != first and person.client.cookies[f"code_{survey.scope.tag}"].value == first.replace("-", "")


def _with_client(new: Person, old: Person) -> Person:
    new.client = old.client
    return new


def test_a_form_drawn_before_the_proof_is_taken_with_the_pass_but_not_from_elsewhere():
    survey = survey_at("letter")
    person = Person(survey)
    old = {"version": "1", "token": receipts.issue_token(survey.key), "q1": "5", "go": "send"}
    person.letter(letter_codes(survey.scope)[0])
    url = f"/enquetes/{survey.key}/repondre/"
    assert person.client.post(url, old).status_code == 403  # says nothing of where it comes from
    assert person.client.post(url, old, headers={"origin": "https://evil.example"}).status_code == 403
    assert Response.objects.count() == 0
    assert person.client.post(url, old, headers=OURS).status_code == 303


def test_the_proof_of_another_consultation_opens_nothing():
    survey, other = survey_at("letter"), survey_at("letter")
    assert Person(survey).letter(letter_codes(other.scope)[0]).status_code == 422
    for carried in (
        passes.issue(other.scope.tag, voucher(other.scope, "letter"), "address"),
        passes.issue(survey.scope.tag, voucher(survey.scope, "letter"), "thanks"),
        receipts.issue_ticket(receipts.issue_token(survey.key, voucher(survey.scope, "letter"))),
    ):
        assert 'name="q1"' not in Person(survey).get(f"{survey.get_absolute_url()}?acces={carried}").content.decode()


def test_the_thank_you_address_does_not_hold_the_form_token():
    survey = survey_at("letter")
    person = Person(survey, cookies=False)
    person.letter(letter_codes(survey.scope)[0])
    token = person.fields()["token"]
    reply = person.answer()
    assert token not in reply["Location"] and token.partition(".")[2] not in reply["Location"]
    assert person.code(reply)


def test_raising_the_level_stops_old_forms_at_once_though_processes_remember(client):
    survey = survey_at("open")
    person = Person(survey)
    fields = person.fields()
    compiled_live(survey)  # this process now remembers the survey as open to all
    Survey.objects.update(trust="email")
    send = {**fields, "q1": "3", "go": "send"}
    assert person.post(f"/enquetes/{survey.key}/repondre/", send).status_code == 403
    assert Response.objects.count() == 0
    Survey.objects.update(trust="open")
    assert person.post(f"/enquetes/{survey.key}/repondre/", send).status_code == 303
    Survey.objects.update(trust="email")
    again = person.post(f"/enquetes/{survey.key}/repondre/", {**send, "q1": "9"})
    assert again.status_code == 403 and list(Response.objects.get().answers.values()) == [3]


def test_one_per_browser_refuses_the_second_person_and_takes_corrections():
    survey = survey_at("browser")
    person = Person(survey)
    fields = person.fields()
    url = f"/enquetes/{survey.key}/repondre/"
    assert person.post(url, {**fields, "q1": "1"}).status_code == 303
    assert Response.objects.get().trust == "browser"
    second = person.post(url, {**person.fields(), "q1": "2"})
    assert second.status_code == 403 and "/suivi/" in second.content.decode()
    assert person.post(url, {**fields, "q1": "4"}).status_code == 303
    assert [list(r.answers.values()) for r in Response.objects.all()] == [[4]]
    assert Person(survey).answer().status_code == 303  # another browser
    fold.sweep()
    assert reconcile.compare(survey.tool) == []


def test_for_an_open_survey_two_people_share_a_browser_as_before():
    survey = survey_at("open")
    person = Person(survey)
    assert person.answer("1").status_code == person.answer("2").status_code == 303
    assert sorted(Response.objects.values_list("trust", flat=True)) == ["open", "open"]


def test_the_same_letter_sent_by_twenty_at_once_is_one_response(transactional_db, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    survey = survey_at("letter")
    token = receipts.issue_token(survey.key, letters.prove(survey.scope, letter_codes(survey.scope)[0]))
    made = compiled_live(survey)

    def send(n: int) -> str:
        try:
            answers = {q["id"]: n % 11 for q in made.questions}
            return intake.record_response(made, answers, token).code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        codes = set(pool.map(send, range(20)))
    assert Response.objects.count() == 1 and len(codes) == 1
    fold.sweep()
    assert reconcile.compare(survey.tool) == []


def test_somebody_else_at_the_same_browser_starts_anew():
    survey = survey_at("letter")
    person = Person(survey)
    one, two = letter_codes(survey.scope, 2)
    person.letter(one)
    person.answer()
    reply = person.post(f"/acces/{survey.scope.tag}/oublier/", {"back": survey.get_absolute_url()})
    assert reply.status_code == 303
    person.url = survey.get_absolute_url()
    assert 'name="q1"' not in person.page()
    person.letter(two)
    person.answer()
    assert Response.objects.count() == 2


def test_imported_responses_are_open():
    survey = survey_at("letter")
    made = compiled_live(survey)
    assert intake.record_many(made, [("t1", {q["id"]: 3 for q in made.questions})]) == [True]
    assert Response.objects.get().trust == "open"
    fold.sweep()
    assert reconcile.compare(survey.tool) == []


def test_a_rebuild_knows_the_levels():
    survey = survey_at("email")
    Person(survey).post(
        f"/enquetes/{survey.key}/repondre/",
        {"version": "1", "token": receipts.issue_token(survey.key, voucher(survey.scope, "letter")), "q1": "3"},
    )
    before = bytes(Response.objects.get().cells)
    Response.objects.update(cells=b"\0\0")
    assert intake.rewrite_cells(survey.tool_id) == 1
    assert bytes(Response.objects.get().cells) == before


# Debates


@pytest.mark.parametrize("demanded", PROOFS)
def test_a_debate_takes_nothing_from_who_lacks_the_proof(demanded):
    debate = debate_at(demanded)
    argument = ArgumentFactory(debate=debate, published=True)
    person, token = Person(debate), receipts.issue_token(debate.key)
    page = person.page()
    assert 'class="vote"' not in page and f"/acces/{debate.scope.tag}/" in page
    ref = debate.statements.first().ref
    base = f"/debats/{debate.key}/"
    text = "Il faudrait une fontaine."
    for url, data in (
        (f"{base}voter/", {"statement": ref, "vote": "agree"}),
        (f"{base}voter/", {"statement": ref, "vote": "agree", "fragment": "1"}),
        (f"{base}affirmations/", {"text": text}),
        (f"{base}affirmations/{ref}/arguments/", {"text": text, "side": "for"}),
        (f"{base}arguments/", {"text": text, "side": "for"}),
        (f"{base}arguments/{argument.pk}/soutenir/", {"support": "1"}),
    ):
        reply = person.post(url, {"token": token, **data})
        assert reply.status_code == 403, url
        assert f"/acces/{debate.scope.tag}/" in reply.content.decode()
        if "text" in data:
            assert text in reply.content.decode()
    assert not Vote.objects.exists() and not Voter.objects.exists() and not Support.objects.exists()
    assert not Statement.objects.filter(text=text).exists() and Argument.objects.count() == 1
    for url in (f"{base}affirmations/", f"{base}affirmations/{ref}/", f"{base}arguments/"):
        shown = person.get(url)
        assert shown.status_code == 200 and f"/acces/{debate.scope.tag}/" in shown.content.decode()
        assert 'class="vote"' not in shown.content.decode()


@pytest.mark.parametrize("reached", PROOFS)
@pytest.mark.parametrize("demanded", trust.LADDER)
def test_every_proof_against_every_debate(reached, demanded):
    debate = debate_at(demanded)
    token = receipts.issue_token(debate.key, voucher(debate.scope, reached))
    data = {"token": token, "statement": debate.statements.first().ref, "vote": "agree"}
    reply = Person(debate).post(f"/debats/{debate.key}/voter/", data)
    if trust.suffices(reached, demanded):
        assert reply.status_code == 303 and Voter.objects.get().trust == reached
    else:
        assert reply.status_code == 403 and not Vote.objects.exists()


@pytest.mark.parametrize("cookies", [True, False])
def test_two_browsers_with_one_letter_are_one_voter(cookies):
    debate = debate_at("letter")
    code = letter_codes(debate.scope)[0]
    first, second = Person(debate, cookies), Person(debate, cookies)
    for person in (first, second, first):  # whoever goes on does so by cookie or by the ticket in the address
        if person.url == debate.get_absolute_url():
            person.letter(code)
        assert person.vote().status_code == 303
    assert Voter.objects.count() == 1 and Voter.objects.get().trust == "letter"
    assert Vote.objects.count() == 3  # all of the debate's: the second browser saw what the first had voted on
    fold.sweep()
    assert reconcile.compare(debate.tool) == []


def test_texts_of_a_proven_person_follow_their_votes():
    debate = debate_at("letter")
    person = Person(debate)
    person.letter(letter_codes(debate.scope)[0])
    person.vote()
    token = receipts.issue_token(debate.key, passes.read(
        debate.scope.tag, person.client.cookies[f"pass_{debate.scope.tag}"].value, "cookie"
    ))  # fmt: skip
    base = f"/debats/{debate.key}/"
    assert person.post(f"{base}affirmations/", {"token": token, "text": "Il faut une fontaine."}).status_code == 303
    added = person.post(f"{base}arguments/", {"token": token, "text": "Parce que.", "side": "for"})
    assert added.status_code == 303
    key = bytes(Voter.objects.get().participant_key)
    assert bytes(Statement.objects.get(origin="citizen").author_key) == key == bytes(Argument.objects.get().author_key)
    support = person.post(f"{base}arguments/{Argument.objects.get().pk}/soutenir/", {"token": token, "support": "1"})
    assert support.status_code == 303 and bytes(Support.objects.get().participant_key) == key


def test_an_open_debate_goes_on_as_it_began_though_its_voter_proves_themselves_elsewhere():
    debate, survey = debate_at("open"), survey_at("letter")
    survey.join_scope(debate.scope)
    survey.refresh_from_db()
    person = Person(debate)
    person.vote()
    other = _with_client(Person(survey), person)
    other.letter(letter_codes(survey.scope)[0])
    other.answer()
    person.url = debate.get_absolute_url()
    person.vote()
    assert Voter.objects.count() == 1


def test_a_debates_level_is_judged_by_the_database(monkeypatch):
    debate = debate_at("open")
    person = Person(debate)
    person.page()
    Debate.objects.update(trust="letter")  # and the state in memory is still of a second ago
    data = {"token": receipts.issue_token(debate.key), "statement": debate.statements.first().ref, "vote": "agree"}
    assert person.post(f"/debats/{debate.key}/voter/", data).status_code == 403
    assert not Voter.objects.exists()


# Results, copies


def test_results_say_the_level_and_what_was_reached(settings, client):
    settings.SUPPRESS_BELOW = 1
    survey = survey_at("email")
    for level, proof in (("email", "a"), ("email", "b"), ("identity", "c")):
        token = receipts.issue_token(survey.key, voucher(survey.scope, level, proof))
        client.post(f"/enquetes/{survey.key}/repondre/", {"version": "1", "token": token, "q1": "3"})
    fold.sweep()
    figures = client.get(f"/enquetes/{survey.key}/resultats.json").json()
    assert figures["trust"] == {"level": "email", "reached": {"email": 2, "identity": 1}}
    debate = debate_at("letter")
    assert client.get(f"/debats/{debate.key}/resultats.json").json()["trust"] == {"level": "letter"}
    for tool in (survey, debate):
        page = client.get(f"{tool.get_absolute_url()}resultats/").content.decode()
        assert str(trust.Level(tool.trust).label) in html.unescape(page)


def test_copies_and_definitions_carry_the_level():
    from surveys.definitions import Refused, export_definition, import_definition

    survey = survey_at("letter")
    assert survey.copy_for_use_elsewhere().trust == "letter"
    assert debate_at("email").copy_for_use_elsewhere().trust == "email"
    definition = export_definition(survey)
    assert definition["trust"] == "letter" and import_definition(definition).trust == "letter"
    with pytest.raises(Refused):
        import_definition({**definition, "trust": "king"})


# Letter codes


def test_codes_are_sixty_bits_and_read_as_people_write_them():
    code = letters.new_code()
    assert len(code) == 12 and letters.read(f" {letters.show(code).lower()}\n") == code
    assert letters.read("OIL0-OIL0-OIL0") == "011001100110"
    for bad in ("", "\0", "é" * 12, "x" * 100_000, "ABCD-EFGH", "UUUU-UUUU-UUUU"):
        assert letters.read(bad) is None


def test_a_code_may_come_back_and_is_counted_as_used_once():
    scope = Scope.objects.create()
    code = letter_codes(scope, 3)[0]
    assert letters.prove(scope, code) == letters.prove(scope, code)
    assert AccessCode.objects.filter(used=True).count() == 1 and AccessBatch.objects.get().size == 3


def test_a_revoked_batch_opens_nothing_and_a_batch_is_made_once():
    scope, batch = Scope.objects.create(), uuid4()
    code = next(iter(letters.make(batch, scope, "t", 2, None)))[0]
    with pytest.raises(ValueError):
        letters.make(batch, scope, "t", 2, None)
    assert letters.revoke(AccessBatch.objects.get()) == 2
    assert letters.prove(scope, code) is None


def test_reading_the_page_of_a_qr_code_uses_nothing_up(client):
    scope = survey_at("letter").scope
    code = letters.show(letter_codes(scope)[0])
    page = client.get(f"/acces/{scope.tag}/?c={code}")
    assert f'value="{code}"' in page.content.decode() and not page.cookies
    assert "no-store" in page["Cache-Control"] and page["Referrer-Policy"] == "strict-origin"
    assert not AccessCode.objects.filter(used=True).exists()


def test_after_a_letter_without_a_form_one_is_led_to_what_there_is():
    survey = survey_at("letter")
    person = Person(survey)
    code = letter_codes(survey.scope)[0]
    assert person.letter(code, back="")["Location"].startswith(survey.get_absolute_url())
    debate = debate_at("letter")
    debate.join_scope(survey.scope)
    choice = person.letter(code, back="").content.decode()
    assert survey.get_absolute_url() in choice and debate.get_absolute_url() in choice


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "\0/x"])
def test_a_proof_never_leads_elsewhere(back):
    survey = survey_at("letter")
    reply = Person(survey).letter(letter_codes(survey.scope)[0], back=back)
    assert reply["Location"].startswith(survey.get_absolute_url())


def test_guesses_are_limited_and_a_school_of_right_codes_is_not(monkeypatch):
    survey = survey_at("letter")
    codes = letter_codes(survey.scope, 30)
    monkeypatch.setattr("participation.access_views.WRONG_LETTERS", limits.Limit("wrong_letter_code", 5, 600))
    for code in codes[:20]:
        assert Person(survey).letter(code).status_code == 303
    guesses = [Person(survey).letter(letters.new_code()).status_code for _n in range(7)]
    assert guesses == [422] * 5 + [429] * 2
    assert Person(survey).letter(codes[21]).status_code == 429  # else the limit would tell which guess was right


@pytest.mark.parametrize("typed", ["", "x", "\0" * 12, "é" * 12, "x" * 100_000, "\U0001f600" * 12, "'; --"])
def test_what_is_no_code_is_refused_with_what_was_typed(typed):
    survey = survey_at("letter")
    person = Person(survey)
    for url in (f"/acces/{survey.scope.tag}/", f"/acces/{survey.scope.tag}/courriel/{uuid4()}/"):
        reply = person.post(url, {"code": typed, "back": "\0" + typed})
        assert reply.status_code == 422 and 'class="error-summary"' in reply.content.decode()
    for url in ("/acces/ZZZZ/", "/acces/zzzz/", "/acces/%00%00%00%00/", f"/acces/{survey.scope.tag}/courriel/x/"):
        assert person.get(url).status_code == 404
    assert person.get(f"/acces/{survey.scope.tag}/?c=%00%ed%a0%80<b>").status_code == 200


# E-mail codes


@pytest.mark.parametrize(
    "typed", ["", "x", "@", "a@", "@b.fr", "a b@c.fr", "a@b\0.fr", "a\n@b.fr", "a@" + "b" * 70 + ".fr", "é" * 400]
)
def test_what_is_no_address_is_refused_at_its_field(typed):
    survey = survey_at("email")
    reply = Person(survey).post(f"/acces/{survey.scope.tag}/courriel/", {"email": typed})
    assert reply.status_code == 422 and 'aria-invalid="true"' in reply.content.decode()
    assert not EmailChallenge.objects.exists() and not mail.outbox


def test_addresses_are_told_apart_only_by_the_mailbox():
    same = {mailing.read(a).mailbox for a in ("Ana@Exemple.fr", "ana+x@exemple.FR", " ana@exemple.fr ")}
    assert same == {"ana@exemple.fr"}
    assert mailing.read("a.na@exemple.fr").mailbox != mailing.read("ana@exemple.fr").mailbox
    assert mailing.read("ana@éxemple.fr").mailbox == "ana@xn--xemple-9ua.fr"


def test_a_code_works_once_and_for_twenty_minutes(monkeypatch):
    survey = survey_at("email")
    person = Person(survey)
    page, code = person.email("ana@exemple.fr"), code_in_mail()
    assert person.mail_code(page, "0000 0000").status_code == 422
    assert person.mail_code(page, code).status_code == 303
    assert Person(survey).mail_code(page, code).status_code == 422
    page, code = person.email("bob@exemple.fr"), code_in_mail()
    EmailChallenge.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert person.mail_code(page, code).status_code == 422


def test_five_tries_and_no_more():
    survey = survey_at("email")
    person = Person(survey)
    page, code = person.email("ana@exemple.fr"), code_in_mail()
    wrong = "1111 1111" if code != "1111 1111" else "2222 2222"
    assert [person.mail_code(page, wrong).status_code for _n in range(5)] == [422] * 5
    assert person.mail_code(page, code).status_code == 422
    assert EmailChallenge.objects.get().tries == 5


def test_tries_at_once_are_counted_each(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    scope = Scope.objects.create()
    pk = mail_codes.challenge(scope, "ana@exemple.fr", "t")
    right = code_in_mail()

    def guess(n: int) -> bool:
        try:
            return mail_codes.prove(scope, pk, "1111 1111" if right != "1111 1111" else "2222 2222") is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        assert not any(pool.map(guess, range(20)))
    assert EmailChallenge.objects.get().tries == 5


def test_three_mails_an_hour_and_the_answer_is_always_the_same():
    survey = survey_at("email")
    person = Person(survey)
    answers = [person.email("ana@exemple.fr") for _n in range(5)]
    assert len(mail.outbox) == 3 and EmailChallenge.objects.count() == 3
    assert all(re.search(rf"/acces/{survey.scope.tag}/courriel/[0-9a-f-]{{36}}/", a) for a in answers)
    assert person.mail_code(answers[-1], code_in_mail()).status_code == 303
    assert person.email("new@exemple.fr") and len(mail.outbox) == 4


def test_a_mail_that_cannot_leave_is_told_and_an_unknown_mailbox_is_not(monkeypatch, caplog):
    from smtplib import SMTPRecipientsRefused

    survey = survey_at("email")
    person = Person(survey)

    def fail(error: Exception):
        def send(*_args, **_kwargs):
            raise error

        monkeypatch.setattr("django.core.mail.EmailMessage.send", send)

    fail(SMTPRecipientsRefused({"ana@exemple.fr": (550, b"unknown")}))
    assert person.email("ana@exemple.fr")
    fail(OSError("ana@exemple.fr"))
    reply = person.post(f"/acces/{survey.scope.tag}/courriel/", {"email": "ana@exemple.fr"})
    assert reply.status_code == 503 and "ana@exemple.fr" in reply.content.decode()
    assert "ana@" not in caplog.text and EmailChallenge.objects.count() == 1


def test_expired_challenges_are_forgotten_by_a_duty():
    from cms.scheduling import DUTIES

    scope = Scope.objects.create()
    mail_codes.challenge(scope, "ana@exemple.fr", "t")
    duty = next(duty for duty in DUTIES if duty.name == "forget codes")
    assert duty.act() == 0
    EmailChallenge.objects.update(expires_at=timezone.now() - timedelta(minutes=41))
    assert duty.act() == 1 and not EmailChallenge.objects.exists()


# What is stored


def test_nothing_that_was_proved_with_is_in_the_database():
    survey = survey_at("email")
    code = letter_codes(survey.scope, 3)[0]
    person = Person(survey)
    page = person.email("ana.roy+x@exemple.fr")
    mailed = code_in_mail()
    person.mail_code(page, mailed)
    person.answer()
    other = Person(survey)
    other.letter(code)
    other.answer()
    secrets = [code, letters.show(code), mailed, mailed.replace(" ", ""), "ana.roy", "exemple.fr"]
    dumped = _whole_database()
    assert survey.title in dumped  # the scan sees what is there
    assert [secret for secret in secrets if secret in dumped] == []
    assert Response.objects.count() == 2


def _whole_database() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(found)


# Queries and addresses


def test_a_gated_page_costs_what_an_open_one_costs(client):
    counts = {}
    for level in ("open", "letter", "identity"):
        survey = survey_at(level)
        client.get(survey.get_absolute_url())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(survey.get_absolute_url())
        counts[level] = len(queries)
    assert len(set(counts.values())) == 1, counts


def test_what_a_proven_person_sends_is_one_message_as_before(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite goes step by step")
    survey, debate = survey_at("letter"), debate_at("letter")
    for tool, url, data in (
        (survey, f"/enquetes/{survey.key}/repondre/", {"version": "1", "q1": "3"}),
        (debate, f"/debats/{debate.key}/voter/", {"statement": debate.statements.first().ref, "vote": "agree"}),
    ):
        for proof in ("warms up", "counts"):
            token = receipts.issue_token(tool.key, voucher(tool.scope, "letter", proof))
            with CaptureQueriesContext(connection) as queries:
                assert Person(tool).post(url, {**data, "token": token}).status_code == 303
        assert len(queries) == 1, [q["sql"][:90] for q in queries]


@pytest.mark.parametrize("forged", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_forged_address_changes_nothing(rf, settings, forged):
    def seen(**headers):
        return limits.client_address(rf.get("/", REMOTE_ADDR="10.0.0.1", headers=headers))

    settings.TRUSTED_PROXIES = 0
    assert seen(**{forged: "1.2.3.4"}) == seen() == "10.0.0.1"
    settings.TRUSTED_PROXIES = 1
    real = "198.51.100.7"
    if forged == "X-Forwarded-For":
        assert seen(**{forged: f"1.2.3.4, {real}"}) == real
    else:
        assert seen(**{forged: "1.2.3.4", "X-Forwarded-For": real}) == real
    assert seen() == "10.0.0.1"


def test_a_hidden_field_of_the_gate_brings_one_back(client):
    survey = survey_at("letter")
    assert hidden(client.get(survey.get_absolute_url())) == {"back": f"{survey.get_absolute_url()}#questionnaire"}
