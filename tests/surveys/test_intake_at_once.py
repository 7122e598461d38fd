"""The one message that stores a response keeps every promise of the longer way."""

import random

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counting.models import LedgerEntry, Tool
from moderation.models import Burst
from participation.receipts import issue_token
from surveys import intake
from surveys.forms import compiled_live
from surveys.models import Response, UnsortedAnswers
from tests.bench.reference import answers, questions
from tests.factories.surveys import SurveyFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def survey():
    return compiled_live(SurveyFactory(open=True, questions=questions()))


@pytest.fixture
def given(survey):
    return answers(survey, random.Random(3))


def counts() -> tuple[int, int]:
    return Response.objects.count(), LedgerEntry.objects.count()


def test_stores_response_and_ledger_row(survey, given):
    token = issue_token(survey.key)
    receipt = intake.record_response(survey, given, token)
    assert receipt.fresh and counts() == (1, 1)
    assert bytes(LedgerEntry.objects.get().cells) == bytes(Response.objects.get().cells) == survey.pack(given, "web")
    assert intake.record_response(survey, given, token) == (receipt.code, False)
    assert counts() == (1, 1)


def test_one_message_also_notes_that_there_are_words_to_sort(survey, given):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite goes step by step")
    text = survey.questions[-1]["id"]
    connection.close()
    intake.record_response(survey, {**given, text: "des arbres"}, issue_token(survey.key))  # which is planned once
    intake.record_response(survey, {**given, text: None}, issue_token(survey.key))
    UnsortedAnswers.objects.all().delete()
    for answers_given, noted in (({**given, text: "un banc"}, 1), ({**given, text: None}, 1)):
        with CaptureQueriesContext(connection) as queries:
            intake.record_response(survey, answers_given, issue_token(survey.key))
        assert len(queries) == 1 and UnsortedAnswers.objects.count() == noted


def test_correction_counts_once(survey, given):
    token = issue_token(survey.key)
    intake.record_response(survey, given, token)
    empty = dict.fromkeys(given)
    assert not intake.record_response(survey, empty, token).fresh
    assert Response.objects.get().answers == empty
    assert sorted(LedgerEntry.objects.values_list("sign", flat=True)) == [-1, 1, 1]


def test_stores_nothing_once_closing(survey, given):
    Tool.objects.update(state=Tool.State.CLOSING)
    with pytest.raises(intake.Closed):
        intake.record_response(survey, given, issue_token(survey.key))
    assert counts() == (0, 0)


def test_dead_connection_is_replaced(survey, given):
    if connection.vendor != "postgresql":
        pytest.skip("needs a server that can hang up")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    assert intake.receive(survey.key, survey.number, given, issue_token(survey.key), None).fresh
    assert counts() == (1, 1)


def test_trouble_on_a_live_connection_is_told(survey, given, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OperationalError("lock timeout")

    monkeypatch.setattr(intake, "record_response", fail)
    with pytest.raises((OperationalError, InterfaceError)):
        intake.receive(survey.key, survey.number, given, issue_token(survey.key), None)


def test_who_is_set_aside_leaves_in_the_order_in_which_bursts_are_held(survey, given):
    """The burst, then its tool; the other way round, a withdrawal and a burst that goes on wait for one another."""
    receipt = intake.record_response(survey, given, issue_token(survey.key))
    key, now = bytes(Response.objects.get().participant_key), timezone.now()
    about = {"tool_id": survey.tool_id, "scope_id": survey.scope_id, "rule": "network", "since": now, "until": now}
    assert intake.set_aside(survey.tool_id, [key], Burst.objects.create(**about, size=1).pk) == 1
    with CaptureQueriesContext(connection) as queries:
        assert receipt.fresh and intake.erase(key) == 1
    updated = [q["sql"].split('"')[1] for q in queries if q["sql"].startswith("UPDATE")]
    assert updated.index("moderation_burst") < updated.index("counting_tool")
    assert (Burst.objects.get().size, Tool.objects.get(pk=survey.tool_id).set_aside) == (0, 0)
