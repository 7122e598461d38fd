"""Basket: projects with their cost, to be chosen within an envelope."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .base import Answer, AnswerError, Form, Message, Paper, QuestionBlock, Schema, check_labels, labelled, offered
from .multiple import MultipleChoice

MOST = 10**9


class ProjectBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Project"), max_length=250, required=False, default="")
    cost = blocks.IntegerBlock(label=_("Cost"), required=False, default=0, min_value=0, max_value=MOST)

    class Meta:
        icon = "pick"


class BasketBlock(QuestionBlock):
    options = blocks.ListBlock(ProjectBlock(), label=_("Projects"), max_num=250)
    envelope = blocks.IntegerBlock(label=_("Envelope"), default=100_000, min_value=1, max_value=MOST)
    unit = blocks.CharBlock(label=_("Unit"), required=False, default="€", max_length=10)
    max_choices = blocks.IntegerBlock(label=_("Projects at most"), required=False, min_value=1, max_value=250)

    class Meta:
        label = _("Basket within a budget")
        icon = "cog"
        description = _("Projects with their cost, to be chosen within an envelope.")
        preview_value = {
            "wording": _("Which projects would you pay for?"),
            "options": [
                {"label": _("A bread oven"), "cost": 9500},
                {"label": _("Bicycle tools"), "cost": 3200},
                {"label": _("A reading kiosk"), "cost": 5000},
            ],
            "envelope": 12_000,
            "unit": "€",
        }


class Basket(MultipleChoice):
    """Answered and counted like a multiple choice."""

    name = "basket"
    block = BasketBlock

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        return {
            "options": labelled(value["options"], "cost"),
            "envelope": int(value["envelope"]),
            "unit": value.get("unit", ""),
            "min": None,
            "max": value.get("max_choices"),
        }

    def check(self, schema: Schema) -> list[Message]:
        problems = check_labels(schema["options"])
        dear = next((o for o in offered(schema["options"]) if (o["cost"] or 0) > schema["envelope"]), None)
        if dear:
            problems.append(_("“%(label)s” costs more than the envelope.") % {"label": dear["label"]})
        return problems

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        options = super().field(schema, name, typed)["options"]
        priced = [{**o, "price": price(o["cost"], schema["unit"])} for o in options]
        return {"options": priced, "envelope": price(schema["envelope"], schema["unit"])}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        answer = super().read(schema, name, form)
        if answer:
            chosen = set(answer["options"])
            spent = sum(o["cost"] or 0 for o in schema["options"] if o["id"] in chosen)
            self._check_spent(schema, spent, name)
        return answer

    def takes(self, schema: Schema) -> float:
        return self.seconds + 2 * len(offered(schema["options"]))

    def _check_spent(self, schema: Schema, spent: int, name: str) -> None:
        if spent > schema["envelope"]:
            amounts = {
                "spent": price(spent, schema["unit"]),
                "over": price(spent - schema["envelope"], schema["unit"]),
                "envelope": price(schema["envelope"], schema["unit"]),
            }
            told = _("Your choice costs %(spent)s: %(over)s more than the envelope of %(envelope)s. Untick a project.")
            raise AnswerError(told % amounts, name)

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        rows = super().tabulate(schema, count, base)["options"]
        return {"options": [{**row, "note": price(row["cost"], schema["unit"])} for row in rows]}

    def derive(self, schema: Schema, entry: dict[str, Any]) -> None:
        """Mark what the envelope pays for, the most chosen first. Equal ones are marked together or not at all."""
        left = schema["envelope"]
        shown = [o for o in entry["options"] if o["count"] and not o.get("withdrawn")]
        for votes in sorted({o["count"] for o in shown}, reverse=True):
            equal = [o for o in shown if o["count"] == votes]
            cost = sum(o["cost"] or 0 for o in equal)
            if cost <= left:
                left -= cost
                for option in equal:
                    option["within"] = True
            elif len(equal) > 1:
                break  # who comes first among equals is not for a table to say
        entry["envelope"] = price(schema["envelope"], schema["unit"])

    def paper(self, schema: Schema) -> Paper:
        priced = [{**o, "label": f"{o['label']} – {price(o['cost'], schema['unit'])}"} for o in schema["options"]]
        return super().paper({**schema, "options": priced})

    def how(self, schema: Schema) -> Message:
        told = _("%(how)s They may cost %(envelope)s together.")
        return told % {"how": super().how(schema), "envelope": price(schema["envelope"], schema["unit"])}


def price(amount: int | None, unit: str) -> str:
    """An amount as people of the language write it."""
    figures = number_format(amount or 0, use_l10n=True, force_grouping=True)
    return f"{figures}\u00a0{unit}" if unit else figures
