"""Maps in the Wagtail admin: snippets with drafts, preview, history, locking and workflow."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from moderation.models import Item

from . import places
from .admin import AreaPanel, MapForm, copy_map
from .models import Map, Place


class MapViewSet(SnippetViewSet):
    model = Map
    icon = "site"
    menu_label = _("Maps")
    menu_name = "maps"
    menu_order = 212
    add_to_admin_menu = True
    list_display = [
        "title",
        Column("state", label=_("State"), accessor="state"),
        Column("shown_so_far", label=_("Places shown"), accessor="shown_so_far"),
        Column("to_read", label=_("Texts to read"), accessor="to_read"),
        UpdatedAtColumn(),
    ]
    search_fields = ["title"]
    ordering = ["-pk"]
    copy_view_enabled = False
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("title"),
                    FieldPanel("introduction"),
                    FieldPanel("categories"),
                    FieldPanel("territory"),
                    FieldPanel("area"),
                    AreaPanel(heading=_("Draw the area")),
                    FieldPanel("layers"),
                ],
                heading=_("What is asked"),
            ),
            ObjectList(
                [
                    FieldPanel("moderation"),
                    FieldPanel("photos"),
                    FieldPanel("draw"),
                    FieldPanel("grid"),
                    FieldPanel("trust"),
                    MultiFieldPanel(
                        [FieldPanel("opens_at"), FieldPanel("closes_at")],
                        heading=_("Dates of its own"),
                        classname="collapsed",
                    ),
                ],
                heading=_("Rules"),
            ),
        ],
        base_form_class=MapForm,
    )

    def get_queryset(self, request: Any) -> QuerySet[Map]:
        return Map.objects.defer("drawn", "layers").annotate(shown_so_far=_shown(), to_read=_to_read())


def _shown() -> Coalesce:
    found = Place.objects.filter(map=OuterRef("pk"), status=Place.Status.PUBLISHED).order_by().values("map")
    return Coalesce(Subquery(found.annotate(count=Count("pk")).values("count")), 0)


def _to_read() -> Coalesce:
    kinds = [places.KIND, places.PHOTO]
    texts = Item.objects.waiting().filter(scope=OuterRef("scope_id"), kind__in=kinds).order_by().values("scope")
    return Coalesce(Subquery(texts.annotate(count=Count("pk")).values("count")), 0)


register_snippet(MapViewSet)


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [path("maps/<int:pk>/copy/", copy_map, name="maps_copy")]


@hooks.register("register_snippet_listing_buttons")
def listing_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    if not isinstance(snippet, Map):
        return
    if user.has_perm("maps.add_map"):
        yield Button(_("Copy"), reverse("maps_copy", args=[snippet.pk]), icon_name="copy", priority=25)
    if snippet.live:
        yield Button(_("View live"), snippet.get_absolute_url(), icon_name="view", priority=26)
    if user.has_perm("participation.manage_codes"):
        yield Button(_("Letter codes"), reverse("access_codes", args=[snippet.scope_id]), icon_name="key", priority=28)


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="maps", codename__endswith="_map")
