"""Photos and documents. Seen by the authority, shown to nobody; counted as given or not.

What the browser sends as a file is received before the answers are read (`surveys.files`): here it is a signed
reference, which a form that comes back carries along, so that nobody sends a photo twice.
"""

import uuid
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from uploads import store

from .base import EMPTY, Answer, AnswerError, Box, Form, Message, Paper, QuestionBlock, QuestionType, Schema

ALT = "alt"
GIVEN = "1"  # in CSV


class FileBlock(QuestionBlock):
    class Meta:
        label = _("Document")
        icon = "doc-full"
        description = _("A PDF or a photo, for the authority alone.")
        preview_value = {"wording": _("Do you have a plan or a letter to show us?")}


class PhotoBlock(QuestionBlock):
    class Meta:
        label = _("Photo")
        icon = "image"
        description = _("A photo with a few words on it, for the authority alone.")
        preview_value = {"wording": _("Show us a place that you avoid.")}


class File(QuestionType):
    """The answer is {"id"}: that of the upload, "" where it was given elsewhere."""

    name = "file"
    block = FileBlock
    figure = "uploads"
    upload = "file"
    at_kiosk = False
    seconds = 60
    accept: ClassVar[str] = "application/pdf,image/jpeg,image/png,image/webp,image/heic,image/heif"
    lost: ClassVar[Message] = _("Choose the document again: it did not arrive.")

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        sent = typed.many(name)[0] if typed and typed.many(name) and not typed.many(f"{name}_remove") else ""
        return {"reference": sent if store.read_reference(sent) else "", "accept": self.accept}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        if form.many(f"{name}_remove"):
            return None
        sent = form.one(name)
        if schema.get("joined") and sent == GIVEN:  # to the sheet: it lies with it
            return {"id": ""}
        pk = store.read_reference(sent)
        if sent and pk is None:
            raise AnswerError(self.lost, name)
        return {"id": pk.hex} if pk else None

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        if schema.get("joined"):
            return {name: [GIVEN]}
        return {name: [store.reference(uuid.UUID(answer["id"]))] if answer["id"] else []}

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        return [_("Sent with your answers.")]

    def paper(self, schema: Schema) -> Paper:
        how = _("Join it to this sheet, with the number of the question on its back.")
        return Paper(how, [Box(GIVEN, GIVEN, gettext("Joined"))])

    def from_paper(self, schema: Schema) -> Schema:
        return {**super().from_paper(schema), "joined": True}

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        return [GIVEN if answer else ""]

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        """A file of responses brings no photos along: it says that one was given, on paper say."""
        if values[0] == GIVEN:
            return {"id": ""}
        if values[0].lower() not in EMPTY:
            raise AnswerError(_("Write 1 where a photo or document was given, and nothing where none was."), "v")
        return None


class Photo(File):
    """The answer is {"id", "alt"?}: what the photo shows, in words."""

    name = "photo"
    block = PhotoBlock
    upload = "photo"
    accept = "image/jpeg,image/png,image/webp,image/heic,image/heif"
    lost = _("Choose the photo again: it did not arrive.")

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        alt = (typed.many(f"{name}_alt") or [""])[0] if typed else ""
        return {**super().field(schema, name, typed), "alt": alt, "longest_alt": store.LONGEST_ALT}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        answer = super().read(schema, name, form)
        alt = " ".join(form.text(f"{name}_alt", store.LONGEST_ALT).split())
        if answer and alt:
            return {**answer, ALT: alt}
        if alt and not form.many(f"{name}_remove"):
            raise AnswerError(_("Choose the photo that you describe, or empty its description."), name)
        return answer

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        return {**super().typed(schema, name, answer), f"{name}_alt": [answer.get(ALT, "")]}

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        return [*super().said(schema, answer), *filter(None, [answer.get(ALT)])]

    def columns(self, schema: Schema) -> list[tuple[str, str]]:
        [(part, title)] = super().columns(schema)
        return [(part, title), (ALT, f"{title} ({gettext('description')})")]

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        return [*super().to_csv(schema, answer), answer.get(ALT, "") if answer else ""]

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        answer, alt = super().from_csv(schema, values), " ".join(values[1].split())[: store.LONGEST_ALT]
        return {**answer, ALT: alt} if answer and alt else answer

    def texts(self, schema: Schema, answer: Answer) -> list[tuple[str, str]]:
        return [(ALT, answer[ALT])] if ALT in answer else []

    def reworded(self, schema: Schema, answer: Answer, part: str, text: str) -> Answer:
        return {**answer, ALT: text}

    def longest(self, schema: Schema, part: str) -> int:
        return store.LONGEST_ALT
