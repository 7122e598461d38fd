"""One text, to its author alone: where it stands and why, its story; to correct it, or to contest a decision."""

import logging
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from participation import limits, posts, receipts
from participation.identity import same

from .. import news, registry, story, voices
from ..decisions import Late
from ..models import Item, Sealed
from ..registry import Refused

log = logging.getLogger(__name__)

READINGS = limits.Limit("text", 60, 600)


@never_cache
@csrf_exempt  # whoever knows the code may act on it; there is no session to ride on
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, ref: str) -> HttpResponse:
    """GET asks for the code; POST shows the text's whole story to its author, and takes what they send."""
    item = get_object_or_404(Item.objects.select_related("scope", "forwarded_to", "merged_into", "sealed"), ref=ref)
    if request.method != "POST":
        return _page(request, {})
    if refusal := posts.refusal(request):
        return refusal
    typed = request.POST.get("code", "")[:100]
    if limits.is_over(READINGS, request):
        message = _("Too many codes were tried from this connection. Wait ten minutes.")
        return _page(request, {"typed": typed, "error": message, **_sent(request)}, 429)
    code = receipts.read_code(typed)
    if not (code and _is_author(item, code)):
        message = _("We find nothing under this code. Check each character, or write to us.")
        return _page(request, {"typed": typed, "error": message}, 422)
    shown = {"code": receipts.show_code(code)}
    act = {"resend": _resend, "appeal": _appeal}.get(request.POST.get("act", ""))
    return act(request, item, shown) if act else _page(request, {**shown, **_told(item)})


def _is_author(item: Item, code: str) -> bool:
    key = receipts.key_of(code)
    return bool(key and item.author_key and same(item.author_key, key))


def _sent(request: HttpRequest) -> dict[str, str]:
    """What was typed, to travel along through a page that asks for something else."""
    return {name: request.POST.get(name, "")[:5000] for name in ("act", "text", "words", "version")}


def _resend(request: HttpRequest, item: Item, shown: dict[str, Any]) -> HttpResponse:
    typed, version = request.POST.get("text", "")[:5000], request.POST.get("version", "")
    try:
        voices.resend(item, typed, int(version) if version.isdecimal() and len(version) < 10 else -1)
    except Refused as refused:
        return _again(request, item, shown, "text", refused.message)
    except Late:
        message = _("Something was decided meanwhile: read it below. Your words are still here; send them again.")
        return _again(request, item, shown, "text", message)
    except DatabaseError as error:
        log.error("correction not stored: %s", type(error).__name__)
        return _again(request, item, shown, "text", _("Your text is not saved: send it again."), 503)
    return _page(request, {**shown, **_told(_fresh(item)), "done": _("Thank you. We read your text again.")})


def _appeal(request: HttpRequest, item: Item, shown: dict[str, Any]) -> HttpResponse:
    try:
        voices.appeal(item, request.POST.get("words", "")[:5000])
    except Refused as refused:
        return _again(request, item, shown, "words", refused.message)
    except DatabaseError as error:
        log.error("appeal not stored: %s", type(error).__name__)
        return _again(request, item, shown, "words", _("Your words are not saved: send them again."), 503)
    said = _(
        "You contest the decision. Somebody else reads it again where there is somebody else; the answer comes here."
    )
    return _page(request, {**shown, **_told(_fresh(item)), "done": said})


def _again(
    request: HttpRequest, item: Item, shown: dict[str, Any], field: str, message: str, status: int = 422
) -> HttpResponse:
    """The page as it is now, with what was typed and what stands against it."""
    typed = {field: request.POST.get(field, "")[:5000]}
    context = {**shown, **_told(_fresh(item)), "wrong": field, "problem": message, "typed_words": typed}
    return _page(request, context, status)


def _fresh(item: Item) -> Item:
    return Item.objects.select_related("scope", "forwarded_to", "merged_into", "sealed").get(pk=item.pk)


def _told(item: Item) -> dict[str, Any]:
    """Everything the page tells of `item`."""
    places = [(item.kind, item.object_id)]
    if item.merged_into and item.merged_into.is_shown:
        places.append((item.merged_into.kind, item.merged_into.object_id))
    texts = registry.texts_of(places)
    text = texts.get(places[0])
    words = text.shown if text else ""
    sealed: Sealed | None = getattr(item, "sealed", None)
    own = sealed.text if sealed else words
    decision = voices.contestable(item)
    [where] = news.of([(item.kind, item.object_id, words, "")])
    return {
        "item": item,
        "words": words,
        "context": text.context if text else (),
        "url": text.url if text else "",
        "own": own,
        "where": where,
        "into": texts[places[1]].shown if len(places) > 1 and places[1] in texts else "",
        "steps": story.of(item),
        "why_not": voices.why_not_corrected(item, own),
        "may_correct": item.state in voices.MAY_CORRECT,
        "decision": decision,
        "no_appeal": voices.why_no_appeal(item, decision) if decision else "",
    }


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    context |= {"longest_appeal": voices.LONGEST_APPEAL, "longest": 1000}
    response = render(request, "moderation/text.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if status in (429, 503):
        response["Retry-After"] = "60"
    return response
