"""The ground of Rochebrune-sur-Vère, which lies nowhere: its outline, districts, named places and base map."""

import json
from pathlib import Path
from typing import Any

from wagtail.models import Site

from geography import geojson, imports
from geography.models import BaseMap, NamedPlace, Zone

FILES = Path(__file__).parent / "rochebrune"
CODE = "03999"


def settle() -> Zone:
    """The municipality, imported as an agent would where it is not there yet."""
    found = Zone.objects.filter(code=CODE).first()
    if found:
        return found
    _import("commune", None, "commune")
    town = Zone.objects.get(code=CODE)
    _import("quartiers", town, "district")
    for feature in _features("quartiers"):
        Zone.objects.filter(code=feature["code"]).update(population=feature["population"])
    Zone.objects.filter(pk=town.pk).update(population=sum(f["population"] for f in _features("quartiers")))
    for order, feature in enumerate(_features("lieux")):
        lon, lat = feature["point"]
        NamedPlace.objects.create(zone=town, name=feature["nom"], kind=feature["genre"], lon=lon, lat=lat, order=order)
    _draw_ground()
    return Zone.objects.get(code=CODE)


def _draw_ground() -> None:
    """No service of tiles knows this town: its map is a drawing of its own."""
    layer = geojson.read_ground((FILES / "fond.geojson").read_bytes())
    site = Site.objects.get(is_default_site=True)
    drawn = {"kind": BaseMap.Kind.LAYER, "layer": layer, "attribution": "Rochebrune-sur-Vère, ville imaginaire"}
    BaseMap.objects.update_or_create(site=site, defaults=drawn)


def _import(name: str, parent: Zone | None, kind: str) -> None:
    reading = geojson.read((FILES / f"{name}.geojson").read_bytes())
    made = imports.plan(reading, parent, kind, "nom", "code")
    if made.problems:
        raise ValueError(f"the demo's own file is refused: {made.problems}")
    imports.carry_out(made)


def _features(name: str) -> list[dict[str, Any]]:
    found = json.loads((FILES / f"{name}.geojson").read_text())["features"]
    return [{**f["properties"], "point": f["geometry"]["coordinates"]} for f in found]
