"""What was set aside, in Wagtail's admin: addresses, menu, right and log."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry, LogFormatter

from . import burst_desk, rights


class BurstsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return rights.may_anywhere(request.user, rights.BURSTS)


@hooks.register("register_admin_menu_item")
def bursts_item() -> MenuItem:
    return BurstsItem(_("Set aside"), reverse("moderation_bursts"), name="bursts", icon_name="no-view", order=213)


@hooks.register("register_admin_urls")
def burst_urls() -> list:
    return [
        path("moderation/bursts/", burst_desk.BurstsView.as_view(), name="moderation_bursts"),
        path(
            "moderation/bursts/results/",
            burst_desk.BurstsView.as_view(results_only=True),
            name="moderation_bursts_results",
        ),
        re_path(r"^moderation/bursts/(?P<ref>[\w-]{9,20})/$", burst_desk.burst, name="moderation_burst"),
    ]


@hooks.register("register_permissions")
def burst_permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="moderation", codename="decide_burst")


class _Decided(LogFormatter):
    """What is said of both decisions, but for the first words."""

    words = ""

    def format_message(self, log_entry: Any) -> str:
        return str(self.words) % {"n": log_entry.data.get("size", 0)}

    def format_comment(self, log_entry: Any) -> str:
        return str(log_entry.data.get("reason", ""))


@hooks.register("register_log_actions")
def burst_log_actions(actions: LogActionRegistry) -> None:
    @actions.register_action("palabre.released_burst")
    class Released(_Decided):
        label = _("Release what was set aside")
        words = _("Released a burst of %(n)d")

    @actions.register_action("palabre.confirmed_burst")
    class Confirmed(_Decided):
        label = _("Confirm what was set aside")
        words = _("Confirmed a burst of %(n)d")
