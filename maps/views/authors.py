"""One's own place: moved, said otherwise, withdrawn, by who holds the code it was sent with."""

import logging
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from participation import limits, posts, receipts
from participation.identity import same

from .. import follow_up, forms, places, rules
from ..models import Map, Place
from .finding import closed, find, private
from .showing import PHOTOS

log = logging.getLogger(__name__)

READINGS = limits.Limit("place_edit", 60, 600)


@never_cache
@csrf_exempt  # whoever knows the code may act on it; there is no session to ride on
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str, place_id: UUID) -> HttpResponse:
    """GET shows the place to its author whose browser keeps the code, and else asks for it. POST takes the code, then
    what they change.
    """
    map = find(key)
    place = get_object_or_404(Place.objects.select_related("photo"), pk=place_id, map=map)
    place.map = map
    if request.method != "POST":
        code = posts.known_code(request, map.scope.tag)
        known = code and _is_author(place, code)
        return _form(request, place, code or "", forms.Draft(map, {}, place)) if known else _ask(request, map)
    if refusal := posts.refusal(request):
        return refusal
    if limits.is_over(READINGS, request):
        return _ask(request, map, _("Too many codes were tried from this connection. Wait ten minutes."), 429)
    code = receipts.read_code(request.POST.get("code", "")[:100])
    if not (code and _is_author(place, code)):
        return _ask(request, map, _("We find nothing under this code. Check each character, or write to us."), 422)
    if not rules.may_show(map):
        return closed(request, map)
    act = {"save": _save, "withdraw": _withdraw}.get(request.POST.get("act", ""))
    return act(request, place, code) if act else _form(request, place, code, forms.Draft(map, {}, place))


def _is_author(place: Place, code: str) -> bool:
    key = receipts.key_of(code)
    return bool(key and place.author_key and same(place.author_key, key))


def _ask(request: HttpRequest, map: Map, error: str = "", status: int = 200) -> HttpResponse:
    context = {"map": map, "error": error, "typed": request.POST.get("code", "")[:100]}
    return private(render(request, "maps/ask_code.html", context, status=status))


def _form(
    request: HttpRequest, place: Place, code: str, draft: forms.Draft, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {"map": place.map, "place": place, "draft": draft, "code": receipts.show_code(code)}
    return private(render(request, "maps/edit.html", context, status=status))


def _save(request: HttpRequest, place: Place, code: str) -> HttpResponse:
    draft = forms.Draft(place.map, request.POST, place)
    too_many = bool(request.FILES) and limits.is_over(PHOTOS, request)
    try:
        sent = draft.read(None if too_many else request.FILES.get("photo"))
        place = places.change(place, sent)
    except forms.Invalid:
        return _form(request, place, code, draft, 422)
    except forms.Full as full:
        return _form(request, place, code, draft.against(full.message), 503)
    except places.Refused as refused:
        return _form(request, place, code, draft.against(refused.message, refused.field), 422)
    except places.Closed:
        message = _("This place cannot be changed any more: something was decided about it. Look at its story.")
        return _form(request, place, code, draft.against(message), 422)
    except DatabaseError as error:
        log.error("place not changed: %s", type(error).__name__)
        return _form(request, place, code, draft.against(_("Your change is not saved: send it again.")), 503)
    done = _("Your place is changed.")
    if place.status != Place.Status.PUBLISHED:
        done += " " + _("We read it before it is shown.")
    return _form(request, place, code, forms.Draft(place.map, {}, place), done=done)


def _withdraw(request: HttpRequest, place: Place, code: str) -> HttpResponse:
    if "sure" not in request.POST:
        return _form(request, place, code, forms.Draft(place.map, {}, place), asked=True)
    try:
        follow_up.withdraw_one(place, receipts.key_of(code) or b"")
    except places.Closed:
        return closed(request, place.map)
    except DatabaseError as error:
        log.error("place not withdrawn: %s", type(error).__name__)
        message = _("Your place is not withdrawn: try again.")
        return _form(request, place, code, forms.Draft(place.map, {}, place).against(message), 503)
    return private(render(request, "maps/withdrawn.html", {"map": place.map, "code": receipts.show_code(code)}))
