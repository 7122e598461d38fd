"""Submissions and figures know no session, no user and no message: they go straight to their view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve


class ShortWay:
    """Middleware that skips those below it for POSTs of forms, and for `resultats.json`.

    Wants to stand below the security headers. What the view raises is answered as everywhere else, for Django wraps
    each middleware in its handler of exceptions.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path.startswith(("/enquetes/", "/integrer/", "/debats/")) and (
            request.method == "POST" or path.endswith("/resultats.json")
        ):
            request.get_host()  # an address that is not ours is refused here as elsewhere
            match = request.resolver_match = resolve(path)
            return match.func(request, *match.args, **match.kwargs)
        return self.get_response(request)
