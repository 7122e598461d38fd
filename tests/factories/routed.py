"""Random surveys with rules, random ways to answer them, and what should come of it: an interpreter that shares no code
with the engine's. It reads the definition, as agents write it, and knows nothing of how versions are frozen.
"""

import random
from collections.abc import Iterator
from typing import Any

from .kinds import KINDS

Definition = dict[str, Any]


def definition(dice: random.Random) -> Definition:
    """A survey of 2 to 9 questions, sections and informations, most of them with rules that look back."""
    items: list[dict[str, Any]] = []
    for n in range(dice.randint(2, 9)):
        if n and dice.random() < 0.3:
            items.append(_element(dice, len(items), _questions(items)))
        items.append(question(dice, f"q{n}", dice.choice(list(KINDS)), _questions(items)))
    return {"title": "Au hasard", "pace": dice.choice(["page", "section", "step"]), "questions": items}


def _questions(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [i for i in items if i["type"] not in ("section", "information", "page_break")]


def _element(dice: random.Random, n: int, before: list[dict[str, Any]]) -> dict[str, Any]:
    kind = dice.choice(["section", "section", "information", "page_break"])
    item: dict[str, Any] = {"id": f"e{n}", "type": kind}
    if kind == "page_break":
        return item
    item["title" if kind == "section" else "text"] = f"{kind} {n}"
    return item | _rule(dice, before)


def question(dice: random.Random, id_: str, name: str, before: list[dict[str, Any]]) -> dict[str, Any]:
    """A question of the type `name`, often with a rule on those `before` it."""
    kind = KINDS[name]
    required = kind.required and dice.random() < 0.15
    item: dict[str, Any] = {"id": id_, "type": name, "wording": f"Question {id_} ?", "required": required}
    return item | kind.ask(dice) | _rule(dice, before)


def _rule(dice: random.Random, before: list[dict[str, Any]]) -> dict[str, Any]:
    if not before or dice.random() < 0.35:
        return {}
    conditions = [_condition(dice, dice.choice(before)) for _ in range(dice.choice([1, 1, 2, 3]))]
    return {"only_if": {"match": dice.choice(["all", "any"]), "conditions": conditions}}


def _condition(dice: random.Random, question: dict[str, Any]) -> dict[str, Any]:
    kind = KINDS[question["type"]]
    operator = dice.choice([*kind.operators, "answered", "unanswered"])
    condition = {"question": dice.choice([question["id"], question["wording"]]), "operator": operator}
    if operator in ("answered", "unanswered"):
        return condition
    return condition | {"value": kind.value(dice, question)}


def answers(dice: random.Random, survey: Definition) -> dict[str, Any]:
    """What somebody fills in, with no regard to the rules: {question id: answer, None where nothing}."""
    return {q["id"]: _answer(dice, q) for q in _questions(survey["questions"])}


def _answer(dice: random.Random, question: dict[str, Any]) -> Any:
    if not question["required"] and dice.random() < 0.3:
        return None
    return KINDS[question["type"]].answer(dice, question)


def typed(survey: Definition, given: dict[str, Any]) -> dict[str, list[str]]:
    """The same as a browser sends it."""
    form: dict[str, list[str]] = {}
    for n, question in enumerate(_questions(survey["questions"]), 1):
        if (answer := given[question["id"]]) is not None:
            form |= KINDS[question["type"]].typed(question, f"q{n}", answer)
    return form


def interpret(survey: Definition, given: dict[str, Any]) -> dict[str, Any]:
    """What should be stored: the answers to the questions that are asked on this way, and to no others."""
    asked: dict[str, Any] = {}
    open_section = True
    everything = _questions(survey["questions"])
    for item in survey["questions"]:
        own = _is_met(item, everything, asked)
        if item["type"] == "section":
            open_section = own
        elif item["type"] not in ("information", "page_break") and own and open_section:
            asked[item["id"]] = given[item["id"]]
    return asked


def _is_met(item: dict[str, Any], everything: list[dict[str, Any]], asked: dict[str, Any]) -> bool:
    if "only_if" not in item:
        return True
    results = []
    for condition in item["only_if"]["conditions"]:
        named = condition["question"]
        question = next(q for q in everything if named in (q["id"], q["wording"]))
        results.append(_meets(question, asked.get(question["id"]), condition))
    return min(results) if item["only_if"]["match"] == "all" else max(results)


def _meets(question: dict[str, Any], answer: Any, condition: dict[str, Any]) -> bool:
    operator = condition["operator"]
    if operator in ("answered", "unanswered"):
        return (answer is None) == (operator == "unanswered")
    if answer is None:
        return False
    return KINDS[question["type"]].meets(question, answer, operator, condition["value"])


def rows(survey: Definition, stored: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """The responses as they should stand in a CSV file, without what stands before the questions."""
    return [tuple(_row(survey, response)) for response in stored]


def _row(survey: Definition, response: dict[str, Any]) -> Iterator[str]:
    for question in _questions(survey["questions"]):
        kind, id_ = KINDS[question["type"]], question["id"]
        yield from kind.cells(question, response[id_]) if id_ in response else ["NA"] * len(kind.cells(question, None))


def check_figures(
    survey: Definition, stored: list[dict[str, Any]], figures: dict[str, Any], table: list[list[Any]]
) -> None:
    """Assert that public figures, and the same as a table, say what is `stored`."""
    for question in _questions(survey["questions"]):
        kind, id_ = KINDS[question["type"]], question["id"]
        mine = [s[id_] for s in stored if id_ in s]
        given = [answer for answer in mine if answer is not None]
        entry = next(q for q in figures["questions"] if q["id"] == id_)
        assert (entry["base"], entry["no_answer"]) == (len(given), len(mine) - len(given)), (survey, id_)
        kind.figures(question, given, entry)
        exported = [row for row in table if row[0] == id_]
        assert {row[9] for row in exported} == {len(mine) - len(given)}
        for (row, option), n in kind.exported(question, given).items():
            assert [found[6] for found in exported if (found[3], found[4]) == (row, option)] == [n], (question, given)
