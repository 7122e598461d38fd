"""Is a consultation ready to open? What stops it, what its agent had better know, each with its source (pure).

Errors stop a page from going online; warnings never do.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .calendar import Calendar, Election
from .plain_words import without_accents

SHORTEST = timedelta(weeks=3)
MANY_QUESTIONS = 15
LONGEST_CARD = 120  # words
# What a consultation promises; none may be missing when it goes online.
COMMITMENT = ("decision", "can_change", "fixed", "decided_by", "answer_due")
NEEDED = (*COMMITMENT, "summary", "opens_at", "closes_at", "elsewhere")

_VOTES = re.compile(r"\b(referendums?|votations?|scrutins?|plebiscites?)\b")


class Source(NamedTuple):
    """Where a warning comes from; `url` is empty where nothing is online."""

    name: str
    url: str = ""


class Finding(NamedTuple):
    """One remark; `stops` where the page must not go online before it is mended.

    It is about one field of the page, or about what is edited at `address`.
    """

    field: str
    said: str
    stops: bool = False
    source: Source | None = None
    address: str = ""


class Draft(NamedTuple):
    """What the checks look at. Moments are in the time of where it is held."""

    title: str = ""
    summary: str = ""
    decision: str = ""
    can_change: str = ""
    fixed: str = ""
    decided_by: str = ""
    elsewhere: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    decision_on: date | None = None
    answer_due: date | None = None
    referent: bool = False  # is an official named who answers for it?
    articles: int = 0  # of its charter
    questions: int = 0  # of the longest of its surveys
    tools: int = 0  # surveys and debates on the page
    unpublished: tuple[str, ...] = ()  # the titles of those that are drafts
    as_proposed: tuple[str, ...] = ()  # the fields that still say what the kind proposed


CGCT = Source(
    "Code général des collectivités territoriales, L1112-15 et suivants",
    "https://www.legifrance.gouv.fr/codes/section_lc/LEGITEXT000006070633/LEGISCTA000006164466/",
)
ELECTORAL = Source("Code électoral, L52-1")
SCHOOLS = Source(
    "Arrêté du 22 octobre 2025 fixant le calendrier scolaire",
    "https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000052416058",
)


def check(draft: Draft, calendar: Calendar | None = None) -> list[Finding]:
    """Everything to be said of `draft`, what stops it first."""
    found = [*_missing(draft), *dates(draft), *_charter(draft)]
    if calendar is not None:
        found += [*_words(draft), *_duration(draft), *_calendar(draft, calendar), *_tools(draft), *_card(draft)]
    return sorted(found, key=lambda finding: not finding.stops)


def _missing(draft: Draft) -> Iterator[Finding]:
    for name in NEEDED:
        value = getattr(draft, name)
        if value is None or not str(value).strip():
            yield Finding(name, _needed(name), stops=True)


def _needed(name: str) -> str:
    if name == "elsewhere":
        return _("Say where people without the internet can answer: paper, a desk, a telephone.")
    return _("Fill this in before you publish.")


def dates(draft: Draft) -> Iterator[Finding]:
    """Dates in an order that makes no sense."""
    opens, closes = draft.opens_at, draft.closes_at
    if opens and closes and closes <= opens:
        yield Finding("closes_at", _("The closing must come after the opening."), stops=True)
    if closes and draft.decision_on and draft.decision_on <= closes.date():
        said = _("The decision must come after the closing: else the answers cannot count.")
        yield Finding("decision_on", said, stops=True)
    if closes and draft.answer_due and draft.answer_due < closes.date():
        yield Finding("answer_due", _("The answer must come after the closing."), stops=True)


def _charter(draft: Draft) -> Iterator[Finding]:
    if not draft.articles:
        said = _("Choose a charter with at least one article: every refusal will cite one.")
        yield Finding("charter", said, stops=True)


def _words(draft: Draft) -> Iterator[Finding]:
    if found := _VOTES.search(without_accents(draft.title).lower()):
        said = _(
            "The title says “%(word)s”. Only a vote that the assembly decided on by deliberation, among registered "
            "voters, may be called so. Yours is an opinion without the value of a vote: call it a consultation."
        )
        yield Finding("title", said % {"word": found[0]}, source=CGCT)


def _duration(draft: Draft) -> Iterator[Finding]:
    opens, closes = draft.opens_at, draft.closes_at
    if not (opens and closes and opens < closes):
        return
    if closes - opens < SHORTEST:
        said = ngettext(
            "It stays open for %(n)d day. In less than three weeks those who read on paper, or work shifts, cannot "
            "answer.",
            "It stays open for %(n)d days. In less than three weeks those who read on paper, or work shifts, cannot "
            "answer.",
            (closes - opens).days,
        )
        yield Finding("closes_at", said % {"n": (closes - opens).days}, source=_practice())
    if draft.decision_on is None:
        said = _("No day of the decision: people will ask when you decide.")
        yield Finding("decision_on", said, source=_practice())
    elif draft.answer_due and draft.answer_due > draft.decision_on:
        said = _("You answer after you have decided. People had better read your reasons first.")
        yield Finding("answer_due", said, source=_practice())


def _practice() -> Source:
    return Source(_("Good practice"))


def _calendar(draft: Draft, calendar: Calendar) -> Iterator[Finding]:
    opens, closes = draft.opens_at, draft.closes_at
    if not (opens and closes and opens < closes):
        return
    first, last = opens.date(), closes.date()
    for election in calendar.elections_near(first, last):
        yield Finding("opens_at", _before(election), source=ELECTORAL)
    for holidays in calendar.holidays_near(first, last):
        said = _("It meets the school holidays (%(name)s, %(first)s to %(last)s): fewer families will answer.")
        days = {"first": _day(holidays.first), "last": _day(holidays.last), "name": holidays.name}
        yield Finding("closes_at", said % days, source=SCHOOLS if holidays.official else None)


def _before(election: Election) -> str:
    """Why the months before an election ask for care: a consultation is allowed, praise of what was done is not."""
    since, until = election.window
    said = _(
        "%(election)s: since %(since)s and until %(until)s an authority may not promote what it has done. A "
        "consultation is allowed. Keep its words neutral, and no praise of past works in its pages, mails and posters."
    )
    end = date_format(until, "F Y") if election.month_only else _day(until)
    return said % {"election": election.name, "since": _day(since), "until": end}


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _tools(draft: Draft) -> Iterator[Finding]:
    if not draft.tools:
        yield Finding("body", _("Nothing to answer on this page: add a survey or a debate."))
    for title in draft.unpublished:
        said = _("“%(title)s” is not published: people will not see it. Publish it first.")
        yield Finding("body", said % {"title": title})
    if draft.questions > MANY_QUESTIONS:
        said = _("%(n)d questions. Beyond %(many)d many people give up before the end.")
        yield Finding("body", said % {"n": draft.questions, "many": MANY_QUESTIONS}, source=_practice())


def _card(draft: Draft) -> Iterator[Finding]:
    if not draft.referent:
        yield Finding("referent", _("No official answers for it yet: nobody could validate your answers."))
    for name in draft.as_proposed:
        yield Finding(name, _("These are still the words we proposed. Are they true of your consultation?"))
    words = " ".join([draft.decision, draft.can_change, draft.fixed, draft.decided_by]).split()
    if len(words) > LONGEST_CARD:
        said = _("Your commitment has %(n)d words. %(most)d are enough: people read it before the first question.")
        yield Finding("decision", said % {"n": len(words), "most": LONGEST_CARD}, source=_practice())
