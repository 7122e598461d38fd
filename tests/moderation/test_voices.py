"""What people say to decisions and of texts: corrected, contested, reported; each once, and nothing lost."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from deliberation.models import Argument, Statement, Vote
from moderation import decisions, figures, queue, voices
from moderation.decisions import Choice
from moderation.models import Appeal, Charter, Decision, Item, Remit, Report, Sealed, Service
from moderation.registry import Refused
from participation import receipts
from tests.factories.debates import ArgumentFactory, DebateFactory, StatementFactory
from tests.factories.moderation import item_of, member, moderate, moderator
from tests.factories.people import Author
from tests.factories.voters import VoterBrowser

pytestmark = pytest.mark.django_db

WORDS = "Je parle bien de la place."


def refused(**more) -> Item:
    statement = StatementFactory(**more)
    moderate(statement, "refuse", moderator("anna"))
    return item_of(statement)


# Corrections


@pytest.mark.parametrize("act", ["", "refuse", "ask"])
def test_a_corrected_text_waits_to_be_read_again(act):
    statement = StatementFactory()
    if act:
        moderate(statement, act, moderator(), reason="Une seule idée.")
    item = item_of(statement)
    decision = voices.resend(item, "Une fontaine au milieu.", item.version)
    item.refresh_from_db(), statement.refresh_from_db()
    assert (statement.text, statement.status, item.state, item.waiting) == (
        "Une fontaine au milieu.", "pending", "pending", True,
    )  # fmt: skip
    assert (decision.act, decision.actor, item.times_sent, item.read) == ("resend", None, 2, False)


def test_what_is_shown_or_voted_on_is_not_changed_by_its_author():
    shown = item_of(StatementFactory(published=True))
    hidden = StatementFactory(published=True)
    moderate(hidden, "hide", moderator())
    for item in (shown, item_of(hidden)):
        with pytest.raises(Refused):
            voices.resend(item, "Autre chose.", item.version)
    argument = ArgumentFactory(published=True)
    argument.debate.free_arguments = True
    argument.debate.save()
    moderate(argument, "hide", moderator("bruno"))
    voices.resend(item_of(argument), "Autre chose.", item_of(argument).version)
    assert Argument.objects.get(pk=argument.pk).status == "pending", "nobody voted on an argument"


def test_a_text_is_sent_five_times_at_most():
    item = item_of(StatementFactory())
    for n in range(2, 6):
        item.refresh_from_db()
        voices.resend(item, f"Il faut {n} fontaines.", item.version)
    item.refresh_from_db()
    with pytest.raises(Refused):
        voices.resend(item, "Encore une.", item.version)
    assert item.times_sent == 5


def test_the_same_words_twice_are_refused_kindly():
    debate = DebateFactory(open=True)
    StatementFactory(debate=debate, published=True, text="Une fontaine.")
    item = refused(debate=debate)
    for text in ("Une fontaine !", "", "x" * 200):
        with pytest.raises(Refused):
            voices.resend(item, text, item.version)
    assert item_of(Statement.objects.get(pk=item.object_id)).state == "refused"


def test_new_words_take_the_place_of_the_sealed_ones():
    statement = ArgumentFactory(text="Appelez le 06 00 00 00 00, vite.")
    statement.debate.free_arguments = True
    statement.debate.save()
    boss = moderator()
    moderate(statement, "redact", boss, redacted="Appelez le […], vite.")
    moderate(statement, "hide", boss)
    item = item_of(statement)
    voices.resend(item, "Appelez la mairie.", item.version)
    assert not Sealed.objects.exists() and Argument.objects.get().text == "Appelez la mairie."


def test_what_was_decided_meanwhile_is_told_before_a_correction_is_taken():
    statement = StatementFactory()
    item = item_of(statement)
    seen = item.version
    moderate(statement, "publish", moderator())
    with pytest.raises(decisions.Late):
        voices.resend(item, "Autre chose.", seen)
    statement.refresh_from_db()
    assert statement.status == "published" and statement.text != "Autre chose."


def test_a_moderator_who_saw_the_old_words_comes_late():
    item = item_of(StatementFactory())
    seen = item.version
    voices.resend(item, "Autre chose.", seen)
    with pytest.raises(decisions.Late):
        decisions.decide(item, Choice("publish"), moderator(), seen)
    assert Statement.objects.get(pk=item.object_id).status == "pending"


@pytest.mark.django_db(transaction=True)
def test_corrections_and_decisions_at_once_lose_nothing():
    """One of both wins; what is shown was read, and what was corrected waits."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing can collide")
    boss, debate, won = moderator(), DebateFactory(open=True), []
    for n in range(60):
        item = item_of(StatementFactory(debate=debate))
        start, seen, text = threading.Barrier(2), item.version, f"Corrigé {n}."

        def act(what, item=item, start=start, seen=seen, text=text):
            try:
                start.wait()
                what(item, seen, text)
            except decisions.Late:
                pass
            finally:
                connection.close()

        acts = [
            lambda item, seen, text: decisions.decide(item, Choice("publish"), boss, seen),
            lambda item, seen, text: voices.resend(item, text, seen),
        ]
        threads = [threading.Thread(target=act, args=(what,)) for what in acts]
        [t.start() for t in threads], [t.join() for t in threads]
        item.refresh_from_db()
        statement = Statement.objects.get(pk=item.object_id)
        took = list(item.decisions.filter(took_effect=True).values_list("act", flat=True))
        won += took
        assert len(took) == 1
        assert (statement.status, statement.text == text) == (
            ("published", False) if took == ["publish"] else ("pending", True)
        )
    assert len(won) == 60


# Appeals


def test_an_appeal_waits_on_the_desk_once_per_decision():
    item = refused()
    made = voices.appeal(item, f"  {WORDS}\r\n")
    item.refresh_from_db()
    assert (made.words, made.decision.act, item.open_appeal, item.waiting) == (WORDS, "refuse", True, True)
    with pytest.raises(Refused):
        voices.appeal(item, WORDS)
    voices.decide_appeal(made, moderator("bruno"), False, "L’article 1 le dit.")
    item.refresh_from_db()
    assert (item.state, item.open_appeal, item.waiting) == ("refused", False, False)
    with pytest.raises(Refused):
        voices.appeal(item, "Je ne suis toujours pas d’accord.")


def test_one_open_appeal_is_a_constraint_too():
    item = refused()
    made = voices.appeal(item, WORDS)
    from django.db import IntegrityError

    for decision in (
        made.decision,
        Decision.objects.create(item=item, act="refuse", before="pending", after="refused"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.create(item=item, decision=decision, words="x")


@pytest.mark.parametrize("words", ["", "non", "x" * 1001, "\0" * 20, " " * 30])
def test_an_appeal_says_why(words):
    item = refused()
    with pytest.raises(Refused):
        voices.appeal(item, words)
    assert not Appeal.objects.exists()


def test_what_waits_or_is_shown_as_written_cannot_be_contested():
    for statement in (StatementFactory(), StatementFactory(published=True)):
        with pytest.raises(Refused):
            voices.appeal(item_of(statement), WORDS)


def test_each_kind_of_decision_is_contested_and_reversed():
    anna, bruno, debate = moderator("anna"), moderator("bruno"), DebateFactory(open=True)
    kept = StatementFactory(debate=debate, published=True)
    service = Service.objects.create(name="Voirie")
    for act, more, made in (
        ("refuse", {}, {}),
        ("hide", {}, {"published": True}),
        ("redact", {"redacted": "Appelez le […], vite."}, {"text": "Appelez le 06 00 00 00 00, vite."}),
        ("forward", {"service": service}, {}),
        ("merge", {"into": item_of(kept)}, {"published": True}),
    ):
        statement = StatementFactory(debate=debate, **made)
        words = statement.text
        voter = VoterBrowser(debate)
        if made.get("published"):
            voter.vote(statement)
        moderate(statement, act, anna, **more)
        appeal = voices.appeal(item_of(statement), WORDS)
        decision = voices.decide_appeal(appeal, bruno, True, "Vous avez raison.")
        statement.refresh_from_db(), appeal.refresh_from_db()
        item = item_of(statement)
        assert (statement.status, statement.text, item.state) == ("published", words, "published"), act
        assert (item.forwarded_to, item.merged_into, item.waiting) == (None, None, False)
        assert (decision.act, appeal.state, appeal.decided_by) == ("overturn", "overturned", bruno)
        assert not Sealed.objects.exists()
    assert not Vote.objects.filter(statement=kept).exists(), "parted: the vote went back"


def test_somebody_else_decides_where_there_is_somebody_else():
    anna = moderator("anna")
    statement = StatementFactory()
    moderate(statement, "refuse", anna)
    appeal = voices.appeal(item_of(statement), WORDS)
    bruno = moderator("bruno")
    with pytest.raises(Refused):
        voices.decide_appeal(appeal, anna, False, "Non.")
    bruno.is_active = False
    bruno.save()
    voices.decide_appeal(appeal, anna, False, "Nous ne sommes qu’une.")


def test_an_answer_to_an_appeal_has_its_reason():
    appeal = voices.appeal(refused(), WORDS)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Refused):
            voices.decide_appeal(appeal, moderator(f"m{len(reason)}"), True, reason)
    appeal.refresh_from_db()
    assert appeal.state == "open"


def test_who_decides_on_an_appeal_second_is_told():
    appeal = voices.appeal(refused(), WORDS)
    voices.decide_appeal(appeal, moderator("bruno"), True, "Oui.")
    with pytest.raises(decisions.Late) as late:
        voices.decide_appeal(appeal, moderator("chloe"), False, "Non.")
    assert late.value.by == "bruno"
    item = Item.objects.get(pk=appeal.item_id)
    assert list(item.decisions.order_by("pk").values_list("act", "took_effect"))[-2:] == [
        ("overturn", True), ("uphold", False),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_people_decide_on_an_appeal_at_once():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing can collide")
    anna, people, debate = moderator("anna"), [moderator("bruno"), moderator("chloe")], DebateFactory(open=True)
    for _ in range(40):
        statement = StatementFactory(debate=debate)
        moderate(statement, "refuse", anna)
        appeal, start, late = voices.appeal(item_of(statement), WORDS), threading.Barrier(2), []

        def act(n, appeal=appeal, start=start, late=late):
            try:
                start.wait()
                voices.decide_appeal(appeal, people[n], bool(n), "Raison.")
            except decisions.Late as told:
                late.append(told.by)
            finally:
                connection.close()

        threads = [threading.Thread(target=act, args=(n,)) for n in range(2)]
        [t.start() for t in threads], [t.join() for t in threads]
        appeal.refresh_from_db(), statement.refresh_from_db()
        assert late == [appeal.decided_by.username]
        assert statement.status == ("published" if appeal.state == "overturned" else "refused")


def test_while_an_appeal_is_open_it_is_what_is_decided_on():
    statement = StatementFactory(text="Appelez le 06 00 00 00 00, vite.")
    anna = moderator("anna")
    moderate(statement, "redact", anna, redacted="Appelez le […], vite.")
    appeal = voices.appeal(item_of(statement), WORDS)
    with pytest.raises(Refused):
        moderate(statement, "publish", anna)
    decision = moderate(statement, "hide", anna)
    appeal.refresh_from_db()
    assert (appeal.state, item_of(statement).open_appeal) == ("upheld", False), "what must not be read goes at once"
    assert voices.appeal(item_of(statement), WORDS).decision == decision


def test_a_contested_text_is_corrected_only_after_the_answer():
    item = refused()
    voices.appeal(item, WORDS)
    with pytest.raises(Refused):
        voices.resend(item, "Une fontaine.", item.version)


def test_an_appeal_on_a_text_taken_back_is_not_decided():
    statement = StatementFactory()
    moderate(statement, "refuse", moderator("anna"))
    author = Author(statement)
    appeal = voices.appeal(author.item, WORDS)
    receipts.erase(author.code)
    with pytest.raises(Refused):
        voices.decide_appeal(appeal, moderator("bruno"), True, "Oui.")
    appeal.refresh_from_db()
    assert appeal.words == "" and not Statement.objects.filter(pk=statement.pk).exists()


# Reports


def charter_article(item: Item, number: int = 2):
    charter = Remit.of(item.scope_id).the_charter()
    assert isinstance(charter, Charter)
    return dict(charter.numbered())[number]


def test_a_report_is_kept_once_per_person_with_its_ground():
    item = item_of(StatementFactory(published=True))
    first = voices.report(item, b"a" * 32, charter_article(item), " Il vise ma voisine. ")
    again = voices.report(item, b"a" * 32, None, "encore")
    item.refresh_from_db()
    assert first == again and (item.open_reports, item.waiting) == (1, True)
    assert (first.article, first.words) == (2, "Il vise ma voisine.") and first.article_said


def test_five_hundred_reports_take_nothing_off():
    statement = StatementFactory(published=True)
    item = item_of(statement)
    moderate(statement, "publish", moderator())
    for n in range(500):
        voices.report(item, n.to_bytes(32, "big"), None, "")
    item.refresh_from_db(), statement.refresh_from_db()
    assert (item.open_reports, item.state, statement.status, item.waiting) == (500, "published", "published", True)


def test_what_is_not_shown_cannot_be_reported_nor_too_much_said():
    with pytest.raises(Refused):
        voices.report(refused(), b"a", None, "")
    with pytest.raises(Refused):
        voices.report(item_of(StatementFactory(published=True)), b"a", None, "x" * 501)


@pytest.mark.django_db(transaction=True)
def test_reports_at_once_are_all_counted():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing can collide")
    item = item_of(StatementFactory(published=True))
    start = threading.Barrier(8)

    def act(n):
        start.wait()
        for m in range(10):
            voices.report(item, bytes([m, n % 4]), None, "")  # each person twice, at two places
        connection.close()

    threads = [threading.Thread(target=act, args=(n,)) for n in range(8)]
    [t.start() for t in threads], [t.join() for t in threads]
    item.refresh_from_db()
    assert item.open_reports == Report.objects.count() == 40


def test_a_decision_answers_every_report():
    boss = moderator()
    for act, state, more in (("hide", "followed", {}), ("publish", "kept", {})):
        statement = StatementFactory(published=True)
        made = voices.report(item_of(statement), b"a" * 32, None, "")
        decision = moderate(statement, act, boss, **more)
        made.refresh_from_db()
        assert (made.state, made.decision, item_of(statement).open_reports) == (state, decision, 0)


def test_a_reported_text_is_kept_with_a_reason():
    statement, boss = StatementFactory(published=True), moderator()
    made = voices.report(item_of(statement), b"a" * 32, None, "")
    item = item_of(statement)
    decision = voices.keep(item, boss, "C’est une opinion, sans insulte.", item.version)
    made.refresh_from_db(), item.refresh_from_db()
    assert (decision.act, made.state, item.waiting, item.state) == ("keep", "kept", False, "published")
    with pytest.raises(decisions.Late):
        voices.keep(item, boss, "", item.version - 1)
    with pytest.raises(Refused):
        voices.keep(item, boss, "", item.version)


def test_late_reports_are_counted_where_one_may_look():
    item, elsewhere = item_of(StatementFactory(published=True)), item_of(StatementFactory(published=True))
    for one in (item, elsewhere):
        voices.report(one, b"a" * 32, None, "")
    assert figures.late_reports() == 0
    Report.objects.update(at=timezone.now() - timedelta(hours=25))
    from participation.models import Scope

    assert figures.late_reports() == 2
    assert figures.late_reports(Scope.objects.filter(pk=item.scope_id)) == 1
    queue.leave("statement", [item.object_id])
    assert figures.late_reports() == 1


# Services


def test_the_service_answers_and_keeps_the_text_marked_as_answered():
    from django.contrib.auth.models import Group

    agent = member("Agents d’un autre service", name="lea")
    service = Service.objects.create(name="Voirie", group=Group.objects.get(name="Agents d’un autre service"))
    statement = StatementFactory()
    moderate(statement, "forward", moderator(), service=service)
    item = item_of(statement)
    assert not voices.with_answered(Item.objects.filter(pk=item.pk)).get().answered
    for user, words in ((moderator("bruno"), "Oui."), (agent, "  "), (agent, "x" * 501)):
        with pytest.raises(Refused):
            voices.answer(item, user, words)
    decision = voices.answer(item, agent, "Le trou est rebouché.")
    item = voices.with_answered(Item.objects.filter(pk=item.pk)).get()
    assert (decision.act, decision.service, item.state, item.answered) == ("answer", service, "forwarded", True)
