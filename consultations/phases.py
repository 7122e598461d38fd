"""Which phase is a consultation in? One definition, half-open intervals (pure)."""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Phase(StrEnum):
    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"  # the answer is awaited
    LATE = "late"  # the day promised for the answer is over
    ANSWERED = "answered"


class Dates(NamedTuple):
    """The dates of a consultation; the answer is due until the end of the day `answer_due`."""

    opens_at: datetime | None
    closes_at: datetime | None
    answer_due: date | None
    answered_on: date | None


def phase(dates: Dates, now: datetime, today: date) -> Phase:
    """The phase at `now`; `today` is the local date at that moment."""
    if dates.answered_on and dates.answered_on <= today:
        return Phase.ANSWERED
    if dates.opens_at is None or now < dates.opens_at:
        return Phase.COMING
    if dates.closes_at is None or now < dates.closes_at:
        return Phase.OPEN
    return Phase.LATE if days_late(dates, today) else Phase.CLOSED


def days_late(dates: Dates, today: date) -> int:
    """How many days the answer is late; 0 when it came, or is not due yet."""
    if dates.answered_on or dates.answer_due is None:
        return 0
    return max(0, (today - dates.answer_due).days)
