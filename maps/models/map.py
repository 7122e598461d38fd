"""A map as agents make it: the question, the categories, where to show places, what is drawn underneath."""

import secrets
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from geography.location import Ask
from geography.models import Zone
from participation.models import Scope, TakesPart

# News for `publishing`, which this module may not import: the draft about to go live (a receiver that raises stops it).
about_to_publish = Signal()
has_published = Signal()


def new_key() -> str:
    return secrets.token_urlsafe(9).replace("-", "_")  # a dash in front would make it an option of our commands


class CategoryBlock(blocks.StructBlock):
    """One kind of place. Its sign tells it from the others, never its colour alone."""

    label = blocks.CharBlock(label=_("Category"), max_length=60)
    sign = blocks.ChoiceBlock(
        label=_("Sign on the map"),
        choices=[
            ("circle", _("circle")),
            ("square", _("square")),
            ("triangle", _("triangle")),
            ("diamond", _("diamond")),
            ("cross", _("cross")),
            ("star", _("star")),
        ],
        default="circle",
    )

    class Meta:
        label = _("Category")
        icon = "tag"


class LayerBlock(blocks.StructBlock):
    """Lines and areas drawn underneath, for people to find their way."""

    title = blocks.CharBlock(label=_("What it shows"), max_length=80)
    geojson = blocks.TextBlock(
        label=_("GeoJSON"),
        rows=4,
        help_text=_("Paste the content of a .geojson file in longitude and latitude (WGS 84)."),
    )

    class Meta:
        label = _("Layer")
        icon = "grip"


class MapQuerySet(models.QuerySet["Map"]):
    def for_display(self) -> "MapQuerySet":
        """With everything drawing a map needs, in one query, and without what only the editor reads."""
        return self.select_related("scope").defer("categories", "layers", "drawn", "area")


class Map(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, TakesPart):
    """One question about places. What people see is `asked` and `drawn`, frozen when the map is published."""

    class Moderation(models.TextChoices):
        BEFORE = "before", _("We read each place before it is shown")
        AFTER = "after", _("Places are shown at once; we read them afterwards")

    class Draw(models.TextChoices):
        POINT = "point", _("a point")
        LINE = "line", _("a point or a line")
        AREA = "area", _("a point or an area")

    class Grid(models.IntegerChoices):
        """To how many metres places are shown; people's own homes need more."""

        EXACT = 5, _("5 m: a bench, a kerb")
        STREET = 50, _("50 m: a corner of a street")
        BLOCK = 200, _("200 m: a block of houses")
        ZONE = 0, _("the district only: for questions about people’s homes")

    key = models.CharField(max_length=20, unique=True, default=new_key, editable=False)
    title = models.CharField(_("the question"), max_length=200, help_text=_("For example: where do you feel unsafe?"))
    introduction = models.TextField(
        _("introduction"), blank=True, max_length=600, help_text=_("One or two sentences under the question.")
    )
    categories = StreamField(
        [("category", CategoryBlock())],
        verbose_name=_("categories"),
        help_text=_("Two to six kinds of places. A category with places is retired, not deleted."),
    )
    territory = models.ForeignKey(
        Zone,
        verbose_name=_("territory"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_(
            "Places outside are refused. Its named places and districts stand in the list for who does not use the "
            "map, and in the filters and results."
        ),
    )
    area = models.TextField(
        _("area"),
        blank=True,
        help_text=_("Where places are asked for, if that is not the whole territory: a polygon as GeoJSON."),
    )
    layers = StreamField([("layer", LayerBlock())], blank=True, verbose_name=_("layers underneath"))
    draw = models.CharField(_("people show"), max_length=10, choices=Draw.choices, default=Draw.POINT)
    grid = models.PositiveSmallIntegerField(
        _("how exactly places are shown"),
        choices=Grid.choices,
        default=Grid.STREET,
        help_text=_("To the public. With “the district only” the point itself is not even kept."),
    )
    photos = models.BooleanField(
        _("people may add a photo"), default=False, help_text=_("You read each photo before it is shown.")
    )
    moderation = models.CharField(_("moderation"), max_length=10, choices=Moderation.choices, default=Moderation.BEFORE)
    # What is asked: {"ask": see geography.location, "categories": [{"id", "label", "sign", "withdrawn"?}]}
    asked = models.JSONField(default=dict, editable=False)
    drawn = models.JSONField(default=dict, editable=False)  # GeoJSON FeatureCollection of area and layers

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="map")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="map",
    )

    objects = MapQuerySet.as_manager()

    class Meta:
        verbose_name = _("map")
        verbose_name_plural = _("maps")

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is None and self.scope_id is None:
            self.scope = Scope.objects.create()  # one of its own, until it is published inside a consultation
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("maps:map", args=[self.key])

    @property
    def state(self) -> str:
        """Draft or published, for the admin's list; costs no query."""
        if not self.live:
            return gettext("draft")
        return gettext("published, with a draft") if self.has_unpublished_changes else gettext("published")

    @property
    def ask(self) -> Ask:
        return self.asked["ask"]

    @property
    def offered(self) -> list[dict[str, Any]]:
        """The categories that people may choose now."""
        return [c for c in self.asked.get("categories", []) if not c.get("withdrawn")]

    def category(self, id_: str) -> dict[str, Any]:
        """A category of this map, offered or not; one without a label for what is unknown."""
        known = (c for c in self.asked.get("categories", []) if c["id"] == id_)
        return next(known, {"id": id_, "label": "", "sign": "circle"})

    def is_published(self) -> bool:
        return self.live

    def is_shut(self) -> bool:
        return False

    def is_taken(self) -> bool:
        return self.places.exists()

    def copy_for_use_elsewhere(self) -> "Map":
        """An unpublished copy with its own key and scope: same question and categories, no places."""
        names = ("introduction", "categories", "territory", "area", "layers", "draw", "grid")
        copy = Map(
            title=(gettext("%(title)s (copy)") % {"title": self.title})[:200],
            trust=self.trust,
            photos=self.photos,
            moderation=self.moderation,
            live=False,
            **{name: getattr(self, name) for name in names},
        )
        copy.save()
        return copy

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """A draft belongs where the map belongs now, not where it did when the draft was saved."""
        return super().with_content_json({**content, "scope": self.scope_id})

    def publish(self, revision: Any, user: Any = None, **kwargs: Any) -> None:
        """Publish and freeze what is asked, both or none. Raises ValidationError when it cannot be."""
        with transaction.atomic():
            about_to_publish.send(Map, draft=revision.as_object())
            super().publish(revision, user=user, **kwargs)
            has_published.send(Map, map=Map.objects.get(pk=self.pk))

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("", _("Map"))]

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "maps/preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        return {**super().get_preview_context(request, mode_name), "map": self}
