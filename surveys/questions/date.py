"""Date, written as three small fields; counted by month or by year, never by day."""

from datetime import date
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .base import EMPTY, Answer, AnswerError, Blank, Form, Message, Paper, QuestionBlock, QuestionType, Schema

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
DRAWN_BARS = 12
BY_MONTH = 36  # a range of up to so many months is counted month by month, a longer one year by year


class DateBlock(QuestionBlock):
    earliest = blocks.DateBlock(label=_("Earliest date accepted"), required=False)
    latest = blocks.DateBlock(label=_("Latest date accepted"), required=False)

    class Meta:
        label = _("Date")
        icon = "date"
        description = _("A day, typed as day, month and year.")
        preview_value = {"wording": _("Since when have you lived here?")}


class Date(QuestionType):
    """The answer is "YYYY-MM-DD"."""

    name = "date"
    block = DateBlock
    comparison = "date"
    by_channel = False

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        low, high = value.get("earliest") or EARLIEST, value.get("latest") or LATEST
        months = (high.year - low.year) * 12 + high.month - low.month + 1
        unit = previous["unit"] if previous else ("month" if months <= BY_MONTH else "year")
        bounds = [low.isoformat(), high.isoformat()]
        return {"min": bounds[0], "max": bounds[1], "counted": bounds, "unit": unit}

    def check(self, schema: Schema) -> list[Message]:
        if schema["min"] > schema["max"]:
            return [_("The earliest date must come before the latest.")]
        if not EARLIEST.isoformat() <= schema["min"] or not schema["max"] <= LATEST.isoformat():
            return [_("Dates must lie between 1900 and 2100.")]
        return []

    def merge(self, schema: Schema, previous: Schema) -> None:
        lows, highs = zip(schema["counted"], previous["counted"], strict=True)
        schema["counted"] = [min(lows), max(highs)]

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        def value(part: str) -> str:
            return (typed.many(f"{name}_{part}") or [""])[0] if typed else ""

        return {"day": value("day"), "month": value("month"), "year": value("year")}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        typed = [form.one(f"{name}_{part}").strip() for part in ("day", "month", "year")]
        if not any(typed):
            return None
        try:
            if not all(t.isascii() and t.isdigit() and len(t) <= 4 for t in typed):
                raise ValueError
            day = date(int(typed[2]), int(typed[1]), int(typed[0]))
        except ValueError:
            raise AnswerError(
                _("Write a date that exists, as day, month and year: for example 27 3 2026."), f"{name}_day"
            ) from None
        return self._within(schema, day, f"{name}_day")

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        year, month, day = answer.split("-")
        return {f"{name}_day": [day], f"{name}_month": [month], f"{name}_year": [year]}

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        day = date.fromisoformat(answer)
        return [f"{day.day} {MONTHS[day.month]} {day.year}"]

    def _within(self, schema: Schema, day: date, field: str) -> str:
        text = day.isoformat()
        if not schema["min"] <= text <= schema["max"]:
            low, high = date.fromisoformat(schema["min"]), date.fromisoformat(schema["max"])
            raise AnswerError(
                _("Write a date from %(low)s to %(high)s.")
                % {"low": f"{low.day}/{low.month}/{low.year}", "high": f"{high.day}/{high.month}/{high.year}"},
                field,
            )
        return text

    def _period(self, schema: Schema, day: str) -> str:
        return day[:7] if schema["unit"] == "month" else day[:4]

    def _periods(self, schema: Schema) -> list[str]:
        low, high = schema["counted"]
        years = range(int(low[:4]), int(high[:4]) + 1)
        if schema["unit"] == "year":
            return [f"{y:04d}" for y in years]
        all_months = (f"{y:04d}-{m:02d}" for y in years for m in range(1, 13))
        return [m for m in all_months if low[:7] <= m <= high[:7]]

    def cell_names(self, schema: Schema) -> list[str]:
        return [f"v:{schema['id']}:{period}" for period in self._periods(schema)]

    def cells(self, schema: Schema, answer: Answer) -> list[str]:
        return [f"v:{schema['id']}:{self._period(schema, answer)}"]

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        counts = {p: n for p in self._periods(schema) if (n := count(f"v:{schema['id']}:{p}"))}
        if schema["unit"] == "month":
            return {"options": [{"id": p, "label": _month(p), "count": n} for p, n in counts.items()]}
        return {"options": _years({int(p): n for p, n in counts.items()})}

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        if values[0].strip().lower() in EMPTY:
            return None
        try:
            day = date.fromisoformat(values[0].strip())
        except ValueError:
            raise AnswerError(_("Write the date as year-month-day: 2026-03-27.")) from None
        return self._within(schema, day, "")

    def paper(self, schema: Schema) -> Paper:
        parts = [Blank(_("Day"), field="_day"), Blank(_("Month"), field="_month"), Blank(_("Year"), field="_year")]
        return Paper(_("For example 27 3 2026."), blanks=parts)


def _month(period: str) -> str:
    return f"{MONTHS[int(period[5:])]} {period[:4]}"


def _years(counts: dict[int, int]) -> list[dict[str, Any]]:
    """Bars of 1, 5, 10, 20 or 50 years, so that there are at most twelve."""
    if not counts:
        return []
    first, last = min(counts), max(counts)
    width = next(w for w in (1, 5, 10, 20, 50) if last // w - first // w < DRAWN_BARS)
    bars = range(first // width, last // width + 1)
    totals = {bar: sum(n for year, n in counts.items() if year // width == bar) for bar in bars}
    return [
        {
            "id": f"{bar * width}",
            "label": f"{bar * width}" + (f" – {bar * width + width - 1}" if width > 1 else ""),
            "count": n,
        }
        for bar, n in totals.items()
    ]
