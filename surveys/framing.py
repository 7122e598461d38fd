"""A survey in a frame on another site: the same views at addresses of their own, which no cookie ever crosses.

Browsers keep third-party cookies away from a frame, or in a jar of their own that forgets people when they move on. So
in a frame none is set and none is believed: what an address or a hidden field carries is all there is.
"""

from collections.abc import Callable
from functools import lru_cache, wraps

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from .models import Survey

# What a frame may do to the page around it: nothing but open a tab. It has to stay of our own origin, or browsers say
# of what it sends that it comes from nowhere.
SANDBOX = "allow-forms allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"


def survey_in(request: HttpRequest) -> Survey | None:
    """The survey that `request` is about where it comes from a frame; None on our own pages."""
    return getattr(request, "framed", None)


def is_framed(request: HttpRequest) -> bool:
    return survey_in(request) is not None


@lru_cache(maxsize=1024)
def address(key: str, name: str, framed: bool) -> str:
    """Where the page `name` of a survey is, for who reads it in a frame or on our own pages."""
    return reverse(f"surveys:embed:{name}" if framed else f"surveys:{name}", args=[key])


def top(framed: bool) -> str:
    """What ends an address in a frame: a new page there is not announced, its address leads to its top."""
    return "#contenu" if framed else ""


def framed(view: Callable[[HttpRequest, str], HttpResponseBase]) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """`view` for the sites that may frame its survey, which costs a view that loads the survey no query more.

    Whatever it raises leaves without these headers, and so cannot be framed.
    """

    @wraps(view)
    def inside(request: HttpRequest, key: str) -> HttpResponseBase:
        found = get_object_or_404(Survey.objects.for_display(), key=key, live_version__isnull=False)
        if not (sites := found.sites):
            raise Http404
        request.framed, request.layout = found, "surveys/frame.html"  # type: ignore[attr-defined]
        request.COOKIES = {}
        response = view(request, key)
        response.cookies.clear()
        response.frame_ancestors = " ".join(sites)  # type: ignore[attr-defined] # read by cms.headers
        response.xframe_options_exempt = True  # type: ignore[attr-defined] # that header knows one site at most
        return response

    return inside
