"""The base map as pages need it: where its pictures come from, and which pages may ask for them."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from .models import BaseMap


def on(request: HttpRequest) -> BaseMap:
    """The base map of the site that was asked."""
    return BaseMap.for_request(request)


def allow(request: HttpRequest) -> None:
    """The page drawn for `request` carries a map: the policy header of the answer lets its pictures come.

    The template tags of maps call it; call it yourself where a map is drawn without the request.
    """
    request.map_origin = on(request).origin  # type: ignore[attr-defined]


def described(request: HttpRequest) -> dict[str, Any]:
    """What the script in the page draws first."""
    base = on(request)
    if base.tiles:
        return {"kind": "tiles", **base.tiles}
    if base.kind == BaseMap.Kind.LAYER and base.layer:
        return {"kind": "layer", "url": reverse("geography:layer"), "attribution": base.attribution, "max_zoom": 19}
    return {"kind": "none", "attribution": "", "max_zoom": 19}
