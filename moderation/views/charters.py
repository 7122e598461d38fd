"""The rules of speaking, for everybody to read."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..models import Charter, Remit


@require_safe
def charter(request: HttpRequest, ref: str) -> HttpResponse:
    """The rules of speaking on a consultation."""
    found = get_object_or_404(Charter, ref=ref)
    return render(request, "moderation/charter.html", {"charter": found})


@require_safe
def rules(request: HttpRequest, tag: str) -> HttpResponse:
    """Leads to the charter that holds in the scope called `tag`: so a page that links to it need not look it up."""
    found = Remit.charter_of(tag=tag)
    return HttpResponseRedirect(found.get_absolute_url() if found else "/moderation/")
