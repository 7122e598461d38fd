"""Single choice: one option out of a list, with "other, please specify" where the agent wants it."""

from django.utils.translation import gettext_lazy as _

from .base import Answer, AnswerError, Form, Schema
from .choice import OTHER, ChoiceBlock, ChoiceType, is_empty


class SingleChoiceBlock(ChoiceBlock):
    class Meta:
        label = _("Single choice")
        icon = "radio-full"
        description = _("One answer out of a list.")
        preview_value = {"wording": _("How do you usually come?"), "options": [_("On foot"), _("By bike"), _("By car")]}


class SingleChoice(ChoiceType):
    name = "single"
    block = SingleChoiceBlock
    comparison = "choice"

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        chosen = form.one(name)
        return self._answer(schema, name, [chosen] if chosen else [], form)

    def _choose_other(self, chosen: list[str], name: str) -> list[str]:
        if chosen:
            raise AnswerError(_("You wrote beside “Other” but chose another answer. Keep one of the two."), name)
        return [OTHER]

    def columns(self, schema: Schema) -> list[tuple[str, str]]:
        return [("", schema["code"] or schema["wording"]), *self._other_column(schema)]

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        labels = {o["id"]: o["label"] for o in schema["options"]}
        row = [labels[answer["options"][0]] if answer else ""]
        if self._other_column(schema):
            row.append((answer or {}).get("other", ""))
        return row

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        empty = is_empty(values[0], [o["label"] for o in schema["options"]])
        chosen = [] if empty else [self._by_label(schema, values[0])]
        return self.read(schema, "v", Form({"v": chosen} | self._other_text(values, 1)))
