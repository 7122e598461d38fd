"""Publishing a survey: check the draft, freeze a version; advice on what it asks."""

import hashlib
import json
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from counting import ledger

from . import cells, languages, linting, routing_checks
from .elements import ELEMENTS, freeze_layout
from .models import Survey, SurveyVersion
from .models.survey import about_to_publish, has_published
from .questions import TYPES, Schema, type_of
from .questions.conditions import only_if

MAX_QUESTIONS = 200


def latest_version(survey: Survey) -> SurveyVersion | None:
    """What was asked last; None for a survey that is new or was never published."""
    return survey.versions.order_by("-number").first() if survey.pk else None


def preview_schema(survey: Survey) -> Schema:
    """The schema this draft would be frozen with."""
    version = latest_version(survey)
    return build_schema(survey, version.schema if version else None)


def build_schema(survey: Survey, previous: Schema | None) -> Schema:
    """The draft as a schema, with what `previous` offered and the draft took away kept and marked withdrawn."""
    before = {q["id"]: q for q in previous["questions"]} if previous else {}
    blocks = [block for block in survey.questions if block.block_type not in ELEMENTS]
    questions = [_question(block, before.get(str(block.id))) for block in blocks]
    present = {q["id"] for q in questions}
    questions += [{**q, "withdrawn": True} for q in before.values() if q["id"] not in present]
    text = {key: getattr(survey, key) for key in ("title", "introduction", "pace", "review", "thanks")}
    layout = freeze_layout(survey.questions)
    schema = {**text, "questions": questions, **({"layout": layout} if layout else {})}
    routing_checks.resolve(schema)
    return schema | _translations(survey, schema)


def _translations(survey: Survey, schema: Schema) -> Schema:
    """What is translated of this draft's texts, by language; nothing where nothing is."""
    texts = languages.texts(schema)
    found = {
        code: kept
        for code, translated in survey.translations.items()
        if (kept := {path: text for path, text in translated.items() if path in texts and text})
    }
    return {"language": settings.LANGUAGE_CODE, "translations": found} if found else {}


def _note_rewording(schema: Schema, before: Schema) -> None:
    """Keep the wordings this question had, each with the day it ended: answers to each are counted apart."""
    earlier = list(before.get("earlier", ()))
    if schema["wording"] != before["wording"]:
        earlier.append({"wording": before["wording"], "until": timezone.localdate().isoformat()})
    if earlier:
        schema["earlier"] = earlier


def _question(block: Any, before: Schema | None) -> Schema:
    kind = TYPES[block.block_type]
    before = before if before and before["type"] == kind.name else None
    value = block.value
    schema = {
        "id": str(block.id),
        "type": kind.name,
        "wording": value["wording"].strip(),
        "help": value["help"].strip(),
        "required": bool(value["required"]),
        "code": value["code"].strip(),
        **kind.schema(value, before),
    }
    if rule := only_if(value["only_if"]):
        schema["only_if"] = rule
    if before:
        kind.merge(schema, before)
        _note_rewording(schema, before)
    return schema


def check(draft: Survey) -> None:
    """Raise ValidationError (on "questions") with everything that stops `draft` from being published."""
    problems: list[str] = []
    version = latest_version(draft)
    before = {q["id"]: q for q in version.schema["questions"]} if version else {}
    try:
        schema = build_schema(draft, version.schema if version else None)
    except (TypeError, ValueError, KeyError, AttributeError):
        raise ValidationError({"questions": _("A question is not complete.")}) from None
    asked = [q for q in schema["questions"] if not q.get("withdrawn")]
    if not asked:
        problems.append(_("Ask at least one question."))
    if len(asked) > MAX_QUESTIONS:
        problems.append(_("Ask at most %(n)d questions.") % {"n": MAX_QUESTIONS})
    ids = [q["id"] for q in asked]
    if len(set(ids)) < len(ids):
        problems.append(_("Two questions have the same identifier: delete one and write it again."))
    for number, question in enumerate(asked, 1):
        problems += [f"{_('Question')} {number} : {p}" for p in _problems(question, before.get(question["id"]))]
    if not problems:
        problems += [f"{_name(schema, id_)} : {p}" for id_, p in routing_checks.problems(schema)]
    if problems:
        raise ValidationError({"questions": problems})


def _name(schema: Schema, id_: str) -> str:
    """How an agent knows a question, a section or an information by."""
    asked = [q["id"] for q in schema["questions"] if not q.get("withdrawn")]
    if id_ in asked:
        return f"{_('Question')} {asked.index(id_) + 1}"
    item = next(item for item in schema["layout"] if item["id"] == id_)
    return (
        f"{_('Section')} “{item['title']}”"
        if item["kind"] == "section"
        else f"{_('Information')} “{item['text'][:40]}”"
    )


def _problems(question: Schema, before: Schema | None) -> list[str]:
    if before and before["type"] != question["type"]:
        return [_("its type cannot change once published. Withdraw it and write a new question.")]
    problems = [str(p) for p in type_of(question).check(question)]
    if not question["wording"]:
        problems.append(_("write the question."))
    return problems


def advice_on(draft: Survey) -> list[dict[str, Any]]:
    """Advice on the questions of `draft`, by question in their order, what is about the whole survey first."""
    try:
        asked = [q for q in preview_schema(draft)["questions"] if not q.get("withdrawn")]
        remarks = linting.advise(asked)
    except (TypeError, ValueError, KeyError, AttributeError):  # not complete yet: `check` says so
        return []
    whole = [remark for remark in remarks if remark.question is None]
    found: list[dict[str, Any]] = [{"question": None, "remarks": whole}] if whole else []
    for number, question in enumerate(asked, 1):
        if mine := [remark for remark in remarks if remark.question is question]:
            found.append({"number": number, "question": question, "remarks": mine})
    return found


@transaction.atomic
def freeze(survey: Survey) -> SurveyVersion:
    """The version that says what `survey` now asks: a new one, or the last one when nothing changed."""
    Survey.objects.select_for_update().get(pk=survey.pk)
    last = latest_version(survey)
    schema = build_schema(survey, last.schema if last else None)
    digest = hashlib.sha256(json.dumps(schema, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    if last and last.digest == digest:
        version = last
    else:
        number = last.number + 1 if last else 1
        _register_cells(survey, schema["questions"])
        version = SurveyVersion.objects.create(survey=survey, number=number, schema=schema, digest=digest)
    Survey.objects.filter(pk=survey.pk).update(live_version=version)
    survey.live_version = version
    return version


def _register_cells(survey: Survey, questions: list[Schema]) -> None:
    """Those that split by channel come last, and only where there is room: a huge survey does without."""
    ledger.register_cells(survey.tool, cells.names(questions))
    with suppress(OverflowError):
        ledger.register_cells(survey.tool, (name for question in questions for name in cells.names_off(question)))


@receiver(about_to_publish)
def _check_before(sender: type[Survey], draft: Survey, **kwargs: Any) -> None:
    check(draft)


@receiver(has_published)
def _freeze_after(sender: type[Survey], survey: Survey, **kwargs: Any) -> None:
    freeze(survey)
