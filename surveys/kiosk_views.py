"""The doors of a kiosk: its page, the worker that keeps the page on the tablet, and where its answers are sent."""

import hashlib
import html
import json
import logging
import re
import unicodedata
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from participation import origin, posts

from . import kiosk_sealing, kiosks, languages, rendering
from .forms import CompiledSurvey, compiled_live
from .models import Kiosk
from .questions import Schema, type_of

log = logging.getLogger(__name__)

MOST_BYTES = 2_000_000  # of one message
IDLE, WARNED, THANKED = 120, 60, 60  # seconds without a touch, of warning after that, and of thanks
_TICKED = ("multiple", "image_choice")  # questions with a number of choices
_NEEDED = re.compile(r'<(?:link|script|img)\b[^>]*?\s(?:href|src)="(/[^"#]+)"')


def _kiosk(kiosk_id: UUID) -> Kiosk:
    """A kiosk of a survey that was published at some time."""
    found = Kiosk.objects.select_related("survey__scope", "survey__tool", "survey__live_version")
    return get_object_or_404(found, pk=kiosk_id, survey__live_version__isnull=False)


@require_safe
def kiosk(request: HttpRequest, kiosk_id: UUID) -> HttpResponse:
    """The page of a kiosk: the same for all who open it, so that it can be kept. Its secret is behind the `#`."""
    found = _kiosk(kiosk_id)
    try:
        kiosks.judge(found)
    except kiosks.Refused as refused:
        if refused.status != HTTPStatus.CONFLICT:  # before the opening a tablet can be made ready
            context = {"message": refused.message}
            return render(request, "surveys/kiosk_over.html", context, status=HTTPStatus.GONE)
    response = HttpResponse(_page(request, found))
    response["Cache-Control"] = "no-cache"
    response.works_offline = True  # type: ignore[attr-defined]
    return response


@require_safe
def worker(request: HttpRequest, kiosk_id: UUID) -> HttpResponse:
    """The script that keeps the page and all it needs; another one as soon as anything of it changes."""
    found = _kiosk(kiosk_id)
    try:
        kiosks.judge(found)
    except kiosks.Refused as refused:
        if refused.status != HTTPStatus.CONFLICT:
            raise Http404 from None  # the tablet goes on with the worker that it has
    page = _page(request, found)
    about = {
        "page": reverse("surveys:kiosk", args=[found.pk]),
        "version": hashlib.sha256(page.encode()).hexdigest()[:16],
        "files": sorted({html.unescape(address) for address in _NEEDED.findall(page)}),
    }
    script = render_to_string("surveys/kiosk_worker.js", {"about": mark_safe(json.dumps(about))})  # noqa: S308
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _page(request: HttpRequest, found: Kiosk) -> str:
    survey, opening = compiled_live(found.survey), found.survey.opening()
    word = unicodedata.normalize("NFC", found.word).strip().lower()
    about = {
        "id": str(found.pk),
        "send": reverse("surveys:kiosk_send", args=[found.pk]),
        "worker": reverse("surveys:kiosk_worker", args=[found.pk]),
        "point": kiosk_sealing.public_key(found.pk),
        "tag": survey.tag,
        "version": survey.number,
        "opens": int(opening.timestamp() * 1000) if opening else 0,
        "ends": int(found.ending.timestamp() * 1000),
        "word": hashlib.sha256(f"{found.pk} {word}".encode()).hexdigest(),
        "seconds": {"idle": IDLE, "warned": WARNED, "thanked": THANKED},
    }
    context = {
        "kiosk": found,
        "survey": survey,
        "about": about,
        "words": _words(),
        "sittings": _sittings(request, survey),
        "minutes": survey.on_one_page().minutes,
    }
    return render_to_string("surveys/kiosk.html", context, request)


def _sittings(request: HttpRequest, written: CompiledSurvey) -> list[dict[str, Any]]:
    """In each language what one person sees, from the first question to the thanks."""
    codes = [one.code for one in languages.offered(written.schema)] or [""]
    sittings = []
    for survey in map(written.in_language, codes):
        with translation.override(rendering.page_language(survey.language)):
            language = languages.language(survey.language or written.schema.get("language") or settings.LANGUAGE_CODE)
            start = language.name if len(codes) > 1 else _("Start")
            sittings.append({"language": language, "start": start, "html": _sitting(request, survey, language.dir)})
    return sittings


def _sitting(request: HttpRequest, survey: CompiledSurvey, direction: str) -> str:
    items = rendering.items_on_one_page(survey)
    context = {
        "survey": survey,
        "dir": direction,
        "inside": translation.get_language(),
        "items": items,
        "live": any(item["rule"] for item in items),
        "left_out": [q["wording"] for q in survey.questions if not type_of(q).at_kiosk],
        "checks": json.dumps(_checks(survey)),
        "said": json.dumps(_sitting_words()),
        "warned": WARNED,
        "thanked": THANKED,
        "without_map": True,
    }
    return render_to_string("surveys/kiosk_sitting.html", context, request)


def _checks(survey: CompiledSurvey) -> dict[str, dict[str, Any]]:
    """By input name what can be told of an answer on the tablet; the rest is read when it arrives."""
    return {
        survey.names[q["id"]]: {"required": bool(q["required"]), **_bounds(q)}
        for q in survey.questions
        if type_of(q).asked and type_of(q).at_kiosk
    }


def _bounds(question: Schema) -> dict[str, Any]:
    if question["type"] in _TICKED:
        return {"least": question.get("min"), "most": question.get("max")}
    if question["type"] == "number":
        low, high = question["min"], question["max"]
        outside = _("Write a number between %(low)s and %(high)s.") % {"low": low, "high": high}
        return {"between": [float(low), float(high)], "outside": outside}
    return {}


def _sitting_words() -> dict[str, str]:
    return {
        "answer": _("Answer this question."),
        "most": _("Choose fewer answers here. At most: %n."),
        "least": _("Choose more answers here. At least: %n."),
        "twice": _("Give each rank once."),
        "over": _("You gave more than there is. Take some away."),
        "nothing": _("You have not answered any question yet."),
        "unsaved": _("Your answers are not saved: this tablet has no room. Tell the facilitator."),
        "kept": _("They are saved on this tablet. They leave as soon as the network is back."),
        "sent": _("They were sent."),
        "held": _("They are saved on this tablet and not sent yet: tell the facilitator."),
    }


def _words() -> dict[str, Any]:
    """What the script says to the facilitator."""
    return {
        "waiting": [_("1 answer waits on this tablet."), _("%n answers wait on this tablet.")],
        "none": _("No answer waits on this tablet."),
        "refused": [_("1 of them was refused:"), _("%n of them were refused:")],
        "sent": [_("1 answer sent."), _("%n answers sent.")],
        "last": _("Last sent at %n."),
        "offline": _("No network."),
        "online": _("Network available."),
        "failed": _("Sending did not work. This tablet tries again by itself."),
        "sending": _("Sending…"),
        "link": _("This tablet does not know its secret. Open the link that you were given once more, here."),
        "early": _("This survey is not open yet, by this tablet’s clock."),
        "over": _("This kiosk is over, by this tablet’s clock: no more answers are taken."),
        "ready": _("This tablet is ready: it also works without a network."),
        "unready": _("This tablet is not ready to work without a network. Stay on this page while there is one."),
        "word": _("This is not the facilitator’s word."),
        "unsent": _("Answers still wait on this tablet. Send them first, or tick the box to erase them."),
        "left": _("This tablet keeps nothing any more. You can close this page."),
    }


@csrf_exempt  # no cookie counts here: the secret of the kiosk does
def send(request: HttpRequest, kiosk_id: UUID) -> HttpResponse:
    """Take a message of a tablet: {"secret", "answers": [{"id", "sealed"}]}. Safe to send again."""
    if request.method != "POST":
        return posts.other_method(request, reverse("surveys:kiosk", args=[kiosk_id]))
    try:
        sent = _message(request)
        found = kiosks.admit(kiosk_id, sent["secret"])
        kiosks.judge(found)
        taken = kiosks.take(found, sent["answers"])
    except kiosks.Refused as refused:
        return _say({"message": refused.message}, refused.status)
    except DatabaseError as error:
        log.error("answers of a kiosk not stored: %s", type(error).__name__)
        return _say({"message": _("Our service is busy. This tablet tries again by itself.")}, 503)
    return _say({"stored": taken.stored, "refused": taken.refused}, 200)


def _message(request: HttpRequest) -> dict[str, Any]:
    """What was sent. Raises Refused for all that no tablet of ours sends."""
    if request.content_type != "application/json":
        raise kiosks.Refused(_("This message is not one of our tablets’."), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if origin.judge(request) is origin.FOREIGN:
        raise kiosks.Refused(_("This message was sent from another site."), HTTPStatus.FORBIDDEN)
    length = str(request.META.get("CONTENT_LENGTH") or 0)
    if not length.isdecimal() or int(length[:20]) > MOST_BYTES:
        raise kiosks.Refused(_("Too many answers in one message."), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict) or not isinstance(sent.get("answers"), list):
        raise kiosks.Refused(_("This message is not one of our tablets’."), HTTPStatus.BAD_REQUEST)
    return {"secret": sent.get("secret"), "answers": sent["answers"]}


def _say(said: dict[str, Any], status: int) -> HttpResponse:
    response = JsonResponse(said, status=status)
    response["Cache-Control"] = "no-store"
    return response
