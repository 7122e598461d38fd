"""Moderation in the Wagtail admin: the desk, its bulk actions, the registers, the settings, and who may."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail_modeladmin.options import modeladmin_register

from . import burst_hooks, rights  # noqa: F401 - its hooks
from .admin import areas, bulk, desk, hearing, reading, registers, settings, summary
from .models import Decision

MANY_WAITING = 100  # no need to count further in a menu


class DeskItem(MenuItem):
    """The way to the desk, with how many texts wait."""

    def is_shown(self, request: HttpRequest) -> bool:
        return rights.may_anywhere(request.user)

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        component = super().render_component(request)
        waiting = rights.items_for(request.user).waiting()[:MANY_WAITING].count()
        if waiting:
            shown = f"{MANY_WAITING - 1}+" if waiting >= MANY_WAITING else waiting
            component.label = f"{self.label} ({shown})"
        return component


@hooks.register("register_admin_menu_item")
def desk_item() -> MenuItem:
    return DeskItem(_("To moderate"), reverse("moderation_desk"), name="desk", icon_name="glasses", order=212)


class ForwardedItem(MenuItem):
    """What services have to answer."""

    def is_shown(self, request: HttpRequest) -> bool:
        return hearing.may_answer(request.user) and rights.forwarded_to(request.user).exists()


@hooks.register("register_admin_menu_item")
def forwarded_item() -> MenuItem:
    url = reverse("moderation_forwarded")
    return ForwardedItem(_("Forwarded to my service"), url, name="forwarded", icon_name="mail", order=214)


@hooks.register("construct_homepage_summary_items")
def reports_that_wait(request: HttpRequest, items: list) -> None:
    """On the admin's front page: how many texts wait, and how many reports for more than a day."""
    if rights.may_anywhere(request.user):
        items.append(summary.DeskSummary(request))


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [
        path("moderation/", desk.DeskView.as_view(), name="moderation_desk"),
        path("moderation/results/", desk.DeskView.as_view(results_only=True), name="moderation_desk_results"),
        path("moderation/next/", reading.next_one, name="moderation_next"),
        path("moderation/undo/", reading.undo, name="moderation_undo"),
        path("moderation/<int:pk>/", reading.item, name="moderation_item"),
        path("moderation/appeal/<int:pk>/", hearing.appeal, name="moderation_appeal"),
        path("moderation/forwarded/", hearing.forwarded, name="moderation_forwarded"),
        path("moderation/forwarded/<int:pk>/", hearing.answer, name="moderation_answer"),
    ]


for action in (bulk.PublishTexts, bulk.RefuseTexts):
    hooks.register("register_bulk_action", action)

modeladmin_register(registers.Registers)


@hooks.register("register_admin_viewset")
def settings_viewsets() -> Any:
    return settings.VIEWSETS


@hooks.register("register_group_permission_panel")
def areas_panel() -> type:
    return areas.AreasPanel


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    items = Q(codename__in=[rights.DECIDE, rights.REGISTERS, rights.ANSWER, rights.SEALED])
    settings_ = Q(content_type__model__in=["charter", "service", "remit"]) & ~Q(
        codename__in=["add_remit", "delete_remit"]
    )
    return Permission.objects.filter(items | settings_, content_type__app_label="moderation")


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    @actions.register_action("palabre.decide")
    class Decide(LogFormatter):
        """By number, not by its words: these must be forgotten when their author asks."""

        label = _("Decide on a text")

        def format_message(self, log_entry: Any) -> str:
            act = log_entry.data.get("act", "")
            return str(dict(Decision.Act.choices).get(act, act))
