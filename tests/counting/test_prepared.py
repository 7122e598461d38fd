"""Statements kept planned: the same as sent afresh, and whatever became of them in the database, nothing is lost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counting import fold, gate, prepared, reconcile
from participation.receipts import issue_token
from surveys import intake
from surveys.forms import compiled_live
from surveys.models import Response
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def survey():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans in no time")
    connection.close()  # begin with a connection that keeps nothing
    return SurveyFactory(open=True, questions=[question("scale"), question("short_text")])


def send(survey) -> str:
    """Store one response; what was said to the database for it."""
    compiled = compiled_live(survey)
    scale, text = (q["id"] for q in compiled.questions)
    with CaptureQueriesContext(connection) as queries:
        assert intake.record_response(compiled, {scale: 7, text: "à 100 %"}, issue_token(survey.key)).fresh
    return " | ".join(query["sql"] for query in queries)


def agrees(survey, n: int) -> None:
    assert Response.objects.count() == n
    fold.sweep()
    assert reconcile.compare(survey.tool) == []


def test_it_is_planned_once_and_then_called_by_name(survey):
    first, second = send(survey), send(survey)
    assert "PREPARE palabre_response_010" in first and "EXECUTE palabre_response_010" in first
    assert "PREPARE" not in second and "EXECUTE palabre_response_010" in second and "INSERT" not in second
    agrees(survey, 2)


@pytest.mark.parametrize("gone", ["DEALLOCATE ALL", "DISCARD ALL", "another"])
def test_a_connection_that_does_not_know_it_any_more_stores_all_the_same(survey, gone):
    send(survey)
    with connection.cursor() as cursor:
        if gone == "another":  # as behind a pool: it was another connection that prepared it, and this one has one too
            cursor.execute("DEALLOCATE ALL")
            cursor.execute("PREPARE palabre_response_010 AS SELECT 1")
            setattr(connection.connection, prepared._READY, frozenset())
        else:
            cursor.execute(gone)
    assert "INSERT" in send(survey).rpartition(" | ")[2]
    assert "EXECUTE" not in send(survey)  # it does not try for ever
    agrees(survey, 3)
    connection.close()
    assert "EXECUTE" in send(survey)  # a new connection is asked again


def test_what_fails_for_another_reason_is_not_hidden(survey):
    with pytest.raises(Exception, match="division by zero"):
        prepared.first_row(gate.ENTER, [survey.tool_id], "palabre_test", "SELECT 1 / %s::int", [0])
    assert prepared.first_row(gate.ENTER, [survey.tool_id], "palabre_test", "SELECT 1 / %s::int", [1]) == (1,)


def test_a_survey_that_closed_meanwhile_stores_nothing_by_name_either(survey):
    send(survey)
    survey.tool.state = "closing"
    survey.tool.save()
    with pytest.raises(intake.Closed):
        send(survey)
    assert Response.objects.count() == 1
