"""The demo: the first end-to-end run of everything, at every stage, and never twice."""

import io
import sys
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.utils import timezone

from consultations.demo import LOGINS, STAGES, square
from consultations.demo.attack import FORMS
from consultations.models import Attachment, Commitment, ConsultationPage, OfficialAnswer
from counting.models import Tally
from deliberation import findings, results
from deliberation.models import Argument, Debate, OpinionMap, Statement, Support, Vote, Voter
from moderation import figures, rights
from moderation.models import Appeal, Burst, Decision, Item, Report, Sealed, Service
from participation.models import AccessBatch, AccessCode
from surveys import verbatims
from surveys.models import OpenAnswer, Response, Survey
from surveys.questions import TYPES

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FEW = 14


def demo(**options) -> str:
    out = io.StringIO()
    call_command("demo", responses=options.pop("responses", FEW), stdout=out, **options)
    return out.getvalue()


def phases() -> list[str]:
    return sorted(str(page.phase().value) for page in ConsultationPage.objects.all())


def test_seven_consultations_each_at_its_stage_and_every_page_answers(client):
    demo()
    assert phases() == ["answered", "closed", "coming", "late", "open", "open", "open"]
    # One is not open yet, one stays small, one debates; in one 13 households used their letters; one met a machine.
    assert Response.objects.count() == 3 * FEW + 7 + 13 + FORMS
    assert Voter.objects.count() == FEW
    call_command("reconcile", stdout=io.StringIO())  # exits with 1 where anything differs
    asked = {q["type"] for s in Survey.objects.all() for q in s.live_version.schema["questions"]}
    assert asked == set(TYPES) - {"image_choice", "hidden"}  # the demo brings no pictures, and one comes by a link
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
    kinds += (OpenAnswer, Item, Decision, Report, Appeal, Burst, AccessCode, Service, Group, get_user_model())
    before = [kind.objects.count() for kind in kinds]
    demo(seed=7, stage="closed")
    assert [kind.objects.count() for kind in kinds] == before


@pytest.mark.parametrize("stage", STAGES)
def test_all_at_one_stage(stage, client):
    demo(stage=stage, responses=3)
    named = {"preparing": "coming"}.get(stage, stage)
    assert phases() == [named] * 7
    # The moment during which past answers were taken is over: nothing but "open" takes one now.
    assert {s.phase() for s in Survey.objects.for_display()} <= {"open", "coming", "closed"}
    assert all((s.phase() == "open") == (stage == "open") for s in Survey.objects.for_display())
    debate = Debate.objects.for_display().get()
    assert debate.phase() == {"preparing": "coming", "open": "open"}.get(stage, "closed")
    assert Vote.objects.exists() == Attachment.objects.exists() == (stage != "preparing")
    assert OfficialAnswer.objects.exists() == Commitment.objects.exists() == (stage == "answered")
    page = ConsultationPage.objects.get(scope=debate.scope)
    said = client.get(page.url).content.decode()
    assert ("Donner mon avis" in said) == (stage == "open")
    assert ("Réponse publiée le" in said) == (stage == "answered")


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
    assert figures["participants"] == 240 and len(figures["statements"]) == 24 + 9

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
    assert by_status == {"published": 9, "pending": 3, "refused": 3}  # one of those is merged
    refusals = Decision.objects.filter(act="refuse")
    assert refusals.count() == 7 and all(d.article and len(d.reason) > 30 for d in refusals)
    shown = Argument.objects.filter(status="published")
    assert shown.filter(parent=None).count() >= 20 and shown.exclude(parent=None).exists()
    assert {"for", "against"} == set(shown.values_list("side", flat=True))
    assert shown.filter(statement=None).exists() and Support.objects.exists()


def item_of(text: Any) -> Item:
    kind = "answer" if isinstance(text, OpenAnswer) else text._meta.model_name
    return Item.objects.get(kind=kind, object_id=str(text.pk))


def written(words: str) -> tuple[OpenAnswer, Item]:
    """The open answer of whose response `words` are, whatever is shown of it now."""
    responses = Response.objects.filter(version__survey__title="Votre place du Marché")
    response = next(r for r in responses if words in r.answers.values())
    answer = OpenAnswer.objects.get(response=response)
    return answer, item_of(answer)


def test_the_square_shows_its_open_answers_as_moderators_decided():
    demo()
    shown = {answer.text for answer in verbatims.shown() if answer.survey.title == "Votre place du Marché"}
    masked = square.OUTCOMES[square.CAR].redacted
    assert {*square.WORDS[:7], masked} == shown and "Perrin" not in masked and "06" not in masked
    assert Sealed.objects.get(item=written(square.CAR)[1]).text == square.CAR
    _answer, insult = written(square.INSULT)
    refusal = insult.decisions.get()
    assert (insult.state, refusal.act, refusal.article, refusal.actor_name) == ("refused", "refuse", 2, "Dominique")
    _answer, fibre = written(square.FIBRE)
    forwarded = fibre.decisions.get()
    assert fibre.state == "forwarded" and fibre.forwarded_to.name == "Aménagement numérique"
    assert "transmis" in forwarded.reason  # what its author reads
    assert [written(words)[1].state for words in square.WAITS] == ["pending"] * 3
    assert " personal " in written(square.WAITS[2])[1].flags  # the desk shows it at once


def test_who_may_do_what():
    demo(responses=FEW)
    users = {user.username: user for user in get_user_model().objects.all()}
    assert set(users) == {name for name, _password in LOGINS}
    decide = {name for name, user in users.items() if rights.may_anywhere(user)}
    assert decide == {"admin", "agent", "moderateur"}
    read = {name for name, user in users.items() if rights.may_anywhere(user, rights.REGISTERS)}
    assert read == {"admin", "agent", "moderateur", "analyste"}
    assert [item.pk for item in rights.forwarded_to(users["service"])] == [written(square.FIBRE)[1].pk]
    assert not rights.forwarded_to(users["analyste"])


def test_the_debate_has_appeals_reports_doubles_and_a_merged_statement():
    demo()
    reversed_one, open_one = Appeal.objects.order_by("at")
    assert (reversed_one.state, open_one.state) == ("overturned", "open")
    assert reversed_one.decided_at < timezone.now() and reversed_one.item.state == "published"
    assert open_one.decision.actor_name == "Camille" and open_one.decision.act == "refuse"
    camille, dominique = (get_user_model().objects.get(username=name) for name in ("agent", "moderateur"))
    assert not rights.may_decide_appeal(camille, open_one) and rights.may_decide_appeal(dominique, open_one)
    kept, still_open = Report.objects.order_by("at")
    assert (kept.state, still_open.state) == ("kept", "open") and kept.item == still_open.item
    assert kept.item.state == "published" and kept.item.open_reports == 1 and not still_open.is_late
    waiting = [item_of(s) for s in Statement.objects.filter(status="pending", text__startswith="Les clés")]
    assert len(waiting) == 2 and all(" double " in item.flags for item in waiting)
    merged = Item.objects.get(state="merged")
    assert merged.kind == "statement" and merged.merged_into.state == "published"


def test_the_figures_show_some_months_and_nothing_comes_from_the_future():
    demo()
    months = figures.months()
    assert len(months) >= 3
    for by_name in months.values():
        total = figures.whole(by_name)
        assert total.counts["received"] and 0 <= total.median_hours <= 24
    for decision in Decision.objects.select_related("item"):
        assert decision.item.received_at <= decision.at <= timezone.now()


def test_forty_forms_of_a_machine_are_set_aside(client):
    demo(responses=60)
    burst = Burst.objects.get()
    assert (burst.state, burst.size) == ("held", FORMS)
    machine = Response.objects.filter(set_aside=True)
    assert machine.count() == FORMS and all(square.MACHINE in r.answers.values() for r in machine)
    survey = Survey.objects.get(title="Votre place du Marché")
    told = client.get(f"{survey.get_absolute_url()}resultats.json").json()
    assert told["set_aside"] == FORMS and told["responses"] == 60
    client.login(username="agent", password="agent")
    listed = client.get("/admin/moderation/bursts/").content.decode()
    assert "Votre place du Marché" in listed and burst.ref in listed


def test_a_street_asks_for_the_code_of_its_letters(client):
    demo()
    survey = Survey.objects.for_display().get(title="Votre rue, demain")
    batch = AccessBatch.objects.get(scope=survey.scope)
    assert survey.trust == "letter" and batch.size == 20 == batch.codes.count()
    assert batch.codes.filter(used=True).count() == 13 == Response.objects.filter(trust="letter").count()
    gate = client.get(survey.get_absolute_url()).content.decode()
    assert f"/acces/{survey.scope.tag}/" in gate and 'name="token"' not in gate


def test_without_voters_nothing_is_said():
    demo(responses=0)
    assert not Vote.objects.exists() and not Argument.objects.exists() and not OpinionMap.objects.exists()


def test_answers_come_by_several_channels():
    demo()
    assert set(Response.objects.values_list("channel", flat=True)) == {"web", "paper", "phone"}


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
    assert not ConsultationPage.objects.exists() and not AccessCode.objects.exists()


def test_well_known_passwords_are_refused_on_a_public_server(settings):
    settings.DEMO_ALLOWED = False
    with pytest.raises(CommandError):
        demo()
    assert not get_user_model().objects.exists()
