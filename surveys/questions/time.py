"""Time of day, typed as people write it; counted by the hour."""

import re
from datetime import time
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .base import EMPTY, Answer, AnswerError, Blank, Form, Message, Paper, QuestionBlock, QuestionType, Schema

EARLIEST, LATEST = time(0, 0), time(23, 59)
# 18:30, 18h30, 18 h 30, 18.30, 1830, 18h, 18
TYPED = re.compile(r"([01]?[0-9]|2[0-3]) ?(?:[:hH.] ?([0-5][0-9])?|([0-5][0-9]))?(?: ?min)?")


class TimeBlock(QuestionBlock):
    earliest = blocks.TimeBlock(label=_("Earliest time accepted"), required=False)
    latest = blocks.TimeBlock(label=_("Latest time accepted"), required=False)

    class Meta:
        label = _("Time of day")
        icon = "history"
        description = _("A time, in hours and minutes.")
        preview_value = {"wording": _("At what time should the library close?")}


class Time(QuestionType):
    """The answer is "HH:MM"."""

    name = "time"
    by_channel = False
    block = TimeBlock

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        low, high = value.get("earliest") or EARLIEST, value.get("latest") or LATEST
        return {"min": f"{low:%H:%M}", "max": f"{high:%H:%M}"}

    def check(self, schema: Schema) -> list[Message]:
        if schema["min"] > schema["max"]:
            return [_("The earliest time must come before the latest.")]
        return []

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        return self._time(schema, form.one(name), name)

    def _time(self, schema: Schema, text: str, field: str) -> Answer:
        text = " ".join(text.split())  # whatever the kind of space
        if not text:
            return None
        found = TYPED.fullmatch(text) if text.isascii() else None
        if not found:
            raise AnswerError(_("Write a time in hours and minutes, for example 18:30."), field)
        answer = f"{int(found[1]):02d}:{found[2] or found[3] or '00'}"
        if not schema["min"] <= answer <= schema["max"]:
            bounds = {"low": schema["min"], "high": schema["max"]}
            raise AnswerError(_("Write a time from %(low)s to %(high)s.") % bounds, field)
        return answer

    def cell_names(self, schema: Schema) -> list[str]:
        return [f"v:{schema['id']}:{hour:02d}" for hour in range(24)]

    def cells(self, schema: Schema, answer: Answer) -> list[str]:
        return [f"v:{schema['id']}:{answer[:2]}"]

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        counts = {hour: count(f"v:{schema['id']}:{hour:02d}") for hour in range(24)}
        given = [hour for hour, n in counts.items() if n]
        hours = range(given[0], given[-1] + 1) if given else range(0)
        return {"options": [{"id": f"{h:02d}", "label": f"{h:02d}:00 – {h:02d}:59", "count": counts[h]} for h in hours]}

    def paper(self, schema: Schema) -> Paper:
        return Paper(_("For example 18:30."), blanks=[Blank(unit=_("hours and minutes"))])

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        return None if values[0].strip().lower() in EMPTY else self._time(schema, values[0], "")
