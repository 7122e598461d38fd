"""The rules of a survey in plain words, for who answers and for who reads the results."""

from collections.abc import Mapping, Sequence

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .routing import Condition, Rule


def in_words(rules: Sequence[Rule], numbers: Mapping[str, int] | None = None) -> str:
    """“Answer only if you chose “yes” to …”; "" where there are no rules. `numbers`: as on paper."""
    said = [_joined(rule, numbers or {}) for rule in rules]
    return _("Answer only if %(conditions)s.") % {"conditions": _(", and ").join(said)} if said else ""


def _joined(rule: Rule, numbers: Mapping[str, int]) -> str:
    return (_(" and ") if rule.match == "all" else _(" or ")).join(_clause(c, numbers) for c in rule.conditions)


def _clause(condition: Condition, numbers: Mapping[str, int]) -> str:
    wording, number = condition.question["wording"], numbers.get(condition.question["id"])
    values = {"wording": f"{number}. {wording}" if number else wording, "value": _value(condition)}
    return _pattern(condition) % values


def _value(condition: Condition) -> str:
    kind, value = condition.kind, condition.value
    if kind.comparison in ("choice", "choices"):
        labels = {choice["id"]: choice["label"] for choice in kind.choices(condition.question)}
        return str(labels.get(value, value))
    if kind.comparison == "date" and (day := parse_date(value)):
        return date_format(day, "j F Y")
    return value


def _pattern(condition: Condition) -> str:
    operator, comparison = condition.operator, condition.kind.comparison
    if operator == "answered":
        return _("you answered the question “%(wording)s”")
    if operator == "unanswered":
        return _("you did not answer the question “%(wording)s”")
    if comparison == "date" and operator in ("greater", "less"):
        after = _("you gave a date after %(value)s to the question “%(wording)s”")
        return after if operator == "greater" else _("you gave a date before %(value)s to the question “%(wording)s”")
    return {
        "is": _("you answered “%(value)s” to the question “%(wording)s”"),
        "is_not": _("you answered something else than “%(value)s” to the question “%(wording)s”"),
        "contains": _("your answer to the question “%(wording)s” has “%(value)s” in it"),
        "greater": _("you answered more than %(value)s to the question “%(wording)s”"),
        "less": _("you answered less than %(value)s to the question “%(wording)s”"),
    }[operator]
