"""In the Wagtail admin: letter codes, their log, and that nothing people took part in is deleted."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry, LogFormatter

from .admin import codes, revoke
from .models import TakesPart


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [
        path("access/<int:scope_id>/codes/", codes, name="access_codes"),
        path("access/batches/<uuid:batch_id>/revoke/", revoke, name="access_revoke"),
    ]


@hooks.register("before_delete_snippet")
def keep_what_was_taken(request: HttpRequest, instances: Iterable[Any]) -> HttpResponse | None:
    """What people took part in is not deleted, whoever asks; unpublishing takes it off the site."""
    taken = [one for one in instances if isinstance(one, TakesPart) and one.is_taken()]
    if not taken:
        return None
    said = _("People took part in “%(title)s”: unpublish it instead.") % {"title": taken[0]}
    messages.error(request, said)
    return redirect(type(taken[0]).snippet_viewset.get_url_name("list"))


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
