"""Builds the demo as an agent and citizens would: pages, surveys and a debate published, filled in and counted."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from counting import fold
from deliberation.models import Debate
from maps.models import Map
from moderation import looking
from participation import letters, receipts, trust
from participation.models import Scope
from surveys import intake
from surveys.forms import CompiledSurvey, compiled_live
from surveys.models import Survey

from ..models import ConsultationIndexPage, ConsultationPage
from . import content, debate, desk, past, people, places, town
from .answers import Respondent
from .attack import attack
from .follow_up import follow_up

STAGES = ("preparing", "open", "closed", "late", "answered")
CAME = ("web", "paper", "web", "web", "phone", "web", "paper", "web", "web", "web")  # by which channel, in turn
FEW = 7  # responses of the consultation that stays under the threshold
EDITORIAL = {"title", "introduction", "thanks"}
NOT_EDITED = {"weights", "leanings", "mean", "words", "type", "yes", "around"}
READ_ON = (0.2, 0.5, 0.8, 1.0)  # days on which texts are read, as shares of those a survey is open
# Days from today, by stage: opening, closing, promised answer, answer published.
DAYS: dict[str, tuple[int, int, int, int | None]] = {
    "preparing": (12, 40, 75, None),
    "open": (-16, 12, 45, None),
    "closed": (-40, -5, 20, None),
    "late": (-70, -40, -9, None),
    "answered": (-100, -60, -20, -22),
}


def build(stage: str | None, seed: int, responses: int) -> int:
    """Build what is not there yet, every consultation at `stage` (None: each at its own); how many were built."""
    people.settle()
    town.settle()
    built = 0
    for number, told in enumerate(content.CONSULTATIONS):
        if not ConsultationPage.objects.filter(title=told["title"]).exists():
            n = FEW if told.get("small") else min(responses, told.get("answered", responses))
            _consultation(told, stage or told["stage"], seed * 1000 + number, n)
            built += 1
    if built:
        looking.look_at_new()
    return built


@transaction.atomic
def _consultation(told: dict[str, Any], stage: str, seed: int, responses: int) -> None:
    """One consultation with its answers, or nothing at all when the building is interrupted."""
    tool = debate.write(told["debate"]) if "debate" in told else _survey(told)
    map = places.write(told["map"]) if "map" in told else None
    page = _page(told, stage, tool, map)
    tokens = _letters(page.scope, told, tool.key) if "letters" in told else None
    if stage == "preparing":
        return
    if isinstance(tool, Debate):
        _hold(page, tool.pk, told["debate"], seed, responses)
    else:
        _fill(page, tool, told, stage, seed, responses, tokens)
    if map:
        with OpenForAMoment(page):
            places.show(Map.objects.for_display().get(pk=map.pk), told["map"], _days(page), seed)
    answered = DAYS[stage][3]
    follow_up(page, stage, None if answered is None else _day(answered))


def _fill(
    page: ConsultationPage,
    tool: Survey,
    told: dict[str, Any],
    stage: str,
    seed: int,
    responses: int,
    tokens: Iterator[str] | None,
) -> None:
    """The survey from its first day to its last, with what moderators decided, and a machine where one came."""
    survey, questions = Survey.objects.for_display().get(pk=tool.pk), told["survey"]["questions"]
    with OpenForAMoment(page):
        _respond(survey, questions, Respondent(seed, responses), responses, tokens)
        past.spread(survey, timezone.localdate(page.opens_at), _days(page)[-1], seed)
        desk.moderate(survey, told.get("outcomes", {}), _days(page))
    if "machine" in told and stage == "open" and responses:
        attack(survey, questions, told["machine"], seed)


def _letters(scope: Scope, told: dict[str, Any], key: str) -> Iterator[str]:
    """The tokens of the forms drawn for who holds a letter; their codes are forgotten here, as they are everywhere."""
    agent = get_user_model().objects.filter(username="agent").first()
    made = letters.make(uuid.uuid4(), scope, told["title"], told["letters"], agent)
    codes = [code for some in made for code in some]
    return (receipts.issue_token(key, letters.prove(scope, code)) for code in codes)


def _days(page: ConsultationPage) -> list[date]:
    first, last = timezone.localdate(page.opens_at), min(timezone.localdate(page.closes_at), timezone.localdate())
    return [first + timedelta(days=round((last - first).days * share)) for share in READ_ON]


def _hold(page: ConsultationPage, pk: int, told: dict[str, Any], seed: int, voters: int) -> None:
    """The debate from its first day to its last, or to today; then the map that lasts."""
    last = min(timezone.localdate(page.closes_at), timezone.localdate())
    days = debate.days_between(timezone.localdate(page.opens_at), last)
    with OpenForAMoment(page):
        debate.hold(Debate.objects.for_display().get(pk=pk), told, seed, voters, days)
    debate.draw_map(Debate.objects.for_display().get(pk=pk), last)


def _survey(told: dict[str, Any]) -> Survey:
    survey = Survey(
        **{key: told["survey"][key] for key in EDITORIAL & told["survey"].keys()},
        pace=told.get("pace", "page"),
        trust=told.get("trust", trust.OPEN),
        live=False,
    )
    raw = [_question(q) for q in told["survey"]["questions"]]
    survey.questions = Survey._meta.get_field("questions").stream_block.to_python(raw)
    survey.save()
    survey.save_revision().publish()
    return Survey.objects.get(pk=survey.pk)


def _question(told: dict[str, Any]) -> dict[str, Any]:
    value = {"help": "", "required": False, "code": "", "decimals": 0}
    value |= {key: _items(v) for key, v in told.items() if key not in NOT_EDITED}
    return {"type": told["type"], "id": str(uuid.uuid4()), "value": value}


def _items(value: Any) -> Any:
    if isinstance(value, list):
        return [{"type": "item", "id": str(uuid.uuid4()), "value": item} for item in value]
    return value


def _page(told: dict[str, Any], stage: str, tool: Survey | Debate, map: Map | None) -> ConsultationPage:
    opens, closes, due, _answered = DAYS[stage]
    fields = ("title", "summary", "decision", "can_change", "fixed", "decided_by", "elsewhere")
    page = ConsultationPage(
        **{name: told[name] for name in fields},
        opens_at=_at(opens, 8),
        closes_at=_at(closes, 20),
        answer_due=_day(due),
        decision_on=_day(due + 28),
        referent=get_user_model().objects.filter(username="elue").first(),
        live=False,
    )
    page.body = ConsultationPage._meta.get_field("body").stream_block.to_python(_body(told, tool, map))
    ConsultationIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    return ConsultationPage.objects.get(pk=page.pk)


def _body(told: dict[str, Any], tool: Survey | Debate, map: Map | None) -> list[dict[str, Any]]:
    blocks: list[tuple[str, Any]] = [("text", told["intro"])]
    if "quote" in told:
        blocks.append(("quote", {"text": told["quote"][0], "author": told["quote"][1]}))
    if isinstance(tool, Debate):
        blocks.append(("debate", {"debate": tool.pk}))
        blocks.append(("debate_results", {"debate": tool.pk, "title": told["debate"]["results"]}))
    else:
        blocks.append(("survey", {"survey": tool.pk}))
        blocks.append(("results", {"survey": tool.pk, "title": "Ce que vous nous dites"}))
    if map:
        blocks.append(("map", {"map": map.pk}))
        blocks.append(("map_results", {"map": map.pk, "title": told["map"]["results"]}))
    if "faq" in told:
        entries = [{"question": question, "answer": answer} for question, answer in told["faq"]]
        blocks.append(("faq", {"title": "Questions et réponses", "entries": _items(entries)}))
    return [{"type": kind, "id": str(uuid.uuid4()), "value": value} for kind, value in blocks]


def _at(days: int, hour: int) -> datetime:
    return past.at(_day(days), hour)


def _day(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


class OpenForAMoment:
    """Answers of the past use the only way in, which takes none after closing: it is opened meanwhile."""

    def __init__(self, page: ConsultationPage):
        self.scope = page.scope

    def __enter__(self) -> None:
        self.closes_at, self.scope.closes_at = self.scope.closes_at, None
        self.scope.save(update_fields=["closes_at"])

    def __exit__(self, *error: Any) -> None:
        self.scope.closes_at = self.closes_at
        self.scope.save(update_fields=["closes_at"])


def _respond(
    survey: Survey,
    told: list[dict[str, Any]],
    respondent: Respondent,
    responses: int,
    tokens: Iterator[str] | None,
) -> None:
    """Fill the form `responses` times, read it as the web does, store and count it; they came as CAME says, unless each
    needs one of `tokens`.
    """
    compiled = compiled_live(survey)
    for n in range(responses):
        token = next(tokens) if tokens else receipts.issue_token(compiled.key)
        _one(compiled, told, respondent, token, "web" if tokens else CAME[n % len(CAME)])
    fold.fold(survey.tool_id)


def _one(
    compiled: CompiledSurvey, told: list[dict[str, Any]], respondent: Respondent, token: str, channel: str
) -> None:
    typed = respondent.fill(compiled, told)
    answers, errors, _unsent = compiled.read(typed)
    if errors:
        raise ValueError(f"the demo filled in what the form refuses: {errors}")
    intake.record_response(compiled, answers, token, channel=channel)
