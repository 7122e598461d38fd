"""The demo: the first end-to-end run of everything, at every stage, and never twice."""

import io
import sys

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from consultations.demo import LOGINS, STAGES
from consultations.models import ConsultationPage
from counting.models import Tally
from surveys.models import Response, Survey
from surveys.questions import TYPES

pytestmark = pytest.mark.django_db

FEW = 14


def demo(**options) -> str:
    out = io.StringIO()
    call_command("demo", responses=options.pop("responses", FEW), stdout=out, **options)
    return out.getvalue()


def phases() -> list[str]:
    return sorted(str(page.phase().value) for page in ConsultationPage.objects.all())


def test_six_consultations_each_at_its_stage_and_every_page_answers(client):
    demo()
    assert phases() == ["answered", "closed", "coming", "late", "open", "open"]
    assert Response.objects.count() == 4 * FEW + 7  # one is not open yet, one stays under the threshold
    call_command("reconcile", stdout=io.StringIO())  # exits with 1 where anything differs
    asked = {q["type"] for s in Survey.objects.all() for q in s.live_version.schema["questions"]}
    assert asked == set(TYPES)
    for page in ConsultationPage.objects.all():
        assert client.get(page.url).status_code == 200, page.title
    for survey in Survey.objects.all():
        assert client.get(f"{survey.get_absolute_url()}resultats.json").status_code in (200, 404)


def test_again_adds_nothing():
    demo()
    before = (ConsultationPage.objects.count(), Survey.objects.count(), Response.objects.count())
    demo(seed=7, stage="closed")
    assert (ConsultationPage.objects.count(), Survey.objects.count(), Response.objects.count()) == before


@pytest.mark.parametrize("stage", STAGES)
def test_all_at_one_stage(stage):
    demo(stage=stage, responses=3)
    named = {"preparing": "coming"}.get(stage, stage)
    assert phases() == [named] * 6
    # The moment during which past answers were taken is over: nothing but "open" takes one now.
    assert {s.phase() for s in Survey.objects.for_display()} <= {"open", "coming", "closed"}
    assert all((s.phase() == "open") == (stage == "open") for s in Survey.objects.for_display())


def test_the_same_seed_gives_the_same_crowd():
    def totals():
        rows = Tally.objects.exclude(n=0).values_list("tool__pk", "number", "n")
        first = min(tool for tool, _number, _n in rows)
        return sorted((tool - first, number, n) for tool, number, n in rows)

    demo(seed=3)
    once = totals()
    for page in ConsultationPage.objects.all():
        page.delete()
    Response.objects.all().delete()
    Tally.objects.all().delete()
    demo(seed=3)
    assert totals() == once


def test_answers_come_by_several_channels():
    demo()
    assert set(Response.objects.values_list("channel", flat=True)) == {"web", "paper"}


def test_the_agent_may_enter_the_admin_and_nothing_more(client):
    demo(responses=0)
    for name, password in LOGINS:
        assert client.login(username=name, password=password)
        assert client.get("/admin/").status_code == 200
    agent = get_user_model().objects.get(username="agent")
    assert agent.has_perm("surveys.publish_survey")
    assert not agent.is_superuser


def test_interrupted_it_leaves_nothing_half_built(monkeypatch):
    def stops(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["consultations.demo.build"], "_one", stops)  # the package has a function "build"
    with pytest.raises(KeyboardInterrupt):
        demo()
    assert not ConsultationPage.objects.exists()


def test_well_known_passwords_are_refused_on_a_public_server(settings):
    settings.DEMO_ALLOWED = False
    with pytest.raises(CommandError):
        demo()
    assert not get_user_model().objects.exists()
