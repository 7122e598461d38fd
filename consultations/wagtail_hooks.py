"""What the admin may do with many consultations at once."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page

from .models.pages import ConsultationPage, check_complete


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
