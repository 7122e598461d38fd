"""Where a form was sent from: ours, foreign, or unsaid. Stands in for the CSRF cookie that we do not set."""

from enum import Enum
from urllib.parse import urlsplit

from django.http import HttpRequest


class Origin(Enum):
    OURS = 1
    FOREIGN = 2
    UNSAID = 3


OURS, FOREIGN, UNSAID = Origin


def judge(request: HttpRequest) -> Origin:
    """Every browser of the last ten years says where a POST comes from, by Origin, Sec-Fetch-Site or Referer.

    A request that says nothing may take part, as a new person: its cookies are not to be believed.
    """
    said = request.headers.get("Origin") or request.headers.get("Referer")
    if said:
        parts = urlsplit(said)
        ours = parts.netloc == request.get_host() and parts.scheme in ("http", "https")
        return OURS if ours else FOREIGN
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        return UNSAID
    return OURS if site in ("same-origin", "none") else FOREIGN
