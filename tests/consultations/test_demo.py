"""The demo: the first end-to-end run of everything, at every stage, and never twice."""

import io
import sys

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from consultations.demo import LOGINS, STAGES
from consultations.models import ConsultationPage
from counting.models import Tally
from deliberation import findings, results
from deliberation.models import Argument, Debate, OpinionMap, Statement, Support, Vote, Voter
from moderation.models import Decision
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
    assert Response.objects.count() == 3 * FEW + 7  # one is not open yet, one stays under the threshold, one debates
    assert Voter.objects.count() == FEW
    call_command("reconcile", stdout=io.StringIO())  # exits with 1 where anything differs
    asked = {q["type"] for s in Survey.objects.all() for q in s.live_version.schema["questions"]}
    assert asked == set(TYPES)
    for page in ConsultationPage.objects.all():
        assert client.get(page.url).status_code == 200, page.title
    for survey in Survey.objects.all():
        assert client.get(f"{survey.get_absolute_url()}resultats.json").status_code in (200, 404)
    debate = Debate.objects.get().get_absolute_url()
    for path in ("", "affirmations/", "arguments/", "resultats/", "resultats.json", "resultats.csv"):
        assert client.get(debate + path).status_code == 200, path


def test_again_adds_nothing():
    demo()
    kinds = (ConsultationPage, Survey, Response, Debate, Statement, Argument, Voter, Vote, OpinionMap)
    before = [kind.objects.count() for kind in kinds]
    demo(seed=7, stage="closed")
    assert [kind.objects.count() for kind in kinds] == before


@pytest.mark.parametrize("stage", STAGES)
def test_all_at_one_stage(stage, client):
    demo(stage=stage, responses=3)
    named = {"preparing": "coming"}.get(stage, stage)
    assert phases() == [named] * 6
    # The moment during which past answers were taken is over: nothing but "open" takes one now.
    assert {s.phase() for s in Survey.objects.for_display()} <= {"open", "coming", "closed"}
    assert all((s.phase() == "open") == (stage == "open") for s in Survey.objects.for_display())
    debate = Debate.objects.for_display().get()
    assert debate.phase() == {"preparing": "coming", "open": "open"}.get(stage, "closed")
    assert Vote.objects.exists() == (stage != "preparing")
    page = ConsultationPage.objects.get(scope=debate.scope)
    said = client.get(page.url).content.decode()
    assert ("Donner mon avis" in said) == (stage == "open")
    assert ("Notre réponse</h2>" in said) == (stage == "answered")


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


def test_the_same_seed_gives_the_same_debate():
    def figures():
        found = results.published(Debate.objects.for_display().get())
        named = sorted((e["text"], e["agree"], e["disagree"], e["pass"]) for e in found["statements"])
        return named, [group["size"] for group in found["map"]["groups"] or []], Support.objects.count()

    demo(responses=60)
    once = figures()
    assert any(agree for _text, agree, *_ in once[0])
    for page in ConsultationPage.objects.all():
        page.delete()
    Voter.objects.all().delete()
    Debate.objects.all().delete()
    demo(responses=60)
    assert figures() == once


def test_the_debate_reads_as_expected():
    """What unites is the neighbours, the checks and the tax; what divides is the old port and the quotas."""
    demo(responses=240)
    debate = Debate.objects.for_display().get()
    figures = results.published(debate)
    assert figures["participants"] == 240 and len(figures["statements"]) == 24 + 8

    def texts(entries):
        return {entry["text"].split(" ")[0] + " " + entry["text"].split(" ")[-1] for entry in entries}

    assert figures["map"]["k"] == len(figures["map"]["groups"]) >= 2
    assert {"Les nuit.", "La annonces.", "La habitants."} <= texts(findings.united(figures, 5))
    assert {"Il port.", "Les bien."} <= texts(findings.dividing(figures, 8))
    assert {"Limiter l’année.", "Limiter vendront."} <= texts(findings.dividing(figures, 8))
    assert "Au-delà autre." in texts(findings.puzzling(figures, 1))
    days = list(OpinionMap.objects.order_by("made_at").values_list("made_at__date", flat=True))
    assert len(days) == len(set(days)) == 4  # so that a statement's votes over time have something to show


def test_citizens_wrote_and_moderators_decided_with_reasons():
    demo(responses=60)
    proposed = Statement.objects.filter(origin="citizen")
    by_status = {status: proposed.filter(status=status).count() for status in ("published", "pending", "refused")}
    assert by_status == {"published": 8, "pending": 2, "refused": 2}
    refusals = Decision.objects.filter(act="refuse")
    assert refusals.count() == 3 and all(d.article and len(d.reason) > 30 for d in refusals)
    shown = Argument.objects.filter(status="published")
    assert shown.filter(parent=None).count() >= 20 and shown.exclude(parent=None).exists()
    assert {"for", "against"} == set(shown.values_list("side", flat=True))
    assert shown.filter(statement=None).exists() and Support.objects.exists()


def test_without_voters_nothing_is_said():
    demo(responses=0)
    assert not Vote.objects.exists() and not Argument.objects.exists() and not OpinionMap.objects.exists()


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
