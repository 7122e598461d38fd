"""Ranking: each proposal gets a rank from a drop-down list; all of them, or the first few.

Counted are first choices and, of any two proposals, which stands before the other; the mean rank follows from these.
"""

from itertools import combinations
from typing import Any, TypeAlias

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

Line: TypeAlias = tuple[Schema, str, str]  # a proposal, the rank typed beside it, its field
MAX_EVER = 60  # proposals over all versions: 3,660 cells of the 65,536 a survey has


class RankingBlock(QuestionBlock):
    options = blocks.ListBlock(
        text_line(_("Proposal"), 200),
        label=_("Proposals"),
        max_num=20,
        default=["", "", ""],
        help_text=_("Empty lines are left out. Beyond seven, ranking is hard work."),
    )
    top = blocks.IntegerBlock(
        label=_("How many to rank"),
        required=False,
        min_value=1,
        max_value=20,
        help_text=_("Left empty: all of them. 3 means: at most the first three."),
    )

    class Meta:
        label = _("Ranking")
        icon = "list-ol"
        description = _("Proposals put in order, the most important first.")
        preview_value = {
            "wording": _("Which comes first, which last?"),
            "options": [_("Trees"), _("Benches"), _("A fountain")],
        }


class Ranking(QuestionType):
    """The answer is the list of proposal ids, the first choice first.

    What somebody did not rank comes after all they ranked. Cells: `f:` first choice, `r:` ranked, `a:` asked about,
    `w:…:a:b` a stands before b.
    """

    name = "ranking"
    block = RankingBlock
    figure = "ranking"
    comparison = "choice"  # conditions look at the first choice

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        return {"options": labelled(value["options"]), "top": value.get("top")}

    def check(self, schema: Schema) -> list[Message]:
        problems = check_labels(schema["options"])
        if len(schema["options"]) > MAX_EVER:
            problems.append(_("Too many proposals came and went here. Withdraw the question and write a new one."))
        return problems

    def merge(self, schema: Schema, previous: Schema) -> None:
        keep_withdrawn(schema["options"], previous["options"])

    def _ranks(self, schema: Schema) -> int:
        n = len(offered(schema["options"]))
        return min(schema["top"] or n, n)

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        ranks = [str(rank) for rank in range(1, self._ranks(schema) + 1)]
        rows = []
        for n, option in enumerate(offered(schema["options"]), 1):
            chosen = typed.many(f"{name}_{n}") if typed else ()
            drawn = [{"value": rank, "selected": rank in chosen} for rank in ranks]
            rows.append({**option, "name": f"{name}_{n}", "anchor": anchor(name, n), "ranks": drawn})
        return {"rows": rows, "most": len(ranks), "partial": len(ranks) < len(rows)}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        options = offered(schema["options"])
        lines = [(o, form.one(f"{name}_{n}"), anchor(name, n)) for n, o in enumerate(options, 1)]
        return self._order(lines, self._ranks(schema), whole=not schema["top"])

    def _order(self, lines: list[Line], most: int, whole: bool) -> Answer:
        """The proposals by rank: every rank once, none left out before the last, all given where `whole`."""
        ranked = dict[int, Line]()
        allowed = {str(rank) for rank in range(1, most + 1)}
        for line in lines:
            option, text, field = line
            if not text:
                continue
            if text not in allowed:
                raise AnswerError(_("This rank is not in the list. Choose again."), field)
            if other := ranked.get(int(text)):
                told = _("“%(one)s” and “%(two)s” both have rank %(rank)s. Give each a rank of its own.")
                raise AnswerError(told % {"one": other[0]["label"], "two": option["label"], "rank": text}, field)
            ranked[int(text)] = line
        if not ranked:
            return None
        self._check_gaps(ranked)
        forgotten = next(((option, field) for option, text, field in lines if not text), None)
        if whole and forgotten:
            told = _("“%(label)s” has no rank yet. Give every line a rank, or none.")
            raise AnswerError(told % {"label": forgotten[0]["label"]}, forgotten[1])
        return [ranked[rank][0]["id"] for rank in sorted(ranked)]

    def _check_gaps(self, ranked: dict[int, Line]) -> None:
        last = max(ranked)
        missing = next((rank for rank in range(1, last) if rank not in ranked), None)
        if missing:
            told = _("You gave rank %(last)d and nothing rank %(missing)d. Begin with 1 and leave no rank out.")
            raise AnswerError(told % {"last": last, "missing": missing}, ranked[last][2])

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        places = {option["id"]: f"{name}_{n}" for n, option in enumerate(offered(schema["options"]), 1)}
        return {places[i]: [str(rank)] for rank, i in enumerate((i for i in answer if i in places), 1)}

    def choices(self, schema: Schema) -> list[Schema]:
        return schema["options"]

    def compared(self, schema: Schema, answer: Answer) -> set[str]:
        return {answer[0]}

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        labels = {option["id"]: option["label"] for option in schema["options"]}
        return [f"{rank}. {labels[i]}" for rank, i in enumerate(answer, 1)]

    def takes(self, schema: Schema) -> float:
        return self.seconds + 5 * self._ranks(schema)

    def cell_names(self, schema: Schema) -> list[str]:
        q, ids = schema["id"], [o["id"] for o in schema["options"]]
        return [f"{kind}:{q}:{i}" for kind in "fra" for i in ids] + [
            f"w:{q}:{a}:{b}" for a in ids for b in ids if a != b
        ]

    def cells(self, schema: Schema, answer: Answer) -> list[str]:
        q, ranked = schema["id"], set(answer)
        after = [o["id"] for o in offered(schema["options"]) if o["id"] not in ranked]
        order = [*answer, *after]
        before = [f"w:{q}:{a}:{b}" for n, a in enumerate(answer) for b in order[n + 1 :]]
        return [f"f:{q}:{answer[0]}", *(f"r:{q}:{i}" for i in answer), *(f"a:{q}:{i}" for i in order), *before]

    def picks(self, schema: Schema, part: str, item: str) -> list[str]:
        return [f"r:{schema['id']}:{item}"]

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        q = schema["id"]
        options = [
            {**o, "count": count(f"f:{q}:{o['id']}"), "asked": asked}
            for o in schema["options"]
            if (asked := count(f"a:{q}:{o['id']}")) or not o.get("withdrawn")
        ]
        pairs = [
            {"ids": [a, b], "counts": [count(f"w:{q}:{a}:{b}"), count(f"w:{q}:{b}:{a}")]}
            for a, b in combinations([option["id"] for option in options], 2)
        ]
        return {"options": options, "pairs": pairs}

    def derive(self, schema: Schema, entry: dict[str, Any]) -> None:
        """The mean rank is one more than how many stand before, on average; hidden where the pairs are.

        A base that is hidden could be read off any pair.
        """
        if entry["base"] is None:
            for pair in entry["pairs"]:
                pair["counts"] = [None, None]
        hidden = any(pair["counts"][0] is None for pair in entry["pairs"])
        before = dict.fromkeys((option["id"] for option in entry["options"]), 0)
        for pair in () if hidden else entry["pairs"]:
            for mine, theirs in ((0, 1), (1, 0)):
                before[pair["ids"][mine]] += pair["counts"][theirs]
        for option in entry["options"]:
            asked = option.pop("asked")
            option["mean_rank"] = None if hidden or not asked else round(1 + before[option["id"]] / asked, 1)

    def paper(self, schema: Schema) -> Paper:
        ranks = self._ranks(schema)
        told = ngettext(
            "Write 1 beside your first choice.",
            "Write 1 beside your first choice, 2 beside the next, and so on down to %(n)d.",
            ranks,
        )
        lines = enumerate(offered(schema["options"]), 1)
        return Paper(told % {"n": ranks}, blanks=[Blank(o["label"], _("rank"), f"_{n}") for n, o in lines])

    def from_paper(self, schema: Schema) -> Schema:
        """Who ranked some of the proposals ranked these before all others, as in files."""
        return {**super().from_paper(schema), "top": self._ranks(schema)}

    def columns(self, schema: Schema) -> list[tuple[str, str]]:
        title = schema["code"] or schema["wording"]
        return [(o["id"], f"{title} [{o['label']}]") for o in schema["options"]]

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        ranks = {id_: str(rank) for rank, id_ in enumerate(answer or (), 1)}
        return [ranks.get(o["id"], "") for o in schema["options"]]

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        """What is not ranked may not have been on offer when it was answered: no line need have a rank."""
        lines = [
            (option, "" if is_empty(value) else value.strip(), "")
            for option, value in zip(schema["options"], values, strict=False)
        ]
        return self._order(lines, len(lines), whole=False)
