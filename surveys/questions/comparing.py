"""How an answer is compared with what a condition names (pure), and what may be compared at all.

`QuestionType.comparison` says how: "choice" one option, "choices" several, "number", "date", "text"; "" where it is
only known whether there is an answer.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from .text_folding import fold

if TYPE_CHECKING:
    from .base import Answer, QuestionType, Schema

ALWAYS = ("answered", "unanswered")
ORDERED = ("is", "is_not", "greater", "less")
OPERATORS = {
    "": ALWAYS,
    "choice": ("is", "is_not", *ALWAYS),
    "choices": ("contains", "is", "is_not", *ALWAYS),
    "number": (*ORDERED, *ALWAYS),
    "date": (*ORDERED, *ALWAYS),
    "text": ("contains", *ALWAYS),
}
ALL_OPERATORS = ("is", "is_not", "contains", "greater", "less", *ALWAYS)
_DATE = re.compile(r"(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})")


class Stand:
    """Stands for an answer of which only what conditions compare is known."""

    def __init__(self, compared: Any):
        self.compared = compared


def needs_value(operator: str) -> bool:
    return operator not in ALWAYS


def read_value(kind: "QuestionType", schema: "Schema", typed: str) -> str:
    """What a condition names, as it is frozen: an option's id, a number, a date. Raises ValueError, saying why."""
    typed = typed.strip()
    if kind.comparison in ("choice", "choices"):
        return _choice(kind.choices(schema), typed)
    if not typed:
        raise ValueError(_("say which answer is meant."))
    if kind.comparison == "number":
        return _number(typed)
    return _date(typed) if kind.comparison == "date" else typed


def _choice(choices: list["Schema"], typed: str) -> str:
    for choice in choices:
        if choice["id"] == typed or (typed and fold(choice["label"]) == fold(typed)):
            if choice.get("withdrawn"):
                raise ValueError(_("“%(label)s” is no longer offered.") % {"label": choice["label"]})
            return str(choice["id"])
    if not typed:
        raise ValueError(_("choose which answer is meant."))
    raise ValueError(_("the answer that is meant is not in the list any more. Choose another."))


def _number(typed: str) -> str:
    try:
        value = Decimal(typed.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")[:40])
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise ValueError(_("write a number in figures, for example 12."))
    return f"{value.normalize():f}"


def _date(typed: str) -> str:
    try:
        if found := _DATE.fullmatch(typed):
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise ValueError(_("write a date like 27/3/2026.")) from None


def holds(kind: "QuestionType", schema: "Schema", answer: "Answer", operator: str, value: str) -> bool:
    """Does `answer` (None: no answer) meet the condition? Without an answer only “unanswered” is met."""
    if operator == "answered" or operator == "unanswered":
        return (answer is None) == (operator == "unanswered")
    if answer is None or operator not in OPERATORS[kind.comparison]:
        return False
    mine = answer.compared if isinstance(answer, Stand) else kind.compared(schema, answer)
    if kind.comparison in ("choice", "choices"):
        return {"is": mine == {value}, "is_not": value not in mine, "contains": value in mine}[operator]
    if kind.comparison == "text":
        return fold(value) in fold(mine)
    named: Any = Decimal(value) if kind.comparison == "number" else value
    if kind.comparison == "number":
        mine = Decimal(str(mine))
    return {"is": mine == named, "is_not": mine != named, "greater": mine > named, "less": mine < named}[operator]
