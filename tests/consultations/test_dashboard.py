"""The admin's front page: what each consultation needs next, for who may edit it, in a constant number of queries."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from consultations import dashboard
from consultations.admin.dashboard import bars, next_thing, promise
from consultations.models import Commitment, ConsultationPage, OfficialAnswer, Theme
from counting import fold
from moderation.models import Item
from surveys.models import Survey
from tests.factories.debates import DebateFactory, StatementFactory
from tests.factories.moderation import member
from tests.factories.pages import ConsultationPageFactory, OfficialAnswerFactory, ThemeFactory, blocks
from tests.factories.surveys import SurveyFactory, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return member("Agents de communication", "Modérateurs", name="camille")


def taken(n: int, **state) -> ConsultationPage:
    """A consultation whose survey `n` people answered, the last one on paper."""
    from participation.receipts import issue_token
    from surveys import intake
    from surveys.forms import compiled_live

    survey = SurveyFactory(open=True, questions=[question("single")])
    page = ConsultationPageFactory(open=True, body=blocks(survey), **state)
    compiled = compiled_live(Survey.objects.for_display().get(pk=survey.pk))
    for i in range(n):
        channel = "paper" if i == n - 1 else "web"
        intake.record_response(
            compiled, {q["id"]: None for q in compiled.questions}, issue_token(compiled.key), channel=channel
        )
    fold.sweep()
    return page


def next_of(agent) -> str:
    [line] = dashboard.lines(agent)
    found = next_thing(line)
    return f"{found.said} → {found.address}" if found else ""


def test_how_many_took_part_by_channel_and_day(agent, client):
    taken(3)
    [line] = dashboard.lines(agent)
    assert line.part.channels == {"web": 2, "paper": 1}
    assert line.part.days == {timezone.localdate(): {"web": 2, "paper": 1}}
    client.force_login(agent)
    html = client.get("/admin/").content.decode()
    assert "<rect" in html and "Jour par jour" in html and "papier 1" in html


def test_the_curve_is_as_high_as_its_highest_day():
    today = timezone.localdate()
    drawn = bars(
        {today: {"web": 10}, today - timedelta(days=1): {"web": 5}, today - timedelta(days=99): {"web": 9}}, today
    )
    assert drawn == [(104, 16, 16), (108, 0, 32)]


def test_the_next_thing_follows_where_it_stands(agent):
    page = ConsultationPageFactory(open=True, draft=True)
    assert f"/admin/consultations/{page.pk}/ready/" in next_of(agent)
    page.latest_revision.publish()
    assert next_of(agent) == ""
    _set(page, opens_at=timezone.now() - timedelta(days=9))
    assert "faites-la connaître" in next_of(agent)
    _set(page, closes_at=timezone.now() - timedelta(days=1))
    assert "thèmes" in next_of(agent)
    theme = Theme.add_to(page, title="Ombre")
    assert "Répondre à 1" in next_of(agent).replace("\xa0", " ")
    OfficialAnswer.objects.create(theme=theme, status="retained", reason="x", signed_by="A", mandate="B", live=True)
    assert f"/admin/follow-up/{page.pk}/" in next_of(agent) and "Tous les thèmes" in next_of(agent)
    _set(page, answered_on=timezone.localdate())
    Commitment.objects.create(page=page, what="Planter", who="X", due=timezone.localdate() - timedelta(days=1))
    assert "engagement" in next_of(agent)


def _set(page, **fields) -> None:
    ConsultationPage.objects.filter(pk=page.pk).update(**fields)


def test_what_people_wrote_comes_first_and_only_for_who_may_read_it(agent):
    debate = DebateFactory(open=True)
    body = [{"type": "debate", "id": "1", "value": {"debate": debate.pk}}]
    page = ConsultationPageFactory(late=True, body=body)
    debate.refresh_from_db()
    StatementFactory(debate=debate)
    assert "Lire 1" in next_of(agent).replace("\xa0", " ")
    assert f"consultation={Item.objects.get().scope.remit.pk}" in next_of(agent)
    assert "4" in promise(dashboard.lines(agent)[0])
    writer = member("Agents de communication", name="w")
    [line] = dashboard.lines(writer)
    assert line.waiting.n == 0 and line.page.pk == page.pk


def test_who_edits_no_page_sees_none(client):
    ConsultationPageFactory(open=True, title="Secrète")
    analyst = member("Analystes")
    assert dashboard.lines(analyst) == []
    client.force_login(analyst)
    text = strip_tags(client.get("/admin/").content.decode())
    assert "Secrète" not in text and "Nouvelle consultation" not in text


def test_one_or_three_consultations_cost_the_same(agent, client):
    client.force_login(agent)
    client.get("/admin/")
    counted = []
    for _more in range(2):
        for trait in ("open", "late"):
            page = ConsultationPageFactory(**{trait: True}, body=blocks(SurveyFactory(open=True)))
            Theme.add_to(page, title="Ombre")
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/admin/").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_an_official_sees_what_they_answer_for_and_what_waits_for_their_signature(agent, client):
    """Looking on: they edit no page, so nothing leads them where they may not go."""
    official = member("Élus référents", name="elue")
    client.force_login(official)
    home = reverse("wagtailadmin_home")
    page = ConsultationPageFactory(late=True, referent=official, title="Quelle place demain ?")
    ConsultationPageFactory(late=True, title="D’une autre élue")
    ConsultationPageFactory(draft=True, referent=official, title="Un brouillon")
    answer = OfficialAnswerFactory(theme=ThemeFactory(page=page), live=False)
    html = client.get(home).content.decode()
    assert "Quelle place demain ?" in html and "D’une autre élue" not in html and "Un brouillon" not in html
    assert f'href="{page.url}"' in html and f"/admin/pages/{page.pk}/edit/" not in html and "Valider" not in html
    answer.save_revision()
    answer.get_workflow().start(answer, agent)
    text = strip_tags(client.get(home).content.decode())
    assert "Valider 1 réponse" in text and "en retard" in text
    [mine] = dashboard.lines(agent)[:1]
    assert mine.may_edit and mine.to_validate == 1
