"""Letter codes in the Wagtail admin: their addresses, who may make them, and the log of it."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry, LogFormatter

from .admin import codes, revoke


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [
        path("access/<int:scope_id>/codes/", codes, name="access_codes"),
        path("access/batches/<uuid:batch_id>/revoke/", revoke, name="access_revoke"),
    ]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="participation", codename="manage_codes")


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    @actions.register_action("palabre.make_codes")
    class MakeCodes(LogFormatter):
        label = _("Make letter codes")

        def format_message(self, log_entry: Any) -> str:
            n = log_entry.data.get("size", 0)
            return ngettext("Made %(n)d letter code", "Made %(n)d letter codes", n) % {"n": n}

    @actions.register_action("palabre.revoke_codes")
    class RevokeCodes(LogFormatter):
        label = _("Revoke letter codes")

        def format_message(self, log_entry: Any) -> str:
            n = log_entry.data.get("size", 0)
            return ngettext("Revoked %(n)d letter code", "Revoked %(n)d letter codes", n) % {"n": n}
