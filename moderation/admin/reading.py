"""Reading one text after the other: its context on one screen, one key per decision, the next one at once."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages

from .. import decisions, masking, queue, rights, twins, voices
from ..models import Appeal, Article, Decision, Item, Remit, Report, Sealed, Service
from ..registry import Refused
from . import filters
from .desk import dress

Act = Decision.Act
# The digits of the keyboard, and what the same keys give without shift where digits need it (French keyboards).
AZERTY = "&é\"'(-è_ç"
OTHERS = 5  # texts of the same author shown beside
DONE = {
    Act.PUBLISH: gettext_lazy("Published."),
    Act.REDACT: gettext_lazy("Published, with parts masked."),
    Act.REFUSE: gettext_lazy("Refused."),
    Act.HIDE: gettext_lazy("Taken off."),
    Act.ASK: gettext_lazy("Sent back to its author."),
    Act.FORWARD: gettext_lazy("Forwarded."),
    Act.MERGE: gettext_lazy("Merged."),
    Act.KEEP: gettext_lazy("Stays shown. Whoever reported it will read so."),
}


def find(request: HttpRequest, pk: int) -> Item:
    """An item that the user may decide on; to them, others do not exist."""
    related = ("scope__remit__charter", "forwarded_to", "claimed_by", "merged_into")
    item = rights.items_for(request.user).select_related(*related).filter(pk=pk).first()
    if item is None:
        raise Http404
    return item


@require_GET
def next_one(request: HttpRequest) -> HttpResponse:
    """Lead to the next item of the list that is filtered likewise; `after` was skipped."""
    if not rights.may_anywhere(request.user):
        raise PermissionDenied
    after = rights.items_for(request.user).filter(pk=number(request.GET.get("after"))).first()
    if after:
        queue.release(after.pk, request.user)
    return HttpResponseRedirect(way_on(request, after))


def way_on(request: HttpRequest, after: Item | None) -> str:
    """The address of the next item; of the list when nothing is left."""
    order, query = filters.order_of(request), filters.query_of(request)
    found = queue.next_for(request.user, filters.chosen(request), order, after)
    if found is None:
        messages.success(request, _("Nothing is left to read here."))
        return f"{reverse('moderation_desk')}?{query}"
    return f"{reverse('moderation_item', args=[found.pk])}?{query}"


def item(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: one item with all that helps to judge it, held for its reader. POST: a decision."""
    found = find(request, pk)
    if request.method == "POST":
        return _decide(request, found)
    if found.waiting and not queue.claim(found.pk, request.user):
        name = decisions.name_of(found.claimed_by)
        messages.warning(request, _("%(name)s is reading this text now.") % {"name": name})
    return page_of(request, found)


def page_of(request: HttpRequest, found: Item, error: str = "", status: int = 200) -> HttpResponse:
    dress([found])
    if found.text is None:
        raise Http404
    sealed = Sealed.objects.filter(item=found).first()
    acts = decisions.acts_for(found)
    typed = request.POST if error else {}
    context = {
        "item": found,
        "marked": marked(found),
        "sealed": sealed if sealed and rights.may(request.user, rights.SEALED, found) else None,
        "acts": acts,
        "articles": _numbered(_articles(found)) if {Act.REFUSE, Act.HIDE} & set(acts) else [],
        "services": _numbered(list(Service.objects.all())) if Act.FORWARD in acts else [],
        "twins": _numbered(_twins(found, request)) if Act.MERGE in acts else [],
        "redacted": typed.get("redacted") or masking.proposed(found.text.shown, found.signals),
        "typed": typed,
        "error": error,
        "history": list(found.decisions.select_related("service").order_by("-at", "-pk")[:20]),
        "reports": list(found.reports.filter(state=Report.State.OPEN).order_by("at")[:10]),
        "appeal_typed": request.POST.get("appeal_reason", "")[:2000] if error else "",
        "appeal": found.appeals.filter(state=Appeal.State.OPEN).select_related("decision").first()
        if found.open_appeal
        else None,
        "others": _others(found),
        "left": filters.chosen(request).waiting().count(),
        "query": filters.query_of(request),
    }
    if context["appeal"]:
        context["appeal"].item = found
        context["may_decide_appeal"] = rights.may_decide_appeal(request.user, context["appeal"])
    return render(request, "moderation/admin/item.html", context, status=status)


def _numbered(things: list[Any]) -> list[tuple[int, str, Any]]:
    """(number, what that key gives on a French keyboard, thing) of the first nine."""
    return [(n, AZERTY[n - 1], thing) for n, thing in enumerate(things[:9], 1)]


def _articles(found: Item) -> list[Article]:
    charter = Remit.of(found.scope_id).the_charter()
    return [article for _n, article in charter.numbered()] if charter else []


def _twins(found: Item, request: HttpRequest) -> list[twins.Twin]:
    """Looked for where a signal says there are some, or where the moderator asks."""
    if " double " in found.flags or " burst " in found.flags or "merge" in request.GET:
        return twins.twins_of(found, found.text.shown)
    return []


def _others(found: Item) -> list[Item]:
    """What else the same person wrote in this consultation: by their key alone, which is never shown."""
    if found.author_key is None:
        return []
    theirs = Item.objects.filter(author_key=found.author_key).exclude(pk=found.pk).exclude(state=Item.State.GONE)
    return [other for other in dress(list(theirs.order_by("-pk")[:OTHERS])) if other.text]


def marked(found: Item) -> SafeString:
    """The text with what signals found in it marked."""
    text = found.text.shown
    spans = sorted({(max(0, s), min(len(text), e)) for signal in found.signals for s, e in signal["spans"]})
    pieces, done = [], 0
    for start, end in spans:
        if start >= max(done, 0) and start < end:
            pieces += [("", text[done:start]), ("mark", text[start:end])]
            done = end
    pieces.append(("", text[done:]))
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", piece) if kind else piece,) for kind, piece in pieces)
    )


def _decide(request: HttpRequest, found: Item) -> HttpResponse:
    try:
        choice, version = _choice(request, found), number(request.POST.get("version"))
        if choice.act == Act.PUBLISH and found.is_shown and found.open_reports:
            decision = voices.keep(found, request.user, choice.reason, version)
        else:
            decision = decisions.decide(found, choice, request.user, version)
    except Refused as refused:
        found.refresh_from_db()
        return page_of(request, found, refused.message, 422)
    except decisions.Late as late:
        messages.warning(request, already(late))
        return redirect(f"{reverse('moderation_item', args=[found.pk])}?{filters.query_of(request)}")
    except decisions.Held as held:
        messages.warning(request, _("%(name)s is reading this text now.") % {"name": held.by})
        return redirect(way_on(request, found))
    how_to_undo = _("To undo: key a.")
    messages.success(request, f"{DONE[decision.act]} {how_to_undo}")
    return redirect(way_on(request, found))


def already(late: decisions.Late) -> str:
    """What a stale tab is told."""
    said = {"state": late.item.get_state_display()}
    if not late.by or late.at is None:
        return _("This text has changed meanwhile: it is now %(state)s. Read it again.") % said
    said |= {"name": late.by, "at": date_format(localtime(late.at), "SHORT_DATETIME_FORMAT")}
    return _("Already decided by %(name)s at %(at)s: %(state)s.") % said


def number(typed: str | None) -> int:
    """The number somebody sent, 0 where it is none that a database could hold."""
    return int(typed) if typed and typed.isdecimal() and len(typed) < 16 else 0


def _choice(request: HttpRequest, found: Item) -> decisions.Choice:
    """What the button that was pressed stands for. Raises Refused."""
    posted, words = request.POST, request.POST.get("reason", "")[:2000].replace("\x00", "")
    note = posted.get("note", "")[:300].replace("\x00", "")
    if "article" in posted:
        article = _one_of(_articles(found), posted["article"])
        act = Act.HIDE if found.is_shown else Act.REFUSE
        return decisions.Choice(str(act), article=article, reason=words, note=note)
    if "service" in posted:
        service = _one_of(list(Service.objects.all()), posted["service"])
        return decisions.Choice(str(Act.FORWARD), service=service, reason=words, note=note)
    if "into" in posted:
        near = rights.items_for(request.user).filter(
            pk__in=[n for n in [posted["into"]] if n.isdecimal() and len(n) < 16]
        )
        return decisions.Choice(str(Act.MERGE), into=near.first(), reason=words, note=note)
    redacted = posted.get("redacted", "")[:10_000].replace("\x00", "")
    return decisions.Choice(posted.get("act", "")[:10], reason=words, note=note, redacted=redacted)


def _one_of(things: list[Any], pk: str) -> Any:
    return next((thing for thing in things if str(thing.pk) == pk), None)


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back one's own last decision, and show the text again."""
    if not rights.may_anywhere(request.user):
        raise PermissionDenied
    decision = decisions.last_of(request.user)
    if decision is None or not rights.items_for(request.user).filter(pk=decision.item_id).exists():
        messages.warning(request, _("There is nothing to undo."))
        return redirect(f"{reverse('moderation_desk')}?{filters.query_of(request)}")
    try:
        decisions.undo(decision, request.user)
        messages.success(request, _("Undone: the text is as it was before."))
    except decisions.Late as late:
        messages.warning(request, already(late))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(f"{reverse('moderation_item', args=[decision.item_id])}?{filters.query_of(request)}")
