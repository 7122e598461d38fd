"""A canary in each text that nobody may read: nowhere before it is published, there then, gone once taken off."""

import logging
import re
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from deliberation import state
from deliberation.models import Argument, Statement, Voter
from deliberation.views import results as debate_results
from moderation import decisions, looking, notices, voices
from moderation.models import Appeal, Charter, Item, Report
from participation import limits
from participation.contacts import person_of
from participation.models import Contact
from surveys.models import OpenAnswer
from tests.cms.test_authorisation import ALL, EDIT, STAFF, address, routes, rule_of
from tests.factories.canaries import (
    KINDS,
    MERGEABLE,
    NOTE,
    REASON,
    STATES,
    Canary,
    Ground,
    Seen,
    crawl,
    holding,
    rows_holding,
    set_aside,
    told_by_cache,
    told_by_messenger,
)
from tests.factories.citizens import OURS
from tests.factories.moderation import member, moderate, moderator

pytestmark = [pytest.mark.django_db, pytest.mark.once]

REPORT, APPEAL = "zzsignalement", "zzrecours"
# Where a word may lie: with its engine, and with moderation.
HOMES = {
    "deliberation_statement", "deliberation_argument", "maps_place", "surveys_response", "surveys_openanswer",
    "moderation_item", "moderation_sealed", "moderation_report", "moderation_appeal", "moderation_decision",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _figures_at_once(settings):
    settings.SUPPRESS_BELOW = 1


@pytest.fixture
def log(caplog):
    """Everything that is logged, whatever its level and its way."""
    loggers = [logging.getLogger(name) for name in ("", "django.request", "rq.worker")]
    before = [(one, one.level, list(one.handlers)) for one in loggers]
    for one in loggers:
        one.setLevel(logging.DEBUG)
        one.addHandler(caplog.handler)
    caplog.handler.setLevel(logging.DEBUG)
    yield caplog
    for one, level, handlers in before:
        one.setLevel(level)
        one.handlers = handlers


@pytest.fixture
def boss():
    return moderator("anna")


@pytest.fixture
def ground(boss):
    return Ground()


def plant_all(ground: Ground, user: Any) -> list[Canary]:
    """One text of each kind in each state it can be in."""
    planted = [
        ground.plant(kind, state, user) for kind in KINDS for state in STATES if state != "merged" or kind in MERGEABLE
    ]
    planted += [ground.plant("answer", "aside", user), ground.plant("other", "pending"), _voter_aside(ground)]
    looking.look_at_new()
    return planted


def _voter_aside(ground: Ground) -> Canary:
    """A sentence proposed by somebody whose votes are set aside."""
    found = ground.plant("statement", "byaside")
    Voter.objects.create(debate=ground.debate, participant_key=bytes(found.item.author_key), set_aside=True)
    return found


def voice(ground: Ground, planted: list[Canary]) -> list[Report]:
    """People contest and report, in words of their own."""
    for canary in planted:
        if canary.state == "refused":
            voices.appeal(canary.item, f"Ce {APPEAL} est le mien.")
    shown = [c.item for c in planted if c.state == "redacted"]
    return [voices.report(item, bytes([n] * 32), None, f"Ce {REPORT}.") for n, item in enumerate(shown)]


def about(ground: Ground, item: Item) -> Any:
    """What addresses are filled with."""
    return SimpleNamespace(
        page=ground.page, debate=ground.debate, survey=ground.survey, map=ground.map, item=item, forwarded=item,
        decision=item.decisions.first() or SimpleNamespace(pk=1), batch=SimpleNamespace(pk=uuid.uuid4()),
        burst=SimpleNamespace(ref="x" * 12), appeal=SimpleNamespace(pk=1), export=SimpleNamespace(pk=uuid.uuid4()),
        kiosk=SimpleNamespace(pk=uuid.uuid4()), sheet=SimpleNamespace(pk=1),
        place_id=item.object_id if item.kind == "place" else uuid.uuid4(),
    )  # fmt: skip


def publicly(ground: Ground) -> list[str]:
    """Every public address, about each thing of the consultation."""
    item = Item.objects.first()
    here = about(ground, item)
    public = [r for r in sorted(set(routes())) if (rule := rule_of(r)) and rule.get == ALL and "admin" not in r]
    found = ["/", "/sitemap.xml", "/robots.txt", "/api/v2/pages/", *(address(r, here) for r in public)]
    debate, survey = ground.debate.get_absolute_url(), ground.survey.get_absolute_url()
    found += [f"{debate}{name}" for name in ("resultats.json", "resultats.csv", "affirmations/?sort=new", "arguments/")]
    found += [f"{survey}{name}" for name in ("resultats.json", "resultats.csv", "reponses-libres/")]
    found += ["/moderation/chiffres.json", "/moderation/chiffres.csv", f"/moderation/charte/{Charter.default().ref}/"]
    found += [f"/moderation/chiffres/{timezone.localdate():%Y-%m}/"]
    for statement in Statement.objects.all():
        at = f"{debate}affirmations/{statement.ref}/"
        found += [at, f"{at}arguments/", f"{debate}affirmations/?proposed={statement.ref}"]
        found += [f"/signaler/statement/{statement.ref}/"]
    found += [f"/signaler/argument/{pk}/" for pk in Argument.objects.values_list("pk", flat=True)]
    found += [f"/signaler/answer/{pk}/" for pk in OpenAnswer.objects.values_list("pk", flat=True)]
    found += [f"/suivi/texte/{ref}/" for ref in Item.objects.values_list("ref", flat=True)]
    found += [f"/signaler/recu/{ref}/" for ref in Report.objects.values_list("ref", flat=True)]
    return found


def follow(at: str) -> bool:
    return not at.startswith(("/admin/", "/static/", "/media/", "/theme.css", "/acces/"))


def look(ground: Ground, client: Client | None = None) -> Seen:
    """All that a visitor can reach, and what they get who ask for what they may not."""
    client = client or Client(raise_request_exception=False)
    seen = crawl(client, publicly(ground), follow)
    for kind, model in (("argument", Argument), ("answer", OpenAnswer)):
        for pk in model.objects.values_list("pk", flat=True):
            seen[f"POST {kind} {pk}"] = post(client, f"/signaler/{kind}/{pk}/", article="other", words="x")
    for ref in Item.objects.values_list("ref", flat=True):
        seen[f"POST {ref}"] = post(client, f"/suivi/texte/{ref}/", code="0000-0000-0000-0000-0000", act="resend")
    token = re.search(r'name="token" value="([^"]*)"', seen[ground.debate.get_absolute_url()])[1]
    at = f"{ground.debate.get_absolute_url()}affirmations/{ground.argued.ref}/arguments/"
    for pk in Argument.objects.values_list("pk", flat=True):
        reply = post(client, at, token=token, parent=pk, text="", side="for")
        seen[f"POST reply {pk}"] = reply
    return seen


def post(client: Client, at: str, **fields: Any) -> str:
    answer = client.post(at, fields, headers=OURS)
    assert answer.status_code < 500, at
    return answer.content.decode()


def secrets_of(planted: list[Canary]) -> list[str]:
    """The words that nobody but who wrote them and moderators may read."""
    hidden = [canary.word for canary in planted]
    return hidden + [canary.beside for canary in planted if canary.state != "redacted"]


def found_in(seen: Seen, words: list[str]) -> dict[str, list[str]]:
    return {word: where for word in words if (where := holding(seen, word))}


def search() -> Seen:
    """What the search says when asked for the words that stand around every canary."""
    client = Client()
    asked = ("écrivez", "demain", "example.org", "zz", "qq")
    return {word: client.get("/recherche/", {"q": word}).content.decode() for word in asked}


def test_nobody_reads_what_may_not_be_read(ground, boss, log, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        planted = plant_all(ground, boss)
        reports = voice(ground, planted)
        contacts(planted)
        notices.send_due()
    assert len(reports) == 5 and Appeal.objects.count() == 5
    words = [*secrets_of(planted), REASON, NOTE, REPORT, APPEAL]
    seen = look(ground)
    assert not found_in(seen, words)
    for canary in planted:
        if canary.state == "redacted":
            assert holding(seen, canary.beside), "what is not masked is shown"
    assert not found_in(search(), words)
    assert not found_in({"log": log.text, "redis": told_by_messenger(), "cache": told_by_cache()}, words)
    assert "moderation.jobs.notify" in told_by_messenger() and "Pushed job" in log.text, "the eyes are open"
    told = {str(n): f"{m.subject} {m.body} {m.to}" for n, m in enumerate(mail.outbox)}
    assert mail.outbox and not found_in(told, [word for word in words if word != REASON]), "the author reads the reason"
    lying = rows_holding(*words)
    assert not {word: tables - HOMES for word, tables in lying.items() if tables - HOMES}
    stored = {stem: rows_holding(stem)[stem] for stem in ("zzstatement", "zzargument", "zzanswer")}  # stems, as indexed
    assert all(tables <= HOMES for tables in stored.values()), stored


def contacts(planted: list[Canary]) -> None:
    """Each author asked to be told by e-mail."""
    for n, canary in enumerate(planted):
        key = bytes(canary.item.author_key)
        Contact.objects.create(
            person=person_of(key), email=f"personne{n}@ville.example", nonce=bytes(16), token_hash=bytes([n] * 32),
            asked=True, confirmed_at=timezone.now(),
        )  # fmt: skip


def test_published_it_is_read_where_it_belongs_and_taken_off_it_is_gone_at_once(
    ground, boss, django_capture_on_commit_callbacks
):
    planted = [c for c in plant_all(ground, boss) if c.state not in ("redacted", "forwarded")]
    with django_capture_on_commit_callbacks(execute=True):
        for canary in planted:
            publish(canary, boss)
    seen = look(ground)
    places = {"statement": "/affirmations/", "argument": ground.argued.ref, "reply": ground.argued.ref}
    places |= {"answer": "/reponses-libres/", "place": "/cartes/"}
    for canary in planted:
        where = holding(seen, canary.word)
        if canary.kind == "other":
            assert not where, "what stands beside “other” is shown to nobody"
        else:
            assert any(places[canary.kind] in at for at in where), (canary, where)
            assert not found_in({at: said for at, said in seen.items() if may_be_kept(said)}, [canary.word])
    with django_capture_on_commit_callbacks(execute=True):
        for canary in planted:
            if canary.kind != "other":
                moderate(canary.item, "hide", boss)
    assert not found_in(look(ground), secrets_of(planted))


def may_be_kept(said: str) -> bool:
    """Could a cache on the way serve this answer again without asking?"""
    headers = said[:1000].partition("\n<")[0].lower()
    fresh = re.search(r"max-age=([1-9]\d*)|^expires:|^last-modified:", headers, re.M)
    return bool(fresh) and "no-store" not in headers and "private" not in headers


def publish(canary: Canary, user: Any) -> None:
    canary.item.refresh_from_db()
    if canary.state == "merged":
        decisions.undo(canary.item.decisions.filter(act="merge").get(), user)
    if canary.state == "aside":
        set_aside(canary.item, False)
    if not canary.item.decisions.filter(act="publish").exists() or canary.item.state == "hidden":
        moderate(canary.item, "publish", user)


@pytest.mark.parametrize("act", ["hide", "redact", "ask", "forward"])
def test_in_other_processes_it_is_gone_within_the_stated_time(ground, boss, settings, monkeypatch, act):
    """These learn nothing of the decision: only time passes there."""
    settings.RESULTS_FRESH_FOR = 0.2
    planted = [ground.plant(kind, "pending") for kind in KINDS]
    for canary in planted:
        moderate(canary.item, "publish", boss)
    state.forget()
    assert set(found_in(look(ground), [c.word for c in planted])) == {c.word for c in planted}
    monkeypatch.setattr("deliberation.state.forget", lambda: None)
    for canary in planted:
        more = {"redact": {"redacted": "Le […]."}, "forward": {"service": ground.service}}.get(act, {})
        moderate(canary.item, act, boss, reason="Parce que.", **more)
    later = SimpleNamespace(monotonic=lambda: now + stated_seconds())
    now = max([s.read_at for s in state._kept.values()] + [until - 0.2 for until, _r in debate_results._kept.values()])
    monkeypatch.setattr(state, "time", later)
    monkeypatch.setattr(debate_results, "time", later)
    assert not found_in(look(ground), [c.word for c in planted])


def stated_seconds() -> float:
    """The time that docs/moderation.md promises."""
    from django.conf import settings

    page = (settings.BASE_DIR / "docs/moderation.md").read_text()
    return float(re.search(r"(?i)gone within (\d+) seconds?", page)[1])


def test_the_stated_time_covers_everything_that_is_kept(settings):
    from cms.settings import base

    assert stated_seconds() >= max(state.FRESH_FOR, base.RESULTS_FRESH_FOR)


def test_what_is_shown_at_once_and_taken_off_is_gone(boss, django_capture_on_commit_callbacks):
    ground = Ground(moderation="after")
    planted = [ground.plant(kind, "pending") for kind in ("statement", "argument")]
    with django_capture_on_commit_callbacks(execute=True):
        for canary in planted:
            moderate(canary.item, "publish", boss)
    assert len(found_in(look(ground), [c.word for c in planted])) == 2
    with django_capture_on_commit_callbacks(execute=True):
        for canary in planted:
            moderate(canary.item, "hide", boss)
    assert not found_in(look(ground), secrets_of(planted))


# Who is somebody


def test_another_citizen_reads_no_more_and_an_author_only_their_own(ground, boss):
    planted = plant_all(ground, boss)
    voice(ground, planted)
    other, _key, _token = ground.someone()
    client = Client(raise_request_exception=False)
    client.post("/suivi/", {"code": receipts_shown(other)}, headers=OURS)
    client.cookies[f"code_{other[:4]}"] = other
    words = [*secrets_of(planted), REASON, NOTE, REPORT, APPEAL]
    assert not found_in(look(ground, client), words)
    for canary in planted:
        limits.forget_all()
        client = Client(raise_request_exception=False)
        own = post(client, f"/suivi/texte/{canary.item.ref}/", code=canary.code)
        assert canary.beside in own, canary
        theirs = [word for word in words if word not in (canary.word, canary.beside, REASON, APPEAL)]
        told = {"own": own, "all": post(client, "/suivi/", code=canary.code)}
        assert not found_in(told, theirs), canary
        assert canary.beside not in post(client, f"/suivi/texte/{canary.item.ref}/", code=other)


def receipts_shown(code: str) -> str:
    from participation.receipts import show_code

    return show_code(code)


def test_an_editor_reads_in_the_admin_no_more_than_in_public(ground, boss):
    planted = plant_all(ground, boss)
    voice(ground, planted)
    editor = Client(raise_request_exception=False)
    editor.force_login(member("Agents de communication", name="editor"))
    item = planted[0].item
    here = about(ground, item)
    rules = (EDIT, STAFF, ALL)
    read = [r for r in sorted(set(routes())) if "admin" in r and (rule := rule_of(r)) and rule.get in rules]
    starts = [address(r, here) for r in read]
    starts = [at for at in starts if "failwhale" not in at and "logout" not in at]
    for name, thing in (("deliberation/debate", ground.debate), ("surveys/survey", ground.survey)):
        starts += [f"/admin/snippets/{name}/{act}/{thing.pk}/" for act in ("edit", "usage", "history", "delete")]
        starts += [f"/admin/snippets/{name}/", f"/admin/snippets/{name}/?q=zz"]
    starts += [f"/admin/pages/{ground.page.pk}/{act}/" for act in ("edit", "usage", "history", "delete", "view_draft")]
    starts += ["/admin/", "/admin/reports/site-history/", "/admin/moderation/", f"/admin/moderation/{item.pk}/"]
    seen = crawl(editor, starts, lambda at: False)
    assert f"/admin/snippets/deliberation/debate/usage/{ground.debate.pk}/" in seen and len(seen) > 100
    assert not found_in(seen, [*secrets_of(planted), REASON, NOTE, REPORT, APPEAL])
