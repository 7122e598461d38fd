"""Drawing a map inside any template: its sign-posts, its places, the form's location."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from .. import drawing, forms, results, rules
from ..models import Map, Place

register = template.Library()

# Each sign in a square of 16: told apart by its shape, whatever its colour.
SIGNS = {
    "circle": '<circle cx="8" cy="8" r="6.5"/>',
    "square": '<rect x="2" y="2" width="12" height="12"/>',
    "triangle": '<path d="M8 1.5 15 14H1z"/>',
    "diamond": '<path d="M8 .8 15.2 8 8 15.2.8 8z"/>',
    "cross": '<path d="M5.5 1h5v4.5H15v5h-4.5V15h-5v-4.5H1v-5h4.5z"/>',
    "star": '<path d="m8 .8 2.2 4.7 5 .7-3.6 3.5.9 5.1L8 12.3l-4.5 2.5.9-5.1L.8 6.2l5-.7z"/>',
}


@register.simple_tag
def sign(name: str) -> SafeString:
    """The sign of a category, beside its name."""
    drawn = SIGNS.get(name, SIGNS["circle"])
    said = f'<svg class="sign" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{drawn}</svg>'
    return mark_safe(said)  # noqa: S308 - constants of ours


@register.inclusion_tag("maps/block.html", takes_context=True)
def map_block(context: dict[str, Any], map: Map) -> dict[str, Any]:
    """The map as a part of a page: its question, its newest places, the ways on."""
    request: HttpRequest = context["request"]
    told = {"map": map, "phase": map.phase(), "may_show": rules.may_show(map), "request": request}
    return {**told, **drawing.latest(map)}


@register.inclusion_tag("maps/figures.html")
def map_figures(map: Map) -> dict[str, Any]:
    """The figures of a map as a part of a page."""
    figures = results.table(map)
    return {"map": map, "table": figures, "zones": results.choropleth(map, figures), "density": results.density(map)}


@register.inclusion_tag("maps/draft.html")
def map_draft(map: Map) -> dict[str, Any]:
    """What publishing this draft would show, with nothing that can be sent."""
    return {"map": map, "categories": [block.value for block in map.categories]}


@register.inclusion_tag("geography/places_map.html", takes_context=True)
def map_of_places(context: dict[str, Any], map: Map, category: str = "") -> dict[str, Any]:
    """All places, drawn when it is asked for."""
    source = reverse("maps:geojson", args=[map.key]) + (f"?categorie={category}" if category else "")
    box = drawing.extent(map)
    return _drawn(context, map) | {"source": source, "bbox": ",".join(f"{n:.6f}" for n in box) if box else ""}


@register.inclusion_tag("geography/places_map.html", takes_context=True)
def map_of_one(context: dict[str, Any], map: Map, place: Place) -> dict[str, Any]:
    """One place on the map; nothing where only its zone or its address is known."""
    return _drawn(context, map) | {"feature": drawing.feature(map, place)} if place.point else {}


def _drawn(context: dict[str, Any], map: Map) -> dict[str, Any]:
    return {"ask": map.ask, "drawn": reverse("maps:drawn", args=[map.key]), "request": context.get("request")}


@register.inclusion_tag("geography/location.html", takes_context=True)
def location_field(context: dict[str, Any], draft: forms.Draft) -> dict[str, Any]:
    """Where it is: on the map, from the list, by an address, in words."""
    return {
        "ask": draft.map.ask,
        "name": draft.where,
        "typed": draft.typed,
        "value": draft.location,
        "error": draft.error_of.get(draft.where, ""),
        "drawn": reverse("maps:drawn", args=[draft.map.key]),
        "request": context.get("request"),
    }
