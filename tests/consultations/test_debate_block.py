"""A debate as a block of a consultation page: one scope, one code, one constant price."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deliberation.models import Debate, Statement, Voter
from surveys.models import Survey
from tests.factories.citizens import Citizen
from tests.factories.debates import DebateFactory
from tests.factories.pages import ConsultationPageFactory, blocks
from tests.factories.surveys import SurveyFactory, question
from tests.factories.voters import VoterBrowser, hidden

pytestmark = pytest.mark.django_db


def block(debate: Debate) -> list[dict[str, Any]]:
    return [{"type": "debate", "id": str(uuid.uuid4()), "value": {"debate": debate.pk}}]


def test_publishing_gives_the_debate_the_window_of_the_page():
    debate = DebateFactory(open=True)
    page = ConsultationPageFactory(open=True, body=block(debate))
    debate = Debate.objects.for_display().get(pk=debate.pk)
    assert debate.scope_id == page.scope_id and debate.phase() == "open" and debate.phase(page.closes_at) == "closed"


def test_voting_on_the_page_comes_back_to_the_page():
    debate = DebateFactory(open=True)
    page = ConsultationPageFactory(open=True, body=block(debate))
    browser = VoterBrowser(debate)
    shown = browser.get(page.url)
    assert shown["Cache-Control"] == "private, no-store" and not shown.cookies
    answer = browser.vote(hidden(shown, "statement"), token=hidden(shown, "token"), back=hidden(shown, "back"))
    assert answer["Location"].startswith(page.url)
    assert "1 phrase sur 3" in browser.get(page.url).content.decode()


def test_one_code_for_the_survey_and_the_debate_of_a_consultation():
    debate = DebateFactory(open=True)
    survey = SurveyFactory(open=True, questions=[question("scale")])
    ConsultationPageFactory(open=True, body=[*blocks(survey), *block(debate)])
    browser, citizen = VoterBrowser(debate), Citizen(survey)
    browser.client = citizen.client
    code = citizen.code(citizen.answer(q1="3"))
    browser.vote(Statement.objects.first())
    assert browser.code() == code
    key = Survey.objects.get().responses.get().participant_key
    assert Voter.objects.get().participant_key == key
    said = browser.client.post("/suivi/", {"code": code}, headers={"origin": "http://testserver"}).content.decode()
    assert debate.title in said and survey.title in said


def test_a_debate_with_votes_elsewhere_must_be_copied_and_the_copy_has_none():
    debate = DebateFactory(open=True)
    ConsultationPageFactory(open=True, body=block(debate))
    VoterBrowser(debate).vote(Statement.objects.first())
    with pytest.raises(ValidationError) as refused:
        ConsultationPageFactory(open=True, body=block(debate))
    assert "Copiez" in str(refused.value.message_dict["body"])
    copy = Debate.objects.get(pk=debate.pk).copy_for_use_elsewhere()
    assert not copy.live and not copy.is_taken() and len(copy.seeds) == 3 and copy.scope_id != debate.scope_id


def test_a_debate_voted_on_its_own_page_may_still_join_a_consultation():
    debate = DebateFactory(open=True)
    browser = VoterBrowser(debate)
    browser.vote(Statement.objects.first())
    page = ConsultationPageFactory(open=True, body=block(debate))
    assert page.scope_id == debate.scope_id
    assert browser.vote(Statement.objects.last()).status_code == 303 and Voter.objects.count() == 1


def test_a_debate_that_joined_a_consultation_takes_votes_of_forms_drawn_before():
    debate = DebateFactory(open=True)
    browser = VoterBrowser(debate)
    page_before = browser.get()
    ConsultationPageFactory(open=True, body=block(debate))
    answer = browser.vote(hidden(page_before, "statement"), token=hidden(page_before, "token"))
    assert answer.status_code == 303 and Voter.objects.count() == 1


def test_a_deleted_debate_leaves_the_page_standing(client):
    debate = DebateFactory(open=True)
    page = ConsultationPageFactory(open=True, body=block(debate))
    Statement.objects.all().delete()
    debate.delete()
    assert client.get(page.url).status_code == 200


@pytest.mark.parametrize("n", [1, 3, 200])
def test_the_page_costs_the_same_whatever_the_number_of_statements(n):
    seen = []
    for many in (1, n):
        debate = DebateFactory(open=True, seeds=[f"Phrase {i} du débat." for i in range(many)])
        page = ConsultationPageFactory(open=True, body=block(debate))
        browser = VoterBrowser(debate)
        browser.vote(debate.statements.first())
        browser.get(page.url)
        with CaptureQueriesContext(connection) as queries:
            assert browser.client.get(page.url).status_code == 200
        seen.append(len(queries))
    assert seen[0] == seen[1]
