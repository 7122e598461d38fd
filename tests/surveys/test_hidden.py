"""A value that comes with a signed link: noted, counted, said; an altered link does no harm."""

import pytest
from django.test import Client

from surveys.definitions import import_definition
from surveys.models import Response
from surveys.questions.hidden import sign
from tests.factories.citizens import Citizen, hidden

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["page", "step"])
def survey(request):
    options = [{"id": "a", "label": "affiche"}, {"id": "l", "label": "lettre"}]
    rule = {"only_if": {"conditions": [{"question": "from", "operator": "is", "value": "a"}]}}
    questions = [
        {"id": "s", "type": "scale", "wording": "Content ?"},
        {"id": "from", "type": "hidden", "wording": "Support", "options": options},
        {"id": "where", "type": "short_text", "wording": "Où est l’affiche ?", **rule},
    ]
    pace = {"pace": request.param, "review": False}
    return import_definition({"title": "T", "questions": questions, **pace}, publish=True)


def send(survey, fields, **typed):
    citizen = Citizen(survey)
    answer = citizen.send(fields, **typed)
    while answer.status_code == 303 and "/suite/" in answer["Location"]:
        fields = hidden(citizen.client.get(answer["Location"]))
        answer = citizen.send(fields, q3="halle")
    assert answer.status_code == 303 and "/merci/" in answer["Location"]
    return Response.objects.get().answers


def test_a_signed_link_is_noted_said_and_opens_its_questions(survey):
    signed = sign({"id": "from"}, "a")
    page = Client().get(survey.get_absolute_url(), {"depuis": signed})
    text = page.content.decode()
    assert "affiche. C’est noté" in text and hidden(page)["q2"] == signed
    given = send(survey, {**hidden(page), "q3": "halle"}, q1="7")
    assert given == {"s": 7, "from": {"options": ["a"]}, "where": "halle"}


@pytest.mark.parametrize("link", ["a", "a.AAAAAAAAAAAAAAAA", "l." + "a" * 300, "é.\0", None])
def test_an_altered_link_is_ignored_and_said(survey, link):
    page = Client().get(survey.get_absolute_url(), {"depuis": link} if link else {})
    assert ("a été modifié" in page.content.decode()) == bool(link)
    assert "q2" not in hidden(page)
    fields = hidden(page) | ({"q2": link} if link else {})
    assert send(survey, fields, q1="7") == {"s": 7, "from": None}
