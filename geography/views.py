"""What the map in a page asks for: its ground."""

import math

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from . import base_map, geocoding

FRESH_FOR = 300  # seconds


@require_safe
def base(request: HttpRequest) -> HttpResponse:
    """Which base map this site has."""
    return _kept(JsonResponse(base_map.described(request)))


def _version(request: HttpRequest) -> str:
    return f'"{base_map.on(request).layer_version}"'


@require_safe
@condition(etag_func=_version)
def layer(request: HttpRequest) -> HttpResponse:
    """The drawing of our own."""
    drawn = base_map.on(request).layer
    if not drawn:
        raise Http404
    return _kept(JsonResponse(drawn, content_type="application/geo+json"))


@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    """What an address may mean, inside the part of the map that is asked about."""
    hits = geocoding.search(request.GET.get("q", ""), _box(request.GET.get("carte", "")))
    response = JsonResponse({"addresses": [{"label": hit.label, "point": list(hit.point)} for hit in hits]})
    patch_cache_control(response, private=True, max_age=FRESH_FOR)
    return response


def _box(text: str) -> list[float] | None:
    """West, south, east, north; None for what is no box."""
    try:
        box = [float(part) for part in text[:100].split(",")]
    except ValueError:
        return None
    is_box = len(box) == 4 and all(math.isfinite(x) and abs(x) <= 180 for x in box)
    return box if is_box and box[0] < box[2] and box[1] < box[3] else None


def _kept(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=FRESH_FOR)
    return response
