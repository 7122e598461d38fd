"""One survey in several languages: its texts, translated beside it, each drawn with its language (pure).

A version holds schema["language"], that it was written in, and schema["translations"]: {language: {path: text}}. Ids
stay the same, so answers in all languages are one dataset. What is not translated is shown as it was written.
"""

import copy
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf.locale import LANG_INFO
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from .questions import Schema

OF_SURVEY = ("title", "introduction", "thanks")
OF_QUESTION = ("wording", "help", "low", "high", "unit", "purpose")
OF_ELEMENT = ("title", "text")
OF_ITEM = ("label", "alt")


class Language(NamedTuple):
    """A language as those who speak it call it, and which way it runs."""

    code: str
    name: str
    dir: str


@lru_cache
def language(code: str) -> Language:
    """Raises KeyError for one that is not known."""
    info = LANG_INFO[code]
    return Language(code, info["name_local"][:1].upper() + info["name_local"][1:], "rtl" if info["bidi"] else "ltr")


def known() -> list[Language]:
    """Every language a survey can be translated into, by its own name."""
    return sorted((language(code) for code, info in LANG_INFO.items() if "bidi" in info), key=_by_name)


def _by_name(one: Language) -> str:
    return one.name.lower()


class Passage(str):
    """A text that knows its language, and says so in a page of another one. In attributes write `|force_escape`."""

    lang: str

    def __new__(cls, text: str, lang: str) -> "Passage":
        passage = super().__new__(cls, text)
        passage.lang = lang
        return passage

    def __html__(self) -> SafeString:
        if not self or _is_the_pages(self):
            return escape(str(self))
        return format_html("<span{}>{}</span>", attributes(self), str(self))


def attributes(text: str) -> SafeString:
    """` lang="…" dir="…"` for a passage whose language is not the page's; "" for any other text."""
    if not isinstance(text, Passage) or _is_the_pages(text):
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', text.lang, language(text.lang).dir)


def _is_the_pages(text: Passage) -> bool:
    return (get_language() or "").split("-")[0] == text.lang.split("-")[0]


class Place(NamedTuple):
    """Where one text stands: the dict that holds it, under which key, and its path."""

    holder: dict[str, Any]
    key: str
    path: str


def places(schema: Schema) -> Iterator[Place]:
    """Every text of a version that can be translated, in the order of the page; not those of what was withdrawn."""
    for key in OF_SURVEY[:2]:
        yield Place(schema, key, key)
    by_id = {question["id"]: question for question in schema["questions"] if not question.get("withdrawn")}
    layout = schema.get("layout") or [{"kind": "question", "id": id_} for id_ in by_id]
    for item in layout:
        if item["kind"] != "question":
            yield from (Place(item, key, f"{item['id']}.{key}") for key in OF_ELEMENT if item.get(key))
        elif question := by_id.get(item["id"]):
            yield from _places_of(question)
    yield Place(schema, "thanks", "thanks")


def _places_of(question: Schema) -> Iterator[Place]:
    id_ = question["id"]
    yield from (Place(question, key, f"{id_}.{key}") for key in OF_QUESTION if isinstance(question.get(key), str))
    for name, items in question.items():
        if isinstance(items, list) and name != "earlier":
            for item in items:
                if isinstance(item, dict) and "id" in item and not item.get("withdrawn"):
                    yield from (
                        Place(item, key, f"{id_}.{name}.{item['id']}.{key}") for key in OF_ITEM if item.get(key)
                    )


def texts(schema: Schema) -> dict[str, str]:
    """path → text as written; those that are empty need no translation."""
    return {place.path: place.holder[place.key] for place in places(schema) if place.holder[place.key]}


def missing(schema: Schema, code: str) -> int:
    """How many texts are not translated into `code`."""
    there = schema.get("translations", {}).get(code, {})
    return sum(1 for path in texts(schema) if not there.get(path))


def offered(schema: Schema) -> list[Language]:
    """The languages people may choose, the one it was written in first; none where there is only that."""
    codes = [code for code in schema.get("translations", {}) if code in LANG_INFO]
    return [language(code) for code in (schema["language"], *sorted(codes))] if codes else []


def spoken(schema: Schema, code: str) -> Schema:
    """`schema` in the language `code`, each text with its own."""
    translation: Mapping[str, str] = schema["translations"][code]
    said = copy.deepcopy(schema)
    for place in list(places(said)):
        text = place.holder[place.key]
        found = translation.get(place.path, "")
        place.holder[place.key] = Passage(found, code) if found else Passage(text, schema["language"])
    return said


def choose(schema: Schema, wanted: str) -> str:
    """The language to draw in: the one wanted if there is such a translation, else "", as it was written."""
    return wanted if wanted in schema.get("translations", {}) and wanted in LANG_INFO else ""
