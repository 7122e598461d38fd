"""Zones (a tree of outlines) and named places: the ground that questions and maps stand on."""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import shapely
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from shapely.geometry import shape
from treebeard.mp_tree import MP_Node

from .. import geojson

CODE_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # none that look alike

PLACE_IN_TREE = ("id", "path", "depth", "numchild")


def random_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _i in range(8))


class Zone(MP_Node):
    """A piece of ground with a name: a municipality, a district… Smaller ones lie below larger ones.

    One way of dividing to a tree: who wants both IRIS and priority districts makes two trees.
    """

    KINDS = [
        ("commune", _("Municipality")),
        ("district", _("District")),
        ("iris", _("IRIS (census district)")),
        ("qpv", _("QPV (priority district)")),
        ("sector", _("Sector")),
        ("custom", _("Other")),
    ]

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS, default="district")
    code = models.CharField(
        _("code"),
        max_length=20,
        unique=True,
        default=random_code,
        help_text=_("The INSEE code where there is one. It stays: answers and exports refer to it."),
    )
    population = models.PositiveIntegerField(_("inhabitants"), null=True, blank=True)
    geometry = models.JSONField(
        _("outline (GeoJSON)"),
        null=True,
        blank=True,
        help_text=_("May stay empty for a zone that only holds others. Longitude first, in degrees (WGS 84)."),
    )
    west = models.FloatField(null=True, editable=False)
    south = models.FloatField(null=True, editable=False)
    east = models.FloatField(null=True, editable=False)
    north = models.FloatField(null=True, editable=False)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints = [
            models.CheckConstraint(
                name="zone_box_with_geometry",
                condition=models.Q(geometry__isnull=True, west__isnull=True)
                | models.Q(geometry__isnull=False, west__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.west, self.south, self.east, self.north = bounds(self.geometry) or (None,) * 4
        if not self._state.adding and not kwargs.get("update_fields"):
            # Its place in the tree is treebeard's: a copy read before somebody moved it must not put it back.
            kwargs["update_fields"] = [f.name for f in self._meta.concrete_fields if f.name not in PLACE_IN_TREE]
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.geometry is not None and (not isinstance(self.geometry, dict) or not bounds(self.geometry)):
            raise ValidationError({"geometry": _("This outline cannot be read.")})

    @property
    def bbox(self) -> list[float] | None:
        if self.west is None:
            return None
        return [self.west, self.south, self.east, self.north]  # type: ignore[list-item]

    @cached_property
    def surface(self) -> shapely.Geometry | None:
        """The outline, to calculate with."""
        return shape(self.geometry) if self.geometry else None


class NamedPlace(models.Model):
    """A place everybody knows by its name: a square, a school. Offered in lists and shown on maps."""

    code = models.CharField(max_length=20, unique=True, default=random_code, editable=False)
    zone = models.ForeignKey(
        Zone,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="places",
        verbose_name=_("territory"),
        help_text=_("The municipality or district it is listed with."),
    )
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(
        _("kind"), max_length=60, blank=True, help_text=_("In a word: square, school, stop… Optional.")
    )
    lon = models.FloatField(_("longitude"), help_text=_("In degrees, for example 4.835."))
    lat = models.FloatField(_("latitude"), help_text=_("In degrees, for example 45.757."))
    order = models.PositiveIntegerField(_("position in the list"), default=0)

    class Meta:
        ordering = ["order", "name", "pk"]
        verbose_name = _("named place")
        verbose_name_plural = _("named places")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.lon is None or self.lat is None:
            return
        try:
            self.lon, self.lat = geojson.point(self.lon, self.lat)
        except geojson.GeoError as error:
            raise ValidationError({"lon": error.message}) from None

    @property
    def point(self) -> list[float]:
        return [self.lon, self.lat]


class ZoneEdition(models.Model):
    """How often zones changed: what each process compares before it trusts what it remembers."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        return cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0

    @classmethod
    def advance(cls) -> None:
        """Zones changed. Inside a transaction this waits for whoever else changes some."""
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            cls.objects.get_or_create(pk=1)
            cls.objects.filter(pk=1).update(number=F("number") + 1)


class ZoneFile(models.Model):
    """A file of zones between its reading and its import, while an agent looks at what it would do."""

    KEPT_FOR = timedelta(days=1)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    features = models.JSONField()
    problems = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def keep(cls, name: str, reading: geojson.Reading, owner: Any) -> "ZoneFile":
        """Keep what was read, and forget files that nobody imported."""
        cls.objects.filter(created_at__lt=timezone.now() - cls.KEPT_FOR).delete()
        features = [list(feature) for feature in reading.features]
        return cls.objects.create(name=name[:200], owner=owner, features=features, problems=reading.problems)

    @property
    def reading(self) -> geojson.Reading:
        return geojson.Reading([geojson.Feature(*feature) for feature in self.features], self.problems)


@contextmanager
def changing_zones() -> Iterator[None]:
    """The tree is changed by one at a time: treebeard reckons the next path and would reckon the same one twice."""
    with transaction.atomic():
        ZoneEdition.advance()
        yield


@receiver([post_save, post_delete], sender=Zone)
def _changed(**_kwargs: Any) -> None:
    ZoneEdition.advance()


def bounds(geometry: dict[str, Any] | None) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a stored outline; None where there is none."""
    if not geometry:
        return None
    try:
        return shape(geometry).bounds or None
    except (KeyError, ValueError, TypeError, AttributeError, shapely.errors.ShapelyError):
        return None
