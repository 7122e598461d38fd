"""Sorting contributions by theme: a list with boxes and a button for each theme; by keyboard, scripts or not."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.registry import sources, texts_of

from .. import themes
from ..models import Attachment, ConsultationPage, OfficialAnswer, Theme
from . import rights

PER_PAGE = 100
MOST = 10_000  # texts attached in one go


def sort(request: HttpRequest, pk: int) -> HttpResponse:
    """GET lists what counts, of one kind; POST attaches what is ticked, or all that is found, to a theme."""
    page = rights.page_of(request, pk)
    wanted = _wanted(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST":
        return _act(request, page, wanted)
    found = _found(page, wanted)
    paged = Paginator(found, PER_PAGE).get_page(request.GET.get("page", "1")[:10])
    ids = list(paged.object_list)
    alone = OfficialAnswer.objects.filter(theme__page=page, kind=wanted["kind"], object_id__in=ids)
    context = {
        "page": page,
        "wanted": wanted,
        "kinds": _kinds(page, wanted),
        "tree": list(page.themes.order_by("path")),
        "counts": themes.counts(page),
        "paged": paged,
        "rows": _rows(page, wanted["kind"], ids),
        "may_answer": wanted["kind"] != themes.QUESTION and request.user.has_perm("consultations.add_officialanswer"),
        "answered": set(alone.values_list("object_id", flat=True)),
        "query": urlencode(wanted),
    }
    return render(request, "consultations/admin/sort.html", context)


def _wanted(data: Any) -> dict[str, str]:
    """The filters: kind of text, words in it, those that no theme has yet ("new") or all ("all")."""
    known = {themes.QUESTION, *sources}
    kind = data.get("kind", "")
    words = " ".join(data.get("words", "").split())[:100].replace("\x00", "")
    return {
        "kind": kind if kind in known else next(iter(sources)),
        "words": words,
        "which": "all" if data.get("which") == "all" else "new",
    }


def _found(page: ConsultationPage, wanted: dict[str, str]) -> Any:
    if wanted["kind"] == themes.QUESTION:
        names = [n for n, q in themes.questions_of(page).items() if wanted["words"].lower() in q.wording.lower()]
        if wanted["which"] == "all":
            return names
        done = Attachment.objects.filter(theme__page=page, kind=themes.QUESTION).values_list("object_id", flat=True)
        return [name for name in names if name not in set(done)]
    found = themes.counted_of(page, wanted["kind"], wanted["words"], sorted_too=wanted["which"] == "all")
    return found.order_by("pk")


def _kinds(page: ConsultationPage, wanted: dict[str, str]) -> list[tuple[str, str, int]]:
    """Each kind with how many are to be sorted."""
    which = {**wanted, "words": ""}
    named = [(source.kind, str(source.plural)) for source in themes.kinds()] + [
        (themes.QUESTION, _("Survey questions"))
    ]
    counted = [(kind, label, _found(page, {**which, "kind": kind})) for kind, label in named]
    return [(k, label, len(f) if isinstance(f, list) else f.count()) for k, label, f in counted]


def _rows(page: ConsultationPage, kind: str, ids: list[str]) -> list[dict[str, Any]]:
    """What each says, and the themes it has."""
    titles = dict(page.themes.values_list("pk", "title"))
    attached: dict[str, list[tuple[int, str]]] = {}
    rows = Attachment.objects.filter(theme__page=page, kind=kind, object_id__in=ids)
    for id_, theme in rows.values_list("object_id", "theme_id"):
        attached.setdefault(id_, []).append((theme, titles[theme]))
    if kind == themes.QUESTION:
        asked = themes.questions_of(page)
        said = {id_: (asked[id_].wording, asked[id_].survey) for id_ in ids}
    else:
        texts = texts_of([(kind, id_) for id_ in ids])
        said = {id_: (text.shown, text.context[-1][1] if text.context else "") for (_k, id_), text in texts.items()}
    return [
        {"id": id_, "text": said[id_][0], "context": said[id_][1], "themes": attached.get(id_, [])}
        for id_ in ids
        if id_ in said
    ]


def _act(request: HttpRequest, page: ConsultationPage, wanted: dict[str, str]) -> HttpResponse:
    number = request.POST.get("attach") or request.POST.get("detach") or ""
    theme = page.themes.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 18 else None
    if theme is None:
        messages.error(request, _("Choose a theme."))
        return _again(page, wanted)
    theme.page = page
    ids = list(_found(page, wanted)[:MOST]) if "all" in request.POST else request.POST.getlist("text")[:MOST]
    places = [(wanted["kind"], id_[:80]) for id_ in ids]
    if not places:
        messages.error(request, _("Tick at least one contribution."))
    elif "detach" in request.POST:
        _say(request, theme, themes.detach(theme, places), taken=True)
    else:
        _say(request, theme, themes.attach(theme, places))
    return _again(page, wanted)


def _say(request: HttpRequest, theme: Theme, n: int, *, taken: bool = False) -> None:
    if taken:
        said = ngettext("%(n)d taken away from “%(theme)s”.", "%(n)d taken away from “%(theme)s”.", n)
    else:
        said = ngettext("%(n)d attached to “%(theme)s”.", "%(n)d attached to “%(theme)s”.", n)
    messages.success(request, said % {"n": n, "theme": theme.title})


def _again(page: ConsultationPage, wanted: dict[str, str]) -> HttpResponse:
    return redirect(f"{reverse('follow_up_sort', args=[page.pk])}?{urlencode(wanted)}")
