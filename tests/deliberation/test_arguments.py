"""Arguments: two sides, two levels, a fair order, support once a person, few queries."""

import re

import pytest

from counting import fold
from deliberation import arguments
from deliberation.models import Argument, Statement, Support
from tests.factories.debates import ArgumentFactory, DebateFactory
from tests.factories.voters import VoterBrowser, hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def debate():
    return DebateFactory(open=True, free_arguments=True, moderation="after", seeds=["Il faut plus d’ombre."])


def send(browser: VoterBrowser, path: str = "arguments/", **fields):
    page = browser.get(f"/debats/{browser.key}/{path}")
    fields = {"side": "for", "text": "Il fait trop chaud.", "token": hidden(page, "token")} | fields
    return browser.post(path, **fields)


def test_an_argument_is_written_under_a_statement_and_on_the_question(debate):
    ref = Statement.objects.get().ref
    browser = VoterBrowser(debate)
    assert send(browser).status_code == 303
    assert send(browser, f"affirmations/{ref}/arguments/", side="against").status_code == 303
    assert set(Argument.objects.values_list("statement__ref", "side")) == {(None, "for"), (ref, "against")}


def test_sent_twice_is_stored_once(debate):
    browser = VoterBrowser(debate)
    assert {send(browser).status_code for _ in range(3)} == {303} and Argument.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"text": ""}, "Écrivez"),
        ({"text": "x" * 601}, "601 caractères"),
        ({"side": ""}, "pour ou contre"),
        ({"side": "neutral"}, "pour ou contre"),
        ({"parent": "nowhere"}, "n’est plus ici"),
        ({"parent": "00000000-0000-0000-0000-000000000000"}, "n’est plus ici"),
        ({"token": "forged"}, "renouvelée"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_the_reason(debate, fields, why):
    answer = send(VoterBrowser(debate), **fields)
    assert answer.status_code == 422 and why in answer.content.decode() and not Argument.objects.exists()
    if fields.get("text"):
        assert fields["text"] in answer.content.decode()


def test_replies_go_two_levels_deep_and_no_deeper(debate):
    top = ArgumentFactory(debate=debate, published=True)
    browser = VoterBrowser(debate)
    send(browser, parent=str(top.pk), text="Réponse.")
    reply = Argument.objects.get(parent=top)
    send(browser, parent=str(reply.pk), text="Réponse à la réponse.")
    assert Argument.objects.filter(parent=top).count() == 2
    assert "Réponse à la réponse." in browser.get(f"/debats/{debate.key}/arguments/").content.decode()


def test_waiting_and_refused_arguments_are_not_shown(debate):
    for status in ("pending", "refused"):
        ArgumentFactory(debate=debate, status=status, text=f"texte {status}")
    page = VoterBrowser(debate).get(f"/debats/{debate.key}/arguments/").content.decode()
    assert "texte pending" not in page and "texte refused" not in page


def test_support_counts_once_a_person_and_can_be_taken_back(debate):
    top = ArgumentFactory(debate=debate, published=True)
    browser = VoterBrowser(debate)
    token = browser.token()
    for _again in range(2):
        answer = browser.post(f"arguments/{top.pk}/soutenir/", token=token, support="1")
        assert answer.status_code == 303 and answer["Location"].endswith(f"#a-{top.pk}")
    assert Support.objects.count() == 1
    browser.post(f"arguments/{top.pk}/soutenir/", token=token, support="0")
    assert not Support.objects.exists()


def test_the_order_is_fair_to_those_who_came_late(debate):
    """Supported by half of those who saw it beats supported by more, but by few of many."""
    crowd = [VoterBrowser(debate) for _ in range(12)]
    statement = Statement.objects.get()
    old = ArgumentFactory(debate=debate, published=True, seen_from=0, text="vieux")
    late = ArgumentFactory(debate=debate, published=True, seen_from=8, text="récent")
    for browser in crowd:
        browser.vote(statement)
    fold.fold(debate.tool_id)
    Support.objects.bulk_create([Support(argument=old, participant_key=bytes([n] * 32)) for n in range(3)])
    Support.objects.bulk_create([Support(argument=late, participant_key=bytes([n] * 32)) for n in range(2)])
    fresh = ArgumentFactory(debate=debate, published=True, seen_from=12, text="tout neuf")
    order = [t.argument for t in arguments.listing(debate, None).sides["for"]]
    assert order.index(late) < order.index(old) and order.index(fresh) < order.index(old)


def test_a_withdrawn_argument_with_replies_stays_as_an_empty_place(debate):
    browser = VoterBrowser(debate)
    browser.vote(Statement.objects.get())
    send(browser, text="À moi.")
    top = Argument.objects.get()
    send(VoterBrowser(debate), parent=str(top.pk), text="À un autre.")
    from participation import receipts

    receipts.erase(receipts.read_code(browser.code()))
    page = VoterBrowser(debate).get(f"/debats/{debate.key}/arguments/").content.decode()
    assert "À moi." not in page and "À un autre." in page and "Retiré" in page


@pytest.mark.parametrize("n", [1, 3, 60])
def test_the_list_needs_at_most_eight_queries_at_any_size(debate, n, django_assert_max_num_queries):
    for _ in range(n):
        top = ArgumentFactory(debate=debate, published=True)
        ArgumentFactory(debate=debate, published=True, parent=top)
    browser = VoterBrowser(debate)
    browser.vote(Statement.objects.get())
    browser.get()
    with django_assert_max_num_queries(10):  # the site's own two (its settings and its name) included
        page = browser.client.get(f"/debats/{debate.key}/arguments/")
    assert len(re.findall(r'class="said"', page.content.decode())) == min(n, arguments.PER_SIDE) * 2
