"""What publishing a draft does to answers already given, and what an agent may say about it before."""

import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counting import fold
from counting.models import LedgerEntry, Tally

from .models import Survey
from .publishing import build_schema, latest_version
from .questions import Schema, type_of
from .routing import Routing


class Effect(NamedTuple):
    """What an edit does to answers already given. `reworded` names what has other words now, "" when nothing has."""

    sentence: str
    reworded: str = ""


def effects(draft: Survey) -> list[Effect]:
    """What publishing `draft` does to answers already given; empty when it does nothing."""
    version = latest_version(draft)
    if version is None or not (counts := _counts(draft)):
        return []
    schema = build_schema(draft, version.schema)
    after = {q["id"]: q for q in schema["questions"]}
    found = [e for q in version.schema["questions"] for e in _effects_on(q, after[q["id"]], counts)]
    return found + _effects_on_routing(version.schema, schema, counts)


def _counts(survey: Survey) -> dict[str, int]:
    """Cell name → count, with what still waits to be counted brought in first."""
    if LedgerEntry.objects.filter(tool_id=survey.tool_id).exists():
        fold.fold(survey.tool_id, seconds=2)
    return dict(Tally.objects.filter(tool_id=survey.tool_id).exclude(n=0).values_list("name", "n"))


def _effects_on(before: Schema, after: Schema, counts: dict[str, int]) -> list[Effect]:
    answered = counts.get(f"q:{before['id']}", 0)
    if not answered or before.get("withdrawn"):
        return []
    wording = before["wording"]
    if after.get("withdrawn"):
        sentence = ngettext(
            "Withdraws the question “%(wording)s”, answered once: it stays in the results as withdrawn.",
            "Withdraws the question “%(wording)s”, answered %(n)d times: it stays in the results as withdrawn.",
            answered,
        )
        return [Effect(sentence % {"wording": wording, "n": answered})]
    found = []
    if after["wording"] != wording:
        sentence = _("Rewords “%(before)s” as “%(after)s”: the %(n)d answers already given count with the new ones.")
        said = {"before": wording, "after": after["wording"], "n": answered}
        found.append(Effect(sentence % said, before["id"]))
    found += _effects_on_showing(before, after, answered)
    found += _effects_on_bounds(before, after)
    for part in ("options", "rows", "scale"):
        found += _effects_on_items(before, after, part, counts)
    return found


def _effects_on_bounds(before: Schema, after: Schema) -> list[Effect]:
    """Answers stay as they were given, whatever may be answered from now on."""
    said = {"wording": after["wording"]}
    found = []
    if any(before.get(key) != after.get(key) for key in ("min", "max", "limit")):
        sentence = _("Changes the bounds of “%(wording)s”: answers already given that lie outside stay and count.")
        found.append(Effect(sentence % said))
    if after["required"] and not before["required"]:
        sentence = _("Makes “%(wording)s” compulsory: those who left it empty stay counted as without an answer.")
        found.append(Effect(sentence % said))
    return found


def _effects_on_routing(before: Schema, after: Schema, counts: dict[str, int]) -> list[Effect]:
    """Whoever was asked under another rule keeps their answer: the base then holds people of both rules."""
    old, new = Routing(before), Routing(after)
    sentence = _("Asks “%(wording)s” of others than so far: answers already given stay and count, under both rules.")
    return [
        Effect(sentence % {"wording": question["wording"]})
        for question in new.questions
        if counts.get(f"q:{question['id']}") and _rule_of(old, question["id"]) != _rule_of(new, question["id"])
    ]


def _rule_of(routing: Routing, id_: str) -> list[Any]:
    """The rule of a question, in what decides and not in words."""
    return [
        (rule.match, [(c.question["id"], c.operator, c.value) for c in rule.conditions])
        for rule in routing.rules.get(id_, ())
    ]


def _effects_on_showing(before: Schema, after: Schema, answered: int) -> list[Effect]:
    """What people were told under the question when they answered holds for their answers."""
    kind = type_of(after)
    if kind.is_shown(before) == kind.is_shown(after):
        return []
    values = {"wording": before["wording"], "n": answered}
    if not kind.is_shown(after):
        return [Effect(_("Shows the answers to “%(wording)s” no more, nor those that were read and shown.") % values)]
    sentence = ngettext(
        "Shows the answers to “%(wording)s” from now on. The one already given stays hidden: "
        "its author was told that it would never be published.",
        "Shows the answers to “%(wording)s” from now on. The %(n)d already given stay hidden: "
        "their authors were told that they would never be published.",
        answered,
    )
    return [Effect(sentence % values)]


def _effects_on_items(before: Schema, after: Schema, part: str, counts: dict[str, int]) -> list[Effect]:
    later = {item["id"]: item for item in after.get(part, ())}
    found = []
    for item in before.get(part, ()):
        n = sum(counts.get(cell, 0) for cell in type_of(before).picks(before, part, item["id"]))
        new = later[item["id"]]
        if not n or item.get("withdrawn"):
            continue
        if new.get("withdrawn"):
            sentence = ngettext(
                "Withdraws “%(label)s”, chosen once: it stays in the results as withdrawn.",
                "Withdraws “%(label)s”, chosen %(n)d times: it stays in the results as withdrawn.",
                n,
            )
            found.append(Effect(sentence % {"label": item["label"], "n": n}))
        elif new["label"] != item["label"]:
            sentence = _(
                "Rewords “%(before)s” as “%(after)s”: the %(n)d choices already made count under the new wording."
            )
            said = {"before": item["label"], "after": new["label"], "n": n}
            found.append(Effect(sentence % said, f"{before['id']} {item['id']}"))
    return found


def renew(questions: Any, changed: Collection[str]) -> Any:
    """`questions` with a new id for each of the things `changed` (see Effect.reworded): their meaning is another.

    What was answered stays with the old ids, which are then withdrawn; rules that look at them look at the new ones.
    """
    fresh = {key.split()[-1]: str(uuid.uuid4()) for key in changed}
    block = questions.stream_block
    return block.to_python(_with_ids(block.get_prep_value(questions), fresh))


def _with_ids(raw: Any, fresh: dict[str, str]) -> Any:
    """Raw stream data with some ids exchanged, where they name a block or item and where a condition refers to one."""
    if isinstance(raw, list):
        return [_with_ids(item, fresh) for item in raw]
    if not isinstance(raw, dict):
        return raw
    refers = ("id", "question", "value")
    return {
        key: fresh.get(value, value) if key in refers and isinstance(value, str) else _with_ids(value, fresh)
        for key, value in raw.items()
    }
