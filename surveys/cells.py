"""Which cells of the tally a response fills (pure).

The cells of a survey: "n" every response; "c:<channel>" those of a channel; "t:<level>" those of a verification level;
per question "q:<id>" answered and "-:<id>" asked but left empty; once it was reworded "w:<id>:<n>" answered after the
nth rewording (who answered and is in none of these answered the first wording); beyond these, what the question's type
names. A question that was not asked fills none.

Who answered otherwise than on the web fills, after these, the same cells of each question once more, as
"off:<cell>": what came on the web is the rest. So a response on the web costs nothing for it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from participation.trust import LADDER

from .questions import Schema, type_of

CHANNELS = ("web", "paper", "field", "phone", "import")
WEB = "web"
OFF = "off:"


def names(questions: list[Schema]) -> Iterator[str]:
    """Every cell that a response to these frozen questions can fill."""
    yield "n"
    yield from (f"c:{channel}" for channel in CHANNELS)
    yield from (f"t:{level}" for level in LADDER)
    for question in questions:
        yield f"q:{question['id']}"
        yield f"-:{question['id']}"
        yield from (f"w:{question['id']}:{n}" for n in range(1, len(question.get("earlier", ())) + 1))
        yield from type_of(question).cell_names(question)


def filled(questions: list[Schema], answers: Mapping[str, Any], channel: str, level: str) -> Iterator[str]:
    """The cells that `answers` fill: {question id: answer}, None for left empty, absent for not asked."""
    yield "n"
    yield f"c:{channel}"
    yield f"t:{level}"
    for question in questions:
        if question["id"] not in answers:
            continue
        answer = answers[question["id"]]
        if answer is None:
            yield f"-:{question['id']}"
        else:
            yield f"q:{question['id']}"
            if earlier := question.get("earlier"):
                yield f"w:{question['id']}:{len(earlier)}"
            yield from type_of(question).cells(question, answer)


def names_off(question: Schema) -> list[str]:
    """The cells that count this question for who answered otherwise than on the web; none where it is not split."""
    kind = type_of(question)
    inside = list(kind.cell_names(question)) if kind.by_channel else []
    return [f"{OFF}{name}" for name in (f"q:{question['id']}", *inside)] if inside else []


def filled_off(questions: list[Schema], answers: Mapping[str, Any]) -> Iterator[str]:
    """The cells of `names_off` that these answers fill, if they came otherwise than on the web."""
    for question in questions:
        kind, answer = type_of(question), answers.get(question["id"])
        if kind.by_channel and answer is not None and (inside := list(kind.cells(question, answer))):
            yield f"{OFF}q:{question['id']}"
            yield from (f"{OFF}{name}" for name in inside)
