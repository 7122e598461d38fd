"""A place: shown on a map, chosen from a list, by its address or in words; one shape of data whichever way.

What is counted is where it lies: a place of the list, or else the district.
"""

import json
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from geography import asking, geojson
from geography import location as locations
from geography.models import Zone

from .base import (
    Answer,
    AnswerError,
    Blank,
    Form,
    Message,
    Paper,
    QuestionBlock,
    QuestionType,
    Schema,
    boxes,
    keep_withdrawn,
)

GRID = 50  # metres: how exactly points leave this site
WHY = 200
ELSEWHERE = "elsewhere"
PARTS = ("", "way", "longitude", "latitude", "zone", "place", "shape")
WAYS = ("map", "address", "place", "zone", "words")


def territories() -> list[tuple[str, str]]:
    """The zones that hold others, and those that stand alone: (code, name)."""
    found = Zone.objects.exclude(geometry=None).order_by("path")
    return [(zone.code, f"{'– ' * (zone.depth - 1)}{zone.name}") for zone in found if zone.is_root() or zone.numchild]


class LocationBlock(QuestionBlock):
    """Which ground is asked about, and how exactly an answer is kept."""

    territory = blocks.ChoiceBlock(
        label=_("Territory"),
        choices=territories,
        help_text=_("Its named places and districts are the list for who does not use the map."),
    )
    draw = blocks.ChoiceBlock(
        label=_("People show"),
        choices=[("point", _("a point")), ("line", _("a point or a line")), ("area", _("a point or an area"))],
        default="point",
    )
    home = blocks.BooleanBlock(
        label=_("It is about people’s homes: keep the district, forget the point"), required=False, default=False
    )
    why = blocks.BooleanBlock(label=_("Ask why, in one sentence"), required=False, default=False)

    class Meta:
        label = _("Place on a map")
        icon = "site"
        description = _("A place, shown on the map, chosen from a list or written as an address.")
        preview_value = {"wording": _("Where do you feel in danger?")}


class Location(QuestionType):
    """The answer is a `geography.location.Location`, with "why" where that was asked and said."""

    name = "location"
    block = LocationBlock
    comparison = "choices"
    seconds = 45

    def schema(self, value: Any, previous: Schema | None) -> Schema:
        root = Zone.objects.filter(code=value.get("territory") or "").first()
        keep: Any = "zone" if value.get("home") else "point"
        ask = asking.of_territory(root, draw=value.get("draw") or "point", grid=GRID, keep=keep)
        listed: list[Schema] = [{"id": item["id"], "label": item["label"]} for item in (*ask["places"], *ask["zones"])]
        return {"ask": dict(ask), "listed": listed, "why": bool(value.get("why"))}

    def check(self, schema: Schema) -> list[Message]:
        return [] if schema["ask"]["root"] else [_("Choose a territory: it says where answers may lie.")]

    def merge(self, schema: Schema, previous: Schema) -> None:
        keep_withdrawn(schema["listed"], previous["listed"])

    def field(self, schema: Schema, name: str, typed: Form | None) -> dict[str, Any]:
        form = typed or Form({})
        told = {part: (form.many(f"{name}_{part}") or [""])[0] for part in locations.PARTS}
        why = (form.many(f"{name}_why") or [""])[0]
        helped = f"{name}-help" if schema["help"] else ""
        return {"ask": schema["ask"], "typed": told, "why": why, "longest": WHY, "helped": helped}

    def read(self, schema: Schema, name: str, form: Form) -> Answer:
        why = form.text(f"{name}_why", WHY) if schema["why"] else ""
        try:
            found = asking.read(schema["ask"], name, form)
        except locations.LocationError as error:
            raise AnswerError(error.message, locations.anchor(name, error)) from None
        if found is None:
            if why:
                raise AnswerError(_("Show where it is, too: on the map, with the list or by an address."), name)
            return None
        return {**found, "why": why} if why else dict(found)

    def typed(self, schema: Schema, name: str, answer: Answer) -> dict[str, list[str]]:
        chosen = next((item["label"] for item in schema["listed"] if item["id"] == self._chosen(answer)), "")
        words = answer["label"].removeprefix(chosen).removeprefix(" – ") if chosen else answer["label"]
        told = {"place": self._chosen(answer), "address": words, "why": answer.get("why", "")}
        if answer["shape"]:
            told |= {"shape": json.dumps(answer["shape"]), "place": ""}
        elif answer["point"] and not answer["place"]:
            told |= {"lon": str(answer["point"][0]), "lat": str(answer["point"][1]), "place": ""}
        return {f"{name}_{part}": [value] for part, value in told.items() if value}

    def _chosen(self, answer: Answer) -> str:
        """Which item of the list an answer names: its place, or its zone where there is no point."""
        return answer["place"] or ("" if answer["point"] else answer["zone"] or "")

    def choices(self, schema: Schema) -> list[Schema]:
        return schema["listed"]

    def compared(self, schema: Schema, answer: Answer) -> set[str]:
        return {id_ for id_ in (answer["place"], answer["zone"]) if id_}

    def said(self, schema: Schema, answer: Answer) -> list[str]:
        named = {item["id"]: item["label"] for item in schema["listed"]}
        where = answer["label"] or named.get(answer["zone"] or "", "")
        return [text for text in (where or gettext("A point on the map"), answer.get("why", "")) if text]

    def cell_names(self, schema: Schema) -> list[str]:
        """Each answer fills one: so no two figures give away a third."""
        return [f"w:{schema['id']}:{id_}" for id_ in (*(item["id"] for item in schema["listed"]), ELSEWHERE)]

    def cells(self, schema: Schema, answer: Answer) -> list[str]:
        listed = {item["id"] for item in schema["listed"]}
        at = next((id_ for id_ in (answer["place"], answer["zone"]) if id_ in listed), ELSEWHERE)
        return [f"w:{schema['id']}:{at}"]

    def tabulate(self, schema: Schema, count: Any, base: int) -> dict[str, Any]:
        places = {place["id"] for place in schema["ask"]["places"]}
        rows = []
        for item in schema["listed"]:
            n = count(f"w:{schema['id']}:{item['id']}")
            label = item["label"]
            if places and item["id"] not in places:
                label = gettext("%(zone)s, elsewhere") % {"zone": label}
            if n or not item.get("withdrawn"):
                rows.append({**item, "label": label, "count": n})
        label = gettext("Elsewhere, or not told")
        rows.append({"id": ELSEWHERE, "label": label, "count": count(f"w:{schema['id']}:{ELSEWHERE}")})
        return {"options": rows}

    def texts(self, schema: Schema, answer: Answer) -> list[tuple[str, str]]:
        return [("why", answer["why"])] if answer.get("why") else []

    def reworded(self, schema: Schema, answer: Answer, part: str, text: str) -> Answer:
        return {**answer, "why": text}

    def longest(self, schema: Schema, part: str) -> int:
        return WHY

    def paper(self, schema: Schema) -> Paper:
        places = boxes(schema["listed"])
        how = _("Tick one place, or write where it is.") if places else _("Write where it is.")
        drawn = Paper(how, places, field="_place", blanks=[Blank(_("Where:"), field="_address")])
        return drawn._replace(lines=2, before_lines=_("Why?"), words="_why") if schema["why"] else drawn

    def columns(self, schema: Schema) -> list[tuple[str, str]]:
        title = schema["code"] or schema["wording"]
        said: dict[str, str | Promise] = {
            "way": _("way"), "longitude": _("longitude"), "latitude": _("latitude"), "zone": _("zone"),
            "place": _("place"), "shape": _("drawing"), "why": _("why"),
        }  # fmt: skip
        parts = (*PARTS, "why") if schema["why"] else PARTS
        return [(part, f"{title} [{said[part]}]" if part else title) for part in parts]

    def to_csv(self, schema: Schema, answer: Answer) -> list[str]:
        if answer is None:
            return [""] * len(self.columns(schema))
        point = locations.public_point(answer, schema["ask"])
        where = [str(n) for n in point] if point else ["", ""]
        drawn = json.dumps(answer["shape"]) if answer["shape"] else ""
        row = [answer["label"], answer["way"], *where, answer["zone"] or "", answer["place"] or "", drawn]
        return [*row, answer.get("why", "")] if schema["why"] else row

    def from_csv(self, schema: Schema, values: list[str]) -> Answer:
        parts = [part or "label" for part, _title in self.columns(schema)]
        told = dict(zip(parts, (value.strip() for value in values), strict=False))
        if not any(told.values()):
            return None
        way = told.get("way", "")
        answer = self._from_file(schema, told) if way in WAYS else self._from_words(schema, told)
        why = told.get("why", "")[:WHY]
        return {**answer, "why": why} if why else answer

    def _from_file(self, schema: Schema, told: dict[str, str]) -> dict[str, Any]:
        """A row of our own export: as it stood."""
        ask, listed = schema["ask"], {item["id"] for item in schema["listed"]}
        try:
            point = geojson.point(float(told["longitude"]), float(told["latitude"])) if told["longitude"] else None
            kind = locations.DRAWN.get(ask["draw"], "")
            drawn = geojson.read_drawn(told["shape"], kind) if told["shape"] and kind else None
        except (geojson.GeoError, ValueError) as error:
            raise AnswerError(str(error)) from None
        chosen = {name: told[name] if told[name] in listed else None for name in ("zone", "place")}
        label = told["label"][: locations.ADDRESS + locations.CORNER * 2]
        return {"way": told["way"], "point": list(point) if point else None, **chosen, "label": label, "shape": drawn}

    def _from_words(self, schema: Schema, told: dict[str, str]) -> dict[str, Any]:
        """A row that others wrote: a point, the name of a place or a district, or words."""
        words = told.get("label", "")
        named = next((i["id"] for i in schema["listed"] if words and i["label"].casefold() == words.casefold()), "")
        typed = {"v_lon": told.get("longitude", ""), "v_lat": told.get("latitude", ""), "v_place": named}
        typed |= {"v_address": "" if named else words}
        form = Form({name: [value] for name, value in typed.items() if value})
        found = self.read({**schema, "why": False}, "v", form)
        if found is None:
            raise AnswerError(_("It says nowhere where it is."))
        return found
