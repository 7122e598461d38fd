"""The places of a map as a list, one of them on its own page, and supporting it."""

from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from participation import limits, passes, posts, receipts, trust

from .. import drawing, places, rules, visitors
from ..models import Map, Place
from .finding import closed, find, find_place, private, to

SUPPORTS = limits.Limit("place_support", 600, 600)


@require_safe
def map_page(request: HttpRequest, key: str) -> HttpResponse:
    """The map on its own page: the list of its places is the page, the drawn map comes when it is asked for."""
    if clean := passes.settled(request):
        return to(clean)
    return _list(request, find(key))


def _list(request: HttpRequest, map: Map, error: str = "", status: int = 200) -> HttpResponse:
    who = visitors.visitor(request, map)
    context = drawing.listing(map, request.GET, who.key) | {"map": map, "visitor": who, "error": error}
    context |= {"phase": map.phase(), "may_show": rules.may_show(map), "back": request.get_full_path()}
    return private(render(request, "maps/map.html", context, status=status))


@require_safe
def place(request: HttpRequest, key: str, place_id: UUID) -> HttpResponse:
    """One place: what is said of it, where it is, who supports it."""
    if clean := passes.settled(request):
        return to(clean)
    map = find(key)
    return _place(request, map, find_place(map, place_id))


def _place(request: HttpRequest, map: Map, found: Place, error: str = "", status: int = 200) -> HttpResponse:
    who = visitors.visitor(request, map)
    context = {
        "map": map,
        "row": drawing.row(map, found, places.supported_by(who.key, [found]) if who.key else set()),
        "visitor": who,
        "error": error,
        "may_show": rules.may_show(map),
        "back": request.path,
    }
    return private(render(request, "maps/place.html", context, status=status))


@csrf_exempt  # no session to ride on and no cookie to set: `posts.refusal` and the form's own token stand guard
def support(request: HttpRequest, key: str, place_id: UUID) -> HttpResponse:
    """Say that a place matters to oneself too, or no longer."""
    map = find(key)
    found = find_place(map, place_id)
    if request.method != "POST":
        return posts.other_method(request, drawing.address(map, found))
    if refusal := posts.refusal(request):
        return refusal
    if not rules.may_show(map):
        return closed(request, map)
    token = passes.lift(request, map.key, map.scope.tag, request.POST.get("token", ""), map.trust)
    if limits.is_over(SUPPORTS, request):
        message = _("Too many clicks came from this connection. Wait ten minutes.")
        return _place(request, map, found, message, 429)
    if not receipts.is_valid_token(map.key, token):
        return _place(request, map, found, _("This page had to be renewed. Try again."), 422)
    sent_code = posts.trusted_code(request, map.scope.tag)
    code, key_ = receipts.person(map.scope.tag, bytes(map.scope.salt), token, sent_code)
    try:
        if request.POST.get("support") == "0":
            places.take_support_back(found, key_)
        else:
            places.support(found, key_, trust.reached(receipts.voucher_of(token), map.trust))
    except trust.Unproven:
        return _place(request, map, found, _("Not saved: first do what is asked, then try again."), 403)
    except places.Closed:
        return closed(request, map)
    except DatabaseError:
        return _place(request, map, found, _("Not saved: our service is busy. Try again."), 503)
    added = {} if sent_code or receipts.voucher_of(token) else {"suite": receipts.issue_ticket(token)}
    back = posts.way_back(request.POST.get("back", ""), drawing.address(map, found), (*passes.CARRIED,), **added)
    response = to(f"{back}#lieu-{found.pk}")
    passes.remember_code(request, response, map.scope.tag, token, code)
    return response
