"""What single and multiple choice share: options, "other, please specify", their count and their columns."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .base import (
    EMPTY,
    Answer,
    AnswerError,
    Form,
    Message,
    Paper,
    QuestionBlock,
    QuestionType,
    Schema,
    boxes,
    check_labels,
    keep_withdrawn,
    labelled,
    offered,
    text_line,
)
from .text_folding import fold

OTHER = "other"
OTHER_LENGTH = 200


class ChoiceBlock(QuestionBlock):
    """A question with a list of options."""

    options = blocks.ListBlock(
        text_line(_("Option"), 200),
        label=_("Options"),
        max_num=60,
        default=["", "", ""],
        help_text=_("Empty lines are left out."),
    )
    other = blocks.BooleanBlock(label=_("Add “Other, please specify”"), required=False, default=False)


class ChoiceType(QuestionType):
    """Options by id; the answer is {"options": [option ids], "other": text typed beside "other"}."""

    comparison = "choices"
    reserved = {"options": OTHER}

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        options = labelled(value["options"])
        if value.get("other"):
            options.append({"id": OTHER, "label": gettext("Other")})
        return {"options": options}

    def check(self, schema: Schema) -> list[Message]:
        return check_labels(schema["options"])

    def merge(self, schema: Schema, previous: Schema) -> None:
        keep_withdrawn(schema["options"], previous["options"])

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        chosen = typed.many(name) if typed else ()
        return {
            "options": [{**o, "checked": o["id"] in chosen} for o in offered(schema["options"])],
            "other": OTHER,
            "other_name": f"{name}_{OTHER}",
            "other_text": (typed.many(f"{name}_{OTHER}") or [""])[0] if typed else "",
            "other_length": OTHER_LENGTH,
        }

    def _answer(self, schema: Schema, name: str, chosen: list[str], form: Form) -> Answer:
        known = {option["id"] for option in schema["options"]}
        for option in chosen:
            if option not in known:
                raise AnswerError(_("This choice is not in the list. Choose again."), name)
        text = form.text(f"{name}_{OTHER}", OTHER_LENGTH) if OTHER in known else ""
        if text and OTHER not in chosen:
            # Somebody who wrote something beside "other" meant it: their words are not thrown away.
            chosen = self._choose_other(chosen, name)
        if not chosen:
            return None
        order = [o["id"] for o in schema["options"]]
        answer: dict[str, Any] = {"options": sorted(chosen, key=order.index)}
        return answer | {"other": text} if text else answer

    def _choose_other(self, chosen: list[str], name: str) -> list[str]:
        return [*chosen, OTHER]

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        other = {f"{name}_{OTHER}": [answer["other"]]} if answer.get("other") else {}
        return {name: list(answer["options"])} | other

    def choices(self, schema: Schema) -> list[Schema]:
        return schema["options"]

    def compared(self, schema: Schema, answer: Answer) -> set[str]:
        return set(answer["options"])

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        labels = {o["id"]: o["label"] for o in schema["options"]}
        lines = [labels[option] for option in answer["options"]]
        return [*lines[:-1], f"{lines[-1]} : {answer['other']}"] if answer.get("other") else lines

    def cell_names(self, schema: Schema) -> list[str]:
        return [f"o:{schema['id']}:{option['id']}" for option in schema["options"]]

    def cells(self, schema: Schema, answer: Answer) -> list[str]:
        return [f"o:{schema['id']}:{option}" for option in answer["options"]]

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        rows = []
        for option in schema["options"]:
            n = count(f"o:{schema['id']}:{option['id']}")
            if n or not option.get("withdrawn"):
                rows.append({**option, "count": n})
        return {"options": rows}

    def picks(self, schema: Schema, part: str, item: str) -> list[str]:
        return [f"o:{schema['id']}:{item}"]

    def paper(self, schema: Schema) -> Paper:
        drawn = Paper(self.how(schema), boxes(schema["options"]), self.several(schema))
        if not any(option["id"] == OTHER for option in offered(schema["options"])):
            return drawn
        return drawn._replace(lines=1, before_lines=_("Other, please specify:"), words=f"_{OTHER}")

    def several(self, schema: Schema) -> bool:
        """May several options be chosen?"""
        return False

    def how(self, schema: Schema) -> Message:
        """What to do on paper, in one sentence."""
        return _("Tick one box.")

    def texts(self, schema: Schema, answer: Answer) -> list[tuple[str, str]]:
        return [(OTHER, answer["other"])] if answer.get("other") else []

    def reworded(self, schema: Schema, answer: Answer, part: str, text: str) -> Answer:
        return {**answer, "other": text}

    def longest(self, schema: Schema, part: str) -> int:
        return OTHER_LENGTH

    def _other_column(self, schema: Schema) -> list[tuple[str, str]]:
        if not any(o["id"] == OTHER for o in schema["options"]):
            return []
        return [("other", f"{schema['code'] or schema['wording']} [{gettext('Other')}: {gettext('text')}]")]

    def _by_label(self, schema: Schema, label: str) -> str:
        wanted = fold(label)
        by_label = (o["id"] for o in schema["options"] if fold(o["label"]) == wanted)
        by_id = (o["id"] for o in schema["options"] if o["id"] == label)
        if found := next(by_label, None) or next(by_id, None):  # an id may look like another option's label
            return found
        raise AnswerError(_("“%(label)s” is not an option of this question.") % {"label": label[:80]})

    def _other_text(self, values: list[str], columns: int) -> dict[str, list[str]]:
        """What was written beside "other": it stands in the column after those of the options."""
        written = values[columns:]
        return {f"v_{OTHER}": written} if written and not is_empty(written[0]) else {}


def is_empty(value: str, labels: Iterable[str] = ()) -> bool:
    """Whether a file says "left empty" with `value`; not where one of the `labels` on offer reads like that."""
    return value.strip().lower() in EMPTY and fold(value) not in {fold(label) for label in labels if label}
