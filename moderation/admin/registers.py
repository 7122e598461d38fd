"""The registers of moderation: decisions, reports, appeals. To be read, searched and exported, never to be changed."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup
from wagtail_modeladmin.views import IndexView

from counting.spreadsheets import safe_cell

from .. import rights
from ..models import Appeal, Decision, Report


class RegisterPermissions(PermissionHelper):
    """Who may read registers reads those of their own areas; nobody writes in them here."""

    def user_can_list(self, user: Any) -> bool:
        return rights.may_anywhere(user, rights.REGISTERS)

    def user_can_inspect_obj(self, user: Any, obj: Any) -> bool:
        return rights.items_for(user, rights.REGISTERS).filter(pk=obj.item_id).exists()

    def user_can_create(self, user: Any) -> bool:
        return False

    def user_can_edit_obj(self, user: Any, obj: Any) -> bool:
        return False

    def user_can_delete_obj(self, user: Any, obj: Any) -> bool:
        return False

    def user_has_any_permissions(self, user: Any) -> bool:
        return self.user_can_list(user)


class RegisterList(IndexView):
    """Wagtail's list, with exports that no spreadsheet takes for formulas."""

    def write_csv_row(self, writer: Any, row_dict: dict[str, Any]) -> Any:
        return super().write_csv_row(writer, {name: safe_cell(value) for name, value in row_dict.items()})


class Register(ModelAdmin):
    """One register. Its rows hold no word of the citizen's text: it is reached by a link, by who may read it."""

    add_to_settings_menu = False
    permission_helper_class = RegisterPermissions
    index_view_class = RegisterList
    inspect_view_enabled = True
    history_view_enabled = False  # nothing here is ever edited, and its address asks for no right
    list_per_page = 50
    list_select_related = ("item__scope__remit",)

    def register_indexing(self) -> None:
        """Not in Wagtail's reference index: it would cost every public report or decision six queries."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        allowed = rights.items_for(request.user, rights.REGISTERS)
        return super().get_queryset(request).filter(item__in=allowed)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """The way to the text only for who may read it there."""
        columns = tuple(super().get_list_display(request))
        return columns if rights.may_anywhere(request.user) else tuple(c for c in columns if c != "about")

    def when(self, row: Any) -> str:
        shown = date_format(localtime(row.at), "SHORT_DATETIME_FORMAT")
        return format_html('<span class="w-whitespace-nowrap">{}</span>', shown)

    when.short_description, when.admin_order_field = _("at"), "at"  # type: ignore[attr-defined]

    def consultation(self, row: Any) -> str:
        return str(row.item.scope.remit)

    consultation.short_description = _("Consultation")  # type: ignore[attr-defined]

    def about(self, row: Any) -> str:
        address = reverse("moderation_item", args=[row.item_id])
        return format_html('<a href="{}">{}</a>', address, _("read it"))

    about.short_description = _("Text")  # type: ignore[attr-defined]


class Decisions(Register):
    model = Decision
    base_url_path = "moderation/decisions"
    menu_label = _("Decisions")
    menu_icon = "history"
    list_display = ("when", "what", "change", "article", "actor_name", "consultation", "about")
    list_display_add_buttons = "what"
    list_filter = ("act", "took_effect", "at", "article")
    search_fields = ("actor_name", "reason", "item__ref")
    list_export = (
        "at", "act", "before", "after", "took_effect", "article", "article_said", "reason", "actor_name", "item_id",
    )  # fmt: skip
    inspect_view_fields = (
        "at", "act", "before", "after", "took_effect", "article", "article_said", "reason", "note", "actor_name",
        "service", "undoes",
    )  # fmt: skip
    export_filename = "decisions"

    def what(self, row: Decision) -> str:
        label = row.get_act_display()
        return label if row.took_effect else _("%(act)s (came late)") % {"act": label}

    what.short_description, what.admin_order_field = _("decision"), "act"  # type: ignore[attr-defined]

    def change(self, row: Decision) -> str:
        return f"{row.get_before_display()} → {row.get_after_display()}"

    change.short_description = _("state")  # type: ignore[attr-defined]


class Reports(Register):
    model = Report
    base_url_path = "moderation/reports"
    menu_label = pgettext_lazy("by citizens", "Reports")
    menu_icon = "warning"
    list_display = ("when", "article_said", "state", "closed_at", "consultation", "about")
    list_display_add_buttons = "article_said"
    list_filter = ("state", "at")
    search_fields = ("words", "ref", "item__ref")
    list_export = ("at", "article_said", "words", "state", "closed_at", "item_id")
    inspect_view_fields = ("ref", "at", "article", "article_said", "words", "state", "closed_at")
    export_filename = "reports"


class Appeals(Register):
    model = Appeal
    base_url_path = "moderation/appeals"
    menu_label = _("Appeals")
    menu_icon = "redirect"
    list_display = ("when", "state", "decided_at", "consultation", "about")
    list_display_add_buttons = "state"
    list_filter = ("state", "at")
    search_fields = ("words", "reason", "item__ref")
    list_export = ("at", "words", "state", "decided_at", "reason", "item_id")
    inspect_view_fields = ("at", "words", "decision", "state", "decided_at", "reason")
    export_filename = "appeals"


class Registers(ModelAdminGroup):
    menu_label = _("Registers")
    menu_icon = "list-ul"
    menu_order = 213
    items = (Decisions, Reports, Appeals)
