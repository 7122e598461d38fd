"""In the admin: the poster of a survey, its QR code and its short address, to fetch."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from participation import qr

from .models import Survey
from .paper import poster, surroundings


def _survey(pk: int) -> Survey:
    related = Survey.objects.select_related("scope", "tool", "live_version").defer("questions")
    return get_object_or_404(related, pk=pk, live_version__isnull=False)


@require_safe
@permission_required("surveys.change_survey", raise_exception=True)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What there is to fetch."""
    survey = _survey(pk)
    address = surroundings.short_address(survey)
    context = {"survey": survey, "address": address, "qr": mark_safe(qr.svg(address))}  # noqa: S308 - ours
    return render(request, "surveys/admin/poster.html", context | {"online": survey.phase() != "unpublished"})


@require_safe
@permission_required("surveys.change_survey", raise_exception=True)
def file(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """`affiche-a4.pdf`, `affiche-a3.pdf`, `qr.svg` or `qr.png`."""
    survey = _survey(pk)
    address = surroundings.short_address(survey)
    if name in {f"affiche-{format_}.pdf" for format_ in poster.FORMATS}:
        made, kind = poster.as_pdf(request, survey, name[len("affiche-") : -len(".pdf")]), "application/pdf"
    elif name == "qr.svg":
        made, kind = qr.svg_file(address), "image/svg+xml"
    elif name == "qr.png":
        made, kind = qr.png(address), "image/png"
    else:
        raise Http404
    response = HttpResponse(made, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{survey.key}-{name}"'
    response["Cache-Control"] = "private, no-cache"
    return response
