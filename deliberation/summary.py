"""A debate's results as its pages tell them: what unites, what divides, what puzzles, the groups, the map."""

from typing import Any

from django.utils.dateparse import parse_datetime

from . import drawing, findings, results
from .models import Debate

FEW, MANY = 3, 5  # statements of each kind: inside a page, and on the page of the results


def context(
    debate: Debate, read: results.Published, most: int, heading: int, here: tuple[float, float] | None = None
) -> dict[str, Any]:
    """What `deliberation/results.html` draws; `here` is where the visitor stands."""
    figures, groups = read.figures, (read.figures["map"] or {}).get("groups") or []
    every = len(figures["statements"])
    united, dividing = findings.united(figures, every), findings.dividing(figures, every)
    grouped = findings.has_groups(figures)
    letters = [group["id"] for group in groups]
    picture = drawing.opinion_map(read.body["picture"], letters, here) if read.body and grouped else None
    return {
        "debate": debate,
        "figures": figures,
        "phase": debate.phase(),
        "until": _moment(figures["counted_until"]),
        "made_at": _moment((figures["map"] or {}).get("made_at")),
        "groups": groups if grouped else [],
        "alike": bool(groups) and not grouped,  # one group only: nothing sets people apart
        "shown": any(entry["agree"] is not None for entry in figures["statements"]),
        "united": united[:most],
        "united_total": len(united),
        "dividing": dividing[:most],
        "dividing_total": len(dividing),
        "puzzling": findings.puzzling(figures, most),
        "picture": picture,
        "legend": list(zip(groups, drawing.SHAPE_NAMES, picture.centres, strict=False)) if picture else None,
        "unplaced": read.body["unplaced"] if read.body else 0,
        "heading": heading,
        "under": heading + 1,
    }


def _moment(text: str | None) -> Any:
    return parse_datetime(text) if text else None
