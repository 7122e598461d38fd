"""Debates in the Wagtail admin: snippets with drafts, preview, history, locking and workflow; and the texts to read."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from counting.models import Tally
from moderation.models import Item

from . import cells
from .admin import AdvicePanel, DebateForm, EffectsPanel, copy_debate
from .models import Debate


class DebateViewSet(SnippetViewSet):
    model = Debate
    icon = "comment"
    menu_label = _("Debates")
    menu_name = "debates"
    menu_order = 211
    add_to_admin_menu = True
    list_display = [
        "title",
        Column("state", label=_("State"), accessor="state"),
        Column("voters_so_far", label=_("Voters"), accessor="voters_so_far"),
        Column("votes_so_far", label=_("Votes"), accessor="votes_so_far"),
        Column("texts_to_read", label=_("Texts to read"), accessor="texts_to_read"),
        UpdatedAtColumn(),
    ]
    search_fields = ["title"]
    ordering = ["-pk"]
    copy_view_enabled = False
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    EffectsPanel(),
                    FieldPanel("title"),
                    FieldPanel("introduction"),
                    AdvicePanel(heading=_("Advice on your statements")),
                    FieldPanel("seeds"),
                ],
                heading=_("Statements to begin with"),
            ),
            ObjectList(
                [
                    FieldPanel("may_propose"),
                    FieldPanel("moderation"),
                    FieldPanel("max_length"),
                    FieldPanel("may_argue"),
                    FieldPanel("free_arguments"),
                    FieldPanel("trust"),
                    FieldPanel("show_results"),
                    MultiFieldPanel(
                        [FieldPanel("opens_at"), FieldPanel("closes_at")],
                        heading=_("Dates of its own"),
                        classname="collapsed",
                    ),
                ],
                heading=_("Rules"),
            ),
        ],
        base_form_class=DebateForm,
    )

    def get_queryset(self, request: Any) -> QuerySet[Debate]:
        return Debate.objects.defer("seeds").annotate(
            voters_so_far=_counted(Q(name=cells.VOTERS)),
            votes_so_far=_counted(~Q(name=cells.VOTERS)),
            texts_to_read=_to_read(),
        )


def _counted(which: Q) -> Coalesce:
    """The sum of the debate's cells that `which` names."""
    cells_of = Tally.objects.filter(which, tool_id=OuterRef("tool_id")).order_by().values("tool_id")
    return Coalesce(Subquery(cells_of.annotate(sum=Sum("n")).values("sum")), 0)


def _to_read() -> Coalesce:
    texts = Item.objects.waiting().filter(scope=OuterRef("scope_id"), kind__in=["statement", "argument"])
    return Coalesce(Subquery(texts.order_by().values("scope").annotate(count=Count("pk")).values("count")), 0)


register_snippet(DebateViewSet)


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [
        path("debates/<int:pk>/copy/", copy_debate, name="debates_copy"),
    ]


@hooks.register("register_snippet_listing_buttons")
def listing_buttons(snippet: Any, user: Any, next_url: str | None = None):
    if not isinstance(snippet, Debate):
        return
    if user.has_perm("deliberation.add_debate"):
        yield Button(_("Copy"), reverse("debates_copy", args=[snippet.pk]), icon_name="copy", priority=25)
    if snippet.live:
        yield Button(_("View live"), snippet.get_absolute_url(), icon_name="view", priority=26)
    if user.has_perm("participation.manage_codes"):
        yield Button(_("Letter codes"), reverse("access_codes", args=[snippet.scope_id]), icon_name="key", priority=28)


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="deliberation", codename__endswith="_debate")
