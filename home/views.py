"""Doors of the front house that are not pages: theme, statistics, site map."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from . import statistics
from .models import SiteSettings


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """The authority's colours as custom properties; the address carries their values, so it may be kept for ever."""
    colours = SiteSettings.for_request(request)
    response = render(request, "home/theme.css", {"colours": colours}, content_type="text/css")
    response["Cache-Control"] = "public, max-age=31536000, immutable" if request.GET.get("v") else "no-cache"
    return response


@require_safe
def stats(request: HttpRequest) -> HttpResponse:
    found = statistics.indicators()
    rows = {row: (name, [one for one in found if one.row == row]) for row, name in statistics.ROWS.items()}
    star = statistics.north_star(found)
    return render(request, "home/stats.html", {"star": star, "rows": rows.items()})


@require_safe
def stats_csv(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    authority = SiteSettings.for_request(request).authority
    csv.writer(response).writerows(statistics.impact_rows(statistics.indicators(), authority))
    return response


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """Every public page, in the order of the tree."""
    site = Site.find_for_request(request)
    pages = Page.objects.none()
    if site:
        pages = Page.objects.live().public().descendant_of(site.root_page, inclusive=True).order_by("path")
    return render(request, "home/site_map.html", {"pages": pages, "depth": site.root_page.depth if site else 1})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /suivi/", "Disallow: /signaler/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")
