"""The places of a map as data, what is drawn underneath, and its figures."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from participation import limits

from .. import exports, results, tiles, viewport
from ..models import Map
from .finding import find

FRESH_FOR = 30  # seconds for which browsers may keep what a view of the map shows
WHOLE = limits.Limit("places_whole", 30, 600)  # every place of a map is much to read


@require_safe
def as_geojson(request: HttpRequest, key: str) -> HttpResponse:
    """What one view of the map shows (`bbox`, `zoom`, `categorie`); without `bbox` every shown place."""
    map = find(key)
    if "bbox" not in request.GET:
        return _whole(request, exports.as_geojson(map), "application/geo+json", f"lieux-{key}.geojson")
    box, zoom = _view(request)
    if box is None:
        return JsonResponse({"error": _("bbox is west,south,east,north in degrees; zoom from 0 to 22.")}, status=400)
    found = viewport.features(map, box, zoom, request.GET.get("categorie", "")[:36].replace("\x00", ""))
    return _compressed(request, {"type": "FeatureCollection", "features": found}, FRESH_FOR)


@gzip_page
def _compressed(request: HttpRequest, data: dict[str, Any], seconds: int) -> HttpResponse:
    response = JsonResponse(data, content_type="application/geo+json", json_dumps_params={"separators": (",", ":")})
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response


def _view(request: HttpRequest) -> tuple[tiles.Box | None, int]:
    try:
        west, south, east, north = (float(n) for n in request.GET["bbox"][:200].split(","))
        zoom = int(request.GET.get("zoom", "12")[:3])
    except ValueError:
        return None, 0
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90 and 0 <= zoom <= 22):
        return None, 0
    return tiles.Box(west, south, east, north), zoom


@require_safe
def as_csv(request: HttpRequest, key: str) -> HttpResponse:
    return _whole(request, exports.as_csv(find(key)), "text/csv; charset=utf-8", f"lieux-{key}.csv")


def _whole(request: HttpRequest, pieces: Any, content_type: str, name: str) -> HttpResponse:
    if limits.is_over(WHOLE, request):
        message = _("Too many downloads came from this connection. Wait ten minutes.")
        response = HttpResponse(message, status=429, content_type="text/plain; charset=utf-8")
        response["Retry-After"] = "600"
        return response
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return StreamingHttpResponse(pieces, content_type=content_type, headers=headers)


@require_safe
def drawn(request: HttpRequest, key: str) -> HttpResponse:
    """The area and the layers underneath; they change when the map is published."""
    find(key)
    return _compressed(request, Map.objects.values_list("drawn", flat=True).get(key=key), 600)


@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Figures by category and district, as tables first."""
    map = find(key)
    response = render(request, "maps/results.html", {"map": map})
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def as_json(request: HttpRequest, key: str) -> HttpResponse:
    map = find(key)
    figures = results.table(map)
    zones = [
        {
            "code": line.code or None,
            "name": line.name or None,
            "places": line.total,
            "categories": dict(zip([c["id"] for c in figures.categories], line.by_category, strict=True)),
        }
        for line in figures.lines
    ]
    categories = [
        {"id": c["id"], "label": c["label"], "places": n}
        for c, n in zip(figures.categories, figures.totals, strict=True)
    ]
    said = {"key": map.key, "title": map.title, "places": figures.total, "categories": categories, "zones": zones}
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False})
