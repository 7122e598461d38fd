"""Figures as rows of a table."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _


def results_rows(figures: dict[str, Any]) -> Iterator[list[Any]]:
    """One row per option; hidden figures are empty, never 0."""
    yield ["question_id", "type", "question", "row", "option_id", "option", "count", "share", "base", "no_answer"]
    for q in figures["questions"]:
        head = [q["id"], q["type"], q["wording"]]
        for table in q.get("rows") or [q]:
            row = table["label"] if table is not q else ""
            tail = [_blank(table["base"]), _blank(q["no_answer"])]
            for option in table.get("options", []):
                label = f"{option['label']} ({_('withdrawn')})" if option.get("withdrawn") else option["label"]
                yield [*head, row, option["id"], label, _blank(option["count"]), _blank(option["share"]), *tail]
            if not table.get("options"):
                yield [*head, row, "", "", "", "", *tail]


def _blank(value: Any) -> Any:
    return "" if value is None else value
