"""What each column of an export means: wordings, options with their ids, versions, bases, and what an empty cell says.

The same tables go beside the data as more sheets, as CSV and as JSON. Bases are for who may read the responses: what
everybody may read of them is in the figures.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from counting.workbooks import Sheet

from ..forms import compiled_live
from ..models import Response, Survey, SurveyVersion
from ..questions import TYPES, Schema, type_of
from ..routing_text import in_words
from .responses import HEAD, NOT_ASKED, headings

LISTS = ("options", "rows", "scale")  # keys of a schema that hold items with ids


class Dictionary(NamedTuple):
    """Three tables, the titles first."""

    columns: list[list[Any]]
    items: list[list[Any]]
    versions: list[list[Any]]

    def sheets(self) -> list[Sheet]:
        return [
            Sheet(_("Columns"), "colonnes", self.columns),
            Sheet(_("Options"), "modalites", self.items),
            Sheet(_("Versions"), "versions", self.versions),
        ]

    def as_json(self) -> str:
        told = {
            name: [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] for name, rows in self._asdict().items()
        }
        return json.dumps(told, ensure_ascii=False, indent=1)


def dictionary(
    survey: Survey, questions: Sequence[Schema], counts: dict[str, int] | None, with_head: bool = True
) -> Dictionary:
    """Of the columns of `questions`. `counts`: the tally by cell name, None where no figure is to be told."""
    versions = list(SurveyVersion.objects.filter(survey=survey).order_by("number"))
    return Dictionary(
        [_COLUMN_TITLES, *(_head_rows() if with_head else ()), *_column_rows(survey, questions, versions, counts)],
        [_ITEM_TITLES, *_item_rows(questions, versions)],
        [_VERSION_TITLES, *map(_version_row, versions, [None, *versions])],
    )


_COLUMN_TITLES = [
    "column", "question_id", "part", "type", "wording", "help", "required", "withdrawn", "versions",
    "earlier_wordings", "asked_when", "answered", "left_empty", "not_asked", "values",
]  # fmt: skip
_ITEM_TITLES = ["question_id", "list", "item_id", "label", "withdrawn", "versions", "earlier_labels"]
_VERSION_TITLES = ["version", "published_on", "questions", "changes"]


def _head_rows() -> list[list[Any]]:
    channels = ", ".join(f"{value} = {label}" for value, label in Response.Channel.choices)
    levels = ", ".join(f"{value} = {label}" for value, label in Response._meta.get_field("trust").choices)
    told = {
        "response_week": _("The week in which the response came, as 2026-W12; the day is not given out."),
        "response_channel": channels + _(" (in published figures: web, and other for all the others)"),
        "response_level": levels,
        "response_version": _("The version of the survey that was answered: see the versions."),
    }
    return [[name, "", "", "", *[""] * 10, told[name]] for name in HEAD]


def _column_rows(
    survey: Survey, questions: Sequence[Schema], versions: Sequence[SurveyVersion], counts: dict[str, int] | None
) -> Iterator[list[Any]]:
    titles, rules = iter(headings(questions)), compiled_live(survey).routing.rules
    for question in questions:
        asked = _asked(question["id"], versions)
        about = [
            question["type"],
            question["wording"],
            question.get("help", ""),
            _yes_no(question["required"]),
            _yes_no(question.get("withdrawn")),
            _numbers(asked),
            _earlier(question["wording"], [q["wording"] for q in asked.values()]),
            in_words(rules.get(question["id"], ())) or _("everybody"),
            *_bases(question["id"], counts),
            _values(question),
        ]
        for part, _title in type_of(question).columns(question):
            yield [next(titles), question["id"], part, *about]


def _bases(id_: str, counts: dict[str, int] | None) -> list[Any]:
    if counts is None:
        return ["", "", ""]
    answered, empty = counts.get(f"q:{id_}", 0), counts.get(f"-:{id_}", 0)
    return [answered, empty, counts.get("n", 0) - answered - empty]


def _values(question: Schema) -> str:
    """What stands in the cells."""
    found = {
        "single": _("the label of the option chosen"),
        "multiple": _("the label where the option was ticked"),
        "grid": _("the label of the step chosen on this line"),
        "scale": _("a whole number from 0 to 10"),
        "number": _("a number"),
        "date": _("a day, as 2026-03-27"),
    }.get(question["type"], str(TYPES[question["type"]].block().meta.description))
    return _("%(values)s. Empty: left without an answer. %(code)s: not asked.") % {"values": found, "code": NOT_ASKED}


def _item_rows(questions: Sequence[Schema], versions: Sequence[SurveyVersion]) -> Iterator[list[Any]]:
    for question in questions:
        asked = _asked(question["id"], versions)
        for name in LISTS:
            for item in question.get(name) or ():
                before = {
                    number: old
                    for number, q in asked.items()
                    for old in q.get(name) or ()
                    if old["id"] == item["id"] and not old.get("withdrawn")
                }
                labels = [old["label"] for old in before.values()]
                yield [
                    question["id"],
                    name,
                    item["id"],
                    item["label"],
                    _yes_no(item.get("withdrawn")),
                    _numbers(before),
                    _earlier(item["label"], labels),
                ]


def _asked(id_: str, versions: Sequence[SurveyVersion]) -> dict[int, Schema]:
    """The question as each version asked it, by the version's number."""
    found = {v.number: next((q for q in v.schema["questions"] if q["id"] == id_), None) for v in versions}
    return {number: q for number, q in found.items() if q and not q.get("withdrawn")}


def _version_row(version: SurveyVersion, before: SurveyVersion | None) -> list[Any]:
    asked = [q for q in version.schema["questions"] if not q.get("withdrawn")]
    return [version.number, version.published_at.date().isoformat(), len(asked), "; ".join(_changes(version, before))]


def _changes(version: SurveyVersion, before: SurveyVersion | None) -> Iterator[str]:
    """What this version asks otherwise than the one before, for who compares answers to both."""
    old = {q["id"]: q for q in before.schema["questions"] if not q.get("withdrawn")} if before else {}
    for question in version.schema["questions"]:
        was = old.pop(question["id"], None)
        if question.get("withdrawn"):
            if was:
                yield _("withdrawn: %(wording)s") % {"wording": was["wording"]}
        elif before and was is None:
            yield _("added: %(wording)s") % {"wording": question["wording"]}
        elif was and was["wording"] != question["wording"]:
            yield _("reworded: %(before)s → %(after)s") % {"before": was["wording"], "after": question["wording"]}


def _earlier(now: str, wordings: list[str]) -> str:
    return " | ".join(dict.fromkeys(w for w in wordings if w != now))


def _numbers(asked: dict[int, Any]) -> str:
    return ", ".join(map(str, asked))


def _yes_no(value: Any) -> str:
    return _("yes") if value else _("no")
