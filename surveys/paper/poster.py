"""The poster of a survey in the authority's colours, A4 or A3. It leads to our own short address and counts nobody."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from participation import qr
from participation.templatetags.days import long_day

from ..forms import compiled_live
from ..models import Survey
from . import pdf, surroundings

FORMATS = ("a4", "a3")


def as_pdf(request: HttpRequest, survey: Survey, format_: str) -> bytes:
    return pdf.draw("poster", content(request, survey) | {"format": format_})


def content(request: HttpRequest, survey: Survey) -> dict[str, Any]:
    """What the poster says: of the consultation where the survey stands on one, else of the survey."""
    promised, authority = surroundings.promise(survey), surroundings.authority(request)
    address = surroundings.short_address(survey)
    shown = surroundings.as_typed(address)
    minutes = compiled_live(survey).minutes
    takes = ngettext(
        "It takes %(n)d minute, without an account.", "It takes %(n)d minutes, without an account.", minutes
    )
    return {
        "lang": (get_language() or "fr").split("-")[0],
        "authority": authority._asdict(),
        "title": promised.title if promised else survey.title,
        "summary": promised.summary if promised else survey.live_version.schema["introduction"],
        "dates": _dates(survey),
        "qr": qr.svg(address),
        "address": shown,
        "minutes": takes % {"n": minutes},
        "elsewhere": (promised.elsewhere if promised else "") or authority.contact,
        "foot": " · ".join(text for text in (authority.name, authority.contact) if text),
        "said": {
            "act": _("Have your say"),
            "scan": _("Scan the code, or type this address:"),
            "elsewhere": _("Without the internet"),
            "qr": _("QR code that leads to %(address)s") % {"address": shown},
        },
    }


def _dates(survey: Survey) -> str:
    opens, closes = survey.opening(), survey.closing()
    if survey.phase() == "coming" and opens and closes:
        return _("From %(first)s to %(last)s") % {"first": long_day(opens), "last": long_day(closes)}
    if survey.phase() == "coming" and opens:
        return _("From %(day)s") % {"day": long_day(opens)}
    return _("Until %(day)s") % {"day": long_day(closes)} if closes else ""
