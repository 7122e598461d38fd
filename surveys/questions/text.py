"""Open text, short or long. Read by the authority; shown to others only where the form said so, once it was read."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .base import Answer, Form, Paper, QuestionBlock, QuestionType, Schema

SHORT, LONG = 200, 5000


class TextBlock(QuestionBlock):
    """A question answered in one's own words."""

    shown = blocks.BooleanBlock(
        label=_("Show the answers on the results page, once a moderator has read them"),
        required=False,
        default=False,
        help_text=_("The form says so under the question. Answers given before you tick this are never shown."),
    )


class ShortTextBlock(TextBlock):
    class Meta:
        label = _("Short text")
        icon = "title"
        description = _("A few words on one line.")
        preview_value = {"wording": _("Which street are you thinking of?")}


class LongTextBlock(TextBlock):
    max_length = blocks.IntegerBlock(label=_("Longest text accepted"), default=600, min_value=50, max_value=LONG)

    class Meta:
        label = _("Long text")
        icon = "pilcrow"
        description = _("A few sentences, in one’s own words.")
        preview_value = {"wording": _("An idea, a fear, a memory?"), "max_length": 600}


class ShortText(QuestionType):
    """The answer is a string."""

    name = "short_text"
    block = ShortTextBlock
    figure = "words"
    comparison = "text"

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        return {"limit": SHORT, "shown": bool(value.get("shown"))}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        return form.text(name, schema["limit"]) or None

    def texts(self, schema: Schema, answer: Answer) -> list[tuple[str, str]]:
        return [("", answer)]

    def reworded(self, schema: Schema, answer: Answer, part: str, text: str) -> Answer:
        return text

    def longest(self, schema: Schema, part: str) -> int:
        return schema["limit"]

    def is_shown(self, schema: Schema) -> bool:
        return bool(schema.get("shown"))  # versions frozen before there was a choice promised to show nothing

    def paper(self, schema: Schema) -> Paper:
        return Paper(_("Give no name and no contact details."), lines=2 if schema["limit"] <= SHORT else 6)

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        return self.read(schema, "v", Form({"v": [values[0]]}))


class LongText(ShortText):
    name = "long_text"
    block = LongTextBlock
    seconds = 60

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        return {"limit": int(value.get("max_length") or 600), "shown": bool(value.get("shown"))}
