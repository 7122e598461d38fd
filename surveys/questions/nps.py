"""Would you recommend it? 0 to 10, counted as promoters, passives and detractors, with the score that follows."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .base import Schema
from .scale import Scale, ScaleBlock

GROUPS = {"promoters": range(9, 11), "passives": range(7, 9), "detractors": range(7)}


class NetPromoterBlock(ScaleBlock):
    low = blocks.CharBlock(label=_("What 0 means"), max_length=60, default=_("Certainly not"))
    high = blocks.CharBlock(label=_("What 10 means"), max_length=60, default=_("Certainly"))

    class Meta:
        label = _("Recommendation (0 to 10)")
        icon = "thumbtack"
        description = _("Would people recommend it? Gives the “net promoter score”.")
        preview_value = {
            "wording": _("Would you recommend the library to a neighbour?"),
            "low": _("Certainly not"),
            "high": _("Certainly"),
        }


class NetPromoter(Scale):
    """Answered like a scale; the eleven marks are counted, and published as three groups only."""

    name = "nps"
    block = NetPromoterBlock
    figure = "nps"

    @property
    def template(self) -> str:
        return "surveys/questions/scale.html"

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        labels = {
            "promoters": gettext("Promoters (9 and 10)"),
            "passives": gettext("Passives (7 and 8)"),
            "detractors": gettext("Detractors (0 to 6)"),
        }
        q = schema["id"]
        return {
            "options": [
                {"id": group, "label": labels[group], "count": sum(count(f"v:{q}:{mark}") for mark in marks)}
                for group, marks in GROUPS.items()
            ]
        }

    def derive(self, schema: Schema, entry: dict[str, Any]) -> None:
        counts = {option["id"]: option["count"] for option in entry["options"]}
        if entry["base"] and None not in counts.values():
            entry["score"] = round(100 * (counts["promoters"] - counts["detractors"]) / entry["base"])
