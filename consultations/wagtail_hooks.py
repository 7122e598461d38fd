"""Consultations in the Wagtail admin: guided creation, copies, checks before opening, the dashboard, bulk actions."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from . import follow_up_hooks  # noqa: F401 - its hooks
from .admin import dashboard, ready, wizard
from .models import ConsultationIndexPage, ConsultationPage
from .models.pages import check_complete


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [
        path("consultations/new/", wizard.new, name="consultations_new"),
        path("consultations/<int:pk>/ready/", ready.ready, name="consultations_ready"),
        path("consultations/<int:pk>/copy/", ready.copy, name="consultations_copy"),
    ]


@hooks.register("register_page_listing_more_buttons")
@hooks.register("register_page_header_buttons")
def buttons(page: Page, user: Any, next_url: str | None = None, **kwargs: Any) -> Iterator[Button]:
    """Beside each consultation: is it ready, and a copy; beside their list: a new one."""
    if page.specific_class is ConsultationPage and page.permissions_for_user(user).can_edit():
        ready_at, copy_at = (reverse(f"consultations_{name}", args=[page.pk]) for name in ("ready", "copy"))
        yield Button(_("Ready to open?"), ready_at, icon_name="tasks", priority=5)
        yield Button(_("Copy without answers"), copy_at, icon_name="copy", priority=6)
    if page.specific_class is ConsultationIndexPage and wizard.parent_for(user):
        yield Button(_("New consultation"), reverse("consultations_new"), icon_name="plus", priority=5)


@hooks.register("construct_homepage_panels")
def on_the_front_page(request: HttpRequest, panels: list) -> None:
    panels.append(dashboard.ConsultationsPanel(request))


@hooks.register("insert_global_admin_css")
def css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("consultations-admin.css"))


@hooks.register("before_bulk_action")
def refuse_to_publish_incomplete(
    request: HttpRequest, action: str, objects: Iterable[object], view: object
) -> HttpResponse | None:
    """Lead to the first page that is not ready; without this the refusal of `publish` would show as a fault."""
    if action != "publish":
        return None
    chosen = [page for page in objects if isinstance(page, Page)]
    found = ConsultationPage.objects.filter(pk__in=[page.pk for page in chosen])
    if request.POST.get("include_descendants"):
        for page in chosen:
            found |= ConsultationPage.objects.descendant_of(page).not_live()
    for page in found:
        try:
            check_complete(page.get_latest_revision_as_object())
        except ValidationError:
            messages.error(request, _("“%(title)s” is not complete: nothing was published.") % {"title": page.title})
            return redirect("wagtailadmin_pages:edit", page.pk)
    return None
