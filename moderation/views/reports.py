"""Reporting a shown text: anybody, once, with a reference to ask about it."""

import logging
from typing import Any

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from participation import limits, posts, receipts
from participation.identity import participant_key, same

from .. import registry, voices
from ..models import Article, Item, Remit, Report
from ..models.voices import CLOCK
from ..registry import Refused

log = logging.getLogger(__name__)

REPORTS = limits.Limit("report", 120, 600)  # a school shares one address
OTHER = "other"


@csrf_exempt  # no session to ride on and no cookie to set: `posts.refusal` and the form's own token stand guard
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, public_id: str) -> HttpResponse:
    """GET shows the text and asks what is wrong with it; POST takes the report."""
    item = _shown_item(kind, public_id)
    if request.method != "POST":
        if item is None:
            raise Http404
        return _page(request, item)
    if refusal := posts.refusal(request):
        return refusal
    return _take(request, item) if item else _gone(request)


def _shown_item(kind: str, public_id: str) -> Item | None:
    """The item of a text that everybody can read now."""
    source = registry.sources.get(kind)
    if source is None:
        raise Http404
    if (found := source.find(public_id)) is None:
        return None
    return Item.objects.select_related("scope").filter(kind=kind, object_id=found, state="published").first()


def form_key(item: Item) -> str:
    return f"report {item.ref}"


def _take(request: HttpRequest, item: Item) -> HttpResponse:
    token = request.POST.get("token", "")[:100]
    if limits.is_over(REPORTS, request):
        message = _("Too many reports came from this connection. Wait ten minutes: yours is still below.")
        return _page(request, item, message, 429)
    if not receipts.is_valid_token(form_key(item), token):
        return _page(request, item, _("This page had to be renewed. Send your report again."), 422)
    articles = _articles(item)
    chosen = request.POST.get("article", "")[:10]
    if chosen != OTHER and chosen not in articles:
        return _page(request, item, _("Say what is wrong with this text."), 422, field="article")
    sent_code = posts.trusted_code(request, item.scope.tag)
    code = sent_code or receipts.code_for(item.scope.tag, bytes(item.scope.salt), token)
    key = participant_key(bytes(item.scope.salt), code)
    known = Report.objects.filter(item=item, reporter_key=key).exists()
    try:
        made = voices.report(item, key, articles.get(chosen), request.POST.get("words", "")[:5000])
    except Refused as refused:
        return _page(request, item, refused.message, 422, field="words")
    except DatabaseError as error:
        log.error("report not stored: %s", type(error).__name__)
        return _page(request, item, _("Your report is not saved: send it again."), 503)
    return _thank(request, made, code, token if not sent_code else "", known)


def _thank(request: HttpRequest, made: Report, code: str, token: str, known: bool) -> HttpResponse:
    """On to the page that thanks; the ticket stands for the code in a browser that keeps no cookie."""
    query = [f"suite={receipts.issue_ticket(token)}"] if token else []
    query += ["deja=1"] if known else []
    url = reverse("moderation:reported", args=[made.ref])
    response = HttpResponseRedirect(f"{url}?{'&'.join(query)}" if query else url, status=303)
    response["Cache-Control"] = "private, no-store"
    posts.remember(request, response, code)
    return response


@require_safe
def reported(request: HttpRequest, ref: str) -> HttpResponse:
    """Thanks, the reference, the code, and what happens next; to who reported, and to nobody else."""
    made = get_object_or_404(Report.objects.select_related("item__scope"), ref=ref)
    scope, ticket = made.item.scope, request.GET.get("suite", "")[:300]
    code = posts.known_code(request, scope.tag)
    if ticket and code:  # the ticket makes whoever opens the address the same person: it must not stay there
        again = "?deja=1" if request.GET.get("deja") else ""
        return HttpResponseRedirect(request.path + again, status=303)
    if carried := receipts.read_ticket(ticket):
        code = receipts.code_for(scope.tag, bytes(scope.salt), carried)
    if not (code and same(made.reporter_key, participant_key(bytes(scope.salt), code))):
        raise Http404
    context = {
        "report": made,
        "code": receipts.show_code(code),
        "hours": int(CLOCK.total_seconds() // 3600),
        "again": request.GET.get("deja") == "1",
    }
    response = render(request, "moderation/reported.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _articles(item: Item) -> dict[str, Article]:
    """{number: article} of the charter that holds where the text is."""
    charter = Remit.charter_of(pk=item.scope_id)
    return {str(number): article for number, article in charter.numbered()} if charter else {}


def _page(request: HttpRequest, item: Item, error: str = "", status: int = 200, field: str = "") -> HttpResponse:
    text = registry.sources[item.kind].texts([item.object_id]).get(item.object_id)
    if text is None:
        raise Http404
    context: dict[str, Any] = {
        "text": text,
        "articles": _articles(item),
        "other": OTHER,
        "token": receipts.issue_token(form_key(item)),
        "error": error,
        "field": field,
        "longest": voices.LONGEST_REPORT,
        "typed": {name: request.POST.get(name, "")[:5000] for name in ("article", "words")},
    }
    response = render(request, "moderation/report.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    if status in (429, 503):
        response["Retry-After"] = "60"
    return response


def _gone(request: HttpRequest) -> HttpResponse:
    response = render(request, "moderation/report_gone.html", status=410)
    response["Cache-Control"] = "private, no-store"
    return response
