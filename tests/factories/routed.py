"""Random surveys with rules, random ways to answer them, and what should come of it: an interpreter that shares no code
with the engine's. It reads the definition, as agents write it, and knows nothing of how versions are frozen.
"""

import random
from datetime import date, timedelta
from typing import Any

Definition = dict[str, Any]
START = date(2020, 1, 1)


def definition(dice: random.Random) -> Definition:
    """A survey of 2 to 9 questions, sections and informations, most of them with rules that look back."""
    items: list[dict[str, Any]] = []
    for n in range(dice.randint(2, 9)):
        if n and dice.random() < 0.3:
            items.append(_element(dice, len(items), _questions(items)))
        items.append(_question(dice, f"q{n}", _questions(items)))
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


def _question(dice: random.Random, id_: str, before: list[dict[str, Any]]) -> dict[str, Any]:
    kind = dice.choice(["single", "multiple", "grid", "scale", "number", "date", "short_text"])
    item: dict[str, Any] = {"id": id_, "type": kind, "wording": f"Question {id_} ?", "required": dice.random() < 0.15}
    if kind in ("single", "multiple"):
        item["options"] = [{"id": f"o{i}", "label": f"choix {i} de {id_}"} for i in range(dice.randint(2, 4))]
    if kind == "grid":
        item["required"] = False
        item["rows"] = [{"id": f"r{i}", "label": f"ligne {i}"} for i in range(dice.randint(1, 2))]
        item["scale"] = [{"id": f"s{i}", "label": f"degré {i}"} for i in range(3)]
        item["no_opinion"] = False
    if kind == "number":
        item |= {"minimum": 0, "maximum": 20}
    return item | _rule(dice, before)


def _rule(dice: random.Random, before: list[dict[str, Any]]) -> dict[str, Any]:
    if not before or dice.random() < 0.35:
        return {}
    conditions = [_condition(dice, dice.choice(before)) for _ in range(dice.choice([1, 1, 2, 3]))]
    return {"only_if": {"match": dice.choice(["all", "any"]), "conditions": conditions}}


def _condition(dice: random.Random, question: dict[str, Any]) -> dict[str, Any]:
    operators = {
        "single": ["is", "is_not"],
        "multiple": ["is", "is_not", "contains"],
        "grid": ["contains", "is_not"],
        "scale": ["is", "is_not", "greater", "less"],
        "number": ["is", "is_not", "greater", "less"],
        "date": ["is", "greater", "less"],
        "short_text": ["contains"],
    }
    operator = dice.choice([*operators[question["type"]], "answered", "unanswered"])
    condition = {"question": dice.choice([question["id"], question["wording"]]), "operator": operator}
    if operator in ("answered", "unanswered"):
        return condition
    return condition | {"value": _value(dice, question)}


def _value(dice: random.Random, question: dict[str, Any]) -> Any:
    kind = question["type"]
    if kind in ("single", "multiple"):
        return dice.choice(question["options"])[dice.choice(["id", "label"])]
    if kind == "grid":
        return f"{dice.choice(question['rows'])['id']}:{dice.choice(question['scale'])['id']}"
    if kind in ("scale", "number"):
        return dice.randint(1, 9)
    return (
        (START + timedelta(days=dice.randint(1, 8))).isoformat() if kind == "date" else dice.choice(["arbre", "BANC"])
    )


def answers(dice: random.Random, survey: Definition) -> dict[str, Any]:
    """What somebody fills in, with no regard to the rules: {question id: answer, None where nothing}."""
    return {q["id"]: _answer(dice, q) for q in _questions(survey["questions"])}


def _answer(dice: random.Random, question: dict[str, Any]) -> Any:
    if not question["required"] and dice.random() < 0.3:
        return None
    kind = question["type"]
    if kind == "single":
        return {"options": [dice.choice(question["options"])["id"]]}
    if kind == "multiple":
        chosen = dice.sample(question["options"], dice.randint(1, len(question["options"])))
        return {"options": sorted(o["id"] for o in chosen)}
    if kind == "grid":
        rows = [r for r in question["rows"] if dice.random() < 0.8] or question["rows"][:1]
        return {r["id"]: dice.choice(question["scale"])["id"] for r in rows}
    if kind in ("scale", "number"):
        return dice.randint(0, 10)
    if kind == "date":
        return (START + timedelta(days=dice.randint(0, 9))).isoformat()
    return dice.choice(["un arbre", "deux bancs", "rien"])


def typed(survey: Definition, given: dict[str, Any]) -> dict[str, list[str]]:
    """The same as a browser sends it."""
    form: dict[str, list[str]] = {}
    for n, question in enumerate(_questions(survey["questions"]), 1):
        answer, name = given[question["id"]], f"q{n}"
        if answer is None:
            continue
        if question["type"] in ("single", "multiple"):
            form[name] = answer["options"]
        elif question["type"] == "grid":
            form |= {f"{name}_{i}": [answer[r["id"]]] for i, r in enumerate(question["rows"], 1) if r["id"] in answer}
        elif question["type"] == "date":
            year, month, day = answer.split("-")
            form |= {f"{name}_day": [day], f"{name}_month": [month], f"{name}_year": [year]}
        else:
            form[name] = [str(answer)]
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
    operator, value = condition["operator"], condition.get("value")
    if operator == "answered":
        return answer is not None
    if operator == "unanswered":
        return answer is None
    if answer is None:
        return False
    if question["type"] in ("single", "multiple"):
        meant = next(o["id"] for o in question["options"] if value in (o["id"], o["label"]))
        if operator == "is":
            return answer["options"] == [meant]
        return (meant in answer["options"]) == (operator == "contains")
    if question["type"] == "grid":
        row, step = value.split(":")
        return (answer.get(row) == step) == (operator == "contains")
    if question["type"] == "short_text":
        return value.lower() in answer.lower()
    return {"is": answer == value, "is_not": answer != value, "greater": answer > value, "less": answer < value}[
        operator
    ]


def counts(survey: Definition, stored: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By question: how many answered, how many left it empty, and how many chose each option of a choice."""
    found = {}
    for question in _questions(survey["questions"]):
        mine = [s[question["id"]] for s in stored if question["id"] in s]
        found[question["id"]] = {"base": sum(a is not None for a in mine), "no_answer": sum(a is None for a in mine)}
        if question["type"] in ("single", "multiple"):
            found[question["id"]]["options"] = {
                o["id"]: sum(1 for a in mine if a and o["id"] in a["options"]) for o in question["options"]
            }
    return found
