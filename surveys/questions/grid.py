"""Agreement grid: the same scale for several statements, with "no opinion" beside it."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
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
    boxes,
    keep_withdrawn,
    labelled,
    offered,
    text_line,
)
from .choice import is_empty
from .text_folding import fold

NO_OPINION = "none"
AGREEMENT = [_("Strongly agree"), _("Agree"), _("Disagree"), _("Strongly disagree")]


class GridBlock(QuestionBlock):
    rows = blocks.ListBlock(
        text_line(_("Statement"), 250),
        label=_("Statements"),
        max_num=30,
        default=["", "", ""],
        help_text=_("Empty lines are left out."),
    )
    scale = blocks.ListBlock(
        text_line(_("Step"), 60),
        label=_("Scale"),
        max_num=9,
        default=AGREEMENT,
    )
    no_opinion = blocks.BooleanBlock(label=_("Offer “No opinion”"), required=False, default=True)

    class Meta:
        label = _("Agreement grid")
        icon = "table"
        description = _("Several statements judged on the same scale.")
        preview_value = {
            "wording": _("Do you agree or not?"),
            "rows": [_("There is too little shade in summer.")],
            "scale": AGREEMENT,
            "no_opinion": True,
        }


class Grid(QuestionType):
    """The answer is {row id: scale step id}; rows left empty are absent."""

    name = "grid"
    block = GridBlock
    figure = "grid"
    comparison = "choices"
    reserved = {"scale": NO_OPINION}

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        scale = labelled(value["scale"])
        if value.get("no_opinion"):
            scale.append({"id": NO_OPINION, "label": gettext("No opinion")})
        return {"rows": labelled(value["rows"]), "scale": scale}

    def check(self, schema: Schema) -> list[Message]:
        problems: list[Message] = []
        if not offered(schema["rows"]):
            problems.append(_("Give at least one statement."))
        if len([s for s in offered(schema["scale"]) if s["id"] != NO_OPINION]) < 2:
            problems.append(_("Give the scale at least two steps."))
        return problems

    def merge(self, schema: Schema, previous: Schema) -> None:
        keep_withdrawn(schema["rows"], previous["rows"])
        keep_withdrawn(schema["scale"], previous["scale"])

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        rows, scale = offered(schema["rows"]), offered(schema["scale"])
        drawn = []
        for n, row in enumerate(rows, 1):
            chosen = typed.many(f"{name}_{n}") if typed else ()
            steps = [{**s, "checked": s["id"] in chosen, "none": s["id"] == NO_OPINION} for s in scale]
            drawn.append({**row, "name": f"{name}_{n}", "steps": steps})
        return {"rows": drawn, "steps": len(scale)}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        scale = {step["id"] for step in schema["scale"]}
        answer, missing = {}, ""
        for n, row in enumerate(offered(schema["rows"]), 1):
            chosen = form.one(f"{name}_{n}")
            if chosen and chosen not in scale:
                raise AnswerError(_("This choice is not in the list. Choose again."), f"{name}_{n}")
            if chosen:
                answer[row["id"]] = chosen
            else:
                missing = missing or f"{name}_{n}"
        if schema["required"] and missing and answer:
            raise AnswerError(_("Choose an answer on each line."), missing)
        return answer or None

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        places = {row["id"]: f"{name}_{n}" for n, row in enumerate(offered(schema["rows"]), 1)}
        return {places[row]: [step] for row, step in answer.items() if row in places}

    def choices(self, schema: Schema) -> list[Schema]:
        return [
            {
                "id": f"{row['id']}:{step['id']}",
                "label": f"{row['label']} : {step['label']}",
                **({"withdrawn": True} if row.get("withdrawn") or step.get("withdrawn") else {}),
            }
            for row in schema["rows"]
            for step in schema["scale"]
        ]

    def compared(self, schema: Schema, answer: Answer) -> set[str]:
        return {f"{row}:{step}" for row, step in answer.items()}

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        steps = {step["id"]: step["label"] for step in schema["scale"]}
        return [f"{row['label']} : {steps[answer[row['id']]]}" for row in schema["rows"] if row["id"] in answer]

    def takes(self, schema: Schema) -> float:
        return self.seconds + 6 * len(offered(schema["rows"]))

    def cell_names(self, schema: Schema) -> list[str]:
        q = schema["id"]
        return [f"g:{q}:{row['id']}:{step['id']}" for row in schema["rows"] for step in schema["scale"]]

    def cells(self, schema: Schema, answer: Answer) -> list[str]:
        return [f"g:{schema['id']}:{row}:{step}" for row, step in answer.items()]

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        rows = []
        for row in schema["rows"]:
            counted = [{**s, "count": count(f"g:{schema['id']}:{row['id']}:{s['id']}")} for s in schema["scale"]]
            options = [o for o in counted if o["count"] or not o.get("withdrawn")]
            total = sum(o["count"] for o in options)
            if total or not row.get("withdrawn"):
                rows.append({**row, "base": total, "options": options})
        return {"rows": rows}

    def picks(self, schema: Schema, part: str, item: str) -> list[str]:
        q = schema["id"]
        if part == "rows":
            return [f"g:{q}:{item}:{step['id']}" for step in schema["scale"]]
        return [f"g:{q}:{row['id']}:{item}" for row in schema["rows"]]

    def paper(self, schema: Schema) -> Paper:
        rows = [Blank(row["label"], field=f"_{n}") for n, row in enumerate(offered(schema["rows"]), 1)]
        return Paper(_("Tick one box on each line."), blanks=rows, columns=boxes(schema["scale"]))

    def columns(self, schema: Schema) -> list[tuple[str, str]]:
        title = schema["code"] or schema["wording"]
        return [(row["id"], f"{title} [{row['label']}]") for row in schema["rows"]]

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        labels = {step["id"]: step["label"] for step in schema["scale"]}
        return [labels.get((answer or {}).get(row["id"]), "") for row in schema["rows"]]

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        steps = {fold(step["label"]): step["id"] for step in schema["scale"]}
        answer = {}
        for row, value in zip(schema["rows"], values, strict=False):
            step = steps.get(fold(value))
            if step is None and is_empty(value):
                continue
            if step is None:
                raise AnswerError(_("“%(label)s” is not a step of the scale.") % {"label": value[:80]})
            answer[row["id"]] = step
        return answer or None
