"""What is drawn under points: one setting of each site, chosen by agents."""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting

# Plan IGN: no key, no limit on requests (Géoplateforme, WMTS in web mercator).
IGN = {
    "url": "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&FORMAT=image/png&TILEMATRIXSET=PM"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
    "attribution": "© IGN – Plan IGN",
    "max_zoom": 19,
}


class BaseMap(BaseSiteSetting):
    """Pictures of a service elsewhere, a layer of our own, or nothing."""

    class Kind(models.TextChoices):
        IGN = "ign", _("Plan IGN (France and overseas)")
        TILES = "tiles", _("Another service of map tiles")
        LAYER = "layer", _("A drawing of our own (GeoJSON): nothing is asked of another site")
        NONE = "none", _("None: points on a plain ground")

    kind = models.CharField(_("base map"), max_length=10, choices=Kind.choices, default=Kind.IGN)
    url = models.CharField(
        _("address of the tiles"),
        max_length=500,
        blank=True,
        help_text=_("Begins with https:// and holds {z}, {x} and {y}."),
    )
    attribution = models.CharField(
        _("credit"), max_length=200, blank=True, help_text=_("Shown on the map, for example: © OpenStreetMap.")
    )
    max_zoom = models.PositiveSmallIntegerField(
        _("closest zoom"), default=19, validators=[MinValueValidator(10), MaxValueValidator(22)]
    )
    layer = models.JSONField(_("drawing of our own"), null=True, blank=True)

    class Meta:
        verbose_name = _("Base map")

    def clean(self) -> None:
        self.attribution = strip_tags(self.attribution).strip()
        if self.kind == self.Kind.TILES:
            if not _is_template(self.url):
                raise ValidationError({"url": _("Begins with https:// and holds {z}, {x} and {y}.")})
            if not self.attribution:
                raise ValidationError({"attribution": _("Say whose map it is.")})
        if self.kind == self.Kind.LAYER and not self.layer:
            raise ValidationError({"kind": _("Choose the file of your drawing.")})

    @property
    def layer_version(self) -> str:
        return hashlib.blake2b(json.dumps(self.layer).encode(), digest_size=8).hexdigest()

    @property
    def origin(self) -> str:
        """The one origin that pictures of the map come from; "" for none but our own."""
        tiles = self.tiles
        parts = urlsplit(tiles["url"].replace("{s}", "a")) if tiles else None
        return f"{parts.scheme}://{parts.netloc}" if parts else ""

    @property
    def tiles(self) -> dict[str, Any] | None:
        if self.kind == self.Kind.IGN:
            return IGN
        if self.kind == self.Kind.TILES and _is_template(self.url):
            return {"url": self.url, "attribution": self.attribution, "max_zoom": self.max_zoom}
        return None


def _is_template(url: str) -> bool:
    """Is this the address of tiles on one host, over https, that does no harm in a policy header?"""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    is_plain = host and port in (None, 443) and all(c.isalnum() or c in "-." for c in host) and not parts.username
    return bool(parts.scheme == "https" and is_plain and all(part in url for part in ("{z}", "{x}", "{y}")))
