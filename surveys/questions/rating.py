"""Rating with stars or faces: a mark on a short scale of which every step has its words."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import blocks

from .base import Answer, AnswerError, Blank, Box, Form, Message, Paper, QuestionBlock, QuestionType, Schema
from .means import add_mean

STEPS = {"stars5": 5, "stars10": 10, "faces": 5}
FACES = [
    _("Very dissatisfied"),
    _("Dissatisfied"),
    _("Neither satisfied nor dissatisfied"),
    _("Satisfied"),
    _("Very satisfied"),
]
# The mouth of each face, in the units of its drawing.
MOUTHS = ["M7 17.5q5-5 10 0", "M7 16.5q5-2.5 10 0", "M7 16h10", "M7 15q5 2.5 10 0", "M7 14q5 5.5 10 0"]


class RatingBlock(QuestionBlock):
    look = blocks.ChoiceBlock(
        label=_("Scale"),
        choices=[
            ("stars5", _("1 to 5 stars")),
            ("stars10", _("1 to 10 stars")),
            ("faces", _("Five faces, with words")),
        ],
        default="stars5",
        help_text=_("Choose before publishing: afterwards it cannot change."),
    )

    class Meta:
        label = _("Rating")
        icon = "pick"
        description = _("Stars, or faces with words.")
        preview_value = {"wording": _("How do you find the new playground?"), "look": "faces"}


class Rating(QuestionType):
    """The answer is a whole number, from 1."""

    name = "rating"
    block = RatingBlock
    comparison = "number"

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        return {"look": value["look"], "begun": previous["begun"] if previous else value["look"]}

    def check(self, schema: Schema) -> list[Message]:
        if schema["look"] != schema["begun"]:
            return [_("Its scale cannot change once published. Withdraw it and write a new question.")]
        return []

    def _steps(self, schema: Schema) -> range:
        return range(1, STEPS[schema["begun"]] + 1)

    def _label(self, schema: Schema, step: int) -> str:
        if schema["begun"] == "faces":
            return str(FACES[step - 1])
        return ngettext("%(n)d star", "%(n)d stars", step) % {"n": step}

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        chosen = typed.many(name) if typed else ()
        full, faces = self._steps(schema)[-1], schema["begun"] == "faces"
        steps = [
            {
                "value": step,
                "label": self._label(schema, step),
                "stars": "★" * step + "☆" * (full - step),
                "mouth": MOUTHS[step - 1] if faces else "",
                "checked": str(step) in chosen,
            }
            for step in self._steps(schema)
        ]
        return {"steps": steps, "last": steps[-1]}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        typed = form.one(name)
        if not typed:
            return None
        if typed not in {str(step) for step in self._steps(schema)}:
            raise AnswerError(_("This choice is not in the list. Choose again."), name)
        return int(typed)

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        return [self._label(schema, answer)]

    def cell_names(self, schema: Schema) -> list[str]:
        return [f"v:{schema['id']}:{step}" for step in self._steps(schema)]

    def cells(self, schema: Schema, answer: Answer) -> list[str]:
        return [f"v:{schema['id']}:{answer}"]

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        q = schema["id"]
        steps = self._steps(schema)
        return {
            "options": [{"id": str(s), "label": self._label(schema, s), "count": count(f"v:{q}:{s}")} for s in steps]
        }

    def derive(self, schema: Schema, entry: dict[str, Any]) -> None:
        add_mean(entry, self._steps(schema))
        entry["out_of"] = STEPS[schema["begun"]]

    def paper(self, schema: Schema) -> Paper:
        if schema["begun"] == "stars10":
            marks = [Box(str(step), str(step), str(step)) for step in self._steps(schema)]
            return Paper(_("Tick one box."), blanks=[Blank(_("10 = best"))], columns=marks)
        return Paper(_("Tick one box."), [Box(str(s), str(s), self._label(schema, s)) for s in self._steps(schema)])
