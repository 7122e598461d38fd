"""Drawing a survey's form: once per version and language for everybody, afresh only where somebody typed something."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from participation.models import Scope
from participation.receipts import Voucher, issue_token

from .elements import layout_of
from .forms import CompiledSurvey, compiled
from .models import Survey, SurveyVersion
from .publishing import preview_schema
from .questions import Form, Schema, type_of
from .routing import Rule
from .routing_text import in_words

# Stands in the shared drawing where each visitor's own token goes; it cannot occur in text, which is escaped.
_TOKEN_PLACE = "<token>"  # noqa: S105

Errors = Sequence[tuple[str, str, str]]
Typed = Mapping[str, Sequence[str]]


def blank_form(survey: CompiledSurvey, voucher: Voucher | None = None) -> SafeString:
    """The empty form with a token of its own: no SQL and hardly any work after the first time."""
    drawn = _blank(survey.key, survey.number, get_language())
    return mark_safe(drawn.replace(_TOKEN_PLACE, issue_token(survey.key, voucher)))  # noqa: S308 - drawn by our template


@lru_cache(maxsize=256)
def _blank(key: str, number: int, language: str) -> str:
    return draw_form(compiled(key, number), _TOKEN_PLACE)


forget = _blank.cache_clear


def draw_form(
    survey: CompiledSurvey, token: str, typed: Typed | None = None, errors: Errors = (), step: int = 1
) -> SafeString:
    """The form with what was `typed` and its `errors`; in one-at-a-time pace only question `step` shows."""
    by_step = survey.schema["pace"] == "step"
    shown = survey.questions[step - 1 : step] if by_step else survey.questions
    items = _items(survey, shown, typed, errors)
    context = {
        "action": reverse("surveys:respond", args=[survey.key]),
        "survey": survey,
        "schema": survey.schema,
        "token": mark_safe(token) if token == _TOKEN_PLACE else token,  # noqa: S308
        "items": items,
        "live": any(item["rule"] for item in items),
        "errors": errors,
        "by_step": by_step,
        "step": step,
        "steps": len(survey.questions),
        "is_last": step == len(survey.questions),
        "carried": _carried(survey, shown, typed) if by_step and typed else (),
    }
    return render_to_string("surveys/form.html", context)


def _items(
    survey: CompiledSurvey, shown: Sequence[Schema], typed: Typed | None, errors: Errors
) -> list[dict[str, Any]]:
    """The questions shown, in order, with what stands between them; and for each when it is to be answered."""
    by_id = {q["id"]: q for q in shown}
    items = []
    for element in layout_of(survey.schema):
        rules = survey.routing.rules.get(element["id"], ())
        item: dict[str, Any] = {"rule": _for_script(survey, rules), "words": in_words(rules), **element}
        if element["kind"] != "question":
            items.append(item)
        elif question := by_id.get(element["id"]):
            items.append(item | {"field": _field(survey, question, typed, errors)})
    return items


def _for_script(survey: CompiledSurvey, rules: Sequence[Rule]) -> str:
    """The rules as the script that follows them reads them; "" where there are none."""
    said = [
        {
            "match": rule.match,
            "conditions": [
                [survey.names[c.question["id"]], c.kind.comparison, c.operator, c.value] for c in rule.conditions
            ],
        }
        for rule in rules
    ]
    return json.dumps(said, ensure_ascii=False) if said else ""


def draw_review(survey: CompiledSurvey, token: str, typed: Typed) -> SafeString:
    """What is about to be sent, question by question; what is not, though it was answered, and why."""
    reading = survey.read(typed)
    asked = [q for q in survey.questions if q["id"] in reading.answers]
    context = {
        "action": reverse("surveys:respond", args=[survey.key]),
        "survey": survey,
        "token": token,
        "answers": [_said(survey, q, reading.answers[q["id"]]) for q in asked],
        "unsent": [{"question": q, "why": in_words(survey.routing.rules[q["id"]])} for q in reading.unsent],
        "carried": _carried(survey, (), typed),
    }
    return render_to_string("surveys/review.html", context)


def _said(survey: CompiledSurvey, question: Schema, answer: Any) -> dict[str, Any]:
    lines = type_of(question).said(question, answer) if answer is not None else []
    return {"question": question, "name": survey.names[question["id"]], "lines": lines}


def _field(survey: CompiledSurvey, question: Schema, typed: Typed | None, errors: Errors) -> dict[str, Any]:
    kind, name = type_of(question), survey.names[question["id"]]
    mine = [(field, message) for id_, field, message in errors if id_ == question["id"]]
    return {
        "question": question,
        "name": name,
        "number": name[1:],
        "template": kind.template,
        "errors": [message for _field, message in mine],
        "shown": kind.is_shown(question),
        "bad": {field for field, _message in mine},
        **kind.field(question, name, Form(typed) if typed is not None else None),
    }


def _carried(survey: CompiledSurvey, shown: Sequence[Schema], typed: Typed) -> list[tuple[str, str]]:
    """What was typed at other steps, to travel along as hidden fields: nothing is kept on the server."""
    names = {survey.names[q["id"]] for q in shown}
    known = set(survey.names.values())
    return [
        (name, value)
        for name, values in typed.items()
        if (owner := name.partition("_")[0]) in known and owner not in names
        for value in values
    ]


def preview_form(draft: Survey) -> SafeString:
    """The form as `draft` would be published; it has no token and cannot be sent."""
    if draft.scope_id is None:
        draft.scope = Scope(tag="", salt=b"")
    version = SurveyVersion(survey=draft, number=0, schema=preview_schema(draft))
    return draw_form(CompiledSurvey(draft, version, {}), "")
