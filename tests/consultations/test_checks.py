"""The checks before opening: what stops, what warns and why, day by day around each limit."""

from datetime import UTC, date, datetime, timedelta

import pytest

from consultations import calendar
from consultations.checks import NEEDED, Draft, check

OPENS = datetime(2026, 5, 4, 8, tzinfo=UTC)
DRAFT = Draft(
    title="Quelle place demain ?",
    summary="La place va être refaite.",
    decision="Choisir le programme des travaux.",
    can_change="Les arbres.",
    fixed="La halle est protégée.",
    decided_by="Le conseil municipal",
    elsewhere="À l’accueil.",
    opens_at=OPENS,
    closes_at=OPENS + timedelta(weeks=4),
    decision_on=date(2026, 9, 17),
    answer_due=date(2026, 8, 20),
    referent=True,
    articles=5,
    questions=10,
    tools=1,
)
SUMMER = calendar.official("B")


def told(**changes) -> list:
    return check(DRAFT._replace(**changes), SUMMER)


def fields(found) -> list[tuple[str, bool]]:
    return [(one.field, one.stops) for one in found]


def test_nothing_is_said_of_what_is_complete_and_in_good_time():
    assert told() == []


@pytest.mark.parametrize("missing", NEEDED)
def test_what_is_missing_stops_at_its_field(missing):
    empty = None if missing.endswith(("_at", "_due")) else "  "
    assert (missing, True) in fields(told(**{missing: empty}))


def test_without_a_charter_nobody_could_be_told_why():
    assert fields(told(articles=0)) == [("charter", True)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closes_at": OPENS}, "closes_at"),
        ({"decision_on": date(2026, 6, 1)}, "decision_on"),  # the day it closes
        ({"answer_due": date(2026, 5, 31)}, "answer_due"),
    ],
)
def test_dates_in_an_order_that_makes_no_sense_stop(changes, field):
    assert (field, True) in fields(told(**changes))


@pytest.mark.parametrize("title", ["Référendum sur la place", "Votation citoyenne", "Le SCRUTIN du parc"])
def test_the_words_of_a_vote_warn_with_their_source(title):
    [found] = told(title=title)
    assert (found.field, found.stops) == ("title", False)
    assert "L1112-15" in found.source.name and found.source.url.startswith("https://www.legifrance")


def test_words_that_only_resemble_do_not():
    assert told(title="Le scrutateur et la dévotion") == []


@pytest.mark.parametrize(("length", "warned"), [(timedelta(weeks=3), False), (timedelta(weeks=3, seconds=-1), True)])
def test_less_than_three_weeks_warns(length, warned):
    assert bool(told(closes_at=OPENS + length)) is warned


@pytest.mark.parametrize(
    ("opens", "closes", "warned"),
    [
        (date(2026, 8, 31), date(2026, 9, 30), False),
        (date(2026, 8, 31), date(2026, 10, 1), True),  # the window opens on the first of the sixth month before
        (date(2027, 5, 2), date(2027, 6, 1), True),  # the day of the second round
        (date(2027, 5, 3), date(2027, 6, 1), False),
    ],
)
def test_the_months_before_an_election_warn_to_the_day(opens, closes, warned):
    moments = {"opens_at": datetime(*opens.timetuple()[:3], 8), "closes_at": datetime(*closes.timetuple()[:3], 20)}
    late = {"answer_due": date(2028, 1, 1), "decision_on": date(2028, 2, 1)}
    found = check(DRAFT._replace(**moments, **late), calendar.official(""))
    assert [f.source.name for f in found] == (["Code électoral, L52-1"] if warned else [])


def test_an_election_of_which_the_month_alone_is_known_has_its_window():
    march = next(e for e in calendar.official("").elections if e.month_only)
    assert march.window == (date(2027, 9, 1), date(2028, 3, 31))


@pytest.mark.parametrize(("zone", "names"), [("A", ["hiver"]), ("B", ["hiver"]), ("C", ["hiver"]), ("", [])])
def test_school_holidays_are_those_of_the_zone(zone, names):
    first = {"A": date(2027, 2, 28), "B": date(2027, 3, 7), "C": date(2027, 2, 21), "": date(2027, 2, 14)}[zone]
    near = calendar.official(zone).holidays_near(first, first)
    assert [one.name for one in near] == names
    assert not calendar.official(zone).holidays_near(first + timedelta(1), first + timedelta(1)) or zone == "C"


def test_own_dates_count_beside_the_official_ones_and_name_no_decree():
    own = [
        calendar.Holidays("vacances d’ici", date(2026, 5, 10), date(2026, 5, 11)),
        calendar.Election("Élection partielle", date(2026, 9, 6), date(2026, 9, 13)),
    ]
    found = check(DRAFT, calendar.official("", own))
    assert [(f.field, bool(f.source)) for f in found] == [("opens_at", True), ("closes_at", False)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"questions": 16}, "body"),
        ({"tools": 0}, "body"),
        ({"unpublished": ("Votre place",)}, "body"),
        ({"decision_on": None}, "decision_on"),
        ({"decision_on": date(2026, 7, 1)}, "answer_due"),
        ({"referent": False}, "referent"),
        ({"as_proposed": ("fixed",)}, "fixed"),
        ({"fixed": "mot " * 130}, "decision"),
    ],
)
def test_the_rest_is_good_advice_and_never_stops(changes, field):
    assert fields(told(**changes)) == [(field, False)]


def test_fifteen_questions_are_not_too_many():
    assert told(questions=15) == []
