"""The figures of moderation, month by month: as pages, as JSON, as CSV."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import figures

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


@require_safe
def months(request: HttpRequest) -> HttpResponse:
    rows = [(month, figures.first_day(month), figures.whole(by_name)) for month, by_name in figures.months().items()]
    return render(request, "moderation/figures.html", {"months": rows})


@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """One month, consultation by consultation."""
    name = f"{year:04d}-{month:02d}"
    by_name = figures.months().get(name)
    if by_name is None:
        raise Http404
    rows = sorted(by_name.items(), key=lambda row: (not row[0], row[0]))
    total = figures.whole(by_name)
    return render(
        request, "moderation/month.html", {"month": name, "day": figures.first_day(name), "all": total, "rows": rows}
    )


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    told = [
        {
            "month": month,
            "all": figures.whole(by_name).plain(),
            "consultations": [{"title": name or None, **one.plain()} for name, one in sorted(by_name.items())],
        }
        for month, by_name in figures.months().items()
    ]
    return JsonResponse({"months": told}, json_dumps_params={"ensure_ascii": False})


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow(["month", "consultation", "measure", "article", "value"])
    for month, by_name in figures.months().items():
        for name, one in [("*", figures.whole(by_name)), *sorted(by_name.items())]:
            writer.writerows([month, _safe(name), *rest] for rest in _measures(one))
    return response


def _measures(one: figures.Sum) -> Iterator[list[Any]]:
    told = one.plain()
    for cited in told.pop("by_article"):
        yield ["by_article", _safe(cited["article"]), cited["count"]]
    for name, value in told.items():
        yield [name, "", "" if value is None else value]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
