"""Places gathered elsewhere, on paper or with another tool, brought in from a CSV or GeoJSON file, row by row."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import ijson
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from counting.rejects import Rejects
from geography import asking, geojson
from geography import location as locations
from moderation import queue
from moderation.models import Item, Remit

from . import counts, places
from .models import Map, Place

AT_ONCE = 2000
LONGEST_ROW = 20_000  # characters
# What columns and properties may be called, in our exports and in those of others; the first that has a value counts.
NAMES = {
    "lon": ("longitude", "lon", "lng", "x"),
    "lat": ("latitude", "lat", "y"),
    "category": ("category", "catégorie", "categorie"),
    "text": ("text", "texte", "description", "comment", "commentaire"),
    "where": ("where", "où", "lieu", "adresse", "address"),
    "date": ("date",),
}


class Unreadable(Exception):
    """The file is not what it should be."""


class Outcome(NamedTuple):
    """How many places were added, were there before, and cannot be used; `rejects` says why."""

    added: int
    known: int
    rejected: int
    rejects: Path


class Row(NamedTuple):
    number: int
    values: dict[str, str]


Progress = Callable[[int], None]  # is told the number of the last row read


def import_places(map: Map, path: Path, *, wait: bool = False, progress: Progress | None = None) -> Outcome:
    """Bring in every place of a file; the same file again adds nothing. `wait`: a moderator reads each of them first.

    Raises Unreadable and OSError; what was read until then is in.
    """
    Remit.of(map.scope_id, map.title)
    reader = _Reader(map, wait)
    rows, added, known = _rows(path), 0, 0
    with Rejects(path, list(NAMES)) as rejects:
        while some := list(islice(rows, AT_ONCE)):
            read = [place for row in some if (place := reader.read(row, rejects))]
            new = _store(map, read)
            added, known = added + new, known + len(read) - new
            if progress:
                progress(some[-1].number)
    if added > AT_ONCE:
        _tell_the_planner()
    return Outcome(added, known, rejects.lines.n, rejects.path)


def _tell_the_planner() -> None:
    """PostgreSQL thinks the tables as small as they were, and reads them whole, until somebody says otherwise."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE maps_place, maps_placecount")


def _rows(path: Path) -> Iterator[Row]:
    return _from_csv(path) if path.suffix.lower() == ".csv" else _from_geojson(path)


def _from_csv(path: Path) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            first = source.readline(LONGEST_ROW)
            source.seek(0)
            reader = csv.DictReader(source, delimiter=";" if first.count(";") > first.count(",") else ",")
            for values in reader:
                told = {str(k).strip().lower(): v for k, v in values.items() if isinstance(v, str)}
                yield Row(reader.line_num, _named(told))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(_("This file cannot be read as CSV in UTF-8: %(error)s.") % {"error": error}) from None


def _from_geojson(path: Path) -> Iterator[Row]:
    """Feature by feature, never the whole file."""
    try:
        with path.open("rb") as source:
            for number, feature in enumerate(ijson.items(source, "features.item", use_float=True), 1):
                yield Row(number, _of_feature(feature if isinstance(feature, dict) else {}))
    except (ijson.JSONError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(_("This file is not GeoJSON: %(error)s.") % {"error": str(error)[:200]}) from None


def _of_feature(feature: dict[str, Any]) -> dict[str, str]:
    said = feature.get("properties") if isinstance(feature.get("properties"), dict) else {}
    values = _named({str(k).lower(): str(v) for k, v in (said or {}).items() if isinstance(v, str | int | float)})
    geometry = feature.get("geometry")
    if isinstance(geometry, dict) and geometry.get("type") == "Point" and isinstance(geometry.get("coordinates"), list):
        pair = [n for n in geometry["coordinates"][:2] if type(n) in (int, float)]
        if len(pair) == 2:
            values |= {"lon": repr(pair[0]), "lat": repr(pair[1])}
    return values


def _named(told: dict[str, str]) -> dict[str, str]:
    return {
        ours: next((told[name].strip()[:LONGEST_ROW] for name in names if told.get(name)), "")
        for ours, names in NAMES.items()
    }


class _Reader:
    """Rows made into places of one map."""

    def __init__(self, map: Map, wait: bool):
        self.map = map
        self.status = Place.Status.PENDING if wait else Place.Status.PUBLISHED
        self.categories = {name: c["id"] for c in map.offered for name in (c["label"].casefold(), c["id"])}
        self.today = timezone.localdate()

    def read(self, row: Row, rejects: Rejects) -> Place | None:
        try:
            return self._place(row.values)
        except (places.Refused, locations.LocationError, geojson.GeoError) as error:
            rejects.write(row.number, error.message, list(row.values.values()))
        return None

    def _place(self, values: dict[str, str]) -> Place:
        category = self.categories.get(values["category"].casefold(), "")
        places.check_category(self.map, category)
        text = places.checked(values["text"])
        typed = _Columns(values)
        location = asking.read(self.map.ask, "v", typed)
        if location is None:
            raise places.Refused(_("It says nowhere where it is."))
        place = Place(
            map=self.map,
            category=category,
            text=text,
            status=self.status,
            shown_on=self._day(values["date"]),
            sent_key=hashlib.blake2b(json.dumps(values, sort_keys=True).encode(), digest_size=32).digest(),
        )
        places.put(self.map, place, location)
        return place

    def _day(self, text: str) -> date:
        try:
            return min(date.fromisoformat(text[:10]), self.today) if text else self.today
        except ValueError:
            raise places.Refused(_("Write the date as year-month-day: 2026-03-27.")) from None


class _Columns:
    """A row as `geography.location` reads a form."""

    def __init__(self, values: dict[str, str]):
        self._data = {"v_lon": values["lon"], "v_lat": values["lat"], "v_address": values["where"]}

    def one(self, name: str) -> str:
        return self._data.get(name, "")

    def text(self, name: str, limit: int) -> str:
        return self._data.get(name, "")[:limit]


@transaction.atomic
def _store(map: Map, read: list[Place]) -> int:
    """Those not stored yet, with their items and counts; how many. One import of a map at a time."""
    counts.hold(map.pk)
    fresh = {bytes(place.sent_key): place for place in read if place.sent_key}
    there = Place.objects.filter(map=map, sent_key__in=list(fresh)).values_list("sent_key", flat=True)
    for key in there:
        del fresh[bytes(key)]
    made = list(fresh.values())
    Place.objects.bulk_create(made, batch_size=500)
    shown = [place for place in made if place.status == Place.Status.PUBLISHED]
    queue.arrive_many([_item(map, place) for place in made])
    counts.move(map.pk, added=shown)
    return len(made)


def _item(map: Map, place: Place) -> Item:
    """On the desk too: what is shown can be reported, whoever brought it."""
    shown = place.status == Place.Status.PUBLISHED
    return Item(
        kind=places.KIND,
        object_id=str(place.pk),
        scope_id=map.scope_id,
        state=Item.State.PUBLISHED if shown else Item.State.PENDING,
        read=shown,
        waiting=not shown,
        looked=shown,
    )
