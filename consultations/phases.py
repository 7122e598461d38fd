"""Which phase is a consultation in, and which steps lead there? One definition, half-open intervals (pure)."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Phase(StrEnum):
    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"  # it is analysed, the answer is awaited
    LATE = "late"  # the day promised for the answer is over
    ANSWERED = "answered"
    DECIDED = "decided"
    CARRIED_OUT = "carried_out"


# In all of these the answer is there.
ANSWERED = (Phase.ANSWERED, Phase.DECIDED, Phase.CARRIED_OUT)


class Dates(NamedTuple):
    """The dates of a consultation; the answer is due until the end of the day `answer_due`.

    Opening and closing are instants, everything else is a day where the consultation is held.
    """

    opens_at: datetime | None
    closes_at: datetime | None
    answer_due: date | None
    answered_on: date | None
    decision_on: date | None = None  # expected
    decided_on: date | None = None
    carried_out_due: date | None = None
    carried_out_on: date | None = None


class Step(NamedTuple):
    """One step of the public timeline: `state` is "done", "now", "late" or "coming"; `until` that `day` ends it."""

    name: str
    state: str
    day: date | None = None
    until: bool = False


def day_at(now: datetime, zone: ZoneInfo) -> date:
    """The day it is in `zone` at that instant: days there may have 23 or 25 hours."""
    return now.astimezone(zone).date()


def phase(dates: Dates, now: datetime, today: date) -> Phase:
    """The phase at `now`; `today` is the local day at that moment. No decision stands in for an answer."""
    if _is_past(dates.answered_on, today):
        if not _is_past(dates.decided_on, today):
            return Phase.ANSWERED
        return Phase.CARRIED_OUT if _is_past(dates.carried_out_on, today) else Phase.DECIDED
    if dates.opens_at is None or now < dates.opens_at:
        return Phase.COMING
    if dates.closes_at is None or now < dates.closes_at:
        return Phase.OPEN
    return Phase.LATE if days_late(dates, today) else Phase.CLOSED


def days_late(dates: Dates, today: date) -> int:
    """How many days the answer is late; 0 when it came, or is not due yet."""
    if dates.answer_due is None or _is_past(dates.answered_on, today):
        return 0
    return max(0, (today - dates.answer_due).days)


def _is_past(day: date | None, today: date) -> bool:
    return day is not None and day <= today


# How many steps are done in each phase.
_DONE = {
    Phase.COMING: 0,
    Phase.OPEN: 1,
    Phase.CLOSED: 2,
    Phase.LATE: 3,
    Phase.ANSWERED: 4,
    Phase.DECIDED: 5,
    Phase.CARRIED_OUT: 6,
}


def steps(dates: Dates, now: datetime, zone: ZoneInfo) -> Iterator[Step]:
    """All steps, those to come too: what is done, what is going on, what will be."""
    current = phase(dates, now, day_at(now, zone))
    done = _DONE[current]
    for n, (name, day, until) in enumerate(_named(dates, zone)):
        state = "done" if n < done else "coming" if n > done else "late" if current is Phase.LATE else "now"
        yield Step(name, state, day, until)


def _named(dates: Dates, zone: ZoneInfo) -> list[tuple[str, date | None, bool]]:
    opens, closes = (day_at(at, zone) if at else None for at in (dates.opens_at, dates.closes_at))
    return [
        ("preparation", opens, True),
        ("open", closes, True),
        ("analysis", dates.answered_on or dates.answer_due, True),
        ("answer", dates.answered_on or dates.answer_due, False),
        ("decision", dates.decided_on or dates.decision_on, False),
        ("carrying out", dates.carried_out_on or dates.carried_out_due, not dates.carried_out_on),
    ]
