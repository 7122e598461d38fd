"""Proposed statements: refused with a reason, shown beside what resembles them, moderated, followed by their author."""

import html
import re

import pytest

from deliberation.models import Statement
from deliberation.wording import likeness, plain, text_key, tidy
from moderation.models import Decision, Item
from tests.factories.debates import DebateFactory, StatementFactory
from tests.factories.moderation import member, moderate
from tests.factories.voters import VoterBrowser, hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def debate():
    return DebateFactory(
        open=True, seeds=["La ville devrait contrôler plus souvent les annonces.", "Il manque des bancs."]
    )


def send(browser: VoterBrowser, text: str, **more):
    page = browser.get(f"/debats/{browser.key}/affirmations/")
    return browser.post("affirmations/", text=text, token=hidden(page, "token"), **more)


def proposed() -> list[Statement]:
    return list(Statement.objects.filter(origin="citizen").order_by("pk"))


def test_a_proposal_waits_for_a_moderator_and_its_author_sees_what_became_of_it(debate):
    browser = VoterBrowser(debate)
    answer = send(browser, "Les taxis de mer devraient circuler le soir.")
    assert answer.status_code == 303
    [statement] = proposed()
    assert statement.status == "pending" and statement.cell is None
    address = answer["Location"].partition("?")[0] + f"?proposed={statement.ref}"
    page = browser.get(answer["Location"]).content.decode()
    assert "Nous lisons votre phrase" in page and statement.text in page
    assert statement.text not in VoterBrowser(debate).get(address).content.decode()  # only to its author
    code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", page)[0]
    moderate(statement, "refuse", reason="Article 1 : hors du sujet.")
    said = browser.client.post("/suivi/", {"code": code}, headers={"origin": "http://testserver"}).content.decode()
    assert statement.text in said and "hors du sujet" in said
    moderate(proposed()[0])
    assert browser.vote(proposed()[0]).status_code == 303


def test_after_moderation_means_votable_at_once(debate):
    debate.moderation = "after"
    debate.save()
    browser = VoterBrowser(debate)
    send(browser, "Les taxis de mer devraient circuler le soir.")
    [statement] = proposed()
    assert statement.status == "published" and not statement.read and statement.cell is not None
    assert browser.vote(statement).status_code == 303


def test_what_resembles_it_is_shown_before_it_is_sent(debate):
    browser = VoterBrowser(debate)
    text = "La ville devrait contrôler les annonces plus souvent, surtout l’été."
    answer = send(browser, text)
    page = answer.content.decode()
    assert answer.status_code == 422 and not proposed()
    assert "La ville devrait contrôler plus souvent les annonces." in page and text in page and 'name="sure"' in page
    assert send(browser, text, sure="1").status_code == 303 and len(proposed()) == 1


def test_texts_of_others_that_wait_are_never_shown(debate):
    StatementFactory(debate=debate, text="Il faudrait des navettes gratuites le soir.")
    answer = send(VoterBrowser(debate), "Il faudrait des navettes gratuites le samedi soir.")
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Écrivez"),
        ("   \n\t ", "Écrivez"),
        ("… !? —", "Écrivez"),
        ("x" * 141, "trop longue de 1 caractère"),
        ("Il MANQUE des bancs !!", "déjà dans le débat"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_the_reason_and_the_text(debate, text, why):
    answer = send(VoterBrowser(debate), text, sure="1")
    page = answer.content.decode()
    assert answer.status_code == 422 and why in page and not proposed()
    assert tidy(text) in html.unescape(page)


def test_the_same_proposal_twice_is_one(debate):
    browser = VoterBrowser(debate)
    for text in ("Les taxis de mer, le soir.", "les taxis de mer le soir"):
        assert send(browser, text).status_code == 303
    assert len(proposed()) == 1
    answer = send(VoterBrowser(debate), "Les taxis de mer le soir !")
    assert answer.status_code == 422 and "Nous la lisons" in answer.content.decode()


def test_ten_may_wait_at_a_time(debate):
    browser = VoterBrowser(debate)
    browser.vote(Statement.objects.first())
    words = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett", "kilo"]
    statuses = [send(browser, f"{word} {word}", sure="1").status_code for word in words]
    assert statuses == [303] * 10 + [422]


@pytest.mark.parametrize("change", [{"may_propose": False}, {"closes_at": "2020-01-01T00:00Z"}])
def test_no_proposals_where_none_are_taken(debate, change):
    browser = VoterBrowser(debate)
    token = browser.token()
    type(debate).objects.filter(pk=debate.pk).update(**change)
    answer = browser.post("affirmations/", text="Une phrase nouvelle.", token=token)
    assert answer.status_code in (410, 422) and not proposed()


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script> oui", "a\x00b non", "\u202eoui", "emoji 🦄 oui", "=1+1 oui"]
)
def test_hostile_texts_are_shown_as_text(debate, text):
    debate.moderation = "after"
    debate.save()
    browser = VoterBrowser(debate)
    assert send(browser, text, sure="1").status_code == 303
    page = browser.get(f"/debats/{debate.key}/affirmations/").content.decode()
    assert "<script>alert" not in page and "\x00" not in page


def test_a_refused_statement_takes_no_votes_and_keeps_those_it_had(debate):
    statement = StatementFactory(debate=debate, published=True)
    VoterBrowser(debate).vote(statement)
    moderate(statement, "refuse", reason="Article 2 : injure.")
    assert VoterBrowser(debate).vote(statement).status_code == 422 and statement.votes.count() == 1


def test_erasing_a_code_takes_what_waits_and_forgets_who_wrote_what_is_shown(debate):
    browser = VoterBrowser(debate)
    for text in ("Les taxis de mer, le soir.", "Des bancs à l’ombre partout."):
        send(browser, text, sure="1")
    first, _second = proposed()
    moderate(first)
    browser.vote(first)
    VoterBrowser(debate).vote(first)
    from participation import receipts

    assert receipts.erase(receipts.read_code(browser.code())) >= 3
    [left] = proposed()
    assert left.text == first.text and left.author_key is None


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_needs_as_many_queries_for_one_statement_as_for_three(debate, n, django_assert_max_num_queries):
    for _ in range(n):
        StatementFactory(debate=debate, published=True)
    browser = VoterBrowser(debate)
    browser.vote(Statement.objects.first())
    browser.get()
    with django_assert_max_num_queries(8):
        assert browser.get(f"/debats/{debate.key}/affirmations/").status_code == 200


def test_a_hundred_thousand_waiting_proposals_change_nothing_for_readers(debate, django_assert_max_num_queries):
    Statement.objects.bulk_create(
        [
            Statement(debate=debate, text=f"Phrase {n}", text_key=text_key(f"p{n}"), origin="citizen")
            for n in range(20_000)
        ],
        batch_size=2000,
    )
    browser = VoterBrowser(debate)
    browser.get()
    with django_assert_max_num_queries(8):
        page = browser.get(f"/debats/{debate.key}/affirmations/")
    assert page.status_code == 200 and len(page.content) < 60_000


def test_sentences_are_compared_whatever_their_script_case_and_accents():
    assert plain("L’ÉTÉ, « déjà » !") == plain("l ete deja")
    assert likeness("我有用過 Uber 叫車。", "我沒有用過 Uber 叫車") > 0.6
    assert likeness("Il faut plus de bancs.", "Les loyers baisseront.") < 0.3


def test_the_history_of_decisions_forgets_a_text_with_its_author(debate):
    from wagtail.models import ModelLogEntry

    browser = VoterBrowser(debate)
    browser.vote(Statement.objects.first())
    code = browser.code()
    send(browser, "Mon voisin Perrin se gare mal.", sure="1")
    decision = moderate(proposed()[0], "refuse", member("Modérateurs"), number=3, reason="Ne nommez personne.")
    entry = ModelLogEntry.objects.get(action="palabre.decide")
    assert "Perrin" not in str(entry.data) and "Perrin" not in entry.label
    from participation import receipts

    receipts.erase(receipts.read_code(code))
    item = Item.objects.get(pk=decision.item_id)
    assert item.state == "gone" and item.author_key is None
    assert Decision.objects.get(pk=decision.pk).article == 3
