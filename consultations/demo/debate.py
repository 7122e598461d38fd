"""Holds the demo's debate as a town would: voted on, added to, argued about and moderated, wave after wave."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from counting import fold
from deliberation import analysis, arguments, statements, voting, wording
from deliberation.models import Argument, Debate, OpinionMap, Statement
from deliberation.state import DebateState, forget, state_of
from moderation.models import Item
from participation import receipts

from . import past, voices
from .lodgings import LEANINGS
from .outcomes import Outcome, decide
from .voters import Crowd, Person

Told = dict[str, Any]

# When each wave of people comes, as a share of the days the debate is open, and which share of them it is.
WAVES = [(0.15, 0.35), (0.5, 0.35), (0.85, 0.25), (1.0, 0.05)]
TODAY = len(WAVES)  # after the last wave: what still waits for an answer
MODERATOR = "agent"
COUNTED_EVERY = 30  # people, so that what is asked next follows what was voted


def write(told: Told) -> Debate:
    """Write and publish the debate, as an agent does."""
    debate = Debate(title=told["title"], introduction=told["introduction"], free_arguments=True, live=False)
    seeds = [{"type": "statement", "id": str(uuid.uuid4()), "value": said["text"]} for said in told["statements"]]
    debate.seeds = Debate._meta.get_field("seeds").stream_block.to_python(seeds)
    debate.save()
    debate.save_revision().publish()
    return Debate.objects.get(pk=debate.pk)


def hold(debate: Debate, told: Told, seed: int, voters: int, days: list[date]) -> None:
    """What `voters` people do in the debate, which must be open, and what the moderators make of it; a map after each
    wave but the last, whose map waits for the end.
    """
    town, came, share_so_far = _Town(debate, told, seed), 0, 0.0
    for wave, day in enumerate(days):
        share_so_far += WAVES[wave][1]
        coming, came = round(voters * share_so_far) - came, round(voters * share_so_far)
        town.live_through(wave, coming)
        _date_back(debate, day)
        if wave < len(days) - 1:
            draw_map(debate, day)
    town.speak(TODAY)


def days_between(first: date, last: date) -> list[date]:
    """The day of each wave."""
    return [first + timedelta(days=round((last - first).days * when)) for when, _share in WAVES]


def draw_map(debate: Debate, day: date) -> None:
    """Find the opinion groups, as the worker does; the map is dated that evening unless it is today's."""
    made = analysis.analyse_debate(debate)
    if made and day != timezone.localdate():
        OpinionMap.objects.filter(pk=made.pk).update(made_at=past.at(day, 20))


def _date_back(debate: Debate, day: date) -> None:
    """What was written just now was written on `day`: readers see the date of a text. Votes keep theirs."""
    today = timezone.localdate()
    Argument.objects.filter(debate=debate, written_on=today).update(written_on=day)
    Statement.objects.filter(debate=debate, origin="citizen", proposed_on=today).update(proposed_on=day)
    past.date_back(list(Item.objects.filter(scope=debate.scope_id).values_list("pk", flat=True)), day)


class _Town:
    """The people of one debate and its moderators."""

    def __init__(self, debate: Debate, told: Told, seed: int):
        self.debate, self.told, self.crowd = debate, told, Crowd(seed)
        self.by_text = {wording.tidy(said["text"]): said for said in [*told["statements"], *told["proposed"]]}
        self.seeds = list(Statement.objects.filter(debate=debate, origin="seed").order_by("pk"))
        self.people: list[Person] = []
        self.shown: list[tuple[Argument, Told]] = []

    def live_through(self, wave: int, coming: int) -> None:
        came = self._vote(coming)
        if self.people:
            self._propose(wave)
            self._argue(wave)
            self.speak(wave)
        for person in came:
            for argument, told in self.shown:
                if self.crowd.supports(person, told):
                    arguments.support(argument, person.key)

    def _vote(self, coming: int) -> list[Person]:
        came = []
        for n in range(coming):
            if n % COUNTED_EVERY == 0:
                state = self._count()
            came.append(self._one(state))
        self.people += came
        self._count()
        return came

    def _count(self) -> DebateState:
        fold.fold(self.debate.tool_id)
        forget()
        return state_of(self.debate.key)

    def _one(self, state: DebateState) -> Person:
        """One person votes on what the debate asks them, in its order, until they had enough."""
        token = receipts.issue_token(state.key)
        _code, key = statements.person(state, token, None)
        person, voted = self.crowd.person(token, key), set[int]()
        while len(voted) < person.patience and (line := state.next_line(person.seed, voted)):
            voting.cast(state, line, self.crowd.vote(person, self.by_text[line.text]), token)
            voted.add(line.id)
        return person

    def _propose(self, wave: int) -> None:
        for told in self.told["proposed"]:
            if told["wave"] == wave:
                author = self.crowd.somebody(self.people, max(LEANINGS, key=told["agree"].__getitem__))
                self._decide(statements.propose(self.debate, told["text"], author.key), told)

    def _argue(self, wave: int) -> None:
        for told in self.told["arguments"]:
            if told["wave"] == wave:
                written = self._write(told, told["side"])
                for reply in told.get("replies", []):
                    self._write(reply | {"on": told["on"]}, told["side"], written)

    def _write(self, told: Told, side: str, parent: Argument | None = None) -> Argument:
        author = self.crowd.somebody(self.people, told["by"])
        under = self.seeds[told["on"] - 1] if told["on"] else None
        written = arguments.add(self.debate, under, side, told["text"], author.key, parent)
        self._decide(written, told)
        if written.status == Argument.Status.PUBLISHED:
            self.shown.append((written, told))
        return written

    def _decide(self, text: Statement | Argument, told: Told) -> None:
        """What the moderators make of a text: published unless told otherwise."""
        outcome = told.get("outcome", Outcome())
        into = self._item(self._find(outcome.into)) if outcome.into else None
        decide(self._item(text), outcome, MODERATOR, into)
        text.refresh_from_db()

    def speak(self, wave: int) -> None:
        """What people say of decisions, and of texts that are shown, in one wave."""
        if not self.people:
            return
        for told in self.told["appeals"]:
            if told["wave"] == wave:
                voices.contest(self._item(self._find(told["text"])), told)
        for told in self.told["reports"]:
            if told["wave"] == wave:
                voices.report(
                    self._item(self._find(told["text"])), self.people[told["by"] % len(self.people)].key, told
                )

    def _find(self, words: str) -> Statement | Argument:
        here = {"debate": self.debate, "text": wording.tidy(words)}
        return Statement.objects.filter(**here).first() or Argument.objects.get(**here)

    def _item(self, text: Statement | Argument) -> Item:
        return Item.objects.get(kind=text._meta.model_name, object_id=str(text.pk))
