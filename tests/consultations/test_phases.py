"""Phases are half-open intervals, judged once and for all in one place, where the consultation is held."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from consultations.phases import ANSWERED, Dates, Phase, day_at, days_late, phase, steps
from consultations.zones import ZONES, zone_of

OPENS = datetime(2026, 3, 1, 8, tzinfo=UTC)
CLOSES = datetime(2026, 3, 29, 22, tzinfo=UTC)
DUE = date(2026, 5, 20)
MICRO = timedelta(microseconds=1)
PARIS, REUNION, TAHITI = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion"), ZoneInfo("Pacific/Tahiti")


def phase_in(zone: ZoneInfo, dates: Dates, now: datetime) -> Phase:
    return phase(dates, now, day_at(now, zone))


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


def test_an_answer_ends_the_lateness_and_only_from_its_own_day_on():
    dates = Dates(OPENS, CLOSES, DUE, date(2026, 5, 25))
    assert phase(dates, OPENS, date(2026, 5, 24)) is not Phase.ANSWERED and days_late(dates, date(2026, 5, 24)) == 4
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert phase(dates, now, now.date()) is Phase.ANSWERED
    assert days_late(dates, now.date()) == 0


def test_lateness_counts_days_from_the_day_after():
    dates = Dates(OPENS, CLOSES, DUE, None)
    assert [days_late(dates, DUE + timedelta(days=n)) for n in (0, 1, 10)] == [0, 1, 10]


def test_a_draft_without_dates_is_coming():
    assert phase(Dates(None, None, None, None), OPENS, OPENS.date()) is Phase.COMING


@pytest.mark.parametrize(
    ("zone", "last_minute"),
    [
        (PARIS, datetime(2026, 5, 20, 21, 59, 59, tzinfo=UTC)),  # summer time: two hours ahead
        (REUNION, datetime(2026, 5, 20, 19, 59, 59, tzinfo=UTC)),
        (TAHITI, datetime(2026, 5, 21, 9, 59, 59, tzinfo=UTC)),
    ],
)
def test_it_is_late_from_midnight_on_where_it_is_held(zone, last_minute):
    dates = Dates(OPENS, CLOSES, DUE, None)
    assert phase_in(zone, dates, last_minute) is Phase.CLOSED
    assert phase_in(zone, dates, last_minute + timedelta(seconds=1)) is Phase.LATE


@pytest.mark.parametrize(
    ("due", "midnight"),
    [
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),  # a day of 23 hours
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),  # a day of 25 hours
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
    ],
)
def test_days_on_which_clocks_change_are_whole_days(due, midnight):
    dates = Dates(OPENS, OPENS + timedelta(days=1), due, None)
    assert phase_in(PARIS, dates, midnight - MICRO) is Phase.CLOSED
    assert phase_in(PARIS, dates, midnight) is Phase.LATE


def test_closing_in_the_hour_that_comes_twice_happens_once():
    """2:30 on 25 October 2026 comes twice in Paris; an instant is stored, so there is only one closing."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    second = first.replace(fold=1)
    dates = Dates(OPENS, first, None, None)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    instants = [first.astimezone(UTC) + timedelta(minutes=n) for n in (-1, 0, 30, 60, 90)]
    assert [phase_in(PARIS, dates, at) for at in instants] == [Phase.OPEN, *[Phase.CLOSED] * 4]


def test_a_decision_stands_in_for_no_answer():
    dates = Dates(OPENS, CLOSES, DUE, None, decided_on=date(2026, 5, 22))
    assert phase(dates, CLOSES + timedelta(days=90), date(2026, 6, 27)) is Phase.LATE


WHOLE = Dates(OPENS, CLOSES, DUE, date(2026, 5, 20), date(2026, 6, 17), date(2026, 6, 17), None, date(2026, 9, 1))


@pytest.mark.parametrize(
    ("day", "expected", "states"),
    [
        ("2026-02-01", Phase.COMING, "now coming coming coming coming coming"),
        ("2026-03-10", Phase.OPEN, "done now coming coming coming coming"),
        ("2026-05-19", Phase.CLOSED, "done done now coming coming coming"),
        ("2026-05-20", Phase.ANSWERED, "done done done done now coming"),
        ("2026-06-17", Phase.DECIDED, "done done done done done now"),
        ("2026-09-01", Phase.CARRIED_OUT, "done done done done done done"),
    ],
)
def test_steps_to_come_are_shown_before_they_are_there(day, expected, states):
    now = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    assert phase_in(PARIS, WHOLE, now) is expected
    assert " ".join(step.state for step in steps(WHOLE, now, PARIS)) == states
    assert (expected in ANSWERED) == (day >= "2026-05-20")


def test_a_late_answer_is_a_late_step():
    now = datetime(2026, 5, 23, 12, tzinfo=UTC)
    found = list(steps(Dates(OPENS, CLOSES, DUE, None), now, PARIS))
    assert [step.state for step in found] == ["done", "done", "done", "late", "coming", "coming"]
    assert found[3].day == DUE


def test_every_zone_exists_here():
    assert [zone_of(name).key for name, _label in ZONES] == [name for name, _label in ZONES]
    assert zone_of("").key == "Europe/Paris"
