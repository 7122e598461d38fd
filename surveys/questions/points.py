"""Points to distribute: so many in all, at most so many on one proposal, all of them or fewer."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import blocks

from .base import (
    Answer,
    AnswerError,
    Blank,
    Form,
    Message,
    Paper,
    QuestionBlock,
    QuestionType,
    Schema,
    anchor,
    check_labels,
    keep_withdrawn,
    labelled,
    offered,
    text_line,
)
from .choice import is_empty

MAX_CELLS = 6000  # of the 65,536 a survey has


class PointsBlock(QuestionBlock):
    options = blocks.ListBlock(
        text_line(_("Proposal"), 200),
        label=_("Proposals"),
        max_num=60,
        default=["", "", ""],
        help_text=_("Empty lines are left out."),
    )
    points = blocks.IntegerBlock(label=_("Points to distribute"), default=10, min_value=1, max_value=100)
    most = blocks.IntegerBlock(
        label=_("At most on one proposal"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=_("Left empty: all of them."),
    )
    exact = blocks.BooleanBlock(label=_("All points must be given"), required=False, default=False)

    class Meta:
        label = _("Points to distribute")
        icon = "plus-inverse"
        description = _("So many points, shared out over proposals.")
        preview_value = {
            "wording": _("Share ten points between these projects."),
            "options": [_("A bread oven"), _("Bicycle tools"), _("A reading kiosk")],
            "points": 10,
            "exact": False,
        }


class Points(QuestionType):
    """The answer is {proposal id: points}, without those that got none."""

    name = "points"
    block = PointsBlock
    figure = "points"
    hidden_too = ("points",)
    by_channel = False

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        points = int(value["points"])
        most = min(int(value.get("most") or points), points)
        return {
            "options": labelled(value["options"]),
            "points": points,
            "most": most,
            "exact": bool(value.get("exact")),
            "counted": most,
        }

    def check(self, schema: Schema) -> list[Message]:
        problems = check_labels(schema["options"])
        options = offered(schema["options"])
        if schema["exact"] and len(options) * schema["most"] < schema["points"]:
            problems.append(_("With so few points on one proposal, nobody can give them all."))
        if len(schema["options"]) * schema["counted"] > MAX_CELLS:
            problems.append(_("Too many proposals for so many points: lower “at most on one proposal”."))
        return problems

    def merge(self, schema: Schema, previous: Schema) -> None:
        keep_withdrawn(schema["options"], previous["options"])
        schema["counted"] = max(schema["counted"], previous["counted"])

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        rows = [
            {
                **option,
                "name": f"{name}_{n}",
                "anchor": anchor(name, n),
                "typed": (typed.many(f"{name}_{n}") or [""])[0] if typed else "",
            }
            for n, option in enumerate(offered(schema["options"]), 1)
        ]
        return {"rows": rows}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        options = offered(schema["options"])
        typed = [form.one(f"{name}_{n}") for n in range(1, len(options) + 1)]
        return self._answer(schema, options, typed, [anchor(name, n) for n in range(1, len(options) + 1)])

    def _answer(self, schema: Schema, options: list[Schema], typed: Sequence[str], fields: Sequence[str]) -> Answer:
        given = {}
        for option, text, field in zip(options, typed, fields, strict=True):
            if points := self._points(schema, text.strip(), field):
                given[option["id"]] = points
        if not given:
            return None
        self._check_total(schema, sum(given.values()), fields[0])
        return given

    def _points(self, schema: Schema, text: str, field: str) -> int:
        if not text:
            return 0
        if not (text.isascii() and text.isdigit() and len(text) <= 4):
            raise AnswerError(_("Write points in figures, for example 3."), field)
        if int(text) > schema["most"]:
            told = ngettext("One point at most on each line.", "%(n)d points at most on each line.", schema["most"])
            raise AnswerError(told % {"n": schema["most"]}, field)
        return int(text)

    def _check_total(self, schema: Schema, given: int, field: str) -> None:
        left = schema["points"] - given
        if left < 0:
            told = ngettext(
                "You gave %(given)d points, one more than you have. Take it back.",
                "You gave %(given)d points, %(n)d more than you have. Take %(n)d back.",
                -left,
            )
            raise AnswerError(told % {"given": given, "n": -left}, field)
        if left and schema["exact"]:
            told = ngettext("Give all your points: one is left.", "Give all your points: %(n)d are left.", left)
            raise AnswerError(told % {"n": left}, field)

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        places = {option["id"]: f"{name}_{n}" for n, option in enumerate(offered(schema["options"]), 1)}
        return {places[option]: [str(points)] for option, points in answer.items() if option in places}

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        return [f"{o['label']} : {answer[o['id']]}" for o in schema["options"] if o["id"] in answer]

    def takes(self, schema: Schema) -> float:
        return self.seconds + 4 * len(offered(schema["options"]))

    def cell_names(self, schema: Schema) -> list[str]:
        return [cell for option in schema["options"] for cell in self.picks(schema, "options", option["id"])]

    def picks(self, schema: Schema, part: str, item: str) -> list[str]:
        return [f"p:{schema['id']}:{item}:{n}" for n in range(1, schema["counted"] + 1)]

    def cells(self, schema: Schema, answer: Answer) -> list[str]:
        return [f"p:{schema['id']}:{option}:{points}" for option, points in answer.items()]

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        rows = []
        for option in schema["options"]:
            by_points = [count(cell) for cell in self.picks(schema, "options", option["id"])]
            total = sum(points * n for points, n in enumerate(by_points, 1))
            if total or not option.get("withdrawn"):
                rows.append({**option, "count": sum(by_points), "points": total})
        return {"options": rows}

    def paper(self, schema: Schema) -> Paper:
        told = _("Share out %(points)d points, %(most)d at most on each line.")
        told = told % {"points": schema["points"], "most": schema["most"]}
        lines = enumerate(offered(schema["options"]), 1)
        return Paper(told, blanks=[Blank(o["label"], _("points"), f"_{n}") for n, o in lines])

    def columns(self, schema: Schema) -> list[tuple[str, str]]:
        title = schema["code"] or schema["wording"]
        return [(o["id"], f"{title} [{o['label']}]") for o in schema["options"]]

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        return [str((answer or {}).get(o["id"], "")) for o in schema["options"]]

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        options = schema["options"]
        typed = ["" if is_empty(value) else value for value in values]
        return self._answer(schema, options, typed, [""] * len(options))
