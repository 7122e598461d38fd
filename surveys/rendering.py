"""Drawing a survey's form: once per version and language for everybody, afresh only where somebody typed something."""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from participation.models import Scope
from participation.receipts import Voucher, issue_token

from . import framing, languages
from .drafts import Standing, fingerprint
from .forms import CompiledSurvey, compiled
from .models import Survey, SurveyVersion
from .pages import Page, Way
from .publishing import preview_schema
from .questions import Form, Schema, type_of
from .routing import Condition, Rule
from .routing_text import in_words

# Stands in the shared drawing where each visitor's own token goes; it cannot occur in text, which is escaped.
_TOKEN_PLACE = "<token>"  # noqa: S105

NEW = Standing({}, frozenset())


def page_language(code: str) -> str | None:
    """The language of buttons and messages around a form in the language `code`: the same, if the site speaks it."""
    return code if code in dict(settings.LANGUAGES) else get_language()


Errors = Sequence[tuple[str, str, str]]
Typed = Mapping[str, Sequence[str]]


def blank_form(survey: CompiledSurvey, voucher: Voucher | None = None, typed: Typed | None = None) -> SafeString:
    """The empty form with a token of its own: no SQL and hardly any work after the first time.

    `typed`: what came with the link; such a form is drawn for its visitor alone.
    """
    if typed:
        return draw_form(survey, issue_token(survey.key, voucher), typed)
    drawn = _blank(survey.key, survey.number, get_language(), survey.language, survey.framed)
    return mark_safe(drawn.replace(_TOKEN_PLACE, issue_token(survey.key, voucher)))  # noqa: S308 - drawn by our template


@lru_cache(maxsize=256)
def _blank(key: str, number: int, page_language: str, language: str, framed: bool) -> str:
    return draw_form(compiled(key, number).in_language(language, framed), _TOKEN_PLACE)


forget = _blank.cache_clear


def _action(survey: CompiledSurvey) -> str:
    return framing.address(survey.key, "respond", survey.framed) + framing.top(survey.framed)


def has_map(form: str) -> bool:
    """Must the page around a drawn form let the pictures of the base map come?"""
    return "data-location=" in form


def draw_form(
    survey: CompiledSurvey,
    token: str,
    typed: Typed | None = None,
    errors: Errors = (),
    page: int = 1,
    standing: Standing | None = NEW,
    notes: Sequence[dict[str, Any]] = (),
    seen: str = "",
) -> SafeString:
    """The form with what was `typed` and its `errors`; where it has several pages, that page alone.

    `standing`: what was kept of other pages, None where that is not known. `notes`: what was answered to questions of
    this page on another device. `seen`: by what a change from elsewhere is noticed, where it was drawn before.
    """
    pages = survey.pages or [Page((), ())]
    page = min(max(page, 1), len(pages))
    shown = pages[page - 1]
    context = {
        "action": _action(survey),
        "survey": survey,
        "schema": survey.schema,
        "dir": languages.language(survey.language).dir if survey.language else "",
        "token": mark_safe(token) if token == _TOKEN_PLACE else token,  # noqa: S308
        "errors": errors,
        "notes": notes,
        "page": page,
        "standing": standing,
    }
    if survey.is_paged:
        context |= _on_page(survey, page, standing) if standing else {}
        context["seen"] = seen or fingerprint(survey, shown.questions, standing.typed if standing else {})
    items = _items(survey, shown, typed, errors, context.get("way"))
    return render_to_string("surveys/form.html", context | {"items": items, "live": any(i["rule"] for i in items)})


def items_on_one_page(survey: CompiledSurvey) -> list[dict[str, Any]]:
    """All that a kiosk asks, as `surveys/items.html` draws it."""
    whole = survey.on_one_page()
    return _items(whole, whole.pages[0], None, (), None)


def _on_page(survey: CompiledSurvey, number: int, standing: Standing) -> dict[str, Any]:
    """How far one is, and where one can go from here."""
    way = way_of(survey, standing)
    return {
        "way": way,
        "progress": way.progress(number),
        "is_first": way.before(number) is None,
        "is_last": way.after(number) is None,
    }


def way_of(survey: CompiledSurvey, standing: Standing) -> Way:
    return Way(survey.pages, survey.routing, survey.read(standing.typed).answers, standing.passed)


def _items(
    survey: CompiledSurvey, page: Page, typed: Typed | None, errors: Errors, way: Way | None
) -> list[dict[str, Any]]:
    """The questions of a page, in order, with what stands between them; and for each when it is to be answered.

    What earlier pages decided is not shown, or shown without conditions.
    """
    here = {q["id"] for q in page.questions if type_of(q).asked}
    if not survey.is_paged and len(here) < len(page.questions):
        way = way_of(survey, Standing(dict(typed or {}), frozenset()))
    by_id = {q["id"]: q for q in page.questions}
    items = []
    for element in page.items:
        rules = survey.routing.rules.get(element["id"], ())
        if survey.is_paged and not way:
            rules = ()
        elif way and rules and not any(c.question["id"] in here for rule in rules for c in rule.conditions):
            if not way.routing.shows(element["id"], way.answers):
                continue
            rules = ()
        item: dict[str, Any] = {"rule": _for_script(survey, rules, here, way), "words": in_words(rules), **element}
        if element["kind"] == "question":
            item["field"] = _field(survey, by_id[element["id"]], typed, errors)
        items.append(item)
    return items


def rules_for_script(survey: CompiledSurvey, rules: Sequence[Rule]) -> str:
    """The rules as `survey.js` reads them, where all questions stand on one page."""
    return _for_script(survey, rules, {q["id"] for q in survey.questions}, None)


def _for_script(survey: CompiledSurvey, rules: Sequence[Rule], here: Collection[str], way: Way | None) -> str:
    """The rules as the script that follows them reads them, what is decided as true or false; "" without rules."""
    said = [
        {"match": rule.match, "conditions": [_condition(survey, c, here, way) for c in rule.conditions]}
        for rule in rules
    ]
    return json.dumps(said, ensure_ascii=False) if said else ""


def _condition(survey: CompiledSurvey, condition: Condition, here: Collection[str], way: Way | None) -> Any:
    if way and condition.question["id"] not in here:
        return condition.holds(way.answers)
    return [survey.names[condition.question["id"]], condition.kind.comparison, condition.operator, condition.value]


def draw_review(
    survey: CompiledSurvey,
    token: str,
    typed: Typed,
    errors: Errors = (),
    changing: str = "",
    sent: bool = False,
    changes: bool = False,
) -> SafeString:
    """What is about to be sent, question by question; what is not, though it was answered, and why.

    `changing`: where each question can be changed, up to the number of its page; where there is none, all stands on one
    page, and travels along. `sent`: it is what was sent before, unchanged.
    """
    reading = survey.read(typed)
    asked = [q for q in survey.questions if q["id"] in reading.answers]
    pages = {q["id"]: n for n, page in enumerate(survey.pages, 1) for q in page.questions}
    context = {
        "action": _action(survey),
        "survey": survey,
        "token": token,
        "errors": errors,
        "answers": [
            _said(survey, q, typed)
            | {"change": f"{changing}{pages[q['id']]}{framing.top(survey.framed)}" if changing else ""}
            for q in asked
        ],
        "unsent": [{"question": q, "why": in_words(survey.routing.rules[q["id"]])} for q in reading.unsent],
        "carried": [] if changing else _carried(survey, typed),
        "sent": sent,
    }
    return render_to_string("surveys/review.html", context)


def _said(survey: CompiledSurvey, question: Schema, typed: Typed) -> dict[str, Any]:
    return {"question": question, "name": survey.names[question["id"]], "lines": survey.said(question, typed)}


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


def _carried(survey: CompiledSurvey, typed: Typed) -> list[tuple[str, str]]:
    """What was typed, to travel along as hidden fields."""
    known = set(survey.names.values())
    return [(name, value) for name, values in typed.items() if name.partition("_")[0] in known for value in values]


def preview_form(draft: Survey) -> SafeString:
    """The form as `draft` would be published; it has no token and cannot be sent."""
    if draft.scope_id is None:
        draft.scope = Scope(tag="", salt=b"")
    version = SurveyVersion(survey=draft, number=0, schema=preview_schema(draft))
    return draw_form(CompiledSurvey(draft, version, {}), "")
