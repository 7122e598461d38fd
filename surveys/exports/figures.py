"""Figures as rows of a table."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from ..by_channel import OTHER
from ..cells import WEB

TITLES = ["question_id", "type", "question", "row", "option_id", "option", "count", "share", "base", "no_answer"]
TITLES += ["count_web", "count_other", "base_web", "base_other"]
CHANNEL = "channel"  # in the column of types: how many responses came by one channel


def results_rows(figures: dict[str, Any]) -> Iterator[list[Any]]:
    """One row per option, then one per channel; hidden figures are empty, never 0."""
    yield TITLES
    for q in figures["questions"]:
        head = [q["id"], q["type"], q["wording"]]
        for table in q.get("rows") or [q]:
            row = table["label"] if table is not q else ""
            tail = [_blank(table["base"]), _blank(q["no_answer"])]
            for option in table.get("options", []):
                label = f"{option['label']} ({_('withdrawn')})" if option.get("withdrawn") else option["label"]
                counts = [_blank(option["count"]), _blank(option["share"])]
                yield [*head, row, option["id"], label, *counts, *tail, *_parts(option), *_parts(table)]
            if not table.get("options"):
                yield [*head, row, "", "", "", "", *tail, *_parts({}), *_parts(table)]
    yield from _channel_rows(figures)


def _channel_rows(figures: dict[str, Any]) -> Iterator[list[Any]]:
    total = figures["counted_responses"]
    for found in figures["channels"]:
        n = found["count"]
        share = "" if n is None else round(n / total, 4) if total else 0.0
        head = ["", CHANNEL, _("How the responses came"), ""]
        yield [*head, found["channel"], found["label"], _blank(n), share, total, *[""] * 5]


def _parts(told: dict[str, Any]) -> list[Any]:
    """What came on the web and what came otherwise; empty where that is not told apart."""
    parts = told.get("by_channel") or {}
    return [parts.get(WEB, ""), parts.get(OTHER, "")]


def _blank(value: Any) -> Any:
    return "" if value is None else value
