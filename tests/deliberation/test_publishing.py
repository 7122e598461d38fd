"""Publishing a debate: what is refused, what an edit does to votes already cast."""

import pytest

from deliberation.models import Statement
from tests.factories.debates import SEEDS, ArgumentFactory, DebateFactory, StatementFactory

pytestmark = pytest.mark.django_db


def test_publishing_puts_its_statements_to_the_vote_in_order():
    debate = DebateFactory(open=True)
    assert debate.phase() == "open"
    assert [s.text for s in debate.statements.order_by("pk")] == SEEDS
    assert all(s.cell is not None and s.status == Statement.Status.PUBLISHED for s in debate.statements.all())


def test_texts_of_citizens_wait_unless_told_otherwise():
    statement = StatementFactory()
    assert statement.status == Statement.Status.PENDING and statement.cell is None
    assert StatementFactory(debate=statement.debate, published=True).cell is not None
    assert ArgumentFactory(statement=statement).debate == statement.debate
