"""In the admin: the addresses given in a survey, question by question; fetched as a file, deleted once they served."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from wagtail.admin import messages
from wagtail.log_actions import log

from counting.spreadsheets import write_csv
from moderation import rights

from . import given_emails
from .models import GivenEmail, Survey
from .questions import Schema

SEE = "see_emails"
A_PAGE = 50


def may_see(user: Any, survey: Survey) -> bool:
    """May `user` see the addresses given in `survey`?"""
    return rights.scopes_for(user, SEE).filter(pk=survey.scope_id).exists()


def asks_for_emails(survey: Survey) -> bool:
    """Does `survey` ask for an address, or did it?"""
    return bool(_asked(survey))


def _asked(survey: Survey) -> list[Schema]:
    asked = survey.live_version.schema["questions"] if survey.live_version else []
    return [question for question in asked if question["type"] == "email"]


@never_cache
def emails(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the addresses, in alphabetical order; POST with `question` and `act`, "fetch" or "delete": all of them."""
    survey = get_object_or_404(Survey.objects.for_display(), pk=pk, live_version__isnull=False)
    if not may_see(request.user, survey):
        raise Http404
    asked = _asked(survey)
    if request.method == "POST":
        question = next((q for q in asked if q["id"] == request.POST.get("question")), None)
        if question is None:
            raise Http404
        return (
            _delete(request, survey, question)
            if request.POST.get("act") == "delete"
            else _fetch(request, survey, question)
        )
    found = GivenEmail.objects.filter(survey=survey).order_by("email")
    lists = [
        {
            "question": question,
            "page": Paginator(_of(found, question), A_PAGE).get_page(request.GET.get(f"p{n}")),
            "n": n,
        }
        for n, question in enumerate(asked, 1)
    ]
    context = {"survey": survey, "lists": lists, "days": given_emails.CONFIRMED_WITHIN.days}
    return render(request, "surveys/admin/emails.html", context)


def _of(found: Any, question: Schema) -> Any:
    return found.filter(question_id=question["id"]).values_list("email", flat=True)


def _fetch(request: HttpRequest, survey: Survey, question: Schema) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="adresses-{survey.key}.csv"'
    response["Cache-Control"] = "private, no-store"
    found = _of(GivenEmail.objects.filter(survey=survey).order_by("email"), question)
    write_csv(response, [[_("E-mail address")], *([email] for email in found)])
    log(survey, "palabre.fetch_emails", user=request.user, data={"question": question["wording"], "n": len(found)})
    return response


def _delete(request: HttpRequest, survey: Survey, question: Schema) -> HttpResponse:
    gone, _kinds = GivenEmail.objects.filter(survey=survey, question_id=question["id"]).delete()
    if gone:
        log(survey, "palabre.delete_emails", user=request.user, data={"question": question["wording"], "n": gone})
    said = ngettext("%(n)d address is deleted.", "%(n)d addresses are deleted.", gone) % {"n": gone}
    messages.success(request, said)
    return redirect("surveys_emails", survey.pk)
