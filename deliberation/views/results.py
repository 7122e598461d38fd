"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def statement(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def page(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def as_json(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def as_csv(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
