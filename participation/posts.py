"""What every public form's POST has in common: where it may come from, and the code that a browser keeps."""

from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from . import origin, receipts

MOST_BYTES = 50 * 1024 * 1024  # of one form with all its files
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def refusal(request: HttpRequest) -> HttpResponse | None:
    """The answer to a POST that is no form, or comes from another site; None for all others.

    There is no session to ride on and no cookie to set: this and the form's own token stand for Django's CSRF guard.
    """
    if request.content_type not in FORM_TYPES:
        return plain(_("Send the form itself."), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if _is_too_much(request):
        return plain(_("This is too much at once: 50 MB at most."), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if origin.judge(request) is origin.FOREIGN:
        return plain(_("This form was sent from another site."), HTTPStatus.FORBIDDEN)
    return None


def _is_too_much(request: HttpRequest) -> bool:
    """Said before anything is read, so that nobody fills our disk."""
    length = str(request.META.get("CONTENT_LENGTH") or 0)
    return not length.isdecimal() or int(length[:20]) > MOST_BYTES


def plain(message: str, status: HTTPStatus) -> HttpResponse:
    """An answer to what no page of ours sends, or cannot be read at all."""
    return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")


def other_method(request: HttpRequest, form_page: str) -> HttpResponse:
    """The answer to anything but a POST at an address that only takes POSTs: readers are led to the form's page."""
    response = HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED)
    if request.method in ("GET", "HEAD"):
        response = HttpResponse(status=HTTPStatus.SEE_OTHER)
        response["Location"] = form_page
    response["Allow"] = "POST"
    return response


def is_ours(back: str) -> bool:
    """Is `back` the path of a page of this site?"""
    return back.startswith("/") and url_has_allowed_host_and_scheme(back[:500], allowed_hosts=None)


def way_back(back: str, otherwise: str, forget: tuple[str, ...] = (), /, **added: str) -> str:
    """Where to go after a POST: the page of ours that `back` names, else `otherwise`; what we `added` for one reading
    is said in the address, and what it said before of that and of `forget` is taken out.
    """
    parts = urlsplit(back[:500] if is_ours(back) else otherwise)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in (*forget, *added)]
    query += [(name, value) for name, value in added.items() if value]
    return urlunsplit(("", "", parts.path, urlencode(query), parts.fragment))


def known_code(request: HttpRequest, tag: str) -> str | None:
    """The receipt code this browser keeps for the scope called `tag`."""
    return receipts.read_code(request.COOKIES.get(f"code_{tag}", ""))


def trusted_code(request: HttpRequest, tag: str) -> str | None:
    """`known_code`, for a POST: cookies are believed only of a request that says it comes from our own pages."""
    return known_code(request, tag) if origin.judge(request) is origin.OURS else None


def remember(request: HttpRequest, response: HttpResponse, code: str) -> None:
    """Let the browser keep `code` until it is closed."""
    response.set_cookie(
        f"code_{code[: receipts.TAG_LENGTH]}", code, httponly=True, samesite="Lax", secure=request.is_secure()
    )
