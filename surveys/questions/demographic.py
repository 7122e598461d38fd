"""Who answers: single choices ready made with the categories of INSEE, so that answers compare with the census."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .base import Message, QuestionBlock, Schema, labelled, offered, text_line
from .single import SingleChoice

UNSAID = "unsaid"
PLACE = "place"
# The bands of the census (POP T0), the household types (FAM T1), the groups of the PCS 2020.
READY: dict[str, dict[str, Message]] = {
    "age": {
        "0-14": _("Under 15"),
        "15-29": _("15 to 29"),
        "30-44": _("30 to 44"),
        "45-59": _("45 to 59"),
        "60-74": _("60 to 74"),
        "75-": _("75 or more"),
    },
    "gender": {"woman": _("Woman"), "man": _("Man"), "other": _("Other")},
    "occupation": {
        "1": _("Farmer"),
        "2": _("Craftsperson, shopkeeper, head of a business"),
        "3": _("Manager, or higher intellectual profession"),
        "4": _("Intermediate profession (technician, nurse, school teacher…)"),
        "5": _("Employee"),
        "6": _("Worker"),
        "7": _("Retired"),
        "8": _("Without paid work (student, at home, looking for work…)"),
    },
    "household": {
        "alone": _("I live alone"),
        "couple": _("As a couple, without children"),
        "couple-children": _("As a couple, with children"),
        "one-parent": _("One parent with children"),
        "other": _("Otherwise (flat-share, other relatives…)"),
    },
}


class DemographicBlock(QuestionBlock):
    about = blocks.ChoiceBlock(
        label=_("What about"),
        choices=[
            ("age", _("Age, in the bands of INSEE")),
            ("gender", _("Gender")),
            ("occupation", _("Occupation, in the groups of INSEE")),
            ("household", _("Household, in the types of INSEE")),
            (PLACE, _("Municipality or district, from the list below")),
        ],
        default="age",
        help_text=_("Choose before publishing: afterwards it cannot change."),
    )
    options = blocks.ListBlock(
        text_line(_("Place"), 200),
        label=_("Municipalities or districts"),
        max_num=60,
        default=[],
        help_text=_("Only for the question about the municipality or district."),
    )

    class Meta:
        label = _("About you")
        icon = "user"
        description = _("Age, gender, occupation… in the categories of INSEE, with “I prefer not to say”.")
        preview_value = {"wording": _("How old are you?"), "about": "age", "options": []}


class Demographic(SingleChoice):
    """A single choice whose options, and their ids, are the same in every survey."""

    name = "demographic"
    block = DemographicBlock
    reserved = {"options": UNSAID}

    @property
    def template(self) -> str:
        return "surveys/questions/single.html"

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        about = value["about"]
        ready = [{"id": id_, "label": str(label)} for id_, label in READY.get(about, {}).items()]
        options = [*(ready or labelled(value["options"])), {"id": UNSAID, "label": gettext("I prefer not to say")}]
        return {"options": options, "about": about, "begun": previous["begun"] if previous else about}

    def check(self, schema: Schema) -> list[Message]:
        if schema["about"] != schema["begun"]:
            return [_("What it is about cannot change once published. Withdraw it and write a new question.")]
        if len(offered(schema["options"])) < 3:
            return [_("Give at least two places.")]
        return super().check(schema)
