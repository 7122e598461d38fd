"""All shown places of a map as GeoJSON or CSV, read and written as they go: any number of them takes no memory."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from counting.spreadsheets import safe_cell

from . import drawing, places
from .models import Map, Place

AT_ONCE = 1000
FROM_OUR_ADDRESS = ("url", "photo")


def shown(map: Map) -> Iterator[Place]:
    """Every shown place, in the order of their random ids: it does not tell who came when."""
    after: Any = None
    while True:
        found = places.shown(map).order_by("pk")
        found = found.filter(pk__gt=after) if after else found
        some = list(found[:AT_ONCE])
        yield from some
        if len(some) < AT_ONCE:
            return
        after = some[-1].pk


def as_geojson(map: Map) -> Iterator[str]:
    """A FeatureCollection in pieces."""
    yield '{"type":"FeatureCollection","features":['
    between = ""
    for place in shown(map):
        feature = drawing.feature(map, place)
        feature["properties"] |= _absolute(feature["properties"])
        yield between + json.dumps(feature, ensure_ascii=False)
        between = ",\n"
    yield "]}\n"


def _absolute(said: dict[str, Any]) -> dict[str, Any]:
    return {name: f"{settings.BASE_URL}{said[name]}" for name in FROM_OUR_ADDRESS if name in said}


class _Line:
    """Gives back each line that a CSV writer writes."""

    def write(self, text: str) -> str:
        return text


def as_csv(map: Map) -> Iterator[str]:
    """One row a place, safe to open in a spreadsheet."""
    writer = csv.writer(_Line())
    names = [_("id"), _("longitude"), _("latitude"), _("category"), _("text"), _("where"), _("district")]
    yield "\ufeff" + writer.writerow([*names, _("supports"), _("date"), _("address of the page")])
    for place in shown(map):
        said = drawing.properties(map, place)
        said |= _absolute(said)
        point = place.point or ("", "")
        row = [said["id"], *point, said["category"], said["text"], said["where"], said["zone"]]
        yield writer.writerow([safe_cell(v) for v in [*row, said["supports"], said["date"], said["url"]]])
