"""Erased: no word of a person is in any table, whatever became of it; what others built on stays, nobody's."""

from typing import Any

import pytest
from django.core.management import call_command

from deliberation import state, voting
from deliberation.models import Statement, Vote
from moderation import decisions, looking, queue, voices
from moderation.models import Item
from participation import receipts
from participation.receipts import show_code
from surveys import open_answers
from tests.factories.canaries import KINDS, MERGEABLE, STATES, Canary, Ground, masked, rows_holding, text_of
from tests.factories.debates import ArgumentFactory
from tests.factories.moderation import item_of, moderate, moderator

pytestmark = pytest.mark.django_db

APPEAL, REPORT = "zzrecours", "zzsignalement"


@pytest.fixture
def boss():
    return moderator("anna")


@pytest.fixture
def ground(boss):
    return Ground()


def erase(code: str) -> None:
    call_command("erase", show_code(code), verbosity=0)


def words_of(canaries: list[Canary]) -> list[str]:
    return [word for canary in canaries for word in (canary.word, canary.beside)]


def lying(*words: str) -> dict[str, set[str]]:
    return {word: tables for word, tables in rows_holding(*words).items() if tables}


def vote_on(ground: Ground, item: Item, code: str | None = None) -> None:
    """Somebody (who holds `code`, or somebody new) votes on a shown statement."""
    state.forget()
    debate = state.state_of(ground.debate.key)
    line = debate.by_ref[Statement.objects.get(pk=item.object_id).ref]
    voting.cast(debate, line, 1, receipts.issue_token(debate.key), code)


@pytest.mark.parametrize("stands", [*STATES, "aside"])
def test_nothing_that_somebody_wrote_is_left_anywhere(ground, boss, stands):
    kinds = ("answer",) if stands == "aside" else MERGEABLE if stands == "merged" else KINDS
    planted = [ground.plant(kind, stands, boss) for kind in kinds]
    if stands == "pending":
        planted.append(ground.plant("other", stands))
    if stands == "refused":
        for canary in planted:
            voices.appeal(canary.item, f"Ce {APPEAL} est le mien.")
    looking.look_at_new()
    assert lying(*words_of(planted))
    for canary in planted:
        erase(canary.code)
    assert not lying(*words_of(planted), APPEAL)


@pytest.mark.parametrize("act", ["hide", "ask", "forward", "merge"])
def test_a_statement_that_was_voted_on_and_is_shown_no_more_goes_too(ground, boss, act):
    found = ground.plant("statement", "pending")
    moderate(found.item, "publish", boss)
    vote_on(ground, found.item)
    more: dict[str, Any] = {"service": ground.service} if act == "forward" else {}
    if act == "merge":
        more = {"into": item_of(ground.argued)}
    moderate(found.item, act, boss, reason="Parce que.", **more)
    looking.look_at_new()
    erase(found.code)
    assert not lying(found.word, found.beside)
    assert Vote.objects.filter(statement_id=found.item.object_id).exists(), "votes are others' and stay"
    found.item.refresh_from_db()
    assert found.item.state == "gone" and not decisions.acts_for(found.item)


def test_a_shown_statement_that_nobody_built_on_goes(ground, boss):
    found = ground.plant("statement", "pending")
    moderate(found.item, "publish", boss)
    vote_on(ground, found.item, found.code)
    erase(found.code)
    assert not lying(found.word, found.beside)
    found.item.refresh_from_db()
    assert found.item.state == "gone"


@pytest.mark.parametrize("built", ["vote", "argument"])
def test_a_shown_statement_that_others_built_on_stays_and_is_nobodys(ground, boss, built):
    found = ground.plant("statement", "pending")
    moderate(found.item, "redact", boss, redacted=masked("statement", "pending"))
    statement = Statement.objects.get(pk=found.item.object_id)
    if built == "vote":
        vote_on(ground, found.item)
    else:
        ArgumentFactory(statement=statement, published=True)
    assert "moderation_sealed" in rows_holding(found.word)[found.word]
    erase(found.code)
    assert not lying(found.word), "what was masked is gone"
    assert lying(found.beside) == {found.beside: {"deliberation_statement"}}
    statement.refresh_from_db(), found.item.refresh_from_db()
    assert (statement.author_key, found.item.author_key, statement.status) == (None, None, "published")


def test_what_somebody_reported_goes_with_them(ground, boss):
    code, key, _token = ground.someone()
    shown = ground.plant("argument", "redacted", boss)
    voices.report(shown.item, key, None, f"Ce {REPORT} est le mien.")
    erase(code)
    assert not lying(REPORT)
    shown.item.refresh_from_db()
    assert not shown.item.open_reports


@pytest.mark.parametrize("kind", KINDS)
def test_signals_forget_what_they_quoted_as_soon_as_it_is_masked(ground, boss, kind):
    """No worker runs here: nothing may depend on one."""
    found = ground.plant(kind, "pending")
    looking.look_at_new()
    assert "moderation_item" in rows_holding(found.word)[found.word]
    moderate(found.item, "redact", boss, redacted=masked(kind, "pending"))
    kept = {"moderation_sealed"} | ({"surveys_response"} if kind == "answer" else set())
    assert rows_holding(found.word)[found.word] == kept
    looking.look_at_new()
    assert rows_holding(found.word)[found.word] == kept


@pytest.mark.parametrize("kind", ["statement", "argument", "answer"])
def test_signals_forget_what_they_quoted_as_soon_as_its_author_says_otherwise(ground, boss, kind):
    found = ground.plant(kind, "pending")
    looking.look_at_new()
    found.item.refresh_from_db()
    voices.resend(found.item, "Il faut un abri de plus.", found.item.version)
    assert not lying(found.word)


def test_a_worker_that_read_the_words_before_they_were_masked_notes_nothing(ground, boss, monkeypatch):
    found = ground.plant("argument", "pending")
    read = looking.registry.texts_of

    def read_then_masked(places):
        texts = read(places)
        monkeypatch.setattr(looking.registry, "texts_of", read)
        moderate(found.item, "redact", boss, redacted=masked("argument", "pending"))
        return texts

    monkeypatch.setattr(looking.registry, "texts_of", read_then_masked)
    looking.look_at_new()
    assert rows_holding(found.word)[found.word] == {"moderation_sealed"}


def test_a_redacted_text_is_looked_at_again_though_no_job_says_so():
    from cms.scheduling import DUTIES
    from moderation import jobs

    assert jobs.look in [duty.act for duty in DUTIES]


def test_withdrawn_from_a_form_it_leaves_the_desk_and_every_table(ground):
    found = ground.plant("answer", "pending")
    looking.look_at_new()
    receipts.withdraw(found.code, ground.survey.get_absolute_url())
    open_answers.sort()
    assert not lying(found.word, found.beside)


def test_an_item_without_a_text_says_nothing(ground):
    found = ground.plant("argument", "pending")
    looking.look_at_new()
    queue.leave("argument", [found.item.object_id])
    assert "moderation_item" not in rows_holding(found.word)[found.word]
    assert text_of("argument", "pending") not in str(Item.objects.get(pk=found.item.pk).signals)
