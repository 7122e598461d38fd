"""Template tags that draw a survey's form and its figures anywhere."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from geography import base_map
from participation import passes, trust

from .. import by_channel, framing, languages, publishing, rendering, results, verbatims
from ..forms import compiled_live
from ..models import OpenAnswer, Survey
from ..questions import TYPES, Paper, Schema, type_of

register = template.Library()

LINKED = "depuis"  # in an address: what a signed link says
COLUMN = 480  # SVG units: the longest bar


@register.inclusion_tag("surveys/survey_form.html", takes_context=True)
def survey_form(context: dict[str, Any], survey: Survey) -> dict[str, Any]:
    """The form while the survey is open, or what to prove before it; else when it opens or that it is closed."""
    told: dict[str, Any] = {"survey": survey, "phase": survey.phase()}
    if told["phase"] != "open":
        return told
    request: HttpRequest = context["request"]
    signed = request.GET.getlist(LINKED)[:5]
    came = f"?{urlencode([(LINKED, text[:100]) for text in signed])}" if signed else ""
    tag, back = survey.scope.tag, f"{request.path}{came}#questionnaire"
    framed = framing.is_framed(request)
    if framed and survey.trust != trust.OPEN:
        return {**told, "elsewhere": f"{survey.get_absolute_url()}{came}#questionnaire"}
    voucher = None if framed else passes.who(request, tag, survey.trust)
    if not trust.suffices(trust.reached(voucher, survey.trust), survey.trust):
        return {**told, "gate": passes.gate(survey.key, tag, survey.trust, back)}
    written = compiled_live(survey)
    compiled = written.in_language(request.GET.get("langue", ""), framed)
    typed = compiled.prefilled(signed)
    page, inside = get_language(), rendering.page_language(compiled.language)
    with override(inside):
        form = rendering.blank_form(compiled, voucher, typed)
    if rendering.has_map(form):
        base_map.allow(request)
    return {
        **told,
        "odd_link": len(typed) < len(signed),
        "form": form,
        "tag": tag,
        "back": back,
        "level": voucher.level if voucher else "",
        "languages": languages.offered(written.schema),
        "spoken": compiled.language or written.schema.get("language"),
        "inside": inside if inside != page else "",
        "request": request,
    }


@register.simple_tag(takes_context=True)
def outside(context: dict[str, Any]) -> SafeString:
    """The attributes of a link that leaves the form: in a frame it opens a tab, for our other pages are in no frame."""
    request = context.get("request")
    framed = request is not None and framing.is_framed(request)
    return SafeString(' target="_blank" rel="noopener"' if framed else "")


@register.simple_tag(takes_context=True)
def form_address(context: dict[str, Any], survey: Survey) -> str:
    """Where the form begins: in a frame, there."""
    return framing.address(survey.key, "survey", framing.is_framed(context["request"]))


@register.filter
def lang(text: str) -> SafeString:
    """The attributes that say the language of a passage, for texts that go through other filters."""
    return languages.attributes(text)


@register.simple_tag
def survey_minutes(survey: Survey) -> int:
    """How many minutes answering takes."""
    return compiled_live(survey).minutes if survey.live_version_id else 0


@register.inclusion_tag("surveys/results.html")
def survey_results(survey: Survey, heading: int = 3) -> dict[str, Any]:
    """The public figures of a survey as tables with bars; says why when there are none to show."""
    phase = survey.phase()
    if phase == "coming" or not results.are_public(survey):
        return {"survey": survey, "hidden": True, "phase": phase}
    figures = results.published(survey)
    written = verbatims.first_of(survey)
    return {
        "survey": survey,
        "figures": figures,
        "came": _came(figures),
        "questions": [{**q, "words": _words(written.get(q["id"]))} for q in figures["questions"]],
        "until": parse_datetime(figures["counted_until"]) if figures["counted_until"] else None,
        "phase": phase,
        "heading": heading,
    }


def _came(figures: results.Figures) -> dict[str, Any]:
    """How the responses came: the channels by which any did, and how many not on the web."""
    web = by_channel.on_the_web(figures["channels"])
    rows = [found for found in figures["channels"] if found["count"] != 0]
    other = None if web is None else figures["counted_responses"] - web
    return {"rows": rows, "web": web, "other": other, "is_hidden": web is None}


def _words(answers: list[OpenAnswer] | None) -> dict[str, Any] | None:
    """The first open answers to a question, and whether there are more; None where none are ever shown."""
    if answers is None:
        return None
    return {"first": answers[: verbatims.FIRST], "more": len(answers) > verbatims.FIRST}


@register.filter
def figure_template(question: dict[str, Any]) -> str:
    """Which template draws the figures of a question."""
    return f"surveys/figures/{TYPES[question['type']].figure}.html"


@register.filter
def day_of(text: str) -> str:
    """A day written as 2026-03-27, as people write it."""
    day = parse_date(text)
    return date_format(day, "j F Y") if day else text


@register.filter
def has_hidden(question: dict[str, Any]) -> bool:
    """True when a figure of this question is hidden."""
    return any(
        option["count"] is None for table in question.get("rows") or [question] for option in table.get("options", [])
    )


@register.filter
def channel_tables(question: dict[str, Any]) -> list[dict[str, Any]]:
    """The tables of a question that are split by channel, or would be if they were not about too few people."""
    return [table for table in question.get("rows") or [question] if "by_channel" in table]


@register.filter
def told_apart(tables: list[dict[str, Any]]) -> bool:
    """Is any of them split by channel?"""
    return any(table["by_channel"] for table in tables)


@register.filter
def share_of(n: int, base: int) -> float:
    return n / base if base else 0.0


@register.filter
def pairwise(question: dict[str, Any]) -> list[dict[str, Any]]:
    """The pairs of a ranking as a table: a line and a column for each proposal, "" where the two are the same."""
    counts: dict[tuple[str, str], int] = {}
    for pair in question["pairs"]:
        (a, b), (before, after) = pair["ids"], pair["counts"]
        counts[a, b], counts[b, a] = before, after
    ids = [option["id"] for option in question["options"]]
    return [{"label": o["label"], "cells": [counts.get((o["id"], i), "") for i in ids]} for o in question["options"]]


@register.filter
def paper(question: Schema) -> Paper:
    """A frozen question as it stands on a sheet of paper."""
    return type_of(question).paper(question)


@register.filter
def lines(number: int) -> range:
    """To draw so many lines to write on."""
    return range(number)


@register.filter
def bar(share: float | None) -> float:
    """The length of a bar, in SVG units out of COLUMN."""
    return round((share or 0) * COLUMN, 1)


@register.filter
def percent(share: float | None) -> str:
    """A share as a whole percentage, "<1" for what would round to nothing."""
    if share is None:
        return ""
    value = share * 100
    return "< 1" if 0 < value < 0.5 else str(round(value))


@register.filter
def segments(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts of a stacked bar: options with the x and width of their rectangle.

    Neighbours that are hidden leave a gap as wide as they are together, which the base gives anyway. When hidden ones
    stand apart nobody can tell how wide each gap is: no bar is drawn, the table below it says all there is to say.
    """
    hidden = [i for i, option in enumerate(options) if option["share"] is None]
    if hidden and hidden[-1] - hidden[0] >= len(hidden):
        return []
    gap = COLUMN - sum(bar(option["share"]) for option in options) if hidden else 0.0
    x, parts = 0.0, []
    for i, option in enumerate(options):
        if i in hidden:
            x += gap if i == hidden[0] else 0.0
            continue
        width = bar(option["share"])
        parts.append({**option, "x": round(x, 1), "width": width, "rank": i + 1})
        x += width
    return parts


@register.simple_tag
def draft_form(survey: Survey) -> SafeString:
    """The form as a draft would be published, for previews."""
    return rendering.preview_form(survey)


@register.simple_tag
def draft_advice(survey: Survey) -> list[dict[str, Any]]:
    """Advice on the questions of a draft, for previews."""
    return publishing.advice_on(survey)
