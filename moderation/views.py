"""The public doors of moderation."""

from django.http import HttpRequest, HttpResponse


def charter(request: HttpRequest, ref: str) -> HttpResponse:
    """The rules of speaking on a consultation."""
    raise NotImplementedError


def text(request: HttpRequest, ref: str) -> HttpResponse:
    """One text, to its author: its whole story."""
    raise NotImplementedError
