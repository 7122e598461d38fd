"""Appeals decided on the desk by somebody else, and services that answer what is forwarded to them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moderation import voices
from moderation.models import Decision, Service
from tests.factories.debates import ArgumentFactory, StatementFactory
from tests.factories.moderation import item_of, member, moderate, moderator
from tests.moderation.test_desk import DESK, at, listed, signed_in, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def contested():
    """A refused statement whose author contests the refusal by anna."""
    statement = StatementFactory(text="Les loueurs exagèrent.")
    moderate(statement, "refuse", moderator("anna"), number=2)
    return voices.appeal(item_of(statement), "Je n’insulte personne : je parle des prix.")


def test_an_appeal_waits_on_the_desk_and_somebody_else_decides(contested):
    bea = signed_in(moderator("bea"))
    assert listed(bea, "?state=appealed") == ["Les loueurs exagèrent."]
    page = bea.get(at(contested.item)).content.decode()
    assert "Je n’insulte personne" in page and 'name="act" value="publish"' not in page
    answer = bea.post(f"{DESK}appeal/{contested.pk}/", {"overturn": "1", "appeal_reason": ""})
    assert answer.status_code == 422
    url = f"{DESK}appeal/{contested.pk}/"
    said = told(bea.post(url, {"overturn": "1", "appeal_reason": "Vous avez raison."}, follow=True))
    assert "recours est tranché" in said
    contested.refresh_from_db()
    assert contested.state == "overturned" and item_of_state(contested) == "published"
    again = bea.post(url, {"overturn": "0", "appeal_reason": "Non."}, follow=True)
    assert "Déjà décidé par bea" in told(again)


def item_of_state(appeal) -> str:
    appeal.item.refresh_from_db()
    return appeal.item.state


def test_who_decided_does_not_decide_the_appeal_where_there_is_somebody_else(contested):
    anna = signed_in(contested.decision.actor)
    alone = anna.get(at(contested.item)).content.decode()
    assert "appeal-reason" in alone, "alone, one decides again"
    moderator("bea")
    assert "appeal-reason" not in anna.get(at(contested.item)).content.decode()
    url = f"{DESK}appeal/{contested.pk}/"
    assert anna.post(url, {"overturn": "0", "appeal_reason": "Je maintiens."}).status_code == 422
    contested.refresh_from_db()
    assert contested.state == "open"


def test_a_reported_text_that_stays_is_said_to_stay():
    momo, argument = signed_in(moderator()), ArgumentFactory(published=True)
    voices.report(item_of(argument), b"r" * 32, None, "Ce texte me vise.")
    item = item_of(argument)
    assert listed(momo, "?state=reported") == [argument.text]
    assert "Ce texte me vise." in momo.get(at(item)).content.decode()
    momo.post(at(item), {"version": item.version, "act": "publish", "reason": "Il ne vise personne."})
    assert Decision.objects.get().act == "keep"
    assert item.reports.get().state == "kept" and item_of(argument).open_reports == 0


@pytest.fixture
def service():
    user = member("Agents d’un autre service", name="sam")
    return user, Service.objects.create(name="Voirie", group=user.groups.get())


def test_a_service_reads_and_answers_what_is_forwarded_to_it_and_nothing_else(service):
    user, roads = service
    sam, boss = signed_in(user), moderator()
    mine, other = StatementFactory(text="Un nid-de-poule."), StatementFactory(text="Le bruit la nuit.")
    moderate(mine, "forward", boss, service=roads)
    moderate(other, "forward", boss, service=Service.objects.create(name="Police"))
    page = sam.get(f"{DESK}forwarded/").content.decode()
    assert "Un nid-de-poule." in page and "Le bruit la nuit." not in page
    empty = sam.post(f"{DESK}forwarded/{item_of(mine).pk}/", {"words": " "})
    assert empty.status_code == 422
    long = sam.post(f"{DESK}forwarded/{item_of(mine).pk}/", {"words": "x" * 501})
    assert long.status_code == 422 and "x" * 501 in long.content.decode()
    assert sam.post(f"{DESK}forwarded/{item_of(other).pk}/", {"words": "Non."}).status_code == 404
    sam.post(f"{DESK}forwarded/{item_of(mine).pk}/", {"words": "Rebouché jeudi."})
    row = Decision.objects.get(act="answer")
    assert (row.reason, row.actor, row.service) == ("Rebouché jeudi.", user, roads)
    assert "Répondre de nouveau" in sam.get(f"{DESK}forwarded/").content.decode()


def test_the_list_of_a_service_costs_the_same_for_one_and_three(service):
    user, roads = service
    sam, boss = signed_in(user), moderator()

    def forward(n):
        for _ in range(n):
            moderate(StatementFactory(), "forward", boss, service=roads)

    forward(1)
    sam.get(f"{DESK}forwarded/")
    with CaptureQueriesContext(connection) as one:
        sam.get(f"{DESK}forwarded/")
    forward(2)
    with CaptureQueriesContext(connection) as three:
        sam.get(f"{DESK}forwarded/")
    assert len(one) == len(three)
