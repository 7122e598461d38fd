"""A survey as a file: its definition to and from JSON, as docs/survey.schema.json describes it."""

import json
import re
import unicodedata
import uuid
from collections import Counter
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock
from wagtail.images.models import AbstractImage

from .elements import ELEMENTS
from .models import Survey
from .publishing import MAX_QUESTIONS
from .questions import TYPES
from .questions.conditions import MATCHES, OPERATORS, only_if

MAX_SIZE = 5_000_000
ID = re.compile(r"[A-Za-z0-9_-]{1,36}")  # three ids and a prefix make a cell's name, of at most 120 characters
TEXTS = ("title", "introduction", "pace", "thanks", "show_results", "trust")
DATES = ("opens_at", "closes_at")
MOST_CONDITIONS = 10
FLAGS = ("review",)


class Refused(ValueError):
    """A definition that cannot be taken; the message says where and why."""


def export_definition(survey: Survey) -> dict[str, Any]:
    """What `survey` asks: what is online, or the draft of a survey that never was."""
    if not survey.live_version_id and survey.latest_revision_id:
        survey = survey.get_latest_revision_as_object()
    definition: dict[str, Any] = {name: getattr(survey, name) for name in (*TEXTS, *FLAGS)}
    for name in DATES:
        if value := getattr(survey, name):
            definition[name] = value.isoformat()
    return definition | {"questions": [_export_question(block) for block in survey.questions]}


def _export_question(block: Any) -> dict[str, Any]:
    given = dict(block.value or {})  # a page break says nothing
    rule = only_if(given.pop("only_if", None))
    values = {name: _export_value(value) for name, value in given.items()}
    return {"id": str(block.id), "type": block.block_type, **values, **({"only_if": rule} if rule else {})}


def _export_value(value: Any) -> Any:
    if isinstance(value, blocks.list_block.ListValue):
        return [item for bound in value.bound_blocks if (item := _export_item(bound))["label"].strip()]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, AbstractImage):
        return value.get_file_hash()
    if isinstance(value, Decimal):
        number = int(value) if value == value.to_integral_value() else float(value)
        return number if str(number) == str(value) else str(value)  # 2.50 stays 2.50
    return value


def _export_item(bound: Any) -> dict[str, Any]:
    """One item of a list: a label, or a struct that has one."""
    values = bound.value if isinstance(bound.value, dict) else {"label": bound.value or ""}
    return {"id": str(bound.id), **{name: _export_value(value) for name, value in values.items()}}


def read_definition(content: bytes) -> dict[str, Any]:
    """The JSON object in `content`. Raises Refused."""
    if len(content) > MAX_SIZE:
        raise Refused(_("The file is larger than 5 MB: it is not a survey."))
    try:
        definition = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=_no_twice)
    except UnicodeDecodeError as error:
        raise Refused(_("The file is not in UTF-8 (byte %(n)d).") % {"n": error.start + 1}) from None
    except json.JSONDecodeError as error:
        message = _("The file is not JSON: line %(line)d, column %(column)d: %(what)s.")
        raise Refused(message % {"line": error.lineno, "column": error.colno, "what": error.msg}) from None
    except RecursionError:
        raise Refused(_("The file is nested too deeply.")) from None
    except Refused:
        raise
    except ValueError:  # a number of thousands of figures, say
        raise Refused(_("The file holds a number that cannot be read.")) from None
    if not isinstance(definition, dict):
        raise Refused(_("The file must hold one JSON object, with a title and questions."))
    return definition


def _no_constant(name: str) -> None:
    raise Refused(_("%(name)s is not a number.") % {"name": name})


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(key for key, _value in pairs).most_common(1)[0][0]
        raise Refused(_("“%(key)s” is given twice in the same place.") % {"key": twice[:80]})
    return found


@transaction.atomic
def import_definition(definition: dict[str, Any], publish: bool = False) -> Survey:
    """A new survey as `definition` says, with its question and option ids. Raises Refused, and nothing is stored."""
    survey = _survey(definition)
    survey.save()
    revision = survey.save_revision()
    if publish:
        try:
            revision.publish()
        except ValidationError as error:
            raise Refused("\n".join(error.messages)) from None
    return Survey.objects.get(pk=survey.pk)


def _survey(definition: dict[str, Any]) -> Survey:
    _only_known(definition, {*TEXTS, *FLAGS, *DATES, "questions", "$schema"}, "")
    survey = Survey(live=False)
    for name in TEXTS:
        if name in definition:
            setattr(survey, name, _text(definition[name], name, Survey._meta.get_field(name).max_length))
    for name in FLAGS:
        if name in definition:
            if not isinstance(definition[name], bool):
                raise Refused(f"{name}: " + _("this must be true or false."))
            setattr(survey, name, definition[name])
    for name in DATES:
        if definition.get(name) is not None:
            setattr(survey, name, _instant(definition[name], name))
    questions = definition.get("questions")
    if not isinstance(questions, list) or len(questions) > MAX_QUESTIONS:
        raise Refused(_("“questions” must be a list of %(n)d questions at most.") % {"n": MAX_QUESTIONS})
    raw = [_Question(number, question).raw() for number, question in enumerate(questions, 1)]
    _no_duplicates([q["id"] for q in raw], _("Two questions have the same id: %(id)s."))
    survey.questions = Survey._meta.get_field("questions").stream_block.to_python(raw)
    try:
        survey.clean_fields(exclude={"questions", "scope", "tool", "live_version", "latest_revision"})
        survey.clean()
    except ValidationError as error:
        said = [f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items()]
        raise Refused("\n".join(said)) from None
    return survey


def _only_known(given: dict[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(given) - known):
        raise Refused(where + _("“%(key)s” is not known here.") % {"key": unknown[0][:80]})


def _no_duplicates(ids: list[str], message: str) -> None:
    if ids and (most := Counter(ids).most_common(1)[0])[1] > 1:
        raise Refused(message % {"id": most[0]})


def _text(value: Any, where: str, limit: int | None) -> str:
    if not isinstance(value, str):
        raise Refused(f"{where}: " + _("this must be a text."))
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in value):
        raise Refused(f"{where}: " + _("this text holds a character that cannot be stored."))
    if limit and len(value) > limit:
        raise Refused(f"{where}: " + _("at most %(n)d characters.") % {"n": limit})
    return value


def _one_of(value: Any, choices: list[tuple[str, Any]], where: str) -> str:
    known = [name for name, _label in choices]
    if value not in known:
        raise Refused(f"{where}: " + _("one of %(known)s.") % {"known": ", ".join(known)})
    return str(value)


def _instant(value: Any, where: str) -> Any:
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        raise Refused(f"{where}: " + _("write a date and time like 2026-03-27T18:00:00+01:00."))
    return found if timezone.is_aware(found) else timezone.make_aware(found)


_NEEDED = {"section": ("title",), "information": ("text",), "page_break": ()}
_MISSING = {
    "wording": _lazy("the wording is missing."),
    "title": _lazy("the title is missing."),
    "text": _lazy("the text is missing."),
}


class _Question:
    """One question of a definition, checked field by field against the editor's block of its type."""

    def __init__(self, number: int, given: Any):
        wording = given.get("wording") if isinstance(given, dict) else ""
        shown = f" (“{wording[:60]}”)" if isinstance(wording, str) and wording.isprintable() and wording else ""
        self.where = f"{_('Question')} {number}{shown}: "
        if not isinstance(given, dict):
            raise Refused(self.where + _("this must be a JSON object."))
        self.given = given

    def raw(self) -> dict[str, Any]:
        """The question as StreamField stores it."""
        kind = self.given.get("type")
        if not isinstance(kind, str) or kind not in (*TYPES, *ELEMENTS):
            types = ", ".join((*TYPES, *ELEMENTS))
            raise Refused(self.where + _("unknown type; the types are %(types)s.") % {"types": types})
        block = TYPES[kind].block if kind in TYPES else ELEMENTS[kind]
        fields = getattr(block(), "child_blocks", {})  # a page break has none
        _only_known(self.given, {"id", "type", *fields}, self.where)
        for needed in ("wording",) if kind in TYPES else _NEEDED[kind]:
            if needed not in self.given:
                raise Refused(self.where + _MISSING[needed])
        values = {name: self._value(name, field) for name, field in fields.items()}
        return {"type": kind, "id": self._id(self.given.get("id"), "id"), "value": values or None}

    def _value(self, name: str, field: Any) -> Any:
        """The value given for one field, as its block stores it; the block's default when none is given."""
        if name == "only_if":
            return self._only_if(self.given.get(name))
        if name not in self.given:
            raw = field.get_prep_value(field.get_default())
        elif isinstance(field, blocks.ListBlock):
            raw = self._items(name, field, self.given[name])
        else:
            raw = self._scalar(name, field, self.given[name])
        if not isinstance(field, blocks.ListBlock):
            self._clean(name, field, raw)
        return raw

    def _only_if(self, given: Any) -> dict[str, Any]:
        """When the question is shown: {"match", "conditions": [{"question", "operator", "value"}]}."""
        where = f"{self.where}only_if: "
        if given is None:
            return {"match": "all", "conditions": []}
        if not isinstance(given, dict) or not isinstance(given.get("conditions"), list):
            raise Refused(where + _("this must be an object with a list of conditions."))
        _only_known(given, {"match", "conditions"}, where)
        match = _one_of(given.get("match", "all"), MATCHES, f"{where}match")
        if len(given["conditions"]) > MOST_CONDITIONS:
            raise Refused(where + _("at most %(n)d conditions.") % {"n": MOST_CONDITIONS})
        conditions = [self._condition(f"{where}{n}: ", given) for n, given in enumerate(given["conditions"], 1)]
        return {"match": match, "conditions": conditions}

    def _condition(self, where: str, given: Any) -> dict[str, Any]:
        if not isinstance(given, dict) or "question" not in given:
            raise Refused(where + _("this must be an object that names a question."))
        _only_known(given, {"question", "operator", "value"}, where)
        value = given.get("value", "")
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        return {
            "type": "item",
            "id": str(uuid.uuid4()),
            "value": {
                "question": _text(given["question"], f"{where}question", 300),
                "operator": _one_of(given.get("operator", "is"), OPERATORS, f"{where}operator"),
                "value": _text(value, f"{where}value", 300),
            },
        }

    def _scalar(self, name: str, field: Any, value: Any) -> Any:
        if isinstance(field, blocks.BooleanBlock):
            if not isinstance(value, bool):
                raise Refused(f"{self.where}{name}: " + _("this must be true or false."))
            return value
        if isinstance(field, blocks.CharBlock):
            return _text(value, self.where + name, field.field.max_length)
        if value is None:
            return None
        if isinstance(field, ImageChooserBlock):
            return self._image(name, value)
        if isinstance(field, blocks.IntegerBlock):
            if not isinstance(value, int) or isinstance(value, bool):
                raise Refused(f"{self.where}{name}: " + _("this must be a whole number."))
            return value
        if isinstance(field, blocks.DecimalBlock):
            return self._decimal(name, value)
        return _text(value, self.where + name, 100)

    def _image(self, name: str, value: Any) -> int:
        """The image of this library whose file has the fingerprint `value`: files hold no images."""
        known = get_image_model().objects.filter(file_hash=_text(value, self.where + name, 40))
        if found := known.order_by("pk").values_list("pk", flat=True).first():
            return found
        told = _("this image is not in the library yet (SHA-1 %(hash)s). Upload it, then import again.")
        raise Refused(f"{self.where}{name}: " + told % {"hash": value})

    def _decimal(self, name: str, value: Any) -> str:
        try:
            number = Decimal("NaN") if isinstance(value, bool | list | dict) else Decimal(str(value)[:40])
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise Refused(f"{self.where}{name}: " + _("this must be a number."))
        return str(number)

    def _clean(self, name: str, field: Any, raw: Any) -> None:
        try:
            read = field.to_python(raw)
            if read is None and raw is not None:  # a date that is none
                raise ValueError
            field.clean(read)
        except ValidationError as error:
            raise Refused(f"{self.where}{name}: {' '.join(error.messages)}") from None
        except (TypeError, ValueError, OverflowError):
            raise Refused(f"{self.where}{name}: " + _("this value cannot be read.")) from None

    def _items(self, name: str, field: Any, given: Any) -> list[dict[str, Any]]:
        """A list of options, each a label or {"id", "label"}."""
        if not isinstance(given, list):
            raise Refused(f"{self.where}{name}: " + _("this must be a list."))
        least, most = field.meta.min_num or 0, field.meta.max_num or 1000
        if not least <= len(given) <= most:
            bounds = {"least": least, "most": most, "n": len(given)}
            raise Refused(f"{self.where}{name}: " + _("%(least)d to %(most)d are needed, there are %(n)d.") % bounds)
        items = [self._item(f"{name} {n}", name, field, item) for n, item in enumerate(given, 1)]
        _no_duplicates([i["id"] for i in items], f"{self.where}{name}: " + _("the same id twice: %(id)s."))
        return items

    def _item(self, where: str, name: str, field: Any, item: Any) -> dict[str, Any]:
        item = {"label": item} if isinstance(item, str) else item
        if not isinstance(item, dict) or "label" not in item:
            raise Refused(f"{self.where}{where}: " + _("this must be a label, or an id and a label."))
        parts = getattr(field.child_block, "child_blocks", {"label": field.child_block})
        _only_known(item, {"id", *parts}, f"{self.where}{where}: ")
        values = {part: self._part(where, part, block, item) for part, block in parts.items()}
        if not values["label"].strip():
            raise Refused(f"{self.where}{where}: " + _("the label is empty."))
        found = self._id(item.get("id"), where)
        if found == TYPES[self.given["type"]].reserved.get(name):
            raise Refused(f"{self.where}{where}: " + _("the id “%(id)s” is reserved.") % {"id": found})
        return {"type": "item", "id": found, "value": values if len(parts) > 1 else values["label"]}

    def _part(self, where: str, part: str, block: Any, item: dict[str, Any]) -> Any:
        """One value of an item: its label, its cost…"""
        place = where if part == "label" else f"{where} {part}"
        if part not in item:
            return block.get_prep_value(block.get_default())
        raw = self._scalar(place, block, item[part])
        self._clean(place, block, raw)
        return raw

    def _id(self, given: Any, where: str) -> str:
        """The id given, or a new one."""
        if given is None:
            return str(uuid.uuid4())
        if not isinstance(given, str) or not ID.fullmatch(given):
            raise Refused(
                f"{self.where}{where}: "
                + _("an id has at most 36 characters out of letters without accents, figures, - and _.")
            )
        return given
