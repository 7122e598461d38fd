"""The form on which a sheet is keyed in: the boxes and lines of the paper, with the numbers typed for them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .forms import CompiledSurvey
from .keying import LARGEST
from .paper import sheet
from .questions import Form, Schema, type_of
from .questions.base import Box
from .rendering import rules_for_script

NUMBER = "sheet_number"


class Filled(NamedTuple):
    """What was typed, and what it says. `errors`: (question id, input, message), a number before all questions."""

    token: str
    typed: Mapping[str, Sequence[str]]
    number: int | None
    number_typed: str
    answers: dict[str, Any]
    errors: list[tuple[str, str, str]]
    unsent: list[Schema]

    def complain(self, message: str, field: str = "") -> None:
        self.errors.insert(0, ("", field, message))


def empty(token: str, number: int | None) -> Filled:
    return Filled(token, {}, number, str(number or ""), {}, [], [])


def read(survey: CompiledSurvey, posted: QueryDict, asks_number: bool = False) -> Filled:
    """What a posted form says; the number of the sheet only where it is asked for."""
    typed = dict(posted.lists())
    reading = survey.read(typed, on_paper=True)
    text = posted.get(NUMBER, "").strip()
    whole = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))
    number = int(text) if whole else 0
    filled = Filled(
        posted.get("token", ""), typed, number or None, text[:20], reading.answers, reading.errors, reading.unsent
    )
    if asks_number and not number:
        filled.complain(_("Write the number of the sheet in figures, from 1 to %(n)d.") % {"n": LARGEST}, NUMBER)
    return filled


def items(survey: CompiledSurvey, filled: Filled) -> list[dict[str, Any]]:
    """Questions with their inputs as the paper has them, in its order, and what stands between them."""
    found = []
    for item in sheet.items(survey):
        item["rule"] = rules_for_script(survey, survey.routing.rules.get(item["id"], ()))
        if item["kind"] == "question":
            item |= _inputs(survey, item["question"], filled)
        found.append(item)
    return found


def problems(survey: CompiledSurvey, filled: Filled) -> list[tuple[str, str, bool]]:
    """(what to go to, message, is it about a question?) of all that is wrong."""
    return [(f"{survey.names[id_]}-box" if id_ else field, said, bool(id_)) for id_, field, said in filled.errors]


def _inputs(survey: CompiledSurvey, question: Schema, filled: Filled) -> dict[str, Any]:
    paper, name = type_of(question).paper(question), survey.names[question["id"]]
    form = Form(filled.typed)
    mine = [(field, message) for id_, field, message in filled.errors if id_ == question["id"]]
    return {
        "name": name,
        "errors": [message for _field, message in mine],
        "bad": {field for field, _message in mine},
        "boxes": _boxes(f"{name}{paper.field}", paper.boxes, form),
        "boxes_name": f"{name}{paper.field}",
        "lines": [
            {
                "label": blank.label,
                "unit": blank.unit,
                "name": f"{name}{blank.field}",
                "value": "".join(form.many(f"{name}{blank.field}")[:1]),
                "boxes": _boxes(f"{name}{blank.field}", paper.columns, form),
            }
            for blank in paper.blanks
        ],
        "words_name": f"{name}{paper.words}",
        "words": "".join(form.many(f"{name}{paper.words}")[:1]) if paper.lines else "",
    }


def _boxes(name: str, boxes: Sequence[Box], form: Form) -> list[dict[str, Any]]:
    chosen = form.many(name)
    return [{"box": box, "checked": box.value in chosen, "id": f"{name}-{box.code}"} for box in boxes]


def told_unsent(survey: CompiledSurvey, unsent: Sequence[Schema]) -> str:
    """Which answers were left out, and why."""
    numbered = sheet.numbers(survey)
    which = ", ".join(str(numbered[q["id"]]) for q in unsent if q["id"] in numbered)
    told = ngettext(
        "One answer was left out: question %(which)s was not for this person, after the answers before it.",
        "%(n)d answers were left out: questions %(which)s were not for this person, after the answers before them.",
        len(unsent),
    )
    return told % {"n": len(unsent), "which": which}


def why_closed(phase: str) -> str:
    if phase == "moved":
        return _("This survey has just joined a consultation. Send the form again.")
    if phase == "unpublished":
        return _("This survey was never published: publish it first.")
    return _("This survey is sealed, or being sealed: nothing can be added to it.")
