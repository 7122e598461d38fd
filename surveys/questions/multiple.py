"""Multiple choice: several options out of a list, between a least and a greatest number."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import blocks

from .base import Answer, AnswerError, Form, Message, Schema, offered
from .choice import ChoiceBlock, ChoiceType, is_empty
from .text_folding import fold


class MultipleChoiceBlock(ChoiceBlock):
    min_choices = blocks.IntegerBlock(label=_("At least"), required=False, min_value=1, max_value=60)
    max_choices = blocks.IntegerBlock(label=_("At most"), required=False, min_value=1, max_value=60)

    class Meta:
        label = _("Multiple choice")
        icon = "tick-inverse"
        description = _("Several answers out of a list.")
        preview_value = {
            "wording": _("What brings you here?"),
            "options": [_("The market"), _("The shops"), _("Meeting people")],
            "max_choices": 2,
        }


class MultipleChoice(ChoiceType):
    name = "multiple"
    block = MultipleChoiceBlock
    exclusive = False

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        bounds = {"min": value.get("min_choices"), "max": value.get("max_choices")}
        return super().schema(value, previous) | bounds

    def check(self, schema: Schema) -> list[Message]:
        problems = super().check(schema)
        least, most, options = schema["min"] or 0, schema["max"], len(offered(schema["options"]))
        if most and least > most:
            problems.append(_("“At least” is greater than “at most”."))
        if least > options:
            problems.append(_("“At least” asks for more choices than there are options."))
        return problems

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        chosen = list(form.many(name))
        if len(set(chosen)) < len(chosen):
            raise AnswerError(_("The same choice was sent twice. Choose again."), name)
        answer = self._answer(schema, name, chosen, form)
        if answer:
            self._check_number(schema, name, len(answer["options"]))
        return answer

    def _check_number(self, schema: Schema, name: str, n: int) -> None:
        least, most = schema["min"], schema["max"]
        if most and n > most:
            raise AnswerError(
                ngettext(
                    "Choose one answer at most: you ticked %(n)d.",
                    "Choose %(most)d answers at most: you ticked %(n)d.",
                    most,
                )
                % {"most": most, "n": n},
                name,
            )
        if least and n < least:
            raise AnswerError(
                ngettext(
                    "Choose at least one answer: you ticked %(n)d.",
                    "Choose at least %(least)d answers: you ticked %(n)d.",
                    least,
                )
                % {"least": least, "n": n},
                name,
            )

    def several(self, schema: Schema) -> bool:
        return True

    def how(self, schema: Schema) -> Message:
        if schema["max"]:
            return ngettext("Tick one box at most.", "Tick %(n)d boxes at most.", schema["max"]) % {"n": schema["max"]}
        return _("Tick as many boxes as you like.")

    def columns(self, schema: Schema) -> list[tuple[str, str]]:
        title = schema["code"] or schema["wording"]
        return [(o["id"], f"{title} [{o['label']}]") for o in schema["options"]] + self._other_column(schema)

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        chosen = answer["options"] if answer else []
        row = [o["label"] if o["id"] in chosen else "" for o in schema["options"]]
        if self._other_column(schema):
            row.append((answer or {}).get("other", ""))
        return row

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        options = schema["options"]
        chosen = [o["id"] for o, v in zip(options, values, strict=False) if self._is_ticked(o, v)]
        return self.read(schema, "v", Form({"v": chosen} | self._other_text(values, len(options))))

    def _is_ticked(self, option: Schema, value: str) -> bool:
        if value and fold(value) == fold(option["label"]):  # first: an option may be called “No”
            return True
        if is_empty(value) or fold(value) in {"0", "non", "no", "false", "faux"}:
            return False
        if fold(value) in {"1", "x", "oui", "yes", "true", "vrai"}:
            return True
        raise AnswerError(_("“%(label)s” does not belong in this column.") % {"label": value[:80]})
