"""Template tags that draw where something is asked, and where places are shown."""

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import base_map, geocoding

register = template.Library()

LIST = 12  # places beyond which a list to choose from is shorter than radio buttons
FILES = ("leaflet/leaflet.css", "map.css", "leaflet/leaflet.js")


@register.simple_tag(takes_context=True)
def map_allowed(context: dict[str, Any]) -> str:
    """Lets the pictures of the base map come to this page."""
    if request := context.get("request"):
        base_map.allow(request)
    return ""


@register.simple_tag(takes_context=True)
def location_value(context: dict[str, Any]) -> Mapping[str, Any] | None:
    """What stands in the form: what was `typed`, if anything was, or the stored location in `value`."""
    written = context.get("typed")
    return written if isinstance(written, Mapping) and any(written.values()) else context.get("value")


@register.filter
def as_json(value: Any) -> str:
    return json.dumps(value)


@register.simple_tag
def map_ground() -> str:
    """What the script loads once the map is wanted: addresses, and the words it says."""
    told = {"files": [static(name) for name in FILES], "base": reverse("geography:base"), "words": words()}
    if geocoding.is_on():
        told["search"] = reverse("geography:addresses")
    return json.dumps(told)


@register.filter
def map_ask(ask: Mapping[str, Any]) -> str:
    """What the script must know of an Ask."""
    return json.dumps({key: ask[key] for key in ("area", "bbox", "places", "draw")})


@register.filter
def is_long(ask: Mapping[str, Any]) -> bool:
    return len(ask["places"]) + len(ask["zones"]) > LIST


@register.filter
def typed(value: Mapping[str, Any] | None, part: str) -> str:
    """What stands in the input of `part`, of what was typed or of a stored location."""
    if not value:
        return ""
    if "way" not in value:
        return str(value.get(part, "") or "")
    point = value["point"] if value["way"] in ("map", "address") and not value["shape"] else None
    stored = {
        "lon": point and point[0],
        "lat": point and point[1],
        "place": value["place"] or (value["zone"] if value["way"] == "zone" else ""),
        "address": value["label"] if value["way"] in ("address", "words") else "",
        "shape": json.dumps(value["shape"]) if value["shape"] else "",
    }
    return str(stored.get(part) or "")


def words() -> dict[str, str]:
    """What the script says."""
    return {
        "map": _("Map: arrow keys move it under the cross, plus and minus zoom, Enter chooses, Escape leaves."),
        "close": _("Close the map"),
        "closer": _("Zoom in"),
        "farther": _("Zoom out"),
        "up": _("Move up"),
        "down": _("Move down"),
        "left": _("Move left"),
        "right": _("Move right"),
        "place": _("Put the point under the cross"),
        "add": _("Add a point under the cross"),
        "undo": _("Take the last point back"),
        "remove": _("Remove the point"),
        "clear": _("Remove the drawing"),
        "placed": _("Point placed"),
        "near": _("about {metres} m from: {place}"),
        "at": _("latitude {lat}, longitude {lon}"),
        "removed": _("The point is removed."),
        "outside": _("This spot lies outside the area of this question. The point was not put there."),
        "drawn": _("{n} points drawn"),
        "more": _("Add at least one more."),
        "failed": _("The map cannot be loaded. Use the list or the address."),
        "silent": _("The map cannot load the places. The list below has them all."),
        "count": _("{n} places here: zoom in"),
        "shown": _("{n} on this part of the map"),
        "open": _("Read more"),
        "search": _("Find on the map"),
        "searching": _("Searching…"),
        "nothing": _("No address was found. What you wrote will be kept."),
        "found": _("{n} addresses found: choose one"),
    }
