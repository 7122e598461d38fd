"""Sealing and erasing from the command line: what is said, what is left, and with which exit code."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from counting import fold, reconcile
from counting.models import Tally, Tool
from participation.receipts import issue_token
from surveys import intake
from surveys.forms import compiled_live
from surveys.models import Response
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return SurveyFactory(open=True, questions=[question("scale")])


def send(survey, mark: int) -> str:
    compiled = compiled_live(survey)
    return intake.record_response(compiled, {compiled.questions[0]["id"]: mark}, issue_token(survey.key)).code


def run(*arguments: str) -> dict:
    out = io.StringIO()
    call_command(*arguments, json=True, stdout=out)
    return json.loads(out.getvalue())


def refusal(*arguments: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        call_command(*arguments)
    return caught.value


def test_erasing_forgets_one_person_and_the_totals_follow(survey):
    codes = [send(survey, mark) for mark in (3, 4)]
    fold.sweep()
    written = codes[0].lower().replace("-", " ")
    assert run("erase", written) == {"erased": 1}
    assert Tally.objects.get(tool=survey.tool, name="n").n == Response.objects.count() == 1
    assert reconcile.compare(survey.tool) == []
    assert refusal("erase", codes[0]).returncode == 1


def test_sealing_counts_what_waits_and_twice_is_the_same(survey):
    send(survey, 3)
    first = run("seal", survey.key)
    assert (first["key"], first["totals"]["n"], first["receipts"]) == (survey.key, 1, 1)
    assert run("seal", survey.key) == first
    with pytest.raises(intake.Closed):
        send(survey, 4)


def test_a_wrong_total_is_never_sealed(survey):
    send(survey, 3)
    fold.sweep()
    Tally.objects.filter(tool=survey.tool, name="n").update(n=2)
    assert refusal("seal", survey.key).returncode == 1
    assert Tool.objects.get(pk=survey.tool_id).state == Tool.State.CLOSING
    call_command("reconcile", rebuild=True, stdout=io.StringIO())
    assert run("seal", survey.key)["totals"]["n"] == 1


def test_a_survey_never_published_is_not_sealed():
    assert refusal("seal", SurveyFactory().key).returncode == 1
