"""What the map in a page asks for: its ground."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from . import base_map

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


def _kept(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=FRESH_FOR)
    return response
