"""The page behind the link in our mail: confirming an address given in a survey, or taking it back."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from participation import posts

from . import given_emails
from .models import Survey


@never_cache
@csrf_exempt  # the link itself, known to who reads that mailbox, is what allows it
@require_http_methods(["GET", "HEAD", "POST"])
def given_email(request: HttpRequest, key: str, sealed: str) -> HttpResponse:
    """GET changes nothing, for machines open links too; POST keeps the address, or drops it."""
    survey = Survey.objects.for_display().filter(key=key).first()
    given = given_emails.unseal(survey, sealed) if survey else None
    if survey is None or given is None:
        return _page(request, {"state": "unknown"}, HTTPStatus.GONE)
    context = {"survey": survey, "given": given, "schema": survey.live_version.schema}
    if request.method == "POST":
        if refusal := posts.refusal(request):
            return refusal
        if "drop" in request.POST:
            given_emails.drop(survey, given)
            return _page(request, context | {"state": "dropped"})
    is_kept = given_emails.is_kept(survey, given)
    if given.is_late and not is_kept:
        return _page(request, context | {"state": "late"}, HTTPStatus.GONE)
    if request.method != "POST":
        return _page(request, context | {"state": "kept" if is_kept else "asked"})
    given_emails.keep(survey, given)
    return _page(request, context | {"state": "thanks"})


def _page(request: HttpRequest, context: dict, status: int = HTTPStatus.OK) -> HttpResponse:
    response = render(request, "surveys/given_email.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    return response
