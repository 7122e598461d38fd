"""The one page that a survey has in frames alone: the code of who took part before, in place of a cookie."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from participation import limits, posts, receipts, trust
from participation.views import LOOKUPS

from . import framing
from .forms import CompiledSurvey, compiled_live
from .paging import address
from .rendering import page_language
from .views import ask_code, closed, load


@never_cache
@csrf_exempt  # whoever knows the code may act on it; there is no session to ride on
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, key: str) -> HttpResponse:
    """GET asks for the code; POST goes on with what was sent or begun under it, or begins under it."""
    if request.method == "POST" and (refusal := posts.refusal(request)):
        return refusal
    found = load(request, key)
    if found.phase() != "open":
        return closed(request, found, found.phase())
    if found.trust != trust.OPEN:
        return redirect(framing.address(key, "survey", True))
    survey = compiled_live(found).in_language(request.GET.get("langue", ""), framed=True)
    with translation.override(page_language(survey.language)):
        return _go_on(request, survey) if request.method == "POST" else ask_code(request, survey, HTTPStatus.OK)


def _go_on(request: HttpRequest, survey: CompiledSurvey) -> HttpResponse:
    typed = request.POST.get("code", "")[:100]
    if limits.is_over(LOOKUPS, request):
        message = _("Too many codes were tried from this connection. Wait ten minutes.")
        return ask_code(request, survey, HTTPStatus.TOO_MANY_REQUESTS, typed=typed, error=message)
    known = receipts.read_code(typed)
    if not (known and known.startswith(survey.tag) and receipts.find_traces(known)):
        message = _("We find nothing under this code. Check each character, or write to us.")
        return ask_code(request, survey, HTTPStatus.UNPROCESSABLE_ENTITY, typed=typed, error=message)
    response = HttpResponse(status=HTTPStatus.SEE_OTHER)
    response["Location"] = address(survey, receipts.resuming_token(survey.key, known), "")
    return response
