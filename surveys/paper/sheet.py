"""What stands on the sheets of a survey, as plain data: the page, the PDF and the screen for keying in draw the same.

Questions keep their order and wording; they are numbered as people count them, so without those that nobody is asked.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..elements import layout_of
from ..forms import CompiledSurvey
from ..questions import Schema, type_of
from ..routing import Rule
from ..routing_text import in_words


def numbers(survey: CompiledSurvey) -> dict[str, int]:
    """The number of each question that paper asks."""
    asked = (q["id"] for q in survey.questions if type_of(q).asked and _rules(survey, q["id"]) is not None)
    return {id_: n for n, id_ in enumerate(asked, 1)}


def items(survey: CompiledSurvey) -> Iterator[dict[str, Any]]:
    """Sections, texts and questions, in order."""
    numbered, by_id = numbers(survey), {q["id"]: q for q in survey.questions}
    for element in layout_of(survey.schema):
        rules = _rules(survey, element["id"])
        if element["kind"] == "page_break" or rules is None:
            continue
        told = {**element, "condition": in_words(rules, numbered)}
        if element["kind"] == "question":
            if element["id"] not in numbered:
                continue
            told |= _question(by_id[element["id"]], numbered)
        yield told


def _question(question: Schema, numbered: Mapping[str, int]) -> dict[str, Any]:
    return {"question": question, "number": numbered[question["id"]], "paper": type_of(question).paper(question)}


def _rules(survey: CompiledSurvey, id_: str) -> list[Rule] | None:
    """The rules of a question or element as far as paper can ask them; None where paper never shows it.

    What comes with a link is unknown on paper: conditions on it are decided here.
    """
    left = []
    for rule in survey.routing.rules.get(id_, ()):
        verdicts = [None if c.kind.asked else c.holds({}) for c in rule.conditions]
        settles = rule.match != "all"
        if settles in verdicts:
            if not settles:
                return None
            continue
        open_ = tuple(c for c, verdict in zip(rule.conditions, verdicts, strict=True) if verdict is None)
        if open_:
            left.append(rule._replace(conditions=open_))
        elif settles:
            return None
    return left
