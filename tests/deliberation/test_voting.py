"""Votes: stored once, counted once, changed, taken back; and everything that must not be counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from counting import fold, reconcile
from counting.models import LedgerEntry, Tally, Tool
from deliberation import statements, voting
from deliberation.models import Debate, Statement, Vote, Voter
from deliberation.state import forget, state_of
from participation.models import Scope
from tests.factories.debates import DebateFactory
from tests.factories.voters import VoterBrowser, hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def debate():
    return DebateFactory(open=True, seeds=["Il faut plus d’ombre.", "Le marché est trop petit.", "Gardons les places."])


def refs(debate: Debate) -> list[str]:
    return list(Statement.objects.filter(debate=debate).order_by("pk").values_list("ref", flat=True))


def counts(debate: Debate) -> dict[str, int]:
    """The tallies by name, with what waits brought in; asserts that a recount finds the same."""
    fold.fold(debate.tool_id)
    assert reconcile.compare(Tool.objects.get(pk=debate.tool_id)) == []
    return dict(Tally.objects.filter(tool_id=debate.tool_id).exclude(n=0).values_list("name", "n"))


def test_a_vote_is_stored_and_counted_once(debate):
    browser, ref = VoterBrowser(debate), refs(debate)[0]
    token = browser.token()
    for _again in range(3):
        assert browser.vote(ref, token=token).status_code == 303
    assert Vote.objects.count() == Voter.objects.count() == 1
    assert counts(debate) == {"n": 1, f"s:{ref}:agree": 1}


def test_a_change_of_mind_replaces_the_vote(debate):
    browser, ref = VoterBrowser(debate), refs(debate)[0]
    for word in ("agree", "pass", "disagree"):
        browser.vote(ref, word)
    assert counts(debate) == {"n": 1, f"s:{ref}:disagree": 1}


def test_one_vote_is_taken_back_and_with_the_last_the_voter(debate):
    browser, (a, b, _c) = VoterBrowser(debate), refs(debate)
    browser.vote(a), browser.vote(b, "disagree")
    browser.vote(a, "withdraw")
    assert counts(debate) == {"n": 1, f"s:{b}:disagree": 1}
    assert browser.vote(b, "withdraw").status_code == 303
    assert counts(debate) == {} and not Voter.objects.exists()
    assert browser.vote(b, "withdraw").status_code == 303  # nothing to take back is no fault


def test_no_cookie_before_the_first_vote_and_the_page_is_nobody_elses(debate):
    page = VoterBrowser(debate).get()
    assert not page.cookies and "no-store" in page["Cache-Control"]


def test_the_next_statement_is_one_not_yet_voted_on_until_none_is_left(debate):
    browser, seen = VoterBrowser(debate), []
    for _n in range(3):
        seen.append(hidden(browser.get(), "statement"))
        browser.vote(seen[-1])
    assert sorted(seen) == sorted(refs(debate))
    assert "toutes" in browser.get().content.decode() and 'name="vote"' not in browser.get().content.decode()


def test_a_browser_without_cookies_stays_one_person_by_the_ticket_in_the_address(debate):
    browser, (a, b, _c) = VoterBrowser(debate, cookies=False), refs(debate)
    answer = browser.vote(a)
    page = browser.get(answer["Location"].partition("#")[0])
    browser.vote(b, token=hidden(page, "token"))
    assert Voter.objects.count() == 1 and Vote.objects.count() == 2


def test_the_ticket_leaves_the_address_as_soon_as_the_browser_is_known_to_keep_cookies(debate):
    browser = VoterBrowser(debate)
    address = browser.vote(refs(debate)[0])["Location"]
    assert "suite=" in address
    answer = browser.client.get(address.partition("#")[0])
    assert answer.status_code == 303 and "suite" not in answer["Location"] and "voted=" in answer["Location"]


def test_the_code_reopens_the_votes_on_another_device(debate):
    browser, (a, *_others) = VoterBrowser(debate), refs(debate)
    browser.vote(a, "disagree")
    other = VoterBrowser(debate)
    said = {"code": browser.code(), "resume": browser.at}
    answer = other.client.post("/suivi/", said, headers={"origin": "http://testserver"})
    assert answer.status_code == 303 and answer["Location"] == browser.at
    assert "1 phrase sur 3" in other.get().content.decode()
    other.vote(a, "agree")
    assert counts(debate) == {"n": 1, f"s:{a}:agree": 1}


def test_the_follow_up_page_withdraws_all_votes(debate):
    browser, (a, b, _c) = VoterBrowser(debate), refs(debate)
    browser.vote(a), browser.vote(b)
    code = browser.code()
    said = {"code": code, "withdraw": browser.at, "sure": "1"}
    assert browser.client.post("/suivi/", said, headers={"origin": "http://testserver"}).status_code == 200
    assert counts(debate) == {} and not Vote.objects.exists()


def test_erase_forgets_votes_also_after_the_end(debate):
    from django.core.management import call_command

    browser = VoterBrowser(debate)
    browser.vote(refs(debate)[0])
    code = browser.code()
    Debate.objects.update(closes_at=timezone.now() - timedelta(days=1))
    call_command("erase", code)
    assert counts(debate) == {} and not Voter.objects.exists()


@pytest.mark.parametrize("word", ["", "agree ", "1", "AGREE", "x" * 5000, "agree\x00"])
def test_an_unknown_word_is_refused_with_the_page(debate, word):
    answer = VoterBrowser(debate).vote(refs(debate)[0], word)
    assert answer.status_code == 422 and "Choisissez" in answer.content.decode() and not Vote.objects.exists()


@pytest.mark.parametrize("ref", ["", "0", "nulle-part", "é", "a\x00b", "9" * 400])
def test_a_statement_of_nowhere_is_refused(debate, ref):
    answer = VoterBrowser(debate).vote(ref)
    assert answer.status_code == 422 and not Vote.objects.exists() and not Voter.objects.exists()


def test_a_statement_of_another_debate_is_refused(debate):
    other = DebateFactory(open=True, seeds=["Ailleurs."])
    answer = VoterBrowser(debate).vote(refs(other)[0])
    assert answer.status_code == 422 and not Vote.objects.exists() and not Voter.objects.exists()


@pytest.mark.parametrize("status", ["pending", "refused", "closed"])
@pytest.mark.parametrize("known", [True, False])
def test_a_statement_that_is_not_published_takes_no_vote(debate, status, known):
    """`known`: this process still takes it for published, and the database must refuse."""
    browser, ref = VoterBrowser(debate), refs(debate)[0]
    token = browser.token()
    state_of(debate.key)
    Statement.objects.filter(ref=ref).update(status=status)
    if not known:
        forget()
    answer = browser.vote(ref, token=token)
    assert answer.status_code == 422 and not Vote.objects.exists() and not Voter.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"closes_at": timezone.now() - timedelta(seconds=1)},
        {"opens_at": timezone.now() + timedelta(days=1)},
        {"live": False},
    ],
)
def test_votes_outside_the_window_are_refused_whatever_this_process_believes(debate, change):
    browser, ref = VoterBrowser(debate), refs(debate)[0]
    token = browser.token()
    Debate.objects.filter(pk=debate.pk).update(**change)
    answer = browser.vote(ref, token=token)
    assert answer.status_code == 410 and not Vote.objects.exists() and not Voter.objects.exists()


def test_a_closed_scope_or_gate_takes_no_vote(debate):
    browser, ref = VoterBrowser(debate), refs(debate)[0]
    token = browser.token()
    Scope.objects.filter(pk=debate.scope_id).update(closes_at=timezone.now() - timedelta(seconds=1))
    assert browser.vote(ref, token=token).status_code == 410
    Scope.objects.filter(pk=debate.scope_id).update(closes_at=None)
    Tool.objects.filter(pk=debate.tool_id).update(state="closing")
    assert browser.vote(ref, token=token).status_code == 410
    assert not Vote.objects.exists() and not LedgerEntry.objects.exists()


@pytest.mark.parametrize(("headers", "status"), [({"origin": "https://evil.example"}, 403), ({}, 303)])
def test_foreign_sites_are_refused_and_silent_ones_are_new_persons(debate, headers, status):
    browser, ref = VoterBrowser(debate), refs(debate)[0]
    browser.vote(ref)
    page = browser.get("/debats/" + debate.key + "/affirmations/")
    fields = {"token": hidden(page, "token"), "statement": ref, "vote": "disagree"}
    assert browser.client.post(f"/debats/{debate.key}/voter/", fields, headers=headers).status_code == status
    assert Vote.objects.filter(value=1).count() == 1  # the cookie's owner keeps their vote


@pytest.mark.parametrize("body", ["text/plain", "application/json"])
def test_only_forms_are_taken(debate, body):
    answer = VoterBrowser(debate).client.post(f"/debats/{debate.key}/voter/", "{}", content_type=body)
    assert answer.status_code == 415


def test_a_forged_token_is_renewed(debate):
    answer = VoterBrowser(debate).vote(refs(debate)[0], token="x" * 22 + "." + "y" * 22)
    assert answer.status_code == 422 and not Vote.objects.exists()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leads_elsewhere(debate, back):
    answer = VoterBrowser(debate).vote(refs(debate)[0], back=back)
    assert answer["Location"].startswith(f"/debats/{debate.key}/")


def test_reading_the_voting_address_leads_to_the_debate(debate):
    answer = VoterBrowser(debate).client.get(f"/debats/{debate.key}/voter/")
    assert answer.status_code == 303 and answer["Location"] == f"/debats/{debate.key}/"


def test_voters_set_aside_keep_their_votes_and_count_no_more(debate):
    browsers = [VoterBrowser(debate) for _ in range(3)]
    a, b, _c = refs(debate)
    for browser in browsers:
        browser.vote(a), browser.vote(b, "pass")
    chosen = Voter.objects.order_by("pk")[0]
    assert voting.set_aside([chosen]) == 1 and voting.set_aside([chosen]) == 0
    assert counts(debate) == {"n": 2, f"s:{a}:agree": 2, f"s:{b}:pass": 2} and Vote.objects.count() == 6
    for browser in browsers:  # all change their minds; one of them counts nowhere
        browser.vote(a, "disagree")
    assert counts(debate) == {"n": 2, f"s:{a}:disagree": 2, f"s:{b}:pass": 2}
    assert voting.set_aside([chosen], aside=False) == 1
    assert counts(debate) == {"n": 3, f"s:{a}:disagree": 3, f"s:{b}:pass": 3}


def test_rebuild_mends_cells_and_tallies(debate):
    ref = refs(debate)[0]
    VoterBrowser(debate).vote(ref)
    Vote.objects.update(cells=b"\x09\x00")
    assert reconcile.rebuild(Tool.objects.get(pk=debate.tool_id)) == 1
    assert counts(debate) == {"n": 1, f"s:{ref}:agree": 1}


def test_priorities_are_never_flat_and_new_statements_come_first_more_often(debate):
    crowd = [VoterBrowser(debate) for _ in range(6)]
    a, b, c = refs(debate)
    for browser in crowd:
        browser.vote(a, "pass"), browser.vote(b, "disagree")
    fold.fold(debate.tool_id)
    forget()
    lines = state_of(debate.key)
    priority = {line.ref: line.priority for line in lines.lines}
    assert len(set(priority.values())) == 3 and priority[c] > priority[b] > 0
    first = [lines.next_line(str(n).encode(), ()).ref for n in range(600)]  # type: ignore[union-attr]
    expected = {ref: p / sum(priority.values()) for ref, p in priority.items()}
    for ref in (a, b, c):
        assert abs(first.count(ref) / 600 - expected[ref]) < 0.08


def test_the_order_differs_from_person_to_person_but_not_from_one_reading_to_the_next(debate):
    lines = state_of(debate.key)
    assert len({lines.next_line(bytes([n]), ()).ref for n in range(60)}) == 3  # type: ignore[union-attr]
    assert len({lines.next_line(b"x", ()).ref for _n in range(60)}) == 1  # type: ignore[union-attr]


def _parallel(act: Any, times: int, threads: int = 12) -> list[Any]:
    def run(n: int) -> Any:
        try:
            return act(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(times)))


@pytest.mark.django_db(transaction=True)
def test_parallel_votes_changes_and_withdrawals_of_one_person_leave_totals_that_agree(debate):
    browser, (a, b, _c) = VoterBrowser(debate), refs(debate)
    token = browser.token()
    state = state_of(debate.key)
    acts = ["agree", "disagree", "pass", "withdraw", "all"]

    def act(n: int) -> int:
        word, ref = acts[n % 5], (a, b)[n % 2]
        if word != "all":
            return VoterBrowser(debate).post("voter/", statement=ref, vote=word, token=token).status_code
        _code, key = statements.person(state, token, None)
        voting.withdraw(Debate.objects.for_display().get(pk=debate.pk), key)
        return 303

    assert set(_parallel(act, 120)) == {303}
    tallies = counts(debate)
    assert Vote.objects.count() == sum(n for name, n in tallies.items() if name != "n") <= 2
    assert Voter.objects.count() == tallies.get("n", 0) <= 1


def test_cast_needs_one_round_trip(debate, django_assert_max_num_queries):
    if connection.vendor != "postgresql":
        pytest.skip("one message is PostgreSQL's")
    state = state_of(debate.key)
    from participation import receipts

    token = receipts.issue_token(debate.key)
    with django_assert_max_num_queries(1):
        voting.cast(state, state.lines[0], 1, token)
