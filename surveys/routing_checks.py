"""What stops the rules of a draft from being published, in the agent's words: what they refer to, and dead ends.

`resolve` first turns what agents chose or wrote into ids and values; whatever it cannot read stays as it is, for
`problems` to name. Whether something can ever be shown is found by trying: every answer that makes a difference to it
is put through the routing itself.
"""

import itertools
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from .elements import layout_of
from .questions import Schema, type_of
from .questions.comparing import OPERATORS, Stand, needs_value, read_value
from .questions.text_folding import fold
from .routing import Condition, Routing

MOST_TRIED = 20_000  # ways to answer; beyond, nothing is said about dead ends
LAST_DAY = date.max.toordinal()


def resolve(schema: Schema) -> None:
    """Freeze the conditions: questions as ids, values as `comparing.read_value` gives them."""
    asked = [q for q in schema["questions"] if not q.get("withdrawn")]
    by_id = {q["id"]: q for q in asked}
    by_wording = {fold(q["wording"]): q["id"] for q in reversed(asked)}
    for item in (*asked, *schema.get("layout", ())):
        for condition in item.get("only_if", {}).get("conditions", ()):
            named = condition["question"]
            condition["question"] = named if named in by_id else by_wording.get(fold(named), named)
            question = by_id.get(condition["question"])
            if question and needs_value(condition["operator"]):
                try:
                    condition["value"] = read_value(type_of(question), question, condition["value"])
                except ValueError:
                    continue
            elif question:
                condition["value"] = ""


def problems(schema: Schema) -> Iterator[tuple[str, str]]:
    """(id of the question or element, what is wrong with its rule)."""
    asked = [q for q in schema["questions"] if not q.get("withdrawn")]
    by_id = {q["id"]: q for q in asked}
    before: set[str] = set()
    sound = True
    for item in layout_of(schema):
        ruled = by_id[item["id"]] if item["kind"] == "question" else item
        for place, condition in enumerate(ruled.get("only_if", {}).get("conditions", ()), 1):
            if found := _wrong(condition, item["id"], by_id, before):
                sound = False
                yield item["id"], _("condition %(n)d: %(problem)s") % {"n": place, "problem": found}
        if item["kind"] == "question":
            before.add(item["id"])
    if sound:
        yield from _dead_ends(schema)


def _wrong(condition: Schema, mine: str, by_id: Mapping[str, Schema], before: set[str]) -> str:
    question = by_id.get(condition["question"])
    if question is None:
        return _("it looks at a question that does not exist any more. Choose one that stands above.")
    if question["id"] == mine:
        return _("a question cannot depend on itself. Choose one that stands above.")
    if question["id"] not in before:
        looks_back = any(c["question"] == mine for c in question.get("only_if", {}).get("conditions", ()))
        if looks_back:
            return _("this question and “%(wording)s” wait for each other: neither would be asked.") % question
        return _("“%(wording)s” comes later: nobody has answered it yet. Move it up, or choose another.") % question
    kind = type_of(question)
    if condition["operator"] not in OPERATORS[kind.comparison]:
        return _("the answers to “%(wording)s” cannot be compared like that.") % question
    if needs_value(condition["operator"]):
        try:
            read_value(kind, question, condition["value"])
        except ValueError as error:
            return str(error)
    return ""


def _dead_ends(schema: Schema) -> Iterator[tuple[str, str]]:
    routing = Routing(schema)
    required = {q["id"] for q in routing.questions if q["required"]}
    in_dead_section = False
    for item in layout_of(schema):
        dead = item["id"] in routing.rules and not _can_show(routing, item["id"])
        if item["kind"] == "section":
            in_dead_section = dead
        elif in_dead_section:
            continue  # said once, of the section
        if dead and item["id"] in required:
            yield item["id"], _("an answer is needed, but nobody would ever see it: its conditions cannot all hold.")
        elif dead and item["kind"] != "page_break":
            yield item["id"], _("nobody would ever see it: its conditions cannot all hold.")


def _can_show(routing: Routing, id_: str) -> bool:
    """Is there a way to answer that leads there?"""
    needed = _needed(routing, id_)
    ways = {q["id"]: _telling(q, conditions) for q, conditions in needed}
    tried = 1
    for answers in ways.values():
        tried *= len(answers)
    if tried > MOST_TRIED:
        return True
    for combination in itertools.product(*ways.values()):
        given: dict[str, Any] = {}
        for question, answer in zip(ways, combination, strict=True):
            if routing.shows(question, given):
                given[question] = answer
        if routing.shows(id_, given):
            return True
    return False


def _needed(routing: Routing, id_: str) -> list[tuple[Schema, list[Condition]]]:
    """The questions on which it hangs whether `id_` is shown, in order, each with the conditions that look at it."""
    looked_at: dict[str, list[Condition]] = {}
    waiting, seen = [id_], set()
    while waiting:
        if (mine := waiting.pop()) in seen:
            continue
        seen.add(mine)
        for rule in routing.rules.get(mine, ()):
            for condition in rule.conditions:
                looked_at.setdefault(condition.question["id"], []).append(condition)
                waiting.append(condition.question["id"])
    return [(q, looked_at[q["id"]]) for q in routing.questions if q["id"] in looked_at]


def _telling(question: Schema, conditions: list[Condition]) -> list[Any]:
    """Answers to `question` of which one at least meets whatever mix of these conditions an answer can meet."""
    kind, values = type_of(question), [c.value for c in conditions if needs_value(c.operator)]
    empty = [] if question["required"] else [None]
    return [*empty, *_ANSWERS[kind.comparison](question, list(dict.fromkeys(values)))]


def _choice(question: Schema, values: list[str]) -> list[Any]:
    offered = [c["id"] for c in type_of(question).choices(question) if not c.get("withdrawn")]
    others = [id_ for id_ in offered if id_ not in values]
    return [Stand({id_}) for id_ in [*(v for v in values if v in offered), *others[:1]]]


def _choices(question: Schema, values: list[str]) -> list[Any]:
    offered = [c["id"] for c in type_of(question).choices(question) if not c.get("withdrawn")]
    telling = [v for v in values if v in offered][:8] + [id_ for id_ in offered if id_ not in values][:1]
    most = question.get("max") if isinstance(question.get("max"), int) else None
    sets = (set(c) for n in range(1, len(telling) + 1) for c in itertools.combinations(telling, n))
    return [Stand(chosen) for chosen in sets if not most or len(chosen) <= most]


def _number(question: Schema, values: list[str]) -> list[Any]:
    low, high = Decimal(str(question.get("min", 0))), Decimal(str(question.get("max", 10)))
    step = Decimal(1).scaleb(-int(question.get("decimals", 0)))
    near = {Decimal(v) + shift for v in values for shift in (-step, Decimal(0), step)} | {low, high}
    return [Stand(n) for n in sorted(near) if low <= n <= high and n == round(n, int(question.get("decimals", 0)))]


def _date(question: Schema, values: list[str]) -> list[Any]:
    near = {question["min"], question["max"]}
    for value in values:
        day = date.fromisoformat(value).toordinal()
        near |= {date.fromordinal(n).isoformat() for n in (day - 1, day, day + 1) if 0 < n <= LAST_DAY}
    return [Stand(day) for day in sorted(near) if question["min"] <= day <= question["max"]]


def _text(question: Schema, values: list[str]) -> list[Any]:
    return [Stand("\n"), Stand("\n".join(values)), *(Stand(v) for v in values)]


_ANSWERS = {
    "": lambda question, values: [Stand(None)],
    "choice": _choice,
    "choices": _choices,
    "number": _number,
    "date": _date,
    "text": _text,
}
