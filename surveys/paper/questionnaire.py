"""The questionnaire to print: everything that stands on it, for its page and for its PDF."""

from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from participation import qr
from participation.templatetags.days import long_day

from .. import languages
from ..forms import CompiledSurvey, compiled_live
from ..models import Survey
from ..questions import Schema
from . import pdf, sheet, surroundings


def content(request: HttpRequest, survey: Survey, wanted: str = "") -> dict[str, Any]:
    """What the questionnaire says, in the language `wanted` where there is such a translation."""
    spoken = compiled_live(survey).in_language(wanted)
    address = surroundings.short_address(survey) + (f"?langue={spoken.language}" if spoken.language else "")
    promised = surroundings.promise(survey)
    return {
        "survey": survey,
        "said_version": _("version %(n)d") % {"n": spoken.number},
        "spoken": spoken,
        "dir": languages.language(spoken.language).dir if spoken.language else "ltr",
        "schema": spoken.schema,
        "items": list(sheet.items(spoken)),
        "authority": surroundings.authority(request),
        "address": address,
        "shown_address": surroundings.as_typed(address),
        "qr": qr.svg(address),
        "promise": _promise(promised),
        "handing_in": _handing_in(survey, promised, surroundings.authority(request)),
        "privacy": _privacy(),
    }


def _promise(promised: surroundings.Promise | None) -> list[tuple[str, str]]:
    """The commitment, as (term, text)."""
    if promised is None:
        return []
    where = {"day": long_day(promised.answer_due), "address": surroundings.as_typed(promised.url)}
    answer = _("On %(day)s at the latest, at %(address)s.") % where if promised.answer_due else ""
    told = [
        (_("The decision"), promised.decision),
        (_("What can change"), promised.can_change),
        (_("What is already fixed, and why"), promised.fixed),
        (_("Who decides"), promised.decided_by),
        (_("Our answer"), answer),
    ]
    return [(term, text) for term, text in told if text]


def _handing_in(survey: Survey, promised: surroundings.Promise | None, authority: surroundings.Authority) -> list[str]:
    """Where to bring the sheet, and until when."""
    told = []
    if day := survey.closing():
        told.append(_("Hand in this sheet by %(day)s.") % {"day": long_day(day)})
    told += [text for text in (promised.elsewhere if promised else "", authority.contact) if text]
    return told


def _privacy() -> list[str]:
    return [
        _("Write neither your name nor your address on this sheet: your answers are linked to nobody."),
        _("An agent of the authority types this sheet in. It counts like an answer given online."),
        _("You need not answer every question."),
        _("How answers are handled: %(address)s") % {"address": surroundings.as_typed("/donnees-personnelles/")},
    ]


def as_pdf(told: dict[str, Any], large: bool) -> bytes:
    """The same as PDF, A4; `large`: in 18 points."""
    pictures: list[str] = []
    spoken: CompiledSurvey = told["spoken"]
    data = {
        "lang": (get_language() or "fr").split("-")[0],
        "spoken": (spoken.language or spoken.schema.get("language") or get_language() or "fr").split("-")[0],
        "dir": told["dir"],
        "large": large,
        "title": told["schema"]["title"],
        "introduction": told["schema"]["introduction"],
        "authority": told["authority"]._asdict(),
        "qr": told["qr"],
        "address": told["shown_address"],
        "promise": told["promise"],
        "handing_in": told["handing_in"],
        "privacy": told["privacy"],
        "items": [_plain(item, pictures) for item in told["items"]],
        "said": _said(told),
    }
    return pdf.draw("questionnaire", data, tuple(pictures))


def _plain(item: dict[str, Any], pictures: list[str]) -> dict[str, Any]:
    told = {name: item.get(name, "") for name in ("kind", "title", "text", "condition")}
    if item["kind"] != "question":
        return told
    paper, question = item["paper"], item["question"]
    return told | {
        "number": item["number"],
        "wording": question["wording"],
        "help": question["help"],
        "how": str(paper.how),
        "boxes": [[box.code, box.label, *_picture(box.picture, pictures)] for box in paper.boxes],
        "columns": [[box.code, box.label] for box in paper.columns],
        "blanks": [[str(blank.label), str(blank.unit)] for blank in paper.blanks],
        "lines": paper.lines,
        "before": str(paper.before_lines),
    }


def _picture(option: Schema | None, pictures: list[str]) -> tuple[str, str]:
    """(name inside the PDF, words for who does not see it) of an option's image; nothing where it is gone."""
    src = option["src"] if option else ""
    name = src.removeprefix(settings.MEDIA_URL)
    if not src.startswith(settings.MEDIA_URL) or not default_storage.exists(name):
        return "", ""
    pictures.append(name)
    return f"picture-{len(pictures) - 1}", option["alt"] if option else ""


def _said(told: dict[str, Any]) -> dict[str, str]:
    """The few words of the sheet itself."""
    return {
        "sheet": _("Sheet no."),
        "reserved": _("filled in by the agent"),
        "online": _("Rather answer online?"),
        "promise": _("Our commitment"),
        "questions": _("Questions"),
        "handing_in": _("Where to hand in this sheet"),
        "privacy": _("Your answers and your privacy"),
        "codes": _("The small numbers beside the boxes are for typing in."),
        "version": told["said_version"],
        "page": _("page"),
        "qr": _("QR code that leads to %(address)s") % {"address": told["shown_address"]},
    }
