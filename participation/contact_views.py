"""The pages of our mails: asking for them on the follow-up page, confirming them, ending them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from . import contacts, limits, posts, receipts
from .views import page

ASKING = limits.Limit("contact", 30, 600)


@never_cache
@csrf_exempt  # whoever knows the code may act on it; there is no session to ride on
def ask(request: HttpRequest) -> HttpResponse:
    """POST: write down where the person behind a code wants to be told, or no longer."""
    if request.method != "POST":
        return posts.other_method(request, reverse("participation:follow_up"))
    if refusal := posts.refusal(request):
        return refusal
    code = receipts.read_code(request.POST.get("code", "")[:100])
    if limits.is_over(ASKING, request):
        message = _("Too many codes were tried from this connection. Wait ten minutes.")
        return page(request, {"typed": request.POST.get("code", "")[:100], "error": message}, 429)
    traces = receipts.find_traces(code) if code else []
    key = receipts.key_of(code) if code else None
    if not (code and key and traces):
        message = _("We find nothing under this code. Check each character, or write to us.")
        return page(request, {"typed": request.POST.get("code", "")[:100], "error": message}, 422)
    context = {"code": receipts.show_code(code), "traces": traces}
    if "stop" in request.POST:
        contacts.forget(key)
        return page(request, {**context, "contact": "", "told": _("We forgot your address.")})
    email = request.POST.get("email", "")[:300]
    try:
        contacts.ask(key, email)
    except contacts.Refused as refused:
        return page(request, {**context, "contact": "", "email": email, "email_error": refused.message}, 422)
    said = _("We are writing to you. Open the mail and confirm: before that, nothing else is sent.")
    return page(request, {**context, "contact": "asked", "told": said})


@never_cache
@csrf_exempt  # the link itself, known to who reads that mailbox, is what allows it
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing, for machines open links too; POST confirms, or ends it."""
    found = contacts.by_token(token)
    if request.method != "POST" or found is None:
        state = "" if found is None else "confirmed" if found.confirmed_at else "asked"
        return _page(request, state, 200 if found else 410)
    if refusal := posts.refusal(request):
        return refusal
    if "stop" in request.POST:
        contacts.stop(found)
        return _page(request, "stopped")
    contacts.confirm(found)
    return _page(request, "thanks")


@never_cache
@csrf_exempt  # mail programs send it by themselves, without Origin (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """POST ends our mails, at once; twice is once. GET asks."""
    if request.method != "POST":
        return contact(request, token)
    if refusal := posts.refusal(request):
        return refusal
    if found := contacts.by_token(token):
        contacts.stop(found)
    return _page(request, "stopped")


def _page(request: HttpRequest, state: str, status: int = 200) -> HttpResponse:
    response = render(
        request, "participation/contact.html", {"state": state, "action": _address(request)}, status=status
    )
    response["Cache-Control"] = "no-store"
    return response


def _address(request: HttpRequest) -> str:
    return request.path.removesuffix("arreter/")
