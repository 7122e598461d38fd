"""Phases are half-open intervals, judged once and for all in one place."""

from datetime import UTC, date, datetime, timedelta

import pytest

from consultations.phases import Dates, Phase, days_late, phase

OPENS = datetime(2026, 3, 1, 8, tzinfo=UTC)
CLOSES = datetime(2026, 3, 29, 22, tzinfo=UTC)
DUE = date(2026, 5, 20)
MICRO = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - MICRO, Phase.COMING),
        (OPENS, Phase.OPEN),
        (CLOSES - MICRO, Phase.OPEN),
        (CLOSES, Phase.CLOSED),
        (datetime(2026, 5, 20, 23, 59, tzinfo=UTC), Phase.CLOSED),
        (datetime(2026, 5, 21, 0, 0, tzinfo=UTC), Phase.LATE),
    ],
)
def test_each_instant_has_one_phase(now, expected):
    assert phase(Dates(OPENS, CLOSES, DUE, None), now, now.date()) is expected


def test_an_answer_ends_the_lateness():
    dates = Dates(OPENS, CLOSES, DUE, date(2026, 5, 25))
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert phase(dates, now, now.date()) is Phase.ANSWERED
    assert days_late(dates, now.date()) == 0


def test_lateness_counts_days_from_the_day_after():
    dates = Dates(OPENS, CLOSES, DUE, None)
    assert [days_late(dates, DUE + timedelta(days=n)) for n in (0, 1, 10)] == [0, 1, 10]


def test_a_draft_without_dates_is_coming():
    assert phase(Dates(None, None, None, None), OPENS, OPENS.date()) is Phase.COMING
