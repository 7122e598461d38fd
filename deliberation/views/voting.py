"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def debate(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def vote(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def statements(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
