"""The editor's fields “show only if…”: which earlier question, compared how, with what."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

OPERATORS = [
    ("is", _("is")),
    ("is_not", _("is not")),
    ("contains", _("contains")),
    ("greater", _("is greater than, or after")),
    ("less", _("is less than, or before")),
    ("answered", _("was answered")),
    ("unanswered", _("was not answered")),
]
MATCHES = [("all", _("all of these hold")), ("any", _("at least one of these holds"))]


class _Chosen(forms.TextInput):
    """A text that the editor's script turns into a list: of the questions above, or of what may be answered to one."""

    def __init__(self, what: str):
        super().__init__({"data-controller": "palabre-condition", "data-palabre-condition-what-value": what})

    class Media:
        js = ["conditions-editor.js"]


class _ChosenBlock(blocks.CharBlock):
    """A short text; its widget offers a list."""

    def __init__(self, what: str = "question", **kwargs: Any):
        super().__init__(max_length=300, **kwargs)
        self.field.widget = _Chosen(what)


class ConditionBlock(blocks.StructBlock):
    """One condition. `question` is the id of a block above, so it follows that when it is moved or reworded."""

    question = _ChosenBlock(what="question", label=_("The answer to"), default="")
    operator = blocks.ChoiceBlock(choices=OPERATORS, default="is", label=_("compared how"))
    value = _ChosenBlock(what="value", label=_("with"), required=False, default="")

    class Meta:
        label = _("Condition")
        icon = "arrow-right"
        form_classname = "struct-block condition-block"


class OnlyIfBlock(blocks.StructBlock):
    """When the question, or section, is shown; always, where there is no condition."""

    match = blocks.ChoiceBlock(choices=MATCHES, default="all", label=_("Show if"))
    conditions = blocks.ListBlock(ConditionBlock(), default=[], max_num=10, label=_("Conditions"))

    class Meta:
        label = _("Show only if…")
        icon = "view"
        collapsed = True


def only_if(value: Any) -> dict[str, Any] | None:
    """What the block says, as it is frozen; None when there is no condition."""
    conditions = [
        {
            "question": (item["question"] or "").strip(),
            "operator": item["operator"] or "is",
            "value": (item["value"] or "").strip(),
        }
        for item in (value or {}).get("conditions") or ()
    ]
    return {"match": value["match"] or "all", "conditions": conditions} if conditions else None
