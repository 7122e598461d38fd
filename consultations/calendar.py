"""The dates a consultation had better know of: general elections, and school holidays by zone (pure, from a data file).

Only what is official is in `calendar.json`; what an authority knows besides, it writes in its settings. Of an election
whose day is not fixed yet the month is known, and that is all the law's window needs.
"""

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

MONTHS_BEFORE = 6  # electoral code, article L52-1


class Election(NamedTuple):
    """A general election, from its first round to its last."""

    name: str
    first: date
    last: date
    month_only: bool = False

    @property
    def window(self) -> tuple[date, date]:
        """From the first day of the sixth month before the month of the election, to its last round."""
        months = self.first.year * 12 + self.first.month - 1 - MONTHS_BEFORE
        return date(months // 12, months % 12 + 1, 1), self.last


class Holidays(NamedTuple):
    """School holidays, both days included."""

    name: str
    first: date
    last: date
    official: bool = False


class Calendar(NamedTuple):
    """What the checks compare dates with."""

    elections: tuple[Election, ...] = ()
    holidays: tuple[Holidays, ...] = ()

    def elections_near(self, first: date, last: date) -> list[Election]:
        """Those whose window meets the days from `first` to `last`."""
        return [e for e in self.elections if _meet((first, last), e.window)]

    def holidays_near(self, first: date, last: date) -> list[Holidays]:
        return [h for h in self.holidays if _meet((first, last), (h.first, h.last))]


def _meet(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    return found


def official(zone: str, own: Iterable[Election | Holidays] = ()) -> Calendar:
    """What is official in a school zone ("A", "B", "C"; "" knows of no holidays), and the authority's `own` dates."""
    told, mine = _file(), list(own)
    elections = [
        Election(e["name"], date.fromisoformat(e["first"]), date.fromisoformat(e["last"]), e.get("month_only", False))
        for e in told["elections"]
    ]
    rows = [*told["holidays"]["all"], *told["holidays"][zone]] if zone in ("A", "B", "C") else []
    holidays = [
        Holidays(name, date.fromisoformat(first), date.fromisoformat(last), official=True) for name, first, last in rows
    ]
    return Calendar(
        (*elections, *(one for one in mine if isinstance(one, Election))),
        tuple(sorted([*holidays, *(one for one in mine if isinstance(one, Holidays))], key=lambda one: one.first)),
    )
