"""Decisions: one wins, the other is told, the register has both; undone, and never changed."""

import threading
import time

import pytest
from django.db import connection

from deliberation import follow_up, voting
from deliberation.models import Argument, Statement, Support, Vote
from moderation import decisions, queue
from moderation.models import Decision, Item, Sealed, Service
from moderation.registry import Refused
from participation import receipts
from tests.factories.debates import ArgumentFactory, DebateFactory, StatementFactory
from tests.factories.moderation import article, item_of, moderate, moderator
from tests.factories.people import Author
from tests.factories.voters import VoterBrowser

pytestmark = pytest.mark.django_db


def test_each_act_leads_where_it_says_and_the_register_tells_it():
    boss, service = moderator(), Service.objects.create(name="Voirie")
    for act, state, status, more in (
        ("publish", "published", "published", {}),
        ("refuse", "refused", "refused", {}),
        ("ask", "asked", "pending", {"reason": "Une seule idée."}),
        ("forward", "forwarded", "refused", {"service": service}),
    ):
        statement = StatementFactory()
        decision = moderate(statement, act, boss, **more)
        statement.refresh_from_db()
        item = item_of(statement)
        assert (item.state, statement.status, item.waiting) == (state, status, False)
        assert (decision.before, decision.after, decision.actor, decision.act) == ("pending", state, boss, act)
    assert decision.service == service


def test_what_a_decision_needs_is_asked_for():
    statement = StatementFactory()
    item = item_of(statement)
    for choice in (
        decisions.Choice("refuse"),
        decisions.Choice("ask"),
        decisions.Choice("forward"),
        decisions.Choice("merge"),
        decisions.Choice("merge", into=item),
        decisions.Choice("hide", article=article(item)),
        decisions.Choice("redact", redacted=statement.text),
        decisions.Choice("redact", redacted="Autre […]"),
        decisions.Choice("publish", reason="x" * 501),
        decisions.Choice("explode"),
    ):
        with pytest.raises(Refused):
            decisions.decide(item, choice, None, item.version)
    item.refresh_from_db()
    assert item.state == "pending" and not item.decisions.exists()


def test_an_article_of_another_charter_cannot_be_cited():
    from moderation.models import Article, Charter

    other = Article.objects.create(charter=Charter.objects.create(title="Autre"), text="x", short="y")
    item = item_of(StatementFactory())
    with pytest.raises(Refused):
        decisions.decide(item, decisions.Choice("refuse", article=other), None, item.version)


def test_a_redaction_masks_and_seals_and_can_be_undone():
    boss = moderator()
    statement = StatementFactory(text="M. Perrin se gare mal, appelez le 06 00 00 00 00.")
    moderate(statement, "redact", boss, redacted="[…] se gare mal, appelez le […].")
    statement.refresh_from_db()
    assert statement.text == "[…] se gare mal, appelez le […]." and statement.status == "published"
    assert "Perrin" in Sealed.objects.get().text
    moderate(statement, "redact", boss, redacted="[…] se gare […], appelez le […].")
    statement.refresh_from_db()
    assert statement.text == "[…] se gare […], appelez le […]."
    assert "06 00" in Sealed.objects.get().text, "the first seal holds"


def test_undoing_gives_everything_back():
    boss = moderator()
    statement = StatementFactory(text="Appelez le 06 00 00 00 00, vite.")
    decision = moderate(statement, "redact", boss, redacted="Appelez le […], vite.")
    assert decisions.last_of(boss) == decision
    undone = decisions.undo(decision, boss)
    statement.refresh_from_db()
    assert (statement.text, statement.status) == ("Appelez le 06 00 00 00 00, vite.", "pending")
    assert undone.undoes == decision and not Sealed.objects.exists() and item_of(statement).waiting
    assert decisions.last_of(boss) is None
    with pytest.raises(decisions.Late):
        decisions.undo(decision, boss)


def test_a_redaction_undone_and_made_anew_can_be_undone_again():
    boss, words = moderator(), "Appelez le 06 00 00 00 00, vite."
    statement = StatementFactory(text=words)
    for _ in range(2):
        decision = moderate(statement, "redact", boss, redacted="Appelez le […], vite.")
        decisions.undo(decision, boss)
        statement.refresh_from_db()
        assert statement.text == words and not Sealed.objects.exists()


def test_a_redaction_on_top_of_another_cannot_be_undone_for_the_words_between_are_gone():
    boss, statement = moderator(), StatementFactory(text="M. Perrin, appelez le 06 00 00 00 00, vite.")
    moderate(statement, "redact", boss, redacted="M. Perrin, appelez le […], vite.")
    second = moderate(statement, "redact", boss, redacted="[…], appelez le […], vite.")
    assert not decisions.may_undo(second) and decisions.last_of(boss) is None
    with pytest.raises(decisions.Late):
        decisions.undo(second, boss)


def test_the_register_cannot_be_changed():
    decision = moderate(StatementFactory(), "publish", moderator())
    decision.reason = "autre"
    for act in (
        decision.save,
        decision.delete,
        lambda: Decision.objects.all().update(reason="x"),
        lambda: Decision.objects.all().delete(),
        lambda: Decision.objects.bulk_update([decision], ["reason"]),
    ):
        with pytest.raises(TypeError):
            act()


def test_who_comes_late_is_told_by_whom_and_the_register_keeps_both():
    first, second = moderator("anna"), moderator("bruno")
    item = item_of(StatementFactory())
    seen = item.version
    decisions.decide(item, decisions.Choice("publish"), first, seen)
    with pytest.raises(decisions.Late) as late:
        decisions.decide(item, decisions.Choice("refuse", article=article(item)), second, seen)
    assert late.value.by == "anna" and late.value.at is not None and late.value.item.state == "published"
    rows = list(item.decisions.order_by("pk").values_list("act", "actor__username", "took_effect"))
    assert rows == [("publish", "anna", True), ("refuse", "bruno", False)]


def test_what_somebody_holds_is_not_decided_by_another_until_it_is_let_go():
    first, second = moderator("anna"), moderator("bruno")
    item = item_of(StatementFactory())
    assert queue.next_for(first, Item.objects.all()) == item
    assert queue.next_for(second, Item.objects.all()) is None
    assert queue.next_for(first, Item.objects.all()) == item, "one's own comes again"
    with pytest.raises(decisions.Held):
        decisions.decide(item, decisions.Choice("publish"), second, item.version)
    Item.objects.update(claimed_until="2020-01-01T00:00Z")
    decisions.decide(item, decisions.Choice("publish"), second, item.version)


def test_next_goes_through_the_queue_and_round_to_what_was_skipped():
    boss = moderator()
    items = [item_of(StatementFactory()) for _ in range(3)]
    seen, after = [], None
    for _ in range(4):
        after = queue.next_for(boss, Item.objects.all(), after=after)
        seen.append(after)
    assert seen == [*items, items[0]]
    items[2].signals = [{"kind": "insult", "weight": 0.9, "spans": [], "why": "x"}]
    items[2].settle()
    items[2].save()
    assert queue.next_for(boss, Item.objects.all(), "riskiest") == items[2]
    assert queue.next_for(boss, Item.objects.all(), "riskiest", items[2]) == items[0]


def test_merged_statements_keep_each_persons_vote_once_and_can_be_parted():
    from counting import fold, reconcile
    from counting.models import Tool

    boss, debate = moderator(), DebateFactory(open=True)
    kept, merged = StatementFactory(debate=debate, published=True), StatementFactory(debate=debate, published=True)
    both, one, other, changes = (VoterBrowser(debate) for _ in range(4))
    both.vote(kept, "agree"), both.vote(merged, "disagree"), one.vote(merged, "agree"), other.vote(kept, "pass")
    changes.vote(merged, "agree")

    def counted(statement):
        fold.fold(debate.tool_id)
        assert reconcile.compare(Tool.objects.get(pk=debate.tool_id)) == []
        return sorted(Vote.objects.filter(statement=statement).values_list("value", flat=True))

    decision = moderate(merged, "merge", boss, into=item_of(kept))
    merged.refresh_from_db()
    assert merged.status == "refused" and item_of(merged).merged_into == item_of(kept)
    assert counted(kept) == [0, 1, 1, 1] and counted(merged) == [-1, 1, 1]
    changes.vote(kept, "disagree")
    decisions.undo(decision, boss)
    merged.refresh_from_db()
    assert merged.status == "published" and counted(kept) == [-1, 0, 1], "a vote changed since stays"


def test_merged_arguments_keep_each_persons_support_once():
    boss = moderator()
    kept = ArgumentFactory(published=True)
    merged = ArgumentFactory(debate=kept.debate, published=True)
    Support.objects.bulk_create(
        [Support(argument=a, participant_key=k) for a, k in ((kept, b"a"), (merged, b"a"), (merged, b"b"))]
    )
    decision = moderate(merged, "merge", boss, into=item_of(kept))
    assert kept.supports.count() == 2
    decisions.undo(decision, boss)
    assert kept.supports.count() == 1 and Argument.objects.get(pk=merged.pk).status == "published"


def test_only_like_is_merged_with_like():
    boss, shown = moderator(), StatementFactory(published=True)
    elsewhere, waiting = StatementFactory(published=True), StatementFactory(debate=shown.debate)
    argument = ArgumentFactory(debate=shown.debate, published=True)
    for into in (elsewhere, waiting, argument):
        with pytest.raises(Refused):
            moderate(StatementFactory(debate=shown.debate), "merge", boss, into=item_of(into))


def test_what_was_hidden_meanwhile_takes_no_other_text_in():
    boss, debate = moderator(), DebateFactory(open=True)
    kept, merged = StatementFactory(debate=debate, published=True), StatementFactory(debate=debate, published=True)
    into = item_of(kept)
    moderate(kept, "hide", boss)
    assert into.state == "published", "as it stood when the moderator chose it"
    with pytest.raises(Refused):
        moderate(merged, "merge", boss, into=into)
    merged.refresh_from_db()
    assert merged.status == "published" and item_of(merged).merged_into is None


def test_the_same_words_cannot_be_shown_twice():
    boss, debate = moderator(), DebateFactory(open=True)
    one = StatementFactory(debate=debate, refused=True, text="Une fontaine.")
    StatementFactory(debate=debate, published=True, text="Une fontaine.")
    with pytest.raises(Refused):
        moderate(one, "publish", boss)
    assert Statement.objects.get(pk=one.pk).status == "refused" and item_of(one).state == "refused"


@pytest.mark.django_db(transaction=True)
def test_two_hundred_pairs_of_opposite_decisions_at_once():
    """One wins, the other is told who and when; the register has both; what is shown is what the winner decided."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing can collide")
    people, debate = [moderator("anna"), moderator("bruno")], DebateFactory(open=True)
    told = []
    for _ in range(200):
        item = item_of(StatementFactory(debate=debate))
        choices = [decisions.Choice("publish"), decisions.Choice("refuse", article=article(item))]
        start = threading.Barrier(2)

        def act(n, item=item, choices=choices, start=start):
            try:
                start.wait()
                decisions.decide(item, choices[n], people[n], item.version)
            except decisions.Late as late:
                told.append(late.by)
            finally:
                connection.close()

        threads = [threading.Thread(target=act, args=(n,)) for n in range(2)]
        [t.start() for t in threads], [t.join() for t in threads]
        item.refresh_from_db()
        rows = list(item.decisions.all())
        [won], [lost] = [d for d in rows if d.took_effect], [d for d in rows if not d.took_effect]
        assert won.after == item.state and {won.act, lost.act} == {"publish", "refuse"}
        assert Statement.objects.get(pk=item.object_id).status == item.state
        assert told[-1] == won.actor_name
    assert len(told) == 200


def at_once(*acts):
    """Do all of them in the same instant, each on a connection of its own; what they raised."""
    start, raised = threading.Barrier(len(acts)), []

    def do(act):
        try:
            start.wait()
            act()
        except Exception as why:
            raised.append(why)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    [t.start() for t in threads], [t.join() for t in threads]
    return raised


@pytest.mark.django_db(transaction=True)
def test_two_texts_merged_crosswise_at_once_leave_one_of_them_shown():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing can collide")
    boss, debate = moderator(), DebateFactory(open=True)
    for _ in range(40):
        one, two = both = [item_of(StatementFactory(debate=debate, published=True)) for _ in range(2)]
        raised = at_once(
            lambda: decisions.decide(one, decisions.Choice("merge", into=two), boss, one.version),  # noqa: B023
            lambda: decisions.decide(two, decisions.Choice("merge", into=one), boss, two.version),  # noqa: B023
        )
        assert [type(why) for why in raised] == [Refused]
        assert sorted(Item.objects.get(pk=item.pk).state for item in both) == ["merged", "published"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("withdraws", [False, True])
def test_an_author_who_leaves_while_their_text_is_merged_waits_or_finds_it_gone(withdraws):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing can collide")
    boss, debate = moderator(), DebateFactory(open=True)
    kept = StatementFactory(debate=debate, published=True)

    def merge(item, after):
        time.sleep(after)  # somewhere in the middle of the other
        decisions.decide(item, decisions.Choice("merge", into=item_of(kept)), boss, 1)

    def leave(author):
        follow_up.withdraw_at(author.key, debate.get_absolute_url()) if withdraws else follow_up.erase(author.key)

    for n in range(40):
        merged = StatementFactory(debate=debate, published=True)
        author = Author(merged)
        voting.receive(debate.key, kept.ref, 1, receipts.issue_token(debate.key), author.code)
        raised = at_once(lambda: merge(author.item, n / 2000), lambda: leave(author))  # noqa: B023
        assert {type(why) for why in raised} <= {Refused}
        assert Item.objects.get(pk=author.item.pk).state == "gone"
