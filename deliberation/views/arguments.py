"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def under_statement(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def on_question(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def support(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
