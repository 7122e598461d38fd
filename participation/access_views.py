"""Proving oneself: the code of a letter, a code sent by e-mail, an identity. Then back, with a pass."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from . import letters, limits, mail_codes, mailing, oidc, passes, places, posts, trust
from .models import Scope
from .receipts import Voucher

# High enough for a school behind one address: of codes only the wrong ones are counted.
WRONG_LETTERS = limits.Limit("wrong_letter_code", 300, 600)
WRONG_MAIL_CODES = limits.Limit("wrong_mail_code", 300, 600)
MAILS = limits.Limit("mail_code", 400, 600)
IDENTITIES = limits.Limit("identity", 400, 600)


def _door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A public page of one scope: for readers and our own forms only, kept by nobody, its address told to nobody.

    "strict-origin" and not "no-referrer": with the latter a browser says of our own form that it comes from nowhere.
    """

    @csrf_exempt  # no session to ride on: `posts.refusal` stands guard
    @wraps(view)
    def guarded(request: HttpRequest, tag: str, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        refusal = posts.refusal(request) if request.method == "POST" else None
        response = refusal or view(request, get_object_or_404(Scope, tag=tag), **kwargs)
        return _private(response)

    return guarded


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "strict-origin"
    return response


def _back(request: HttpRequest) -> str:
    back = (request.POST if request.method == "POST" else request.GET).get("back", "")[:300]
    return back if posts.is_ours(back) else ""


def _page(request: HttpRequest, scope: Scope, template: str, status: int = 200, **context: Any) -> HttpResponse:
    level = trust.LETTER if template == "letter" else trust.EMAIL
    gate = passes.gate("acces", scope.tag, level, _back(request))
    response = render(request, f"participation/{template}.html", {"gate": gate, **context}, status=status)
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        response["Retry-After"] = "60"
    return response


def _too_many() -> str:
    return _("Too many tries came from this connection. Wait ten minutes and try again.")


@_door
def letter(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The code of a letter. The QR code leads here with the code in the address: reading the page uses nothing up."""
    if request.method != "POST":
        typed = request.GET.get("c", "")[:40]
        code = letters.read(typed)
        return _page(request, scope, "letter", typed=letters.show(code) if code else typed)
    typed = request.POST.get("code", "")[:100]
    if limits.is_spent(WRONG_LETTERS, request):
        return _page(request, scope, "letter", 429, typed=typed, error=_too_many())
    voucher = letters.prove(scope, typed)
    if voucher is None:
        limits.is_over(WRONG_LETTERS, request)
        message = _("We do not know this code here. Check each character: three groups of four.")
        return _page(request, scope, "letter", 422, typed=typed, error=message)
    return _welcome(request, scope, voucher, _back(request))


@_door
def email(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Ask for a code by e-mail."""
    if request.method != "POST":
        return _page(request, scope, "email")
    typed = request.POST.get("email", "")[:320]
    if limits.is_over(MAILS, request):
        return _page(request, scope, "email", 429, typed=typed, error=_too_many())
    try:
        challenge = mail_codes.challenge(scope, typed, _title(request, scope))
    except mailing.NotAnAddress:
        message = _("This is no e-mail address. Write it like name@example.fr.")
        return _page(request, scope, "email", 422, typed=typed, error=message)
    except mailing.Busy:
        message = _("We could not send the mail: our service is busy. Try again in a minute.")
        return _page(request, scope, "email", 503, typed=typed, error=message)
    address = reverse("participation:email_code", args=[scope.tag, challenge])
    return _see(posts.way_back(address, address, back=_back(request)))


@_door
def email_code(request: HttpRequest, scope: Scope, challenge: UUID) -> HttpResponse:
    """Take the code that was sent by e-mail."""
    if request.method != "POST":
        return _page(request, scope, "email_code")
    typed = request.POST.get("code", "")[:40]
    if limits.is_spent(WRONG_MAIL_CODES, request):
        return _page(request, scope, "email_code", 429, typed=typed, error=_too_many())
    voucher = mail_codes.prove(scope, challenge, typed)
    if voucher is None:
        limits.is_over(WRONG_MAIL_CODES, request)
        message = _("This code is wrong or no longer valid. Check the eight digits, or ask for a new code.")
        return _page(request, scope, "email_code", 422, typed=typed, error=message)
    return _welcome(request, scope, voucher, _back(request))


@_door
def identity(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Say what the provider will tell us, then lead there."""
    if not trust.has_provider():
        raise Http404
    if request.method == "POST" and not limits.is_over(IDENTITIES, request):
        address, cookie = oidc.start(scope.tag, _back(request), _callback(request))
        response = _see(address)
        response.set_cookie(
            oidc.COOKIE,
            cookie,
            max_age=oidc.COOKIE_SECONDS,
            path=reverse("participation:identity_return"),
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
        return response
    over = request.method == "POST"
    response = _page(request, scope, "identity", 429 if over else 200, error=_too_many() if over else "")
    response.form_leads_to = oidc.provider_origin()  # type: ignore[attr-defined] # read by cms.headers
    return response


def identity_return(request: HttpRequest) -> HttpResponse:
    """Where the provider sends people back to."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    errand = oidc.errand_in(request.COOKIES.get(oidc.COOKIE, ""))
    scope = Scope.objects.filter(tag=errand.tag).first() if errand else None
    if errand is None or scope is None:
        message = _("We cannot tell any more where you came from. Go back to the consultation and start again.")
        return _private(_failed(request, message, "/"))
    try:
        voucher = oidc.finish(errand, scope, request.GET.dict(), _callback(request))
        response = _welcome(request, scope, voucher, errand.back)
    except oidc.Refused as refused:
        response = _failed(request, _why_unproven(str(refused)), errand.back or "/")
    response.delete_cookie(oidc.COOKIE, path=request.path)
    return _private(response)


def _why_unproven(what: str) -> str:
    return {
        "refused": _("Your identity was not verified: you or the provider said no. Nothing was stored."),
        "state": _("This reply does not belong to what you started here. Nothing was stored. Start again."),
    }.get(what, _("Your identity could not be verified now. Nothing was stored. Try again later."))


def _failed(request: HttpRequest, message: str, back: str) -> HttpResponse:
    context = {"error": message, "back": back}
    return render(request, "participation/identity_failed.html", context, status=HTTPStatus.FORBIDDEN)


def _callback(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("participation:identity_return"))


@_door
def forget(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Somebody else takes part from the same browser: let go of the pass, and of the code that goes with it."""
    back = posts.way_back(_back(request), "/", tuple(passes.CARRIED))
    response = _see(back)
    if request.method == "POST":
        response.delete_cookie(f"pass_{scope.tag}")
        response.delete_cookie(f"code_{scope.tag}")
    return response


def _see(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def _title(request: HttpRequest, scope: Scope) -> str:
    """What a mail calls the consultation."""
    found = places.places(scope, ("open", "coming"))
    return found[0].title if found else request.get_host()


def _welcome(request: HttpRequest, scope: Scope, voucher: Voucher, back: str) -> HttpResponse:
    """On to what asked for the proof, or to a choice of places; the pass goes along for who keeps no cookie."""
    carried = {passes.IN_ADDRESS: passes.issue(scope.tag, voucher, "address")}
    found = [] if back else places.places(scope)
    if back or len(found) == 1:
        response = _see(posts.way_back(back, found[0].url if found else "/", **carried))
    else:
        query = urlencode(carried)
        response = render(request, "participation/welcome.html", {"places": found, "query": query})
    passes.remember(request, response, scope.tag, voucher)
    return response
