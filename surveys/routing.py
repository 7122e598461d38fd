"""Which questions of a version are asked, given the answers to those before them (pure).

A question is asked when its own rule and that of its section hold. A rule only looks back; an answer to a question that
was not asked is no answer; and only an answer meets a condition, but for “was not answered”.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from .elements import layout_of
from .questions import QuestionType, Schema, type_of
from .questions.comparing import holds

Answers = Mapping[str, Any]


class Condition(NamedTuple):
    question: Schema
    kind: QuestionType
    operator: str
    value: str

    def holds(self, answers: Answers) -> bool:
        return holds(self.kind, self.question, answers.get(self.question["id"]), self.operator, self.value)


class Rule(NamedTuple):
    """Conditions of which all, or any, must hold."""

    match: str
    conditions: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        return (all if self.match == "all" else any)(condition.holds(answers) for condition in self.conditions)


class Outlook(NamedTuple):
    """How many questions are asked in all: `least` for certain, `most` at most; they meet once all is decided."""

    least: int
    most: int


class Routing:
    """The rules of one version, by question id; and by element id those of what only stands between questions."""

    def __init__(self, schema: Schema):
        self.questions = [q for q in schema["questions"] if not q.get("withdrawn")]
        self._by_id = {q["id"]: q for q in self.questions}
        self.rules: dict[str, tuple[Rule, ...]] = {}
        section: tuple[Rule, ...] = ()
        for item in layout_of(schema):
            own = self._rule(self._by_id[item["id"]] if item["kind"] == "question" else item)
            if item["kind"] == "section":
                section = own
            rules = own if item["kind"] == "section" else (*section, *own)
            if rules:
                self.rules[item["id"]] = rules

    def _rule(self, item: Schema) -> tuple[Rule, ...]:
        if not (only_if := item.get("only_if")):
            return ()
        conditions = [
            Condition(question, type_of(question), c["operator"], c["value"])
            for c in only_if["conditions"]
            if (question := self._by_id.get(c["question"]))
        ]
        return (Rule(only_if["match"], tuple(conditions)),) if conditions else ()

    def shows(self, id_: str, answers: Answers) -> bool:
        """Is this question asked, this element shown? `answers`: those to what was asked before it, and no others."""
        return all(rule.holds(answers) for rule in self.rules.get(id_, ()))

    def asked(self, answers: Answers) -> Iterator[Schema]:
        """The questions that are asked when these answers are given; those to other questions are ignored."""
        if not self.rules:
            yield from self.questions
            return
        given: dict[str, Any] = {}
        for question in self.questions:
            if self.shows(question["id"], given):
                given[question["id"]] = answers.get(question["id"])
                yield question

    def outlook(self, answers: Answers, decided: Collection[str]) -> Outlook:
        """How long the way is, when the questions in `decided` were passed."""
        asked = list(self.foresee(answers, decided).values())
        return Outlook(asked.count(True), len(asked) - asked.count(False))

    def foresee(self, answers: Answers, decided: Collection[str]) -> dict[str, bool | None]:
        """Which questions are asked, when those in `decided` were passed and the others may still go either way: None
        while that is open.
        """
        state: dict[str, bool | None] = {}
        for question in self.questions:
            verdicts = [self._foresee(rule, answers, decided, state) for rule in self.rules.get(question["id"], ())]
            state[question["id"]] = False if False in verdicts else (None if None in verdicts else True)
        return state

    def _foresee(
        self, rule: Rule, answers: Answers, decided: Collection[str], state: Mapping[str, bool | None]
    ) -> bool | None:
        """Does `rule` hold? None while that is open."""
        settles = rule.match != "all"  # the verdict of one condition that decides for all of them
        open_ = False
        for condition in rule.conditions:
            id_ = condition.question["id"]
            if state.get(id_) is False:
                verdict = condition.holds({})
            elif id_ in decided:
                verdict = condition.holds(answers)
            else:
                open_ = True
                continue
            if verdict is settles:
                return settles
        return None if open_ else not settles
