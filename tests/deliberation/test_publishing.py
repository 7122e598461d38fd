"""Publishing a debate: what is refused, what an edit does to votes already cast."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from counting import fold, reconcile
from counting.models import Tool
from deliberation import publishing
from deliberation.models import Debate, Statement
from tests.factories.debates import (
    SEEDS,
    ArgumentFactory,
    DebateFactory,
    StatementFactory,
    republish,
    seeds_as_stored,
    set_seeds,
)
from tests.factories.moderation import moderate
from tests.factories.voters import VoterBrowser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def voted():
    """A published debate; one person agrees with its first statement, two disagree with the second."""
    debate = DebateFactory(open=True)
    first, second, _third = debate.statements.order_by("pk")
    VoterBrowser(debate).vote(first)
    for _ in range(2):
        VoterBrowser(debate).vote(second, "disagree")
    return debate


def open_texts(debate: Debate) -> list[str]:
    found = Statement.objects.filter(debate=debate, status=Statement.Status.PUBLISHED)
    return list(found.order_by("pk").values_list("text", flat=True))


def effects(debate: Debate, seeds: list) -> list[str]:
    set_seeds(debate, seeds)
    return publishing.effects(debate)


def test_publishing_puts_its_statements_to_the_vote_in_order():
    debate = DebateFactory(open=True)
    assert debate.phase() == "open"
    assert [s.text for s in debate.statements.order_by("pk")] == SEEDS
    assert all(s.cell is not None and s.status == Statement.Status.PUBLISHED for s in debate.statements.all())
    assert all(s.read for s in debate.statements.all())


def test_texts_of_citizens_wait_unless_told_otherwise():
    statement = StatementFactory()
    assert statement.status == Statement.Status.PENDING and statement.cell is None
    assert StatementFactory(debate=statement.debate, published=True).cell is not None
    assert ArgumentFactory(statement=statement).debate == statement.debate


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ([], "Write at least one statement, or let people propose some."),
        (["Un banc.", "…"], "Statement 2 is empty."),
        (["x" * 141], "Statement 1 has 141 characters: 140 at most."),
        (["Un banc.", "Un arbre.", "UN BANC !"], "Statements 1 and 3 are the same."),
        ([f"Le banc numéro {n}." for n in range(201)], "Write at most 200 statements."),
    ],
)
def test_what_cannot_be_voted_on_is_refused_whole(seeds, said):
    debate = DebateFactory(seeds=seeds, may_propose=False)
    with pytest.raises(ValidationError) as refused:
        debate.save_revision().publish()
    assert refused.value.message_dict == {"seeds": [said]}
    debate.refresh_from_db()
    assert not debate.live and not debate.statements.exists()


def test_an_empty_list_is_enough_where_people_may_propose():
    assert DebateFactory(open=True, seeds=[]).phase() == "open"


def test_a_draft_that_is_refused_leaves_what_is_online_as_it_was(voted):
    with pytest.raises(ValidationError):
        republish(voted, ["Un banc.", "Un banc."])
    assert open_texts(voted) == SEEDS


def test_publishing_again_changes_nothing(voted):
    before = list(voted.statements.order_by("pk").values())
    republish(voted, seeds_as_stored(voted))
    assert list(voted.statements.order_by("pk").values()) == before


def test_a_typing_mistake_is_mended_in_place(voted):
    seeds = seeds_as_stored(voted)
    seeds[0]["value"] = SEEDS[0].upper().replace("À", "A")
    assert effects(voted, seeds) == []
    republish(voted, seeds)
    assert open_texts(voted)[0] == seeds[0]["value"]
    assert voted.statements.count() == 3


def test_a_voted_statement_reworded_keeps_its_votes_apart(voted):
    seeds = seeds_as_stored(voted)
    seeds[1]["value"] = "La place est trop chaude."
    assert effects(voted, seeds) == [
        f"Rewords “{SEEDS[1]}” as “La place est trop chaude.”: a new statement; the 2 votes cast stay with the old one."
    ]
    republish(voted, seeds)
    assert open_texts(voted) == [SEEDS[0], SEEDS[2], "La place est trop chaude."]
    old = Statement.objects.get(text=SEEDS[1])
    assert old.status == Statement.Status.CLOSED and old.votes.count() == 2
    assert publishing.votes_by_ref(voted)[old.ref] == 2
    assert reconcile.compare(Tool.objects.get(pk=voted.tool_id)) == []


def test_a_statement_without_votes_is_reworded_in_place(voted):
    seeds = seeds_as_stored(voted)
    seeds[2]["value"] = "Le marché suffit."
    assert effects(voted, seeds) == []
    republish(voted, seeds)
    assert open_texts(voted) == [*SEEDS[:2], "Le marché suffit."]
    assert voted.statements.count() == 3


def test_a_voted_statement_taken_away_takes_no_more_votes(voted):
    rest = seeds_as_stored(voted)[1:]
    assert effects(voted, rest) == [
        f"Withdraws “{SEEDS[0]}”, voted on once: it takes no more votes and stays in the results."
    ]
    republish(voted, rest)
    first = Statement.objects.get(text=SEEDS[0])
    assert first.status == Statement.Status.CLOSED
    VoterBrowser(voted).vote(first)
    fold.fold(voted.tool_id)
    assert publishing.votes_by_ref(voted)[first.ref] == 1


def test_texts_of_citizens_outlive_an_edit(voted):
    waiting, shown = StatementFactory(debate=voted), StatementFactory(debate=voted, published=True)
    refused = StatementFactory(debate=voted, published=True)
    moderate(refused, "refuse", reason="Charte, article 1.")
    republish(voted, seeds_as_stored(voted)[1:])
    for statement, status in ((waiting, "pending"), (shown, "published"), (refused, "refused")):
        statement.refresh_from_db()
        assert statement.status == status


def test_a_refused_statement_can_be_published_after_all():
    statement = StatementFactory(refused=True)
    moderate(statement)
    statement.refresh_from_db()
    assert (statement.status, statement.cell is None) == ("published", False)
