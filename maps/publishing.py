"""Publishing a map: check the draft, then freeze what is asked and what is drawn."""

from typing import Any

from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.utils.translation import gettext as _

from geography import asking, geojson

from .models import Map, Place
from .models.map import about_to_publish, has_published

MOST_CATEGORIES = 12
HEAVIEST = 400_000  # characters of what is drawn underneath: people load it over weak networks


def check(draft: Map) -> None:
    """Raise ValidationError by field with everything that stops `draft` from being published."""
    problems = {
        name: found
        for name, look in (("categories", _categories), ("area", _area), ("layers", _layers))
        if (found := look(draft))
    }
    if problems:
        raise ValidationError(problems)


def _categories(draft: Map) -> list[str]:
    labels = [str(block.value["label"]).strip().casefold() for block in draft.categories]
    problems = []
    if not labels:
        problems.append(_("Give at least one category."))
    if len(labels) > MOST_CATEGORIES:
        problems.append(_("Give at most %(n)d categories.") % {"n": MOST_CATEGORIES})
    if "" in labels:
        problems.append(_("Every category needs a name."))
    if len(set(labels)) < len(labels):
        problems.append(_("Two categories have the same name."))
    return problems


def _area(draft: Map) -> list[str]:
    if not draft.area.strip():
        return [] if draft.territory_id else [_("Draw an area, or choose a territory: else places come from anywhere.")]
    try:
        geojson.read_zone(draft.area)
    except geojson.GeoError as error:
        return [error.message]
    return []


def _layers(draft: Map) -> list[str]:
    problems, weight = [], 0
    for block in draft.layers:
        try:
            weight += len(str(geojson.read_layer(block.value["geojson"].encode())))
        except geojson.GeoError as error:
            said = {"title": block.value["title"], "problem": error.message}
            problems.append(_("Layer “%(title)s”: %(problem)s") % said)
    if weight > HEAVIEST:
        problems.append(_("The layers are too heavy for a telephone: leave some out, or simplify them."))
    return problems


def ask_of(draft: Map) -> dict[str, Any]:
    """What people are asked about where it is; see `geography.location`."""
    area = geojson.read_zone(draft.area) if draft.area.strip() else None
    keep: Any = "point" if draft.grid else "zone"
    return dict(asking.of_territory(draft.territory, area, draw=draft.draw, grid=draft.grid, keep=keep))


def categories_of(draft: Map) -> list[dict[str, Any]]:
    """The categories offered, then those that were and still have places."""
    now = [{"id": str(b.id), "label": b.value["label"].strip(), "sign": b.value["sign"]} for b in draft.categories]
    present = {category["id"] for category in now}
    before = [c for c in draft.asked.get("categories", []) if c["id"] not in present]
    used = set(Place.objects.filter(map=draft.pk).values_list("category", flat=True).distinct()) if before else set()
    return now + [{**category, "withdrawn": True} for category in before if category["id"] in used]


@receiver(about_to_publish)
def _check_before(sender: type[Map], draft: Map, **kwargs: Any) -> None:
    check(draft)


@receiver(has_published)
def _settle_after(sender: type[Map], map: Map, **kwargs: Any) -> None:
    settle(map)


def settle(map: Map) -> None:
    """Ask from now on what the map's draft says."""
    map.asked = {"ask": ask_of(map), "categories": categories_of(map)}
    layers = [(b.value["title"], geojson.read_layer(b.value["geojson"].encode())) for b in map.layers]
    map.drawn = {
        "type": "FeatureCollection",
        "features": [
            {**feature, "properties": {**feature["properties"], "layer": title}}
            for title, features in layers
            for feature in features
        ],
    }
    Map.objects.filter(pk=map.pk).update(asked=map.asked, drawn=map.drawn)
