"""The public page of a theme: what was said about it, what is answered, what is promised."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from moderation.registry import texts_of
from participation import limits, origin, posts

from . import clarity, showing, themes
from .models import ConsultationPage, OfficialAnswer, Theme

PER_PAGE = 50
SAYING = limits.Limit("clarity", 20, 3600)


def public_pages() -> Any:
    return ConsultationPage.objects.live().public()


@require_safe
def theme(request: HttpRequest, ref: str) -> HttpResponse:
    found = Theme.objects.filter(ref=ref, page__in=public_pages().values("pk")).select_related("page__scope").first()
    if found is None:
        raise Http404
    shown = showing.one_theme(found)
    paged = Paginator(themes.readable_in(found), PER_PAGE).get_page(request.GET.get("page", "1")[:10])
    places = list(paged.object_list)
    texts, alone = texts_of(places), showing.answers_to(found.page, places)
    context = {
        "shown": shown,
        "theme": found,
        "consultation": found.page,
        "parent": None if found.is_root() else Theme.objects.get(path=found.root_path),
        "below": found.get_children() if found.is_root() else (),
        "questions": themes.questions_in(found),
        "paged": paged,
        "texts": [(texts[place], alone.get(place)) for place in places if place in texts],
    }
    response = render(request, "consultations/theme.html", context)
    response["Cache-Control"] = "private, no-cache"  # the form under the answer carries a token of its own
    return response


@csrf_exempt  # its own token stands for it: no cookie may be set before this POST
def clear(request: HttpRequest, ref: str) -> HttpResponse:
    """POST: is this answer clear? Said again from the same browser it replaces what was said before."""
    answer = OfficialAnswer.objects.filter(ref=ref, live=True, theme__page__in=public_pages().values("pk")).first()
    if answer is None:
        raise Http404
    if request.method != "POST":
        return posts.other_method(request, answer.get_absolute_url())
    if refusal := posts.refusal(request):
        return refusal
    if limits.is_over(SAYING, request):
        return _plain(_("Too many opinions from this connection. Try again in an hour."), 429)
    token, said = request.POST.get("token", "")[:100], request.POST.get("clear")
    browser = request.COOKIES.get(clarity.COOKIE, "")[:40] if origin.judge(request) is origin.OURS else ""
    if said not in ("yes", "no") or not clarity.say(answer, token, browser, said == "yes"):
        return _plain(_("Open the page again and answer there."), 422)
    back = posts.way_back(request.POST.get("back", ""), answer.theme.get_absolute_url(), avis=answer.ref)
    response = HttpResponse(status=303, headers={"Location": f"{back.partition('#')[0]}#reponse-{answer.ref}"})
    if not browser:
        kept = clarity.own_name(token)
        response.set_cookie(clarity.COOKIE, kept, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def _plain(message: str, status: int) -> HttpResponse:
    return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
