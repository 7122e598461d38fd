"""A value that comes with the link: from which poster, district or mailing somebody came. Nobody is asked.

The link carries the value signed, so nobody makes up another; the form carries it on, and it is counted like a choice.
"""

import base64
from typing import Any

from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from participation.identity import keyed_hash

from .base import Answer, Form, Message, Paper, Schema
from .choice import ChoiceBlock, is_empty
from .single import SingleChoice

LONGEST = 80


class HiddenBlock(ChoiceBlock):
    class Meta:
        label = _("Value from the link")
        icon = "link"
        description = _("Not asked: noted from the link people follow. For example the poster, or the district.")
        preview_value = {"wording": _("Where people came from"), "options": [_("Poster"), _("Newsletter")]}


class Hidden(SingleChoice):
    """Answered by a signed text, `sign`; one that we did not sign is no answer, and no error either."""

    name = "hidden"
    block = HiddenBlock
    seconds = 0
    asked = False

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        return super().schema({**value, "other": False}, previous)

    def check(self, schema: Schema) -> list[Message]:
        if schema["required"]:
            return [_("it comes with the link: nobody could answer it. Untick “An answer is needed”.")]
        return super().check(schema)

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        answer = self.read(schema, name, typed) if typed else None
        return {"value": typed.many(name)[0], "said": self.said(schema, answer)} if typed and answer else {}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        for text in form.many(name)[:1]:
            for option in schema["options"]:
                if text[:LONGEST].startswith(f"{option['id']}.") and is_signed(schema, option["id"], text[:LONGEST]):
                    return {"options": [option["id"]]}
        return None

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        return {name: [sign(schema, answer["options"][0])]}

    def paper(self, schema: Schema) -> Paper:
        return Paper()  # no sheet has it: nobody is asked

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        empty = is_empty(values[0], [o["label"] for o in schema["options"]])
        return None if empty else {"options": [self._by_label(schema, values[0])]}


def sign(schema: Schema, option: str) -> str:
    """What a link carries to say `option` of this question."""
    digest = keyed_hash("prefilled", schema["id"].encode(), option.encode())[:12]
    return f"{option}.{base64.urlsafe_b64encode(digest).decode()}"


def is_signed(schema: Schema, option: str, text: str) -> bool:
    return text.isascii() and constant_time_compare(text, sign(schema, option))
