"""Appeals decided by somebody else, and what services read and answer of what was forwarded to them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages

from .. import decisions, rights, voices
from ..models import Appeal
from ..registry import Refused
from .desk import PER_PAGE, dress
from .reading import already, page_of, way_on


@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on an appeal: the reason is read by the author."""
    mine = rights.items_for(request.user).select_related("scope__remit__charter", "forwarded_to", "claimed_by")
    found = Appeal.objects.select_related("decision").filter(pk=pk, item__in=mine).first()
    if found is None:
        raise Http404
    item = mine.get(pk=found.item_id)
    try:
        words = request.POST.get("appeal_reason", "")[:2000]
        voices.decide_appeal(found, request.user, request.POST.get("overturn") == "1", words)
    except Refused as refused:
        return page_of(request, item, refused.message, 422)
    except decisions.Late as late:
        messages.warning(request, already(late))
        return redirect(reverse("moderation_item", args=[item.pk]))
    messages.success(request, _("The appeal is decided. Its author reads your answer."))
    return redirect(way_on(request, None))


@require_GET
def forwarded(request: HttpRequest) -> HttpResponse:
    """What was forwarded to the services whose agent one is: those without an answer first."""
    if not may_answer(request.user):
        raise PermissionDenied
    return _list(request)


def may_answer(user: Any) -> bool:
    return user.is_active and user.has_perm(f"moderation.{rights.ANSWER}")


def _list(request: HttpRequest, refused: dict[int, str] | None = None) -> HttpResponse:
    items = voices.with_answered(rights.forwarded_to(request.user)).select_related("scope__remit", "forwarded_to")
    page = Paginator(items.order_by("answered", "-pk"), PER_PAGE).get_page(request.GET.get("p"))
    for item in dress(list(page.object_list)):
        item.error = (refused or {}).get(item.pk, "")
        item.typed = request.POST.get("words", "")[:2000] if item.error else ""
    context = {"page_of_items": page, "header_title": _("Forwarded to my service")}
    return render(request, "moderation/admin/forwarded.html", context, status=422 if refused else 200)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the author of a text that was forwarded to one's service."""
    if not may_answer(request.user):
        raise PermissionDenied
    item = rights.forwarded_to(request.user).filter(pk=pk).first()
    if item is None:
        raise Http404
    try:
        voices.answer(item, request.user, request.POST.get("words", "")[:2000])
    except Refused as refused:
        return _list(request, {item.pk: refused.message})
    messages.success(request, _("Answered: the author reads it with their code."))
    return redirect("moderation_forwarded")
