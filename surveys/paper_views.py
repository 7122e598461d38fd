"""The questionnaire to print, for everybody: as a page, as PDF; and the short address that stands on it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from . import languages, rendering
from .forms import compiled_live
from .models import Survey
from .paper import questionnaire, surroundings

LARGE = "large"


def _survey(**where: str) -> Survey:
    found = get_object_or_404(Survey.objects.for_display(), live_version__isnull=False, **where)
    if found.phase() == "unpublished":
        raise Http404
    return found


@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The questionnaire as a page that prints on A4; `?format=large` in large print."""
    found = _survey(key=key)
    spoken = compiled_live(found).in_language(request.GET.get("langue", ""))
    with translation.override(rendering.page_language(spoken.language)):
        told = questionnaire.content(request, found, spoken.language)
        told |= {"large": request.GET.get("format") == LARGE, "languages": languages.offered(found.live_version.schema)}
        response = render(request, "surveys/paper/page.html", told | {"phase": found.phase()})
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def as_pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The same as a PDF for people, printers and screen readers."""
    found, large = _survey(key=key), request.GET.get("format") == LARGE
    spoken = compiled_live(found).in_language(request.GET.get("langue", ""))
    with translation.override(rendering.page_language(spoken.language)):
        made = questionnaire.as_pdf(questionnaire.content(request, found, spoken.language), large)
    size = "-grands-caracteres" if large else ""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="questionnaire{size}-{key}.pdf"'
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def short(request: HttpRequest, name: str) -> HttpResponse:
    """Leads to the page of the consultation, with its promise, or to the survey's own."""
    found = _survey(pk=name.partition("-")[0])
    if not constant_time_compare(name, surroundings.short_name(found)):
        raise Http404
    promised = surroundings.promise(found)
    address = promised.url if promised else reverse("surveys:survey", args=[found.key])
    wanted = languages.choose(compiled_live(found).schema, request.GET.get("langue", ""))
    return redirect(f"{address}?langue={wanted}" if wanted else address)
