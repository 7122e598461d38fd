"""The reference survey every figure uses, and seeded answers to it.

4 single choice (5 options), 2 multiple choice (6 options), 2 scales, 1 number, 1 long text.
"""

import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from participation.receipts import issue_token
from surveys.forms import CompiledSurvey, compiled_live
from surveys.models import Survey
from tests.factories.surveys import SurveyFactory, question

OPTIONS = [f"option {i}" for i in range(6)]
SINGLE_WEIGHTS = (0.4, 0.25, 0.2, 0.1, 0.05)
WORDS = [
    "park",
    "bike",
    "lane",
    "school",
    "bus",
    "street",
    "light",
    "noise",
    "tree",
    "market",
    "square",
    "river",
    "bridge",
    "library",
    "housing",
    "rent",
    "energy",
    "waste",
    "water",
    "sport",
    "music",
    "youth",
    "elderly",
    "safety",
    "budget",
    "plan",
]


def questions() -> list[dict[str, Any]]:
    return [
        *(question("single", f"Single {i}", options=OPTIONS[:5], other=False) for i in range(4)),
        *(question("multiple", f"Multiple {i}", options=OPTIONS, other=False, max_choices=None) for i in range(2)),
        *(question("scale", f"Scale {i}") for i in range(2)),
        question("number", "Number", minimum=0, maximum=120),
        question("long_text", "Text", max_length=600),
    ]


def make_survey(count: int = 10) -> Survey:
    """An open survey of `count` questions (1, 10 or 20)."""
    asked = (questions() + questions())[:count]
    return SurveyFactory(open=True, title=f"Reference {count}", questions=asked)


def answers(survey: CompiledSurvey, rng: random.Random) -> dict[str, Any]:
    """One person's answers, as they are stored."""
    return {q["id"]: _answer(q, rng) for q in survey.questions}


def _answer(q: dict[str, Any], rng: random.Random) -> Any:
    kind = q["type"]
    if kind == "single":
        return {"options": [rng.choices(q["options"], SINGLE_WEIGHTS)[0]["id"]]}
    if kind == "multiple":
        chosen = [o["id"] for o in q["options"] if rng.random() < 0.35]
        return {"options": chosen} if chosen else None
    if kind == "scale":
        return rng.randrange(1, 6)
    if kind == "number":
        return rng.randrange(18, 90)
    return " ".join(rng.choices(WORDS, k=12))


def form(survey: CompiledSurvey, answered: dict[str, Any]) -> dict[str, Any]:
    """The same answers as a browser sends them, without token."""
    typed = {}
    for id_, name in survey.names.items():
        value = answered[id_]
        if value is not None:
            typed[name] = value["options"] if isinstance(value, dict) else str(value)
    return typed


def floor_bodies(survey: Survey, csrf_token: str, n: int = 2000) -> list[str]:
    """`n` POST bodies for the floor's view."""
    made, rng = compiled_live(survey), random.Random(1)
    return [
        urlencode({"csrfmiddlewaretoken": csrf_token, **form(made, answers(made, rng))}, doseq=True) for _ in range(n)
    ]


def bodies(survey: Survey, n: int, seed: int = 1) -> Iterator[str]:
    """`n` POST bodies for our endpoint, each from a form load of its own."""
    made, rng = compiled_live(survey), random.Random(seed)
    typed = [
        urlencode({"version": made.number, **form(made, answers(made, rng))}, doseq=True) for _ in range(min(n, 2000))
    ]
    for i in range(n):
        yield f"{typed[i % len(typed)]}&token={issue_token(made.key)}"
