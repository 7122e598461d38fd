"""Drawing a debate's results inside any template."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from .. import drawing, findings, results, rules, summary
from ..models import Debate

register = template.Library()


@register.inclusion_tag("deliberation/results.html")
def debate_results(debate: Debate, heading: int = 3) -> dict[str, Any]:
    """What unites, what divides, the groups and the map, inside a page; says why when there is nothing to show."""
    phase = debate.phase()
    if phase == "coming" or not rules.see_results(debate):
        return {"debate": debate, "hidden": True, "phase": phase}
    return {"whole": False, **summary.context(debate, results.read(debate), summary.FEW, heading)}


@register.filter
def bar_parts(entry: Mapping[str, Any]) -> list[drawing.Part]:
    """The rectangles of a bar of votes."""
    return drawing.bar(entry)


@register.filter
def share_of(entry: Mapping[str, Any], word: str) -> str:
    """The share of one answer, in whole per cent."""
    return percent(findings.share(entry, word))


@register.filter
def percent(share: float | None) -> str:
    """A share in whole per cent, "< 1" for what would round to nothing; empty for none."""
    if share is None:
        return ""
    value = share * 100
    return "< 1" if 0 < value < 0.5 else "> 99" if 99.5 <= value < 100 else str(round(value))


@register.filter
def points(share: float | None) -> int:
    """A difference of shares, in percentage points."""
    return round((share or 0) * 100)


@register.filter
def where_words(centre: drawing.Centre) -> str:
    """Where a group lies on the map, for those who do not see it."""
    words = {
        ("", ""): _("in the middle"),
        ("left", ""): _("on the left"),
        ("right", ""): _("on the right"),
        ("", "top"): _("at the top"),
        ("", "bottom"): _("at the bottom"),
        ("left", "top"): _("at the top left"),
        ("right", "top"): _("at the top right"),
        ("left", "bottom"): _("at the bottom left"),
        ("right", "bottom"): _("at the bottom right"),
    }
    return words[centre.where]


@register.filter
def shape_word(name: str) -> str:
    return {
        "circle": _("circles"),
        "square": _("squares"),
        "triangle": _("triangles"),
        "diamond": _("diamonds"),
        "cross": _("crosses"),
    }[name]
