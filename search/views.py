"""Finding a published page."""

import unicodedata
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.search.query import PlainText

from consultations.plain_words import without_accents

LONGEST_QUERY = 100
PER_PAGE = 10


def clean_query(text: str) -> str:
    """The words that were typed, bounded: signs mean nothing to people and something to search engines."""
    text = unicodedata.normalize("NFC", text[: LONGEST_QUERY * 4])
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())[:LONGEST_QUERY]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query = clean_query(request.GET.get("q", ""))
    found: Any = []
    if query:
        words = PlainText(query) | PlainText(without_accents(query))
        found = Page.objects.live().public().filter(depth__gt=1).specific().search(words)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page", "")[:6])
    return render(request, "search/search.html", {"query": query, "page_of_results": page})
