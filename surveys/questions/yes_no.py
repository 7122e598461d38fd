"""Yes or no, and why: the reason is an open answer, read by moderators before anybody else sees it."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .base import Answer, AnswerError, Form, Message, Paper, Schema, boxes
from .choice import ChoiceType, is_empty
from .text import TextBlock

REASON = "reason"
REASON_LENGTH = 500
NO_OPINION = "none"


class YesNoBlock(TextBlock):
    no_opinion = blocks.BooleanBlock(label=_("Offer “No opinion”"), required=False, default=False)

    class Meta:
        label = _("Yes or no, and why")
        icon = "check"
        description = _("Yes or no, with a reason in one’s own words.")
        preview_value = {"wording": _("Should the street be closed to cars on Saturdays?")}


class YesNo(ChoiceType):
    """The answer is {"options": ["yes"], "reason": text}."""

    name = "yes_no"
    block = YesNoBlock
    comparison = "choice"
    seconds = 30
    figure = "yes_no"
    shown_part = REASON

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        options = [{"id": "yes", "label": gettext("Yes")}, {"id": "no", "label": gettext("No")}]
        if value.get("no_opinion"):
            options.append({"id": NO_OPINION, "label": gettext("No opinion")})
        return {"options": options, "shown": bool(value.get("shown"))}

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        reason = (typed.many(f"{name}_{REASON}") or [""])[0] if typed else ""
        return {**super().field(schema, name, typed), "reason": reason, "reason_length": REASON_LENGTH}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        chosen, reason = form.one(name), form.text(f"{name}_{REASON}", REASON_LENGTH)
        if reason and not chosen:
            raise AnswerError(_("You wrote a reason: choose your answer, too."), name)
        answer = self._answer(schema, name, [chosen] if chosen else [], form)
        return {**answer, "reason": reason} if reason else answer

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        return {name: list(answer["options"]), f"{name}_{REASON}": [answer.get("reason", "")]}

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        return [text for text in self.to_csv(schema, answer) if text]

    def is_shown(self, schema: Schema) -> bool:
        return schema["shown"]

    def texts(self, schema: Schema, answer: Answer) -> list[tuple[str, str]]:
        return [(REASON, answer["reason"])] if answer.get("reason") else []

    def reworded(self, schema: Schema, answer: Answer, part: str, text: str) -> Answer:
        return {**answer, "reason": text}

    def longest(self, schema: Schema, part: str) -> int:
        return REASON_LENGTH

    def paper(self, schema: Schema) -> Paper:
        drawn = Paper(_("Tick one box."), boxes(schema["options"]))
        return drawn._replace(lines=2, before_lines=_("Why?"), words=f"_{REASON}")

    def columns(self, schema: Schema) -> list[tuple[str, str]]:
        title = schema["code"] or schema["wording"]
        return [("", title), (REASON, f"{title} [{gettext('Why?')}]")]

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        labels = {o["id"]: o["label"] for o in schema["options"]}
        return [labels[answer["options"][0]], answer.get("reason", "")] if answer else ["", ""]

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        empty = is_empty(values[0], [o["label"] for o in schema["options"]])
        chosen = [] if empty else [self._by_label(schema, values[0])]
        return self.read(schema, "v", Form({"v": chosen, f"v_{REASON}": values[1:2]}))

    def how(self, schema: Schema) -> Message:
        return _("Tick one box.")
