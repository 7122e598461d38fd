"""Showing a place: the form, what may stand against it, and the thanks."""

import logging
from typing import Any

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from participation import limits, passes, posts, receipts, trust
from participation.identity import submission_key

from .. import drawing, forms, places, rules, visitors
from ..models import Map, Place
from .finding import closed, find, private, to

log = logging.getLogger(__name__)

PLACES = limits.Limit("place", 40, 600)
PHOTOS = limits.Limit("place_photo", 20, 600)


@csrf_exempt  # no session to ride on and no cookie to set: `posts.refusal` and the form's own token stand guard
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the form to show a place. POST: take it."""
    map = find(key)
    if request.method == "POST":
        return posts.refusal(request) or _take(request, map)
    if clean := passes.settled(request):
        return to(clean)
    if not rules.may_show(map):
        return to(map.get_absolute_url())
    return page(request, map, forms.Draft(map, {}))


def page(
    request: HttpRequest, map: Map, draft: forms.Draft, status: int = 200, token: str = "", **context: Any
) -> HttpResponse:
    """The form with what was typed, and what stands against it."""
    who = visitors.visitor(request, map, token=token)
    context |= {"map": map, "draft": draft, "visitor": who, "back": request.path}
    return private(render(request, "maps/show.html", context, status=status))


def _take(request: HttpRequest, map: Map) -> HttpResponse:
    token = passes.lift(request, map.key, map.scope.tag, request.POST.get("token", ""), map.trust)
    draft = forms.Draft(map, request.POST)
    if not rules.may_show(map):
        return closed(request, map, draft=draft)
    if limits.is_over(PLACES, request):
        message = _("Too many places came from this connection. Wait ten minutes: yours is still below.")
        return page(request, map, draft.against(message), 429)
    if not receipts.is_valid_token(map.key, token):
        return page(request, map, draft.against(_("This page had to be renewed. Send your place again.")), 422)
    too_many = bool(request.FILES) and limits.is_over(PHOTOS, request)
    try:
        sent = draft.read(None if too_many else request.FILES.get("photo"))
    except forms.Invalid:
        return page(request, map, draft, 422, token)
    except forms.Full as full:
        return page(request, map, draft.against(full.message), 503, token)
    near = places.nearby(map, sent.location)
    if near and "sure" not in request.POST:
        rows = [(drawing.row(map, place, set()), metres) for place, metres in near]
        return page(request, map, draft, 422, token, near=rows)
    return _store(request, map, draft, sent, token)


def _store(request: HttpRequest, map: Map, draft: forms.Draft, sent: places.Sent, token: str) -> HttpResponse:
    tag, salt = map.scope.tag, bytes(map.scope.salt)
    code, key = receipts.person(tag, salt, token, posts.trusted_code(request, tag))
    try:
        level = trust.reached(receipts.voucher_of(token), map.trust)
        places.add(map, sent, key, submission_key(salt, token), level)
    except places.Refused as refused:
        return page(request, map, draft.against(refused.message, refused.field), 422, token)
    except places.Closed:
        return closed(request, map, draft=draft)
    except trust.Unproven:
        message = _("Your place is not sent yet: it is kept below. First do what is asked, then send it again.")
        return page(request, map, draft.against(message), 403)
    except DatabaseError as error:
        log.error("place not stored: %s", type(error).__name__)
        return page(request, map, draft.against(_("Your place is not saved: send it again.")), 503, token)
    ticket = passes.ticket(tag, token, "thanks")
    response = to(f"{reverse('maps:thanks', args=[map.key])}?suite={ticket}")
    passes.remember_code(request, response, tag, token, code)
    return response


@require_safe
def thanks(request: HttpRequest, key: str) -> HttpResponse:
    """The receipt code and the place just shown, for an hour, to who holds the ticket."""
    map = Map.objects.for_display().filter(key=key).first()
    if map is None:
        raise Http404
    tag, salt = map.scope.tag, bytes(map.scope.salt)
    token = passes.token_in(map.key, tag, request.GET.get("suite", "")[:300], "thanks")
    valid = token and receipts.is_valid_token(map.key, token)
    sent = Place.objects.filter(map=map, sent_key=submission_key(salt, token)).first() if token and valid else None
    code = posts.known_code(request, tag) or (receipts.code_for(tag, salt, token) if token and valid else None)
    context = {"map": map, "place": sent, "code": receipts.show_code(code) if sent and code else ""}
    return private(render(request, "maps/thanks.html", context))
