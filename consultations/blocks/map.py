"""A map inside a page: show a place, read those of others; and the figures of a map."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from maps.models import Map


class MapChooserBlock(SnippetChooserBlock):
    """Fetches all chosen maps of a page in one query, with what drawing them needs."""

    def __init__(self, **kwargs: Any):
        super().__init__(Map, **kwargs)

    def bulk_to_python(self, values: Iterable[int]) -> list[Map | None]:
        chosen = list(values)
        found = Map.objects.for_display().in_bulk([pk for pk in chosen if pk])
        return [found.get(pk) for pk in chosen]

    def deconstruct(self) -> tuple:
        return blocks.Block.deconstruct(self)


class MapBlock(blocks.StructBlock):
    map = MapChooserBlock(label=_("Map"))

    class Meta:
        label = _("Map")
        icon = "site"
        group = _("To take part")
        description = _("People show places: on the map, from a list or by an address; others support them.")
        template = "consultations/blocks/map.html"
        preview_template = "consultations/blocks/previews/map.html"
        preview_value = {}

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        found, request = value.get("map"), (parent_context or {}).get("request")
        context["map"] = found
        # In the preview of a page the agent must see the draft of a map too, not only what is online.
        if found and getattr(request, "is_preview", False):
            context["draft"] = Map.objects.get(pk=found.pk).get_latest_revision_as_object()
        return context


class MapResultsBlock(blocks.StructBlock):
    map = MapChooserBlock(label=_("Map"))
    title = blocks.CharBlock(label=_("Title"), max_length=120, default=_("What you show us"))

    class Meta:
        label = _("Figures of a map")
        icon = "table"
        group = _("To follow")
        description = _("How many places of each kind in each district, as a table and drawn, always up to date.")
        template = "consultations/blocks/map_results.html"
        preview_template = "consultations/blocks/previews/map_results.html"
        preview_value = {"title": _("What you show us")}

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().get_context(value, parent_context), "map": value.get("map")}
