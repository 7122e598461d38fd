"""An e-mail address, kept apart: the answer says that one was given and never which (`surveys.given_emails`)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from participation import mailing

from .base import EMPTY, Answer, AnswerError, Box, Form, Message, Paper, QuestionBlock, QuestionType, Schema

KEPT, REMOVE = "kept", "remove"  # ends of the names of inputs
GIVEN = "1"


class EmailBlock(QuestionBlock):
    purpose = blocks.CharBlock(
        label=_("What you will write about"),
        max_length=200,
        help_text=_("Read under the question and in our mail. For example: “the workshop of 12 March, nothing else”."),
    )

    class Meta:
        label = _("E-mail address")
        icon = "mail"
        description = _("An address to write to, kept apart from all answers and confirmed by its owner.")
        preview_value = {"wording": _("Shall we tell you about the workshop?"), "purpose": _("the workshop")}


class Email(QuestionType):
    """The answer is {"given": true}."""

    name = "email"
    block = EmailBlock
    figure = "email"
    at_kiosk = False
    seconds = 20

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        return {"purpose": " ".join((value.get("purpose") or "").split())}

    def check(self, schema: Schema) -> list[Message]:
        problems: list[Message] = []
        if schema["required"]:
            problems.append(_("nobody may be made to give an address. Untick “An answer is needed”."))
        if not schema["purpose"]:
            problems.append(_("say what you will write about."))
        return problems

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        kept = bool(typed and typed.many(f"{name}_{KEPT}") and not typed.many(f"{name}_{REMOVE}"))
        return {**super().field(schema, name, typed), "kept": kept, "longest": mailing.LONGEST}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        if form.many(f"{name}_{REMOVE}"):
            return None
        address = self.address(name, form)
        return {"given": True} if address or form.many(f"{name}_{KEPT}") else None

    def address(self, name: str, form: Form) -> mailing.Address | None:
        """What was typed under `name`, for `given_emails` alone. Raises AnswerError."""
        if not (text := form.one(name).strip()):
            return None
        try:
            found = mailing.read(text)
        except mailing.NotAnAddress:
            found = None
        if found is None or len(found.to) > mailing.LONGEST or not found.to.isprintable():
            raise AnswerError(_("Write a whole e-mail address, for example nom@exemple.fr."), name)
        return found

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        return {f"{name}_{KEPT}": [GIVEN]}

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        return [gettext("An address, kept apart from your answers.")]

    def reread(self, schema: Schema, name: str, form: Form, answer: Answer) -> list[str]:
        address = self.address(name, form)
        return [*([address.to] if address else []), *self.said(schema, answer)]

    def paper(self, schema: Schema) -> Paper:
        how = _("Not on this sheet, which holds your answers: leave it on another one, where you hand this one in.")
        return Paper(how, [Box(GIVEN, GIVEN, gettext("Left apart"))], field=f"_{KEPT}")

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        return [GIVEN if answer else ""]

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        if values[0] == GIVEN:
            return {"given": True}
        if values[0].lower() not in EMPTY:
            raise AnswerError(_("Write 1 where an address was given, and nothing where none was: never the address."))
        return None
