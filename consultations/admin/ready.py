"""“Ready to open?”: what stops a consultation and what its agent had better know, each with its field; and a copy."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from .. import creation, readiness
from ..checks import Finding
from ..models import ConsultationPage


def field_address(page_id: int, field: str) -> str:
    """Where a field is edited; the tab that holds it is opened by its id."""
    return f"{reverse('wagtailadmin_pages:edit', args=[page_id])}#id_{field}"


def listed(page: ConsultationPage) -> list[dict[str, Any]]:
    """The findings on a page for a template: with the name of their field and where it is edited."""
    return [{"finding": one, "name": _name(one), "address": _address(page, one)} for one in readiness.findings(page)]


def _name(found: Finding) -> str:
    return str(ConsultationPage._meta.get_field(found.field).verbose_name) if found.field else ""


def _address(page: ConsultationPage, found: Finding) -> str:
    return found.address or field_address(page.pk, found.field)


def _edit_address(tool: Any) -> str:
    return reverse(type(tool).snippet_viewset.get_url_name("edit"), args=[tool.pk])


def _page(request: HttpRequest, pk: int) -> ConsultationPage:
    page = get_object_or_404(ConsultationPage, pk=pk)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return page


def ready(request: HttpRequest, pk: int) -> HttpResponse:
    """The list, on the draft as last saved; POST publishes it, where nothing stops it."""
    page = _page(request, pk)
    may_publish = page.permissions_for_user(request.user).can_publish() and not page.locked
    draft = page.get_latest_revision_as_object()
    if request.method == "POST":
        if not may_publish:
            raise PermissionDenied
        return _publish(request, page)
    found = listed(draft)
    context = {
        "page": draft,
        "stops": [one for one in found if one["finding"].stops],
        "warnings": [one for one in found if not one["finding"].stops],
        "tools": [(tool, _edit_address(tool)) for tool in draft.tools()],
        "may_publish": may_publish,
        "is_online": page.live and not page.has_unpublished_changes,
    }
    return render(request, "consultations/admin/ready.html", context)


def _publish(request: HttpRequest, page: ConsultationPage) -> HttpResponse:
    try:
        (page.latest_revision or page.save_revision(user=request.user)).publish(user=request.user)
    except ValidationError:
        messages.error(request, _("“%(title)s” is not complete: nothing was published.") % {"title": page.title})
        return redirect("consultations_ready", page.pk)
    page = ConsultationPage.objects.get(pk=page.pk)
    view = messages.button(page.full_url, _("View live"), new_window=False)
    messages.success(request, _("“%(title)s” is online.") % {"title": page.title}, buttons=[view])
    return redirect("consultations_ready", page.pk)


def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy to begin anew from: same words, same questions, no answers, no dates."""
    page = _page(request, pk)
    if not page.get_parent().permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "consultations/admin/copy.html", {"page": page})
    made = creation.clone(page, request.user)
    messages.success(request, _("“%(title)s” is ready to edit. Give it its dates and its promise.") % {"title": made})
    return redirect("wagtailadmin_pages:edit", made.pk)
