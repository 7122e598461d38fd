"""The pages of following by e-mail: asking for it below a consultation, confirming it, ending it."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from participation import limits, posts

from . import followers
from .models import ConsultationPage
from .views import public_pages

ASKING = limits.Limit("follow", 30, 600)


@never_cache
@csrf_exempt  # there is no session to ride on; nothing is sent but one question
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, tag: str) -> HttpResponse:
    """GET asks for an address, POST takes it."""
    page = public_pages().defer_streamfields().filter(scope__tag=tag).first()
    if page is None:
        raise Http404
    if request.method != "POST":
        return _ask(request, page)
    if refusal := posts.refusal(request):
        return refusal
    email = request.POST.get("email", "")[:300]
    if limits.is_over(ASKING, request):
        message = _("Too many addresses from this connection. Wait ten minutes.")
        return _ask(request, page, email=email, error=message, status=429)
    try:
        followers.follow(page, email)
    except ValidationError as error:
        return _ask(request, page, email=email, error=error.message, status=422)
    return _ask(request, page, told=True)


def _ask(request: HttpRequest, page: ConsultationPage, status: int = 200, **context: object) -> HttpResponse:
    return _page(request, {"consultation": page, "state": "ask", **context}, status)


@never_cache
@csrf_exempt  # the link itself, known to who reads that mailbox, is what allows it
@require_http_methods(["GET", "HEAD", "POST"])
def follower(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing, for machines open links too; POST confirms, or ends it."""
    found = followers.by_token(token)
    if found is None:
        return _page(request, {"state": ""}, 410)
    context = {"consultation": found.page, "action": request.path.removesuffix("arreter/")}
    if request.method != "POST":
        return _page(request, {**context, "state": "confirmed" if found.confirmed_at else "asked"})
    if refusal := posts.refusal(request):
        return refusal
    if "stop" in request.POST:
        followers.stop(found)
        return _page(request, {**context, "state": "stopped"})
    followers.confirm(found)
    return _page(request, {**context, "state": "thanks"})


@never_cache
@csrf_exempt  # mail programs send it by themselves, without Origin (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """POST ends our mails, at once; twice is once. GET asks."""
    if request.method != "POST":
        return follower(request, token)
    if refusal := posts.refusal(request):
        return refusal
    if found := followers.by_token(token):
        followers.stop(found)
    return _page(request, {"state": "stopped"})


def _page(request: HttpRequest, context: dict, status: int = 200) -> HttpResponse:
    response = render(request, "consultations/follow.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
