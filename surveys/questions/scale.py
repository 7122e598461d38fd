"""Scale from 0 to 10, with words at both ends."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .base import Answer, AnswerError, Blank, Box, Form, Paper, QuestionBlock, QuestionType, Schema
from .quantiles import summary

STEPS = range(11)


class ScaleBlock(QuestionBlock):
    low = blocks.CharBlock(label=_("What 0 means"), max_length=60, default=_("Not at all"))
    high = blocks.CharBlock(label=_("What 10 means"), max_length=60, default=_("Entirely"))

    class Meta:
        label = _("Scale from 0 to 10")
        icon = "order"
        description = _("A mark between two ends.")
        preview_value = {"wording": _("Do you feel safe on the square?"), "low": _("Not at all"), "high": _("Entirely")}


class Scale(QuestionType):
    """The answer is a whole number from 0 to 10."""

    name = "scale"
    block = ScaleBlock
    comparison = "number"

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        return {"low": value["low"], "high": value["high"]}

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        chosen = typed.many(name) if typed else ()
        return {"steps": [{"value": step, "checked": str(step) in chosen} for step in STEPS]}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        typed = form.one(name)
        if not typed:
            return None
        if typed not in {str(step) for step in STEPS}:
            raise AnswerError(_("Choose a whole number from 0 to 10."), name)
        return int(typed)

    def cell_names(self, schema: Schema) -> list[str]:
        return [f"v:{schema['id']}:{step}" for step in STEPS]

    def cells(self, schema: Schema, answer: Answer) -> list[str]:
        return [f"v:{schema['id']}:{answer}"]

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        counts = {step: count(f"v:{schema['id']}:{step}") for step in STEPS}
        ends = {0: f" – {schema['low']}", 10: f" – {schema['high']}"}
        options = [{"id": str(s), "label": f"{s}{ends.get(s, '')}", "count": n} for s, n in counts.items()]
        return {"options": options, "summary": summary(counts)}

    def paper(self, schema: Schema) -> Paper:
        ends = f"0 = {schema['low']} · 10 = {schema['high']}"
        return Paper(_("Tick one box."), blanks=[Blank(ends)], columns=[Box(str(s), str(s), str(s)) for s in STEPS])
