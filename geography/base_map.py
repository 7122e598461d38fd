"""The base map as pages need it: where its pictures come from, and which pages may ask for them."""

import time
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.models import Site

from .models import BaseMap

FRESH_FOR = 2.0  # seconds for which a process believes that no base map changed

_origins: dict[int, tuple[float, str]] = {}  # site id → when it was looked up, and where its pictures come from


def on(request: HttpRequest) -> BaseMap:
    """The base map of the site that was asked."""
    return BaseMap.for_request(request)


def allow(request: HttpRequest) -> None:
    """The page drawn for `request` carries a map: the policy header of the answer lets its pictures come.

    The template tags of maps call it; call it yourself where a map is drawn without the request.
    """
    site, now = Site.find_for_request(request), time.monotonic()
    looked_at, origin = _origins.get(site.pk if site else 0, (float("-inf"), ""))
    if now - looked_at > FRESH_FOR:
        origin = on(request).origin
        _origins[site.pk if site else 0] = (now, origin)
    request.map_origin = origin  # type: ignore[attr-defined]


forget = _origins.clear


def described(request: HttpRequest) -> dict[str, Any]:
    """What the script in the page draws first."""
    base = on(request)
    if base.tiles:
        return {"kind": "tiles", **base.tiles}
    if base.kind == BaseMap.Kind.LAYER and base.layer:
        return {"kind": "layer", "url": reverse("geography:layer"), "attribution": base.attribution, "max_zoom": 19}
    return {"kind": "none", "attribution": "", "max_zoom": 19}
